#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ip/common/model/schedule.h"
#include "platform/accel/job.h"

namespace ganglion::layers {

/// What a job did, as its transactions showed it.
template <class Config, class BlockLayer>
struct JobSeen {
  Config array;
  BlockLayer layer;         ///< as START latched it
  std::vector<Tile> tiles;  ///< none when the configuration breaks a rule
  AcceleratorError code = AcceleratorError::kNone;
  const RegisterInfo* broken = nullptr;  ///< register of a rule
  std::optional<Operand> operand;        ///< whose burst failed, or which holds the bad value
  uint64_t saturations = 0;
  bool loaded_more_than_a_tile = false;
  bool waited = false;        ///< another one ran before it
  bool waits_behind = false;  ///< another one waits at its end
  uint32_t irq_enable = 0;
  uint64_t reads = 0, writes = 0;                      ///< bursts
  uint64_t unaligned_reads = 0, unaligned_writes = 0;  ///< of them, those that start inside a beat
  uint64_t read_borders = 0, write_borders = 0;        ///< runs that went on behind a border of 4 KiB
  uint64_t longest_beats = 0;
  uint64_t first_latency_cycles = 0;  ///< of its first burst beyond a cycle a beat

  [[nodiscard]] bool completed() const { return code == AcceleratorError::kNone; }
  [[nodiscard]] bool is(uint32_t error) const { return static_cast<uint32_t>(code) == error; }
  /// Tiles of its first group: stripes of maps, or chunks of inputs.
  [[nodiscard]] uint64_t tiles_of_a_group() const {
    uint64_t count = 0;
    for (const Tile& tile : tiles) count += tile.map_begin == 0 ? 1 : 0;
    return count;
  }
  [[nodiscard]] uint64_t groups() const { return tiles.empty() ? 0 : tiles.size() / tiles_of_a_group(); }
  /// Pixels of the last run of p in its first tile.
  [[nodiscard]] uint64_t last_run_pixels() const {
    const uint64_t pixels = tiles.empty() ? 0 : uint64_t{tiles.front().row_count} * layer.computed_w();
    return pixels == 0 ? 0 : (pixels - 1) % array.lanes + 1;
  }
};

/// One thing that happened at the block's sockets.
template <class Config, class BlockLayer>
struct Observation {
  enum class Kind { kAccess, kStart, kJobEnd, kReset };
  enum class Phase { kIdle, kPlanning, kLoading, kComputing, kStoring };
  Kind kind = Kind::kAccess;

  // The queue before it.
  bool running = false, waiting = false, held = false;
  // kAccess
  bool write = false, ok = true;
  uint64_t offset = 0;
  uint32_t value = 0;
  unsigned bytes = 4;
  uint32_t irq_status = 0, irq_enable = 0;  ///< after it
  bool shadowed = false, writable = false;  ///< the register
  // kStart
  bool refused = false;
  // kReset
  Phase phase = Phase::kIdle;
  bool by_software = false;
  // kJobEnd
  JobSeen<Config, BlockLayer> job{};

  [[nodiscard]] bool is_job() const { return kind == Kind::kJobEnd; }
  [[nodiscard]] bool completed() const { return is_job() && job.completed(); }
  [[nodiscard]] bool access() const { return kind == Kind::kAccess; }
  [[nodiscard]] bool wrote(uint64_t at) const { return access() && write && ok && offset == at; }
};

/// A bin of functional coverage: hit by an observation for which `hit` holds.
template <class Seen>
struct Bin {
  const char* name;     ///< "pool.with_stride"
  const char* meaning;  ///< one line
  bool (*hit)(const Seen&);
  bool large_run_only = false;  ///< so rare that the small run of the tests need not reach it
};

}  // namespace ganglion::layers
