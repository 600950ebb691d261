#pragma once

#include <cstdint>
#include <vector>

#include "ip/common/model/tile_buffers.h"
#include "ip/sc_cnn/model/config.h"
#include "ip/sc_cnn/model/cycles.h"
#include "ip/sc_cnn/model/layer.h"
#include "ip/sc_cnn/model/schedule.h"

namespace ganglion::sc_cnn {

// models:          the SC-CNN core between its buffers: BISC-MVM products and saturating accumulators; bit
//                  exact. Buffers and post-processing: TileBuffers.
// leaves out:      a run's padding reads as operand 0 (README.md).
// checked against: naive loops over signed_product (test/core_test.cpp) and the NumPy reference.
// error bound:     none.

struct TileResult {
  TileCost cost;
  uint64_t saturations = 0;  ///< products that a lane register clamped
};

/// On-chip state of one job: buffers and lanes.
class Core : public layers::TileBuffers {
 public:
  /// `config` and `layer` must have passed find_config_fault and find_job_fault. `faults` outlive the core.
  Core(const Config& config, const Layer& layer, layers::FaultInjector* faults = nullptr);

  /// As TileBuffers; a new group of a fully connected layer starts with empty accumulators.
  void begin(const Tile& tile);
  /// Computes the tile that was begun.
  [[nodiscard]] TileResult compute(const Tile& tile);

 private:
  template <typename Accumulator>
  uint64_t convolve(const Tile& tile);
  uint64_t accumulate_fully_connected(const Tile& tile);
  [[nodiscard]] uint16_t count_of(int16_t operand) const;
  // With faults in the lanes: faulty.cpp.
  struct Count {
    uint32_t k;
    bool negative;
  };
  [[nodiscard]] TileResult convolve_with_faults(const Tile& tile);
  [[nodiscard]] TileResult accumulate_with_faults(const Tile& tile);
  [[nodiscard]] int16_t faulty_weight(int16_t weight, uint64_t word) const;
  [[nodiscard]] Count faulty_count(int16_t operand, uint64_t word) const;
  [[nodiscard]] int32_t faulty_product(int16_t streamed, Count count, uint64_t word) const;
  void faulty_add(int32_t& accumulator, int32_t product, uint64_t word, TileResult& result) const;
  /// The accumulator counts units of 2^(N - n_w); the bias units of 1.
  [[nodiscard]] int64_t in_units_of_bias(int32_t accumulator) const {
    return int64_t{accumulator} << (static_cast<uint32_t>(config_.operand_bits) - layer_.weight_bits);
  }

  Config config_;
  Layer layer_;
  std::vector<int32_t> lanes_;  // accumulators of a fully connected group, kept from chunk to chunk
};

}  // namespace ganglion::sc_cnn
