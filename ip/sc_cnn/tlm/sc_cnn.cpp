#include "ip/sc_cnn/tlm/sc_cnn.h"

#include <array>
#include <utility>
#include <vector>

#include "ip/sc_cnn/model/schedule.h"
#include "ip/sc_cnn/tlm/parameters.h"
#include "platform/accel/tile_pipeline.h"

namespace ganglion {
namespace {

using sc_cnn::ByteRun;
using sc_cnn::Fault;
using sc_cnn::JobFault;
using sc_cnn::Layer;
using sc_cnn::Operand;
using sc_cnn::ScCnnFault;
using sc_cnn::Tile;

Layer layer_of(const sc_cnn::Registers::Config& c) {
  Layer layer;
  layer.in = c.in();
  layer.weights = c.weights();
  layer.bias = c.bias();
  layer.mult = c.mult();
  layer.shift = c.shift();
  layer.out = c.out();
  layer.kind = c.kind;
  layer.in_c = c.in_c;
  layer.in_h = c.in_h;
  layer.in_w = c.in_w;
  layer.in_row_stride = c.in_row_stride;
  layer.in_plane_stride = c.in_plane_stride;
  layer.out_c = c.out_c;
  layer.out_h = c.out_h;
  layer.out_w = c.out_w;
  layer.out_row_stride = c.out_row_stride;
  layer.out_plane_stride = c.out_plane_stride;
  layer.kh = c.kernel_h;
  layer.kw = c.kernel_w;
  layer.stride = c.stride;
  layer.pad = c.pad;
  layer.pool = c.pool;
  layer.lo = c.out_min;
  layer.hi = c.out_max;
  layer.weight_bits = c.weight_bits;
  layer.guard_bits = c.guard_bits;
  layer.zero_skip = c.zero_skip;
  return layer;
}

uint64_t address_of(const Layer& layer, Operand operand) {
  switch (operand) {
    case Operand::kInput:
      return layer.in;
    case Operand::kWeights:
      return layer.weights;
    case Operand::kBias:
      return layer.bias;
    case Operand::kMult:
      return layer.mult;
    case Operand::kShift:
      return layer.shift;
    case Operand::kOutput:
      return layer.out;
  }
  return 0;
}

AcceleratorError code_of(Fault fault) {
  const auto own = [](ScCnnFault code) { return static_cast<AcceleratorError>(static_cast<uint32_t>(code)); };
  switch (fault) {
    case Fault::kKind:
      return own(ScCnnFault::kKind);
    case Fault::kDimension:
      return own(ScCnnFault::kDimension);
    case Fault::kKernel:
      return own(ScCnnFault::kKernel);
    case Fault::kGeometry:
      return own(ScCnnFault::kGeometry);
    case Fault::kPool:
      return own(ScCnnFault::kPool);
    case Fault::kStride:
      return own(ScCnnFault::kStride);
    case Fault::kPrecision:
      return own(ScCnnFault::kPrecision);
    case Fault::kGuardBits:
      return own(ScCnnFault::kGuardBits);
    case Fault::kZeroSkip:
      return own(ScCnnFault::kZeroSkip);
    case Fault::kClamp:
      return own(ScCnnFault::kClamp);
    case Fault::kMisaligned:
      return AcceleratorError::kMisaligned;
    case Fault::kAddressRange:
      return AcceleratorError::kOverflow;
    case Fault::kOverlap:
      return own(ScCnnFault::kOverlap);
    case Fault::kInputTooLarge:
      return own(ScCnnFault::kInputTooLarge);
    case Fault::kWeightsTooLarge:
      return own(ScCnnFault::kWeightsTooLarge);
    case Fault::kOutputTooLarge:
      return own(ScCnnFault::kOutputTooLarge);
    case Fault::kOperandRange:
      return own(ScCnnFault::kOperandRange);
    case Fault::kRequantisation:
      return own(ScCnnFault::kRequantisation);
  }
  return AcceleratorError::kInternal;
}

}  // namespace

/// The ledger's counter of every action.
struct ScCnn::Counters {
  ActionCounter& lane_cycle;
  ActionCounter& counter_cycle;
  ActionCounter& input_read;
  ActionCounter& weight_read;
  ActionCounter& buffer_write;
  ActionCounter& requantise;
  ActionCounter& pool_compare;
  ActionCounter& output_write;
  ActionCounter& output_read;

