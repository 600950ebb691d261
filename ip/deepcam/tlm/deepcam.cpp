#include "ip/deepcam/tlm/deepcam.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ip/common/tlm/latched_layer.h"
#include "ip/common/tlm/tile_engine.h"
#include "ip/deepcam/model/technology.h"
#include "ip/deepcam/tlm/associative_engine.h"
#include "ip/deepcam/tlm/latched_job.h"
#include "ip/deepcam/tlm/parameters.h"

namespace ganglion {
namespace {

using deepcam::address_of;
using deepcam::JobFault;
using deepcam::Layer;
using deepcam::layer_of;
using deepcam::Operand;
using deepcam::Tile;

}  // namespace

/// The ledger's counter of every action.
struct Deepcam::Counters {
  ActionCounter& search;
  ActionCounter& segment_search;
  ActionCounter& segment_write;
  ActionCounter& distance_sense;
  ActionCounter& hash_cell;
  ActionCounter& sense_bit;
  ActionCounter& partial_sum_add;
  ActionCounter& norm_square;
  ActionCounter& product;
  ActionCounter& requantise;
  ActionCounter& pool_compare;
  ActionCounter& input_read;
  ActionCounter& key_write;
  ActionCounter& key_read;
  ActionCounter& buffer_write;
  ActionCounter& output_write;
  ActionCounter& output_read;

