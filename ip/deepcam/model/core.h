#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ip/deepcam/model/cycles.h"
#include "ip/deepcam/model/norm.h"
#include "ip/deepcam/model/schedule.h"

namespace ganglion::deepcam {

// models:          the arithmetic of a job: patches, hashes, norms, searches, products, post-processing
// leaves out:      what noise.h and projection.h leave out
// checked against: loops written apart over single bits and taps (test/core_test.cpp)
// error bound:     bit exact in the documented formats

struct TileResult {
  TileCost cost;
  uint64_t norm_saturations = 0;     ///< norms of patches above 448
  uint64_t product_saturations = 0;  ///< additions clamped to 32 bits
};

/// One job, tile by tile: begin, load every run, compute, read the output.
class Core {
 public:
  /// `layer` is legal. `job` keys the noise; `noise` and `projections` outlive the core.
  Core(const Config& config, const Layer& layer, const Noise& noise, ProjectionStore& projections,
       uint32_t job);

  [[nodiscard]] const Schedule& schedule() const { return schedule_; }
  void begin(const Tile& tile);
  /// Takes the bytes of a run of schedule().loads(); what is wrong with them.
  [[nodiscard]] std::optional<JobFault> load(const ByteRun& run, std::span<const uint8_t> bytes);
  [[nodiscard]] TileResult compute(const Tile& tile);
  /// Bytes of a run of schedule().stores() of the tile computed last.
  [[nodiscard]] std::span<const uint8_t> output(const ByteRun& run) const {
    return std::span(output_).subspan(run.buffer_offset, run.bytes);
  }

 private:
  [[nodiscard]] uint64_t hash_patches(const Tile& tile);
  void extract_patch(const Tile& tile, uint64_t patch, std::span<int8_t> vector) const;
  void accumulate(const Tile& tile, TileResult& result);
  void finish(const Tile& tile, TileResult& result);
  [[nodiscard]] std::size_t patch_slot(uint64_t patch) const { return patch - patch_base_; }

  Config config_;
  Layer layer_;
  HashTiling tiling_;
  Schedule schedule_;
  const Noise& noise_;
  uint32_t job_;
  std::shared_ptr<const Projection> projection_;
  Cosine cosine_;
  std::size_t hash_words_;  ///< 64-bit words of one hash

  std::vector<int8_t> input_;  ///< dense stripe [c][row][x]
  uint32_t stripe_row_ = 0, stripe_rows_ = 0;
  std::vector<uint64_t> filter_hashes_;  ///< [map][tile][word], the whole layer
  std::vector<NormCode> filter_norms_;   ///< [map][tile]
  std::vector<uint32_t> bias_, mult_, shift_;
  uint64_t patch_base_ = 0;             ///< patch in the first slot
  std::vector<uint64_t> patch_hashes_;  ///< [slot][tile][word]
  std::vector<NormCode> patch_norms_;   ///< [slot][tile]
  uint64_t searches_ = 0;               ///< numbers the searches of the job
  std::vector<int64_t> sums_;           ///< [map][patch] of the tile
  std::vector<uint8_t> output_;         ///< [map][stored] of the tile
};

}  // namespace ganglion::deepcam
