#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ip/common/model/array.h"
#include "ip/common/model/layer.h"
#include "ip/common/model/transfers.h"

namespace ganglion::layers {

// models:          how a job is cut into tiles and which bytes move for each: a reconstruction, the paper
//                  gives no tile sizes. See ip/sc_cnn/README.md, "Tiles and buffers".
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

/// The tiles of a legal job, as those who walk them need them: run_tiles() and the engines in tlm/.
class Schedule {
 public:
  Schedule(const Array& array, const Layer& layer)
      : array_(array), layer_(layer), tiles_(make_tiles(array, layer)) {}

  [[nodiscard]] std::size_t tiles() const { return tiles_.size(); }
  [[nodiscard]] const Tile& tile(std::size_t index) const { return tiles_[index]; }
  [[nodiscard]] std::vector<ByteRun> loads(const Tile& tile) const { return load_runs(array_, layer_, tile); }
  [[nodiscard]] std::vector<ByteRun> stores(const Tile& tile) const {
    return store_runs(array_, layer_, tile);
  }

 private:
  Array array_;
  Layer layer_;
  std::vector<Tile> tiles_;
};

}  // namespace ganglion::layers
