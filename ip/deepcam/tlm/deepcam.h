#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "deepcam_register_bank.h"
#include "ip/deepcam/model/associative.h"
#include "ip/deepcam/model/core.h"
#include "platform/accel/accelerator.h"
#include "platform/kernel/component_registry.h"

namespace ganglion {

/// The DeepCAM array in the accelerator shell: registers, DMA, interrupt and ledgers around deepcam::Core.
///
/// models:          the register interface of regs.rdl; tiles fetched, computed and stored with double
///                  buffers; cycles by the formula of model/cycles.h and by the bus's own delays; energy by
///                  the actions of cost.yaml; writes of the most written row (WEAR); words stored for
///                  searches
/// leaves out:      programming of the projection; bank conflicts of the buffers; worn cells go on working
/// checked against: deepcam::run and the tile pipeline's formula (test/engine_test.cpp)
/// error bound:     outputs bit exact; cycles exact for the documented machine
class Deepcam final : public Accelerator<deepcam::Registers> {
 public:
  /// ConfigError when the parameters describe no array that can be built.
  explicit Deepcam(const ComponentContext& context);
  ~Deepcam() override;

 private:
  [[nodiscard]] std::optional<JobError> validate(const Config& config) const override;
  void run_job(const Config& config, JobContext& job) override;
  void reset_engine() override;
  [[nodiscard]] std::vector<uint32_t> engine_state() const override;

  struct Counters;

  void state_capabilities();
  void run_layer(const Config& config, JobContext& job);
  void run_associative(const Config& config, JobContext& job);
  void wear_rows(uint32_t first, uint32_t count, uint64_t writes);
  [[nodiscard]] JobError to_job_error(const deepcam::JobFault& fault, const deepcam::Layer& layer) const;
  [[nodiscard]] Counters counters();

  deepcam::Config array_;
  deepcam::Noise noise_;
  deepcam::ProjectionStore projections_;  ///< only a cache: a projection follows from its key
  deepcam::AssociativeMemory memory_;
  std::vector<uint64_t> wear_;         ///< writes of each row since reset
  bool norm_saturation_told_ = false;  ///< the log has had its line since reset
  std::unique_ptr<Counters> counters_;
};

/// Makes "deepcam" known to scenarios.
void register_deepcam(ComponentRegistry& registry);

}  // namespace ganglion
