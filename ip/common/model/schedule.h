#pragma once

#include <cstdint>
#include <vector>

#include "ip/common/model/array.h"
#include "ip/common/model/layer.h"

namespace ganglion::layers {

// models:          how a job is cut into tiles and which bytes move for each: a reconstruction, the paper
// gives no
//                  tile sizes. See ip/sc_cnn/README.md, "Tiles and buffers".
// leaves out:      bank conflicts of the on-chip buffers.
// checked against: coverage properties in ip/sc_cnn/test/schedule_test.cpp.

/// Unit of load, compute and store. Convolution: a stripe of output rows of up to T_M maps. Fully connected:
/// a chunk of the inputs of up to T_M*p outputs; lanes keep their accumulators from chunk to chunk.
struct Tile {
  uint32_t map_begin = 0, map_count = 0;        ///< output maps (or outputs) of the group
  uint32_t row_begin = 0, row_count = 0;        ///< computed output rows, before pooling
  uint32_t in_row_begin = 0, in_row_count = 0;  ///< input rows in the buffer while it is computed
  uint32_t tap_begin = 0, tap_count = 0;        ///< products accumulated in this tile
  bool load_parameters = false;                 ///< bias, multiplier, shift: first tile of a group
  bool load_weights = false;
  bool load_input = false;
  bool last_of_group_outputs = true;  ///< accumulators are complete: post-process and store
};

/// What a run of bytes belongs to.
enum class Operand : uint8_t { kInput, kWeights, kBias, kMult, kShift, kOutput };
/// The register that holds the operand's address: "IN_LO".
[[nodiscard]] const char* name_of(Operand operand);

/// Consecutive bytes between memory and an on-chip buffer. Runs that touch in memory and in the buffer are
/// one run.
struct ByteRun {
  Operand operand;
  uint64_t offset = 0;         ///< in memory, from the operand's base address
  uint64_t buffer_offset = 0;  ///< in the dense on-chip image of the tile
  uint64_t bytes = 0;
};

/// Whether the whole input map stays in the input buffer for the job.
[[nodiscard]] bool input_resident(const Array& array, const Layer& layer);
/// Output rows a convolution tile computes at most (a multiple of pool_step()); 0 when not even one fits,
/// with `limited_by_input` telling which buffer is too small.
[[nodiscard]] uint32_t rows_per_tile(const Array& array, const Layer& layer,
                                     bool* limited_by_input = nullptr);
/// Inputs a fully connected tile consumes at most: all, or a multiple of 8.
[[nodiscard]] uint32_t taps_per_tile(const Array& array, const Layer& layer);

/// Tiles of a legal job, in order: groups of maps outside, stripes (or chunks) inside.
[[nodiscard]] std::vector<Tile> make_tiles(const Array& array, const Layer& layer);
/// Bytes to fetch before `tile` can be computed, in order: weights, bias, mult, shift, input.
[[nodiscard]] std::vector<ByteRun> load_runs(const Array& array, const Layer& layer, const Tile& tile);
/// Bytes to write when `tile` is done; none before a group's last chunk.
[[nodiscard]] std::vector<ByteRun> store_runs(const Array& array, const Layer& layer, const Tile& tile);

}  // namespace ganglion::layers
