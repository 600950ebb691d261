#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "ip/sc_cnn/model/config.h"
#include "ip/sc_cnn/model/core.h"
#include "ip/sc_cnn/model/layer.h"
#include "platform/accel/accelerator.h"
#include "platform/kernel/component_registry.h"
#include "sc_cnn_register_bank.h"

namespace ganglion {

/// The SC-CNN core in the accelerator shell: registers, DMA, interrupt and ledgers around sc_cnn::Core.
///
/// models:          the register interface of regs.rdl; tiles fetched, computed and stored with double
/// buffers; cycles
///                  by the formula of model/cycles.h and by the bus's own delays; energy by the actions of
///                  cost.yaml.
/// leaves out:      bank conflicts of the buffers; idle lanes (taken as clock gated); leakage and clock power
/// follow
///                  cost.yaml, not the array's size.
/// checked against: sc_cnn::run and the tile pipeline's formula (test/engine_test.cpp).
/// error bound:     outputs bit exact; cycles exact for the documented machine.
class ScCnn final : public Accelerator<sc_cnn::Registers> {
 public:
  /// ConfigError when the parameters describe no array that can be built.
  explicit ScCnn(const ComponentContext& context);
  ~ScCnn() override;

 private:
  [[nodiscard]] std::optional<JobError> validate(const Config& config) const override;
  void run_job(const Config& config, JobContext& job) override;

  class Engine;
  struct Counters;

  void state_capabilities();
  [[nodiscard]] JobError to_job_error(const sc_cnn::JobFault& fault, const sc_cnn::Layer& layer) const;
  [[nodiscard]] Counters counters();

  sc_cnn::Config array_;
  std::unique_ptr<Counters> counters_;
};

/// Makes "sc_cnn" known to scenarios.
void register_sc_cnn(ComponentRegistry& registry);

}  // namespace ganglion
