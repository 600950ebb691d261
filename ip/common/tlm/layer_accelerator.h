#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "ip/common/model/cycles.h"
#include "ip/common/model/faults.h"
#include "ip/common/model/schedule.h"
#include "ip/common/tlm/array_parameters.h"
#include "ip/common/tlm/latched_layer.h"
#include "ip/common/tlm/tile_engine.h"
#include "platform/accel/accelerator.h"

namespace ganglion::layers {

/// The ledger's counters of BufferActions; their keys are the same in every block's cost.yaml.
struct BufferCounters {
  ActionCounter& input_read;
  ActionCounter& weight_read;
  ActionCounter& buffer_write;
  ActionCounter& requantise;
  ActionCounter& pool_compare;
  ActionCounter& output_write;
  ActionCounter& output_read;

  void add(const BufferActions& actions);
};

/// A block that computes layers tile by tile, in the accelerator shell: registers of ip/common/layer.rdl, DMA
/// and double buffers around Model::Core.
///
/// models:          tiles fetched, computed and stored with double buffers; cycles by the formula of the
///                  model and by the bus's own delays; energy by the actions of cost.yaml.
/// leaves out:      bank conflicts of the buffers; idle lanes (taken as clock gated).
/// checked against: the model's run() and the tile pipeline's formula (engine tests of the blocks).
/// error bound:     outputs bit exact; cycles exact for the documented machine.
///
/// `Model` names the block's parts: Registers, Config (an Array), Layer, Core, Actions; `layer_of(latched)`
/// gives the Layer of a latched configuration.
template <class Model>
class LayerAccelerator : public Accelerator<typename Model::Registers> {
  using Shell = Accelerator<typename Model::Registers>;

 protected:
  using Array = typename Model::Config;
  using BlockLayer = typename Model::Layer;

  LayerAccelerator(const ComponentContext& context, Array array)
      : Shell(context),
        array_(std::move(array)),
        injected_fault_(this->action("injected_fault")),
        counters_{this->action("input_read"), this->action("weight_read"),  this->action("buffer_write"),
                  this->action("requantise"), this->action("pool_compare"), this->action("output_write"),
                  this->action("output_read")} {
    if (const FaultPlan plan = read_faults(context.params); plan.any()) faults_.emplace(plan, context.name);
    this->show_fault_codes();
  }

  /// Books what the block's lanes did; BufferActions are booked here.
  virtual void add_lane_actions(const typename Model::Actions& actions) = 0;

  [[nodiscard]] const Array& array() const { return array_; }

 private:
  [[nodiscard]] std::optional<JobError> validate(const typename Shell::Config& config) const final {
    const BlockLayer layer = Model::layer_of(config);
    const auto fault = find_job_fault(array_, layer);
    if (!fault) return std::nullopt;
    return to_job_error(*fault, layer, this->registers());
  }
  void run_job(const typename Shell::Config& config, JobContext& job) final {
    const uint64_t injected = faults_ ? faults_->injected() : 0;
    if (faults_) faults_->begin_job(job.job_id());
    const BlockLayer layer = Model::layer_of(config);
    const Schedule schedule(array_, layer);
    typename Model::Core core(array_, layer, faults_ ? &*faults_ : nullptr);
    uint64_t saturations = 0;
    TileEngine engine(
        job, core, schedule,
        {counters_.buffer_write, counters_.output_read,
         [&layer](Operand operand) { return address_of(layer, operand); },
         [this, &layer](const JobFault& fault) { return to_job_error(fault, layer, this->registers()); }},
        [this, &saturations](const Tile& /*tile*/, const auto& result) {
          counters_.add(result.cost.actions);
          add_lane_actions(result.cost.actions);
          saturations += result.saturations;
        });
    engine.run(array_.first_tile_cycles());
    if (faults_) injected_fault_.add(faults_->injected() - injected);
    this->registers().set_job_saturations(saturations);
    this->registers().job_tiles.set_value(static_cast<uint32_t>(schedule.tiles()));
  }

  const Array array_;
  ActionCounter& injected_fault_;
  BufferCounters counters_;
  std::optional<FaultInjector> faults_;  // none unless the scenario asks for a rate above 0
};

}  // namespace ganglion::layers
