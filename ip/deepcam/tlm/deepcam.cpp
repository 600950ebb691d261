#include "ip/deepcam/tlm/deepcam.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "ip/deepcam/model/technology.h"
#include "ip/deepcam/tlm/associative_engine.h"
#include "ip/deepcam/tlm/latched_job.h"
#include "ip/deepcam/tlm/parameters.h"
#include "platform/accel/tile_pipeline.h"

namespace ganglion {
namespace {

using deepcam::address_of;
using deepcam::ByteRun;
using deepcam::code_of;
using deepcam::DeepcamFault;
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

/// One job: dies with it.
class Deepcam::Engine {
 public:
  Engine(Deepcam& block, const Layer& layer, JobContext& job)
      : block_(block),
        layer_(layer),
        job_(job),
        core_(block.array_, layer, block.noise_, block.projections_, job.job_id()) {}

  void run() {
    TilePipeline pipeline;
    pipeline.tiles = schedule().tiles();
    pipeline.start_cycles = block_.array_.start_cycles;
    pipeline.load = [this](std::size_t index) { load(schedule().tile(index)); };
    pipeline.compute = [this](std::size_t index) { return compute(index); };
    pipeline.store = [this](std::size_t index) { store(index); };
    pipeline.run(job_);
  }

  void report(deepcam::Registers& registers) const {
    registers.set_job_searches(actions_.searches);
    registers.set_job_row_writes(actions_.row_writes);
    registers.set_job_norm_saturations(norm_saturations_);
    registers.set_job_saturations(product_saturations_);
    registers.job_tiles.set_value(static_cast<uint32_t>(schedule().tiles()));
  }

 private:
  [[nodiscard]] const deepcam::Schedule& schedule() const { return core_.schedule(); }

  void load(const Tile& tile) {
    core_.begin(tile);
    for (const ByteRun& run : schedule().loads(tile)) {
      bytes_.resize(run.bytes);
      job_.dma_read(address_of(layer_, run.operand) + run.offset, std::as_writable_bytes(std::span(bytes_)));
      block_.counters_->buffer_write.add((run.bytes + 7) / 8);
      if (const auto fault = core_.load(run, bytes_)) throw JobFailure{block_.to_job_error(*fault, layer_)};
    }
  }
  uint64_t compute(std::size_t index) {
    const Tile tile = schedule().tile(index);
    const deepcam::TileResult result = core_.compute(tile);
    block_.counters_->add(result.cost.actions);
    actions_ += result.cost.actions;
    norm_saturations_ += result.norm_saturations;
    product_saturations_ += result.product_saturations;
    if (result.cost.actions.row_writes != 0)
      block_.wear_rows(0, layer_.weight_stationary() ? tile.map_count : tile.patch_count, schedule().pages());
    Stores& stores = stores_[index % 2];
    stores.clear();
    for (const ByteRun& run : schedule().stores(tile)) {
      const auto bytes = core_.output(run);
      stores.emplace_back(run, std::vector<uint8_t>(bytes.begin(), bytes.end()));
    }
    return result.cost.cycles;
  }
  void store(std::size_t index) {
    for (const auto& [run, bytes] : stores_[index % 2]) {
      block_.counters_->output_read.add((run.bytes + 7) / 8);
      job_.dma_write(layer_.out + run.offset, std::as_bytes(std::span(bytes)));
    }
  }

  using Stores = std::vector<std::pair<ByteRun, std::vector<uint8_t>>>;
  Deepcam& block_;
  const Layer layer_;
  JobContext& job_;
  deepcam::Core core_;
  std::vector<uint8_t> bytes_;
  std::array<Stores, 2> stores_;  // the halves of the output buffer
  deepcam::Actions actions_;
  uint64_t norm_saturations_ = 0, product_saturations_ = 0;
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
  registers().fault.on_read([this] {
    const auto code = static_cast<uint32_t>(registers().error.code());
    registers().fault.set_code(static_cast<DeepcamFault>(code >= 16 ? code : 0));
  });
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
  for (Register* capability :
       {static_cast<Register*>(&r.caps_array), static_cast<Register*>(&r.caps_projection),
        static_cast<Register*>(&r.caps_seed), static_cast<Register*>(&r.caps_input_buffer),
        static_cast<Register*>(&r.caps_key_buffer), static_cast<Register*>(&r.caps_output_buffer)}) {
    capability->set_reset_value(capability->raw());
  }
}

JobError Deepcam::to_job_error(const JobFault& fault, const Layer& layer) const {
  JobError error = broken_rule(code_of(fault.fault), registers().find(fault.register_name), fault.value,
                               fault.rule, fault.offset);
  if (fault.offset) {
    for (const Operand operand : {Operand::kNorms, Operand::kMult, Operand::kShift}) {
      if (fault.register_name == name_of(operand)) error.address = address_of(layer, operand) + *fault.offset;
    }
  }
  return error;
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

void Deepcam::run_job(const Config& config, JobContext& job) {
  if (deepcam::is_associative(config.kind)) {
    run_associative(config, job);
    return;
  }
  memory_.clear();  // the layer's hashes take the rows
  Engine engine(*this, layer_of(config), job);
  engine.run();
  engine.report(registers());
  if (registers().job_norm_saturations() != 0 && !norm_saturation_told_) {
    norm_saturation_told_ = true;
    spdlog::warn(
        "{}: job {}: {} norms of its input clamped to 448 (NORM_SHIFT = {}); later jobs count in "
        "JOB_NORM_SATURATIONS without a word here",
        instance_name(), job.job_id(), registers().job_norm_saturations(), config.norm_shift);
  }
}

}  // namespace ganglion
