#pragma once

#include <cstdint>

#include "ip/deepcam/model/schedule.h"

namespace ganglion::deepcam {

// models:          cycles and actions of a tile, from its shape alone (they do not depend on the data)
// leaves out:      stalls of buffers; a search that is sensed early because its row mismatches soon
// checked against: the golden table of searches; sums over whole jobs in test/cycles_test.cpp
// error bound:     exact for the documented machine, which is a reconstruction

/// What a tile or a job does; each is an action of cost.yaml.
struct Actions {
  uint64_t searches = 0;            ///< one key against all rows, joined segments searched together
  uint64_t segment_searches = 0;    ///< one segment of all rows searched
  uint64_t distance_senses = 0;     ///< distance of one row timed by its sense amplifier
  uint64_t row_segment_writes = 0;  ///< one segment of one row written
  uint64_t row_writes = 0;          ///< rows written, whatever their length
  uint64_t hash_cells = 0;          ///< one cell of the projection contributes to a column sum
  uint64_t sense_bits = 0;          ///< sign of one column sum
  uint64_t partial_sum_adds = 0;    ///< one partial column sum added digitally
  uint64_t norm_squares = 0;        ///< one element squared and added
  uint64_t products = 0;            ///< distance to cosine, times both norms, accumulated
  uint64_t requantisations = 0;     ///< bias, multiplier, shift, clamp
  uint64_t pool_compares = 0;
  uint64_t input_reads = 0;    ///< elements that leave the input buffer
  uint64_t key_writes = 0;     ///< 64-bit words of hashes into the key buffer
  uint64_t key_reads = 0;      ///< 64-bit words of hashes out of the key buffer
  uint64_t buffer_writes = 0;  ///< 64-bit words from the DMA
  uint64_t output_writes = 0;  ///< outputs into the output buffer
  uint64_t output_reads = 0;   ///< 64-bit words to the DMA

  Actions& operator+=(const Actions& other);
  bool operator==(const Actions&) const = default;
};

struct TileCost {
  uint64_t cycles = 0;  ///< busy datapath, transfers apart
  Actions actions;      ///< without buffer_writes and output_reads, which the transfers count
};

/// Cycles to hash one patch: the larger of ceil(n / im2col_width) and the crossbar evaluations of all tiles.
[[nodiscard]] uint64_t hash_cycles(const Config& config, const Layer& layer);

/// With r rows and q keys of the tile, p pages, h = hash_cycles, w = write_cycles,
/// s = max(search_cycles, ceil(r / post_lanes)):
///   activation stationary, p = 1:  first tile of the rows r*max(h, w), then q*s
///   activation stationary, p > 1:  first tile of the rows r*h, then p*(r*w + q*s)
///   weight stationary, p = 1:      first tile of the rows r*w, then q*max(h, s) while hashing, q*s otherwise
///   weight stationary, p > 1:      q*h while hashing, then p*(r*w + q*s)
/// plus tile_cycles.
[[nodiscard]] TileCost tile_cost(const Config& config, const Layer& layer, const Schedule& schedule,
                                 const Tile& tile);

/// Sum of tile_cost over a job.
[[nodiscard]] TileCost job_cost(const Config& config, const Layer& layer);

}  // namespace ganglion::deepcam
