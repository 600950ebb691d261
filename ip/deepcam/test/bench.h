#pragma once

#include <string>

#include "ip/common/test/layer_bench.h"
#include "ip/deepcam/driver/deepcam.h"
#include "ip/deepcam/test/random_job.h"
#include "ip/deepcam/tlm/deepcam.h"
#include "ip/deepcam/tlm/parameters.h"

namespace ganglion::deepcam {

/// Where a job's tensors lie in the bench's memory.
struct Placement : layers::Placement {
  uint64_t norms = test::MemoryStub::kBase + 0x1f000;
};

struct Traits {
  using Block = Deepcam;
  using Registers = deepcam::Registers;
  using Config = deepcam::Config;
  using Layer = deepcam::Layer;
  using Result = deepcam::Result;
  static constexpr const char* kType = "deepcam";
  static void register_type(ComponentRegistry& registry) { register_deepcam(registry); }
  static ParamSchema parameter_schema() { return deepcam::parameter_schema(); }
  static Config array_of(const Params& params) { return deepcam::array_of(params); }
  static int probe(uintptr_t base) { return deepcam_probe(base); }
  static int submit(accelerator_t* core, const Layer& layer);
  static void program(accelerator_t* core, const Layer& layer);
};

/// A DeepCAM array on a memory; its firmware uses the C driver.
class Bench : public layers::LayerBench<Traits> {
 public:
  using Owned = OwnedJob;
  static constexpr const char* kLastShadow = "THRESHOLD";

  explicit Bench(const std::string& scenario = "{}")
      : LayerBench(scenario), noise(array.noise, services.seed, "dut") {}

  /// A convolution with operands that fits an array of any size.
  [[nodiscard]] Owned small_job(unsigned seed = 1) const;
  /// Puts the operands of `owned` into memory and gives the layer these addresses.
  [[nodiscard]] Layer place(const Owned& owned, const Placement& to = {});
  [[nodiscard]] static Placement elsewhere();
  [[nodiscard]] Result model(const Owned& owned) const { return deepcam::run(array, owned.job(), noise); }
  /// The driver's form of a layer.
  [[nodiscard]] static deepcam_layer_t driver_layer(const Layer& layer);

  Noise noise;  ///< the noise of `dut`
};

}  // namespace ganglion::deepcam
