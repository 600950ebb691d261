#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ip/common/model/tile_buffers.h"
#include "ip/mac_array/model/config.h"
#include "ip/mac_array/model/cycles.h"
#include "ip/mac_array/model/layer.h"

namespace ganglion::mac_array {

// models:          the MAC array between its buffers: exact products of N-bit operands; each cycle a lane
// adds
//                  the exact sum of up to macs_per_lane products of consecutive taps (order c, ky, kx) to its
//                  accumulator, which saturates. Bit exact. Buffers and post-processing: TileBuffers.
// leaves out:      nothing known of the arithmetic.
// checked against: naive loops (test/core_test.cpp) and the NumPy reference.
// error bound:     none.

struct TileResult {
  TileCost cost;
  uint64_t saturations = 0;  ///< additions that an accumulator clamped
};

/// On-chip state of one job: buffers and accumulators.
class Core : public layers::TileBuffers {
 public:
  /// `config` and `layer` must have passed find_config_fault and find_job_fault. `faults` outlive the core.
  Core(const Config& config, const Layer& layer, layers::FaultInjector* faults = nullptr);

  /// As TileBuffers; a new group of a fully connected layer starts with empty accumulators.
  void begin(const layers::Tile& tile);
  /// Computes the tile that was begun.
  [[nodiscard]] TileResult compute(const layers::Tile& tile);

 private:
  void convolve_exact(const layers::Tile& tile);
  uint64_t convolve_saturating(const layers::Tile& tile);
  uint64_t accumulate_fully_connected(const layers::Tile& tile);

  // With faults in the lanes: faulty.cpp.
  uint64_t convolve_with_faults(const layers::Tile& tile);
  uint64_t accumulate_with_faults(const layers::Tile& tile);
  [[nodiscard]] int64_t faulty_weight(const layers::Tile& tile, uint32_t map, uint32_t tap,
                                      uint64_t first_pixel) const;
  uint64_t faulty_steps(const layers::Tile& tile, std::span<const int16_t> operands,
                        std::span<const int64_t> row, uint32_t map, uint64_t pixel,
                        int64_t& accumulator) const;

  Config config_;
  Layer layer_;
  std::vector<int64_t> lanes_;  // accumulators of a fully connected group, kept from chunk to chunk
};

}  // namespace ganglion::mac_array
