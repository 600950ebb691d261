#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ip/sc_cnn/model/config.h"
#include "ip/sc_cnn/model/cycles.h"
#include "ip/sc_cnn/model/layer.h"
#include "ip/sc_cnn/model/schedule.h"

namespace ganglion::sc_cnn {

// models:          the SC-CNN core between its buffers: BISC-MVM products, saturating accumulators, bias,
//                  requantisation, ReLU (LO = 0) and 2x2 maximum pooling; bit exact.
// leaves out:      stream-bit faults; stale buffer contents (a run's padding reads as operand 0, see
// README.md). checked against: naive loops over signed_product (test/core_test.cpp) and the NumPy reference.
// error bound:     none.

struct TileResult {
  TileCost cost;
  uint64_t saturations = 0;  ///< products that a lane register clamped
};

/// On-chip state of one job: buffers and lanes. Use: for each tile of make_tiles, begin(), load() of all its
/// load_runs, compute(), then output() of its store_runs.
class Core {
 public:
  /// `config` and `layer` must have passed find_config_fault and find_job_fault.
  Core(const Config& config, const Layer& layer);

  /// Makes room for what `tile` loads; buffers that it does not reload keep their contents.
  void begin(const Tile& tile);
  /// Bytes of a run arrive. A value that N bits cannot hold, or a bad requantisation constant, is a fault.
  [[nodiscard]] std::optional<JobFault> load(const ByteRun& run, std::span<const uint8_t> bytes);
  /// Computes the tile that was begun.
  [[nodiscard]] TileResult compute(const Tile& tile);
  /// Bytes of a run of the last computed tile's outputs.
  [[nodiscard]] std::span<const uint8_t> output(const ByteRun& run) const;

 private:
  struct Constants {
    std::vector<int32_t> bias, mult, shift;  // mult and shift hold uint32 bit patterns
  };
  [[nodiscard]] std::optional<JobFault> load_elements(std::vector<int16_t>& buffer, const ByteRun& run,
                                                      std::span<const uint8_t> bytes) const;
  [[nodiscard]] std::optional<JobFault> load_constants(const ByteRun& run, std::span<const uint8_t> bytes);
  template <typename Accumulator>
  uint64_t convolve(const Tile& tile);
  uint64_t accumulate_fully_connected(const Tile& tile);
  void finish(const Tile& tile, uint32_t map, uint32_t y, uint32_t x, int32_t accumulator);
  [[nodiscard]] uint16_t count_of(int16_t operand) const;

  Config config_;
  Layer layer_;
  std::vector<int16_t> input_;    // [in_c][in_row_count][in_w]
  std::vector<int16_t> weights_;  // [map_count][tap_count]
  Constants constants_;           // [map_count]
  std::vector<int32_t> lanes_;    // accumulators of a fully connected group, kept from chunk to chunk
  std::vector<uint8_t> output_;   // dense image of the tile's stored outputs
};

/// Requantised output of one accumulator: (acc << (N - n_w)) + bias, clamped to int32, then the platform's
/// rule.
[[nodiscard]] int32_t post_process(const Config& config, const Layer& layer, int32_t accumulator,
                                   int32_t bias, uint32_t mult, uint32_t shift);

}  // namespace ganglion::sc_cnn
