#pragma once

#include <string>

#include "ip/common/test/driver_access.h"
#include "ip/deepcam/driver/deepcam.h"
#include "ip/deepcam/test/random_job.h"
#include "ip/deepcam/tlm/deepcam.h"
#include "ip/deepcam/tlm/parameters.h"
#include "platform/accel/test/block_bench.h"

namespace ganglion::deepcam {

/// Where a job's tensors lie in the bench's memory.
struct Placement {
  uint64_t in = test::MemoryStub::kBase + 0x1000;
  uint64_t weights = test::MemoryStub::kBase + 0x10000;
  uint64_t norms = test::MemoryStub::kBase + 0x1f000;
  uint64_t bias = test::MemoryStub::kBase + 0x20000;
  uint64_t mult = test::MemoryStub::kBase + 0x21000;
  uint64_t shift = test::MemoryStub::kBase + 0x22000;
  uint64_t out = test::MemoryStub::kBase + 0x30000;
};

/// A DeepCAM array on a memory; its firmware uses the C driver.
class Bench : public test::BlockBench<Deepcam> {
 public:
  static constexpr uintptr_t kBase = test::DriverAccess::kBase;

  explicit Bench(const std::string& scenario = "{}");

  /// The driver's `idle`: lets a microsecond pass.
  static void idle(void*) { wait_cycles(200); }

  /// Puts the operands of `owned` into memory and gives the layer these addresses.
  [[nodiscard]] Layer place(const OwnedJob& owned, const Placement& at = {});
  /// The driver's form of a layer.
  [[nodiscard]] static deepcam_layer_t driver_layer(const Layer& layer);

  Config array;
  Noise noise;  ///< the noise of `dut`
  deepcam_t driver{};

 private:
  test::DriverAccess access_{[this](uint64_t offset) { return read(offset); },
                             [this](uint64_t offset, uint32_t value) { write(offset, value); }};
};

}  // namespace ganglion::deepcam
