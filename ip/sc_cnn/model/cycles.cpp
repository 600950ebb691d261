#include "ip/sc_cnn/model/cycles.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "ip/sc_cnn/model/multiplier.h"
#include "ip/sc_cnn/model/tap_feed.h"

namespace ganglion::sc_cnn {

using layers::ceil_div;

Actions& Actions::operator+=(const Actions& o) {
  BufferActions::operator+=(o);
  lane_cycles += o.lane_cycles;
  counter_cycles += o.counter_cycles;
  return *this;
}

TileCost convolution_cost(const Config& config, const Layer& layer, const Tile& tile,
                          std::span<const uint16_t> counts) {
  const uint64_t taps = layer.taps();
  assert(counts.size() == taps * tile.map_count);
  const bool skip = layer.zero_skip != 0;
  const bool barrier = config.scheduling == Scheduling::kBarrier;
  std::vector<uint32_t> slowest(taps, 0);  // over the maps, per tap
  uint64_t array_cycles = 0, slowest_map = 0, active_weights = 0;
  for (uint32_t m = 0; m < tile.map_count; ++m) {
    uint64_t map_cycles = 0;
    for (uint64_t j = 0; j < taps; ++j) {
      const uint32_t cycles = mac_cycles(counts[m * taps + j], config.parallel_log2(), skip);
      map_cycles += cycles;
      active_weights += cycles != 0;
      slowest[j] = std::max(slowest[j], cycles);
    }
    array_cycles += map_cycles;
    slowest_map = std::max(slowest_map, map_cycles);
  }
  TapFeed feed;
  uint64_t active_taps = 0;
  for (const uint32_t cycles : slowest) {
    if (cycles != 0) {
      feed.count(cycles);
      ++active_taps;
    } else {
      feed.drop();
    }
  }

  const auto [pixels, runs] = pixel_runs(config, layer, tile);
  const uint64_t accumulate = (barrier ? feed.cycles() : slowest_map) + config.run_cycles;
  TileCost cost;
  cost.cycles = convolution_tile_cycles(config, layer, tile, accumulate);
  cost.actions.lane_cycles = array_cycles * pixels;
  cost.actions.counter_cycles = array_cycles * runs;
  cost.actions.input_reads = (barrier ? active_taps : active_weights) * pixels;
  cost.actions.weight_reads = active_weights * runs;
  add_post_processing(layer, tile, cost.actions);
  return cost;
}

TileCost fully_connected_cost(const Config& config, const Layer& layer, const Tile& tile,
                              std::span<const uint16_t> counts) {
  assert(counts.size() == tile.tap_count);
  const uint64_t outputs = tile.map_count, entries = ceil_div(outputs, config.mvms);
  TapFeed feed;
  uint64_t cycles = 0, active_taps = 0;
  for (const uint16_t k : counts) {
    const uint32_t c = mac_cycles(k, config.parallel_log2(), layer.zero_skip != 0);
    for (uint64_t entry = 1; entry <= entries; ++entry) {
      if (c == 0) {
        feed.drop();
      } else {
        feed.count(entry < entries ? 1 : c);
      }
    }
    cycles += c;
    active_taps += c != 0;
  }
  TileCost cost;
  cost.cycles = fully_connected_tile_cycles(config, tile, feed.cycles());
  cost.actions.lane_cycles = cycles * outputs;
  cost.actions.counter_cycles = cycles * ceil_div(outputs, config.lanes);
  cost.actions.input_reads = active_taps;
  cost.actions.weight_reads = active_taps * outputs;
  add_post_processing(layer, tile, cost.actions);
  return cost;
}

}  // namespace ganglion::sc_cnn