  void add(const sc_cnn::Actions& actions) {
    lane_cycle.add(actions.lane_cycles);
    counter_cycle.add(actions.counter_cycles);
    input_read.add(actions.input_reads);
    weight_read.add(actions.weight_reads);
    buffer_write.add(actions.buffer_writes);
    requantise.add(actions.requantisations);
    pool_compare.add(actions.pool_compares);
    output_write.add(actions.output_writes);
    output_read.add(actions.output_reads);
  }
};

/// One job: dies with it.
class ScCnn::Engine {
 public:
  Engine(ScCnn& block, const Layer& layer, JobContext& job)
      : block_(block),
        layer_(layer),
        job_(job),
        core_(block.array_, layer),
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
      block_.counters_->buffer_write.add((run.bytes + 7) / 8);
      if (const auto fault = core_.load(run, bytes_)) throw JobFailure{block_.to_job_error(*fault, layer_)};
    }
  }
  uint64_t compute(std::size_t index) {
    const Tile& tile = tiles_[index];
    const sc_cnn::TileResult result = core_.compute(tile);
    block_.counters_->add(result.cost.actions);
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
      block_.counters_->output_read.add((run.bytes + 7) / 8);
      job_.dma_write(layer_.out + run.offset, std::as_bytes(std::span(bytes)));
    }
  }

  using Stores = std::vector<std::pair<ByteRun, std::vector<uint8_t>>>;
  ScCnn& block_;
  const Layer layer_;
  JobContext& job_;
  sc_cnn::Core core_;
  const std::vector<Tile> tiles_;
  std::vector<uint8_t> bytes_;
  std::array<Stores, 2> stores_;  // the halves of the output buffer
  uint64_t saturations_ = 0;
};

ScCnn::ScCnn(const ComponentContext& context)
    : Accelerator(context),
      array_(sc_cnn::array_of(context.params)),
      counters_(std::make_unique<Counters>(counters())) {
  state_capabilities();
  registers().fault.on_read([this] {
    const auto code = static_cast<uint32_t>(registers().error.code());
    registers().fault.set_code(static_cast<ScCnnFault>(code >= 16 ? code : 0));
  });
}

ScCnn::~ScCnn() = default;

ScCnn::Counters ScCnn::counters() {
  return {action("lane_cycle_b" + std::to_string(array_.bit_parallel)),
          action("counter_cycle"),
          action("input_read"),
          action("weight_read"),
          action("buffer_write"),
          action("requantise"),
          action("pool_compare"),
          action("output_write"),
          action("output_read")};
}

void ScCnn::state_capabilities() {
  sc_cnn::Registers& r = registers();
  r.caps_arithmetic.set_operand_bits(static_cast<uint32_t>(array_.operand_bits));
  r.caps_arithmetic.set_bit_parallel(array_.bit_parallel);
  r.caps_arithmetic.set_acc_max(static_cast<uint32_t>(array_.accumulator_max_bits));
  r.caps_arithmetic.set_zero_skip(array_.zero_skip);
  r.caps_arithmetic.set_fifo(array_.scheduling == sc_cnn::Scheduling::kFifo);
  r.caps_array.set_lanes(array_.lanes);
  r.caps_array.set_mvms(array_.mvms);
  r.caps_input_buffer.set_value(array_.input_buffer_bytes);
  r.caps_weight_buffer.set_value(array_.weight_buffer_bytes);
  r.caps_output_buffer.set_value(array_.output_buffer_bytes);
  r.caps_requantisers.set_value(array_.requantisers);
  for (Register* capability :
       {static_cast<Register*>(&r.caps_arithmetic), static_cast<Register*>(&r.caps_array),
        static_cast<Register*>(&r.caps_input_buffer), static_cast<Register*>(&r.caps_weight_buffer),
        static_cast<Register*>(&r.caps_output_buffer), static_cast<Register*>(&r.caps_requantisers)}) {
    capability->set_reset_value(capability->raw());
  }
}

JobError ScCnn::to_job_error(const JobFault& fault, const Layer& layer) const {
  JobError error = broken_rule(code_of(fault.fault), registers().find(fault.register_name), fault.value,
                               fault.rule, fault.offset);
  if (fault.offset) {
    for (const Operand operand :
         {Operand::kInput, Operand::kWeights, Operand::kBias, Operand::kMult, Operand::kShift}) {
      if (fault.register_name == name_of(operand)) error.address = address_of(layer, operand) + *fault.offset;
    }
  }
  return error;
}

std::optional<JobError> ScCnn::validate(const Config& config) const {
  const Layer layer = layer_of(config);
  const auto fault = find_job_fault(array_, layer);
  if (!fault) return std::nullopt;
  return to_job_error(*fault, layer);
}

void ScCnn::run_job(const Config& config, JobContext& job) {
  Engine engine(*this, layer_of(config), job);
  engine.run();
  registers().set_job_saturations(engine.saturations());
  registers().job_tiles.set_value(static_cast<uint32_t>(engine.tiles()));
}

}  // namespace ganglion
