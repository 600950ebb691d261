#pragma once

#include <string>

#include "ip/common/test/driver_access.h"
#include "ip/common/test/placed_layer.h"
#include "ip/sc_cnn/driver/sc_cnn.h"
#include "ip/sc_cnn/test/random_job.h"
#include "ip/sc_cnn/tlm/parameters.h"
#include "ip/sc_cnn/tlm/sc_cnn.h"
#include "platform/accel/test/block_bench.h"

namespace ganglion::sc_cnn {

using layers::Placement;

/// An SC-CNN core on a memory; its firmware uses the C driver.
class Bench : public test::BlockBench<ScCnn> {
 public:
  static constexpr uintptr_t kBase = test::DriverAccess::kBase;

  explicit Bench(const std::string& scenario = "{}");

  /// The driver's `idle`: lets a microsecond pass.
  static void idle(void*) { wait_cycles(200); }

  /// Puts the operands of `owned` into memory and gives the layer these addresses.
  [[nodiscard]] Layer place(const OwnedJob& owned, const Placement& to = {}) {
    return layers::place(*this, owned, to);
  }
  /// The driver's form of a layer.
  [[nodiscard]] static sc_cnn_layer_t driver_layer(const Layer& layer);

  Config array;
  sc_cnn_t driver{};

 private:
  test::DriverAccess access_{[this](uint64_t offset) { return read(offset); },
                             [this](uint64_t offset, uint32_t value) { write(offset, value); }};
};

}  // namespace ganglion::sc_cnn
