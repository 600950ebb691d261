#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ip/common/model/array.h"
#include "ip/common/model/faults.h"
#include "ip/common/model/layer.h"
#include "ip/common/model/schedule.h"

namespace ganglion::layers {

// models:          the on-chip memories of one job and what follows the accumulators: bias, requantisation,
//                  ReLU (LO = 0), 2x2 maximum pooling; bit exact.
// leaves out:      stale contents (a buffer is cleared before it is loaded).
// checked against: naive loops in the tests of the blocks, the NumPy reference.
// error bound:     none.

/// Base of a block's Core. Use: for each tile of make_tiles, begin(), load() of all its load_runs, the
/// block's compute(), then output() of its store_runs.
class TileBuffers {
 public:
  /// Makes room for what `tile` loads; buffers that it does not reload keep their contents.
  void begin(const Tile& tile);
  /// Bytes of a run arrive. A value that N bits cannot hold, or a bad requantisation constant, is a fault.
  [[nodiscard]] std::optional<JobFault> load(const ByteRun& run, std::span<const uint8_t> bytes);
  /// Bytes of a run of the last computed tile's outputs.
  [[nodiscard]] std::span<const uint8_t> output(const ByteRun& run) const;

 protected:
  /// `faults`, when there are any, outlive the core.
  TileBuffers(const Array& array, const Layer& layer, FaultInjector* faults)
      : array_(array), shape_(layer), faults_(faults) {}
  ~TileBuffers() = default;

  /// Room for the outputs of `tile`, when it completes any.
  void clear_output(const Tile& tile);
  /// The accumulator of computed output (map, y, x) of `tile`, in units of the bias, goes through
  /// post-processing into the output buffer. Order of a pooling window: its first output first.
  void finish(const Tile& tile, uint32_t map, uint32_t y, uint32_t x, int64_t accumulator);

  /// Operands of the computed pixel (y, x) of `tile` in the order of the taps (c, ky, kx), 0 where it looks
  /// beyond the map.
  void read_patch(const Tile& tile, uint32_t y, uint32_t x, std::span<int16_t> patch) const;

  /// The faults at `site`; nullptr when none are injected there.
  [[nodiscard]] FaultInjector* faults_at(FaultSite site) const {
    return faults_ != nullptr && faults_->at(site) ? faults_ : nullptr;
  }
  /// Whether lanes meet faults: the blocks' fast paths know none.
  [[nodiscard]] bool lanes_have_faults() const {
    return faults_ != nullptr && !faults_->at(FaultSite::kBuffer);
  }

  /// Number of product (map of the tile, pixel of the layer, tap of the tile) in the job: what faults are
  /// keyed by.
  [[nodiscard]] uint64_t word_of(const Tile& tile, uint32_t map, uint64_t pixel, uint32_t tap) const {
    return ((tile.map_begin + map) * shape_.computed_pixels() + pixel) * shape_.taps() + tile.tap_begin + tap;
  }

  [[nodiscard]] std::span<const int16_t> input() const { return input_; }      ///< [in_c][in_row_count][in_w]
  [[nodiscard]] std::span<const int16_t> weights() const { return weights_; }  ///< [map_count][tap_count]

 private:
  struct Constants {
    std::vector<int32_t> bias, mult, shift;  // mult and shift hold uint32 bit patterns
  };
  [[nodiscard]] std::optional<JobFault> load_elements(std::vector<int16_t>& buffer, const ByteRun& run,
                                                      std::span<const uint8_t> bytes) const;
  [[nodiscard]] std::optional<JobFault> load_constants(const ByteRun& run, std::span<const uint8_t> bytes);

  Array array_;
  Layer shape_;
  FaultInjector* faults_;
  std::vector<int16_t> input_, weights_;
  Constants constants_;          // [map_count]
  std::vector<uint8_t> output_;  // dense image of the tile's stored outputs
};

/// Requantised output of one accumulator in units of the bias: saturate int32(accumulator + bias), then the
/// platform's rule.
[[nodiscard]] int32_t post_process(const Layer& layer, int64_t accumulator, int32_t bias, uint32_t mult,
                                   uint32_t shift);

}  // namespace ganglion::layers
