#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "ip/common/model/layer.h"
#include "ip/common/model/transfers.h"
#include "platform/accel/job.h"
#include "platform/accel/tile_pipeline.h"
#include "platform/kernel/energy_ledger.h"

namespace ganglion::layers {

/// What a block tells the engine of its job beside the core.
struct TileHooks {
  ActionCounter& buffer_write;  ///< 8 bytes into a buffer
  ActionCounter& output_read;   ///< 8 bytes out of the output buffer
  std::function<uint64_t(Operand)> address_of;
  std::function<JobError(const JobFault&)> to_job_error;
};

/// One job of a block that computes layers, tile by tile through the shell: operands fetched, tiles computed,
/// results stored, with double buffers. Dies with the job.
///
/// `Core` has begin, load, compute and output; `Schedule` has tiles, tile, loads and stores.
template <class Core, class Schedule>
class TileEngine {
 public:
  using Tile = std::remove_cvref_t<decltype(std::declval<const Schedule&>().tile(0))>;
  using TileResult = decltype(std::declval<Core&>().compute(std::declval<const Tile&>()));

  /// Job, core and schedule outlive the engine; `computed` books what a tile's lanes did.
  TileEngine(JobContext& job, Core& core, const Schedule& schedule, TileHooks hooks,
             std::function<void(const Tile&, const TileResult&)> computed)
      : job_(job),
        core_(core),
        schedule_(schedule),
        hooks_(std::move(hooks)),
        computed_(std::move(computed)) {}

  /// What the core refuses to load ends the job (JobFailure).
  void run(uint64_t start_cycles) {
    TilePipeline pipeline;
    pipeline.tiles = schedule_.tiles();
    pipeline.start_cycles = start_cycles;
    pipeline.load = [this](std::size_t tile) { load(schedule_.tile(tile)); };
    pipeline.compute = [this](std::size_t tile) { return compute(tile); };
    pipeline.store = [this](std::size_t tile) { store(tile); };
    pipeline.run(job_);
  }

 private:
  void load(const Tile& tile) {
    core_.begin(tile);
    for (const ByteRun& run : schedule_.loads(tile)) {
      bytes_.resize(run.bytes);
      job_.dma_read(hooks_.address_of(run.operand) + run.offset, std::as_writable_bytes(std::span(bytes_)));
      hooks_.buffer_write.add((run.bytes + 7) / 8);
      if (const auto fault = core_.load(run, bytes_)) throw JobFailure{hooks_.to_job_error(*fault)};
    }
  }
  uint64_t compute(std::size_t index) {
    const Tile& tile = schedule_.tile(index);
    const TileResult result = core_.compute(tile);
    computed_(tile, result);
    Stores& stores = stores_[index % 2];
    stores.clear();
    for (const ByteRun& run : schedule_.stores(tile)) {
      const auto bytes = core_.output(run);
      stores.emplace_back(run, std::vector<uint8_t>(bytes.begin(), bytes.end()));
    }
    return result.cost.cycles;
  }
  void store(std::size_t index) {
    for (const auto& [run, bytes] : stores_[index % 2]) {
      hooks_.output_read.add((run.bytes + 7) / 8);
      job_.dma_write(hooks_.address_of(run.operand) + run.offset, std::as_bytes(std::span(bytes)));
    }
  }

  using Stores = std::vector<std::pair<ByteRun, std::vector<uint8_t>>>;
  JobContext& job_;
  Core& core_;
  const Schedule& schedule_;
  TileHooks hooks_;
  std::function<void(const Tile&, const TileResult&)> computed_;
  std::vector<uint8_t> bytes_;
  std::array<Stores, 2> stores_;  // the halves of the output buffer
};

}  // namespace ganglion::layers
