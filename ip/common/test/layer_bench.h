#pragma once

#include <string>

#include "ip/common/test/driver_access.h"
#include "ip/common/test/placed_layer.h"
#include "layer_register_bank.h"
#include "platform/accel/test/block_bench.h"
#include "platform/kernel/component_registry.h"

namespace ganglion::layers {

/// A small legal convolution with operands.
template <class Traits>
OwnedJob<typename Traits::Layer> small_job(const typename Traits::Config& config, unsigned seed = 1) {
  std::mt19937 random(seed);
  typename Traits::Layer layer;
  layer.in_c = 2;
  layer.in_h = layer.in_w = 8;
  layer.kh = layer.kw = 3;
  layer.out_c = 4;
  layer.hi = static_cast<int32_t>(signed_max(config.operand_bits));
  if constexpr (requires { layer.weight_bits; })
    layer.weight_bits = static_cast<uint32_t>(config.operand_bits);
  complete_geometry(config, layer);
  return with_random_operands(config, layer, random);
}

/// A block that computes layers on a memory; its firmware uses the C drivers. `Traits` of a block:
///   Block, Registers, Config, Layer, Result     its types
///   kType, register_type(registry)              how scenarios know it
///   parameter_schema(), array_of(params)
///   submit(accelerator_t*, const Layer&)        the driver's submit
///   program(accelerator_t*, const Layer&)       the driver's prepare and program
///   probe(base)                                 the driver's probe
///   run(config, job)                            the model
///   lane_counts(config, actions)                action keys and counts beyond BufferActions
template <class Traits>
class LayerBench : public test::BlockBench<typename Traits::Block> {
  using Base = test::BlockBench<typename Traits::Block>;

 public:
  using Layer = typename Traits::Layer;
  using Owned = OwnedJob<Layer>;
  static constexpr uintptr_t kBase = test::DriverAccess::kBase;
  /// The shadow registers from IN_LO on that layer_queue.h writes while a job runs end here.
  static constexpr const char* kLastShadow = "OUT_MAX";

  explicit LayerBench(const std::string& scenario = "{}")
      : Base(costs(), params_of(scenario)), array(Traits::array_of(params_of(scenario))) {}

  /// The costs of the type.
  [[nodiscard]] static CostTable costs() {
    ComponentRegistry registry;
    Traits::register_type(registry);
    return cost_table_of(registry.find(Traits::kType, {}));
  }
  /// Offset of a register.
  [[nodiscard]] static uint32_t reg(std::string_view name) {
    const typename Traits::Registers bank("names");
    const Register* found = bank.find(name);
    EXPECT_NE(found, nullptr) << name;
    return found == nullptr ? 0 : found->info().offset;
  }
  uint32_t read_register(std::string_view name) { return this->read(reg(name)); }
  void write_register(std::string_view name, uint32_t value) { this->write(reg(name), value); }
  uint64_t read_wide(std::string_view low) {
    const uint64_t value = read_register(low);
    return value | uint64_t{this->read(reg(low) + 4)} << 32;
  }

  /// The driver's `idle`: lets a microsecond pass.
  static void idle(void*) { Base::wait_cycles(200); }
  void init() { accelerator_init(&driver, kBase); }
  int submit(const Layer& layer) { return Traits::submit(&driver, layer); }
  /// Writes its registers, no more.
  void program(const Layer& layer) { Traits::program(&driver, layer); }
  /// Until `job` (the last one submitted when not said) is done: 0, or the code of the job that failed.
  int wait(uint32_t job = 0) {
    return accelerator_wait(&driver, job == 0 ? driver.submitted : job, idle, nullptr);
  }

  /// Puts the operands of `owned` into memory and gives the layer these addresses.
  [[nodiscard]] Layer place(const Owned& owned, const Placement& to = {}) {
    return layers::place(*this, owned, to);
  }
  /// What the tests of layer_queue.h run, where a second job lies, and what the model makes of a job.
  [[nodiscard]] Owned small_job(unsigned seed) const { return layers::small_job<Traits>(array, seed); }
  [[nodiscard]] static Placement elsewhere() {
    Placement at;
    at.in += 0x8000;
    at.weights += 0x8000;
    at.bias += 0x800;
    at.mult += 0x800;
    at.shift += 0x800;
    at.out += 0x8000;
    return at;
  }
  [[nodiscard]] typename Traits::Result model(const Owned& owned) const {
    return Traits::run(array, owned.job());
  }
  /// Whether memory at the layer's output is what the model gave.
  [[nodiscard]] bool holds(const Layer& layer, const typename Traits::Result& model) {
    return std::ranges::equal(this->at(layer.out, model.output.size()), model.output);
  }

  typename Traits::Config array;
  accelerator_t driver{};

 private:
  static Params params_of(const std::string& scenario) {
    const ConfigNode node = parse_config(scenario, "test");
    return validate(&node, Traits::parameter_schema());
  }
  test::DriverAccess access_{[this](uint64_t offset) { return this->read(offset); },
                             [this](uint64_t offset, uint32_t value) { this->write(offset, value); }};
};

}  // namespace ganglion::layers
