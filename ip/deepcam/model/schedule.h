#pragma once

#include <cstdint>
#include <vector>

#include "ip/common/model/transfers.h"
#include "ip/deepcam/model/config.h"
#include "ip/deepcam/model/layer.h"

namespace ganglion::deepcam {

using layers::ByteRun;
using layers::Operand;

// models:          how a job is folded over the array's rows, in which order hashes are made and bytes move:
//                  a reconstruction, see README.md, "Dataflow and tiles"
// leaves out:      bank conflicts of the on-chip buffers
// checked against: coverage and the golden search counts in test/schedule_test.cpp

/// Unit of load, compute and store: a chunk of patches against a chunk of filters. The stationary operand (at
/// most R of it) lies in the array, the moving one comes as keys. Outside: chunks of rows; inside: chunks of
/// keys.
struct Tile {
  uint64_t patch_begin = 0;
  uint32_t patch_count = 0;
  uint32_t map_begin = 0, map_count = 0;
  bool new_rows = false;      ///< first tile of a chunk of rows
  bool hash_patches = false;  ///< the patches' hashes are not on chip yet
  bool first_hash = false;    ///< hash_patches, and for the first time in the job
  bool load_filters = false;  ///< hashes, norms, bias, multiplier and shift of the maps
  bool load_input = false;
  uint32_t in_row_begin = 0, in_row_count = 0;  ///< input rows on chip while patches are hashed
};

/// Coordinates of patch number `patch`: stored outputs in row-major order, the four patches of a pooling
/// window next to each other (row-major, too).
struct PatchPlace {
  uint32_t out_y, out_x;
};
[[nodiscard]] PatchPlace place_of(const Layer& layer, uint64_t patch);

/// The tiles of a job whose sizes and hash are legal.
class Schedule {
 public:
  Schedule(const Config& config, const Layer& layer);

  [[nodiscard]] uint64_t tiles() const { return outer_ * inner_; }
  [[nodiscard]] Tile tile(uint64_t index) const;
  [[nodiscard]] std::vector<ByteRun> loads(const Tile& tile) const;
  [[nodiscard]] std::vector<ByteRun> stores(const Tile& tile) const;

  /// The input map fits the input buffer and is fetched once.
  [[nodiscard]] bool input_resident() const { return input_resident_; }
  /// All keys fit the key buffer: they are fetched or hashed once a job, otherwise for every chunk of rows.
  [[nodiscard]] bool keys_resident() const { return keys_resident_; }
  [[nodiscard]] uint32_t patch_step() const { return patch_step_; }
  [[nodiscard]] uint32_t map_step() const { return map_step_; }
  /// Most input bytes that a chunk of patches reads when the input is not resident.
  [[nodiscard]] uint64_t largest_stripe_bytes() const;
  /// Times that the array is filled for one chunk of rows: tiles of the hash times folds over segments.
  [[nodiscard]] uint32_t pages() const { return pages_; }

 private:
  Layer layer_;
  uint64_t patches_;
  uint32_t pages_;
  bool input_resident_, keys_resident_;
  uint32_t patch_step_, map_step_;
  uint64_t outer_, inner_;
};

/// Folds of a hash over the array's joined segments.
[[nodiscard]] uint32_t segment_folds(const Config& config, const Layer& layer);
/// Segments of fold `fold` of a hash.
[[nodiscard]] uint32_t segments_of_fold(const Config& config, const Layer& layer, uint32_t fold);

}  // namespace ganglion::deepcam
