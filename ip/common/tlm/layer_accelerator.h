#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "ip/common/model/cycles.h"
#include "ip/common/model/faults.h"
#include "ip/common/model/schedule.h"
#include "ip/common/tlm/array_parameters.h"
#include "ip/common/tlm/latched_layer.h"
#include "platform/accel/accelerator.h"
#include "platform/accel/tile_pipeline.h"

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
    auto& r = this->registers();
    r.caps_array.set_lanes(array_.lanes);
    r.caps_array.set_mvms(array_.mvms);
    r.caps_input_buffer.set_value(array_.input_buffer_bytes);
    r.caps_weight_buffer.set_value(array_.weight_buffer_bytes);
    r.caps_output_buffer.set_value(array_.output_buffer_bytes);
    r.caps_requantisers.set_value(array_.requantisers);
    r.fault.on_read([&r] {
      const auto code = static_cast<uint32_t>(r.error.code());
      r.fault.set_code(static_cast<decltype(r.fault.code())>(code >= 16 ? code : 0));
    });
  }

  /// Books what the block's lanes did; BufferActions are booked here.
  virtual void add_lane_actions(const typename Model::Actions& actions) = 0;

  [[nodiscard]] const Array& array() const { return array_; }

 private:
  class Engine;

  [[nodiscard]] std::optional<JobError> validate(const typename Shell::Config& config) const final {
    const BlockLayer layer = Model::layer_of(config);
    const auto fault = find_job_fault(array_, layer);
    if (!fault) return std::nullopt;
    return to_job_error(*fault, layer, this->registers());
  }
  void run_job(const typename Shell::Config& config, JobContext& job) final {
    const uint64_t injected = faults_ ? faults_->injected() : 0;
    if (faults_) faults_->begin_job(job.job_id());
    Engine engine(*this, Model::layer_of(config), job);
    engine.run();
    if (faults_) injected_fault_.add(faults_->injected() - injected);
    this->registers().set_job_saturations(engine.saturations());
    this->registers().job_tiles.set_value(static_cast<uint32_t>(engine.tiles()));
  }

  const Array array_;
  ActionCounter& injected_fault_;
  BufferCounters counters_;
  std::optional<FaultInjector> faults_;  // none unless the scenario asks for a rate above 0
};

/// One job: dies with it.
template <class Model>
class LayerAccelerator<Model>::Engine {
 public:
  Engine(LayerAccelerator& block, const BlockLayer& layer, JobContext& job)
      : block_(block),
        layer_(layer),
        job_(job),
        core_(block.array_, layer, block.faults_ ? &*block.faults_ : nullptr),
        tiles_(make_tiles(block.array_, layer)) {}

  void run() {
    TilePipeline pipeline;
    pipeline.tiles = tiles_.size();
    pipeline.start_cycles = block_.array_.start_cycles;
    pipeline.load = [this](std::size_t tile) { load(tiles_[tile]); };
    pipeline.compute = [this](std::size_t tile) { return compute(tile); };
    pipeline.store = [this](std::size_t tile) { store(tile); };
    pipeline.run(job_);
  }
  [[nodiscard]] uint64_t saturations() const { return saturations_; }
  [[nodiscard]] std::size_t tiles() const { return tiles_.size(); }

 private:
  void load(const Tile& tile) {
    core_.begin(tile);
    for (const ByteRun& run : load_runs(block_.array_, layer_, tile)) {
      bytes_.resize(run.bytes);
      job_.dma_read(address_of(layer_, run.operand) + run.offset, std::as_writable_bytes(std::span(bytes_)));
      block_.counters_.buffer_write.add((run.bytes + 7) / 8);
      if (const auto fault = core_.load(run, bytes_))
        throw JobFailure{to_job_error(*fault, layer_, block_.registers())};
    }
  }
  uint64_t compute(std::size_t index) {
    const Tile& tile = tiles_[index];
    const auto result = core_.compute(tile);
    block_.counters_.add(result.cost.actions);
    block_.add_lane_actions(result.cost.actions);
    saturations_ += result.saturations;
    Stores& stores = stores_[index % 2];
    stores.clear();
    for (const ByteRun& run : store_runs(block_.array_, layer_, tile)) {
      const auto bytes = core_.output(run);
      stores.emplace_back(run, std::vector<uint8_t>(bytes.begin(), bytes.end()));
    }
    return result.cost.cycles;
  }
  void store(std::size_t index) {
    for (const auto& [run, bytes] : stores_[index % 2]) {
      block_.counters_.output_read.add((run.bytes + 7) / 8);
      job_.dma_write(layer_.out + run.offset, std::as_bytes(std::span(bytes)));
    }
  }

  using Stores = std::vector<std::pair<ByteRun, std::vector<uint8_t>>>;
  LayerAccelerator& block_;
  const BlockLayer layer_;
  JobContext& job_;
  typename Model::Core core_;
  const std::vector<Tile> tiles_;
  std::vector<uint8_t> bytes_;
  std::array<Stores, 2> stores_;  // the halves of the output buffer
  uint64_t saturations_ = 0;
};

}  // namespace ganglion::layers