  void add(const deepcam::Actions& actions) {
    search.add(actions.searches);
    segment_search.add(actions.segment_searches);
    segment_write.add(actions.row_segment_writes);
    distance_sense.add(actions.distance_senses);
    hash_cell.add(actions.hash_cells);
    sense_bit.add(actions.sense_bits);
    partial_sum_add.add(actions.partial_sum_adds);
    norm_square.add(actions.norm_squares);
    product.add(actions.products);
    requantise.add(actions.requantisations);
    pool_compare.add(actions.pool_compares);
    input_read.add(actions.input_reads);
    key_write.add(actions.key_writes);
    key_read.add(actions.key_reads);
    buffer_write.add(actions.buffer_writes);
    output_write.add(actions.output_writes);
    output_read.add(actions.output_reads);
  }
};

Deepcam::Deepcam(const ComponentContext& context)
    : Accelerator(context),
      array_(deepcam::array_of(context.params)),
      noise_(array_.noise, context.services.seed, context.name),
      projections_(array_.projection_seed),
      memory_(array_),
      wear_(array_.rows),
      counters_(std::make_unique<Counters>(counters())) {
  state_capabilities();
  show_fault_codes();
}

Deepcam::~Deepcam() = default;

Deepcam::Counters Deepcam::counters() {
  const std::string cells = deepcam::cells_key(array_.technology, array_.rows);
  return {action("search"),
          action("segment_search" + cells),
          action("segment_write" + cells),
          action("distance_sense"),
          action("hash_cell"),
          action("sense_bit"),
          action("partial_sum_add"),
          action("norm_square"),
          action("product"),
          action("requantise"),
          action("pool_compare"),
          action("input_read"),
          action("key_write"),
          action("key_read"),
          action("buffer_write"),
          action("output_write"),
          action("output_read")};
}

void Deepcam::state_capabilities() {
  deepcam::Registers& r = registers();
  r.caps_array.set_rows(array_.rows);
  r.caps_array.set_segments(array_.segments);
  r.caps_array.set_piecewise_linear(array_.cosine == deepcam::CosineUnit::kPiecewiseLinear);
  r.caps_array.set_cmos(array_.technology == deepcam::Technology::kCmos16t);
  r.caps_projection.set_value(array_.projection_inputs);
  r.caps_seed.set_value(array_.projection_seed);
  r.caps_input_buffer.set_value(array_.input_buffer_bytes);
  r.caps_key_buffer.set_value(array_.key_buffer_bytes);
  r.caps_output_buffer.set_value(array_.output_buffer_bytes);
  keep_instance_constants();
}

JobError Deepcam::to_job_error(const JobFault& fault, const Layer& layer) const {
  return layers::to_job_error(fault, deepcam::code_of(fault.fault), registers(),
                              [&layer](Operand operand) { return address_of(layer, operand); });
}

void Deepcam::wear_rows(uint32_t first, uint32_t count, uint64_t writes) {
  for (uint32_t row = first; row < first + count; ++row) {
    wear_[row] += writes;
    if (wear_[row] > registers().wear()) registers().set_wear(wear_[row]);
  }
}

void Deepcam::reset_engine() {
  memory_.clear();
  norm_saturation_told_ = false;
  std::ranges::fill(wear_, uint64_t{0});
}

std::vector<uint32_t> Deepcam::engine_state() const {
  std::vector<uint32_t> words = memory_.state();
  for (const uint64_t writes : wear_) {
    words.push_back(static_cast<uint32_t>(writes));
    words.push_back(static_cast<uint32_t>(writes >> 32));
  }
  return words;
}

std::optional<JobError> Deepcam::validate(const Config& config) const {
  const Layer layer = layer_of(config);
  const auto fault = deepcam::is_associative(config.kind)
                         ? find_associative_fault(array_, deepcam::associative_job_of(config))
                         : find_job_fault(array_, layer);
  if (!fault) return std::nullopt;
  return to_job_error(*fault, layer);
}

void Deepcam::run_associative(const Config& config, JobContext& job) {
  const deepcam::AssociativeJob request = deepcam::associative_job_of(config);
  deepcam::AssociativeEngine engine(array_, request, memory_, noise_, job,
                                    [this](const deepcam::Actions& actions, uint32_t first_row) {
                                      counters_->add(actions);
                                      wear_rows(first_row, static_cast<uint32_t>(actions.row_writes), 1);
                                    });
  engine.run();
  registers().set_job_searches(engine.actions().searches);
  registers().set_job_row_writes(engine.actions().row_writes);
  registers().set_job_norm_saturations(0);
  registers().set_job_saturations(0);
  registers().job_tiles.set_value(engine.chunks());
}

void Deepcam::run_layer(const Config& config, JobContext& job) {
  memory_.clear();  // the layer's hashes take the rows
  const Layer layer = layer_of(config);
  deepcam::Core core(array_, layer, noise_, projections_, job.job_id());
  const deepcam::Schedule& schedule = core.schedule();
  deepcam::Actions actions;
  uint64_t norm_saturations = 0, product_saturations = 0;
  layers::TileEngine engine(job, core, schedule,
                            {counters_->buffer_write, counters_->output_read,
                             [&layer](Operand operand) { return address_of(layer, operand); },
                             [this, &layer](const JobFault& fault) { return to_job_error(fault, layer); }},
                            [&](const Tile& tile, const deepcam::TileResult& result) {
                              counters_->add(result.cost.actions);
                              actions += result.cost.actions;
                              norm_saturations += result.norm_saturations;
                              product_saturations += result.product_saturations;
                              if (result.cost.actions.row_writes != 0)
                                wear_rows(0, layer.weight_stationary() ? tile.map_count : tile.patch_count,
                                          schedule.pages());
                            });
  engine.run(array_.start_cycles);
  registers().set_job_searches(actions.searches);
  registers().set_job_row_writes(actions.row_writes);
  registers().set_job_norm_saturations(norm_saturations);
  registers().set_job_saturations(product_saturations);
  registers().job_tiles.set_value(static_cast<uint32_t>(schedule.tiles()));
}

void Deepcam::run_job(const Config& config, JobContext& job) {
  if (deepcam::is_associative(config.kind)) {
    run_associative(config, job);
    return;
  }
  run_layer(config, job);
  if (registers().job_norm_saturations() != 0 && !norm_saturation_told_) {
    norm_saturation_told_ = true;
    spdlog::warn(
        "{}: job {}: {} norms of its input clamped to 448 (NORM_SHIFT = {}); later jobs count in "
        "JOB_NORM_SATURATIONS without a word here",
        instance_name(), job.job_id(), registers().job_norm_saturations(), config.norm_shift);
  }
}

}  // namespace ganglion
