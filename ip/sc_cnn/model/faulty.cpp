#include <algorithm>
#include <vector>

#include "ip/sc_cnn/model/core.h"
#include "ip/sc_cnn/model/multiplier.h"
#include "ip/sc_cnn/model/tap_feed.h"
#include "platform/base/fixed_point.h"

// A tile with faults in its lanes: every product formed and every accumulator written one by one, and cycles
// counted from the counts that the down counters really hold. A product that meets a flipped stream bit is
// corrected by that bit of its explicit stream; the closed form stands for all others, which it equals.

namespace ganglion::sc_cnn {

using layers::FaultSite;

int16_t Core::faulty_weight(int16_t weight, uint64_t word) const {
  auto* const faults = faults_at(FaultSite::kWeightRegister);
  return faults == nullptr ? weight
                           : static_cast<int16_t>(faults->flipped(weight, word, config_.operand_bits));
}

Core::Count Core::faulty_count(int16_t operand, uint64_t word) const {
  uint32_t k = count_of(operand);
  if (auto* const faults = faults_at(FaultSite::kCounter); faults != nullptr)
    k ^= static_cast<uint32_t>(faults->flips(word, static_cast<uint32_t>(config_.operand_bits)));
  return {k, operand < 0};
}

int32_t Core::faulty_product(int16_t streamed, Count count, uint64_t word) const {
  const int n = config_.operand_bits;
  // Within the table of counts a multiplier can have; a faulty counter may hold more.
  int32_t product = 0;
  if (count.k <= 1u << (n - 1)) {
    product = ProductTable::of(n).row(count.k)[to_offset_binary(streamed, n)];
    if (count.negative) product = -product;
  } else {
    product = signed_product(streamed, count.k, count.negative, n);
  }
  if (auto* const faults = faults_at(FaultSite::kStreamBit); faults != nullptr) {
    const uint32_t u = to_offset_binary(streamed, n);
    faults->for_flips(word, count.k, [&](uint32_t position) {
      const bool up = (stream_bit(u, position + 1, n) != 0) != count.negative;
      product += up ? -2 : 2;
    });
  }
  if (auto* const faults = faults_at(FaultSite::kProduct); faults != nullptr)
    product = static_cast<int32_t>(faults->flipped(product, word, n + 1));
  return product;
}

void Core::faulty_add(int32_t& accumulator, int32_t product, uint64_t word, TileResult& result) const {
  const int bits = config_.operand_bits + static_cast<int>(layer_.guard_bits);
  const int32_t sum = accumulator + product;
  accumulator = static_cast<int32_t>(saturate(sum, bits));
  result.saturations += accumulator != sum;
  if (auto* const faults = faults_at(FaultSite::kAccumulator); faults != nullptr)
    accumulator = static_cast<int32_t>(faults->flipped(accumulator, word, bits));
}

TileResult Core::convolve_with_faults(const Tile& tile) {
  const auto taps = static_cast<uint32_t>(layer_.taps());
  const uint32_t width = layer_.computed_w();
  const bool barrier = config_.scheduling == Scheduling::kBarrier;
  const auto [pixels, runs] = pixel_runs(config_, layer_, tile);
  const uint64_t first = uint64_t{tile.row_begin} * width;
  std::vector<int16_t> patches(std::size_t{config_.lanes} * taps);
  std::vector<int32_t> lanes(std::size_t{config_.lanes} * tile.map_count);
  std::vector<uint64_t> map_cycles(tile.map_count), accumulate;
  TileResult result;
  Actions& actions = result.cost.actions;
  for (uint64_t begin = 0; begin < pixels; begin += config_.lanes) {
    const uint64_t count = std::min<uint64_t>(config_.lanes, pixels - begin);
    for (uint64_t p = 0; p < count; ++p) {
      read_patch(tile, static_cast<uint32_t>((begin + p) / width), static_cast<uint32_t>((begin + p) % width),
                 std::span(patches).subspan(p * taps, taps));
    }
    std::ranges::fill(lanes, 0);
    std::ranges::fill(map_cycles, uint64_t{0});
    TapFeed feed;
    for (uint32_t t = 0; t < taps; ++t) {
      uint32_t slowest = 0;
      for (uint32_t m = 0; m < tile.map_count; ++m) {
        const uint64_t load = word_of(tile, m, first + begin, t);
        const Count k = faulty_count(faulty_weight(weights()[std::size_t{m} * taps + t], load), load);
        const uint32_t cycles = mac_cycles(k.k, config_.parallel_log2(), layer_.zero_skip != 0);
        slowest = std::max(slowest, cycles);
        map_cycles[m] += cycles;
        actions.lane_cycles += cycles * count;
        actions.counter_cycles += cycles;
        actions.weight_reads += cycles != 0;
        if (!barrier) actions.input_reads += cycles != 0 ? count : 0;
        if (k.k == 0) continue;  // no stream, no product
        for (uint64_t p = 0; p < count; ++p) {
          const uint64_t word = load + p * taps;
          faulty_add(lanes[m * config_.lanes + p], faulty_product(patches[p * taps + t], k, word), word,
                     result);
        }
      }
      if (slowest != 0) {
        feed.count(slowest);
      } else {
        feed.drop();
      }
      if (barrier) actions.input_reads += slowest != 0 ? count : 0;
    }
    accumulate.push_back((barrier ? feed.cycles() : std::ranges::max(map_cycles)) + config_.run_cycles);
    for (uint32_t m = 0; m < tile.map_count; ++m) {
      for (uint64_t p = 0; p < count; ++p) {
        finish(tile, m, static_cast<uint32_t>((begin + p) / width),
               static_cast<uint32_t>((begin + p) % width), in_units_of_bias(lanes[m * config_.lanes + p]));
      }
    }
  }
  result.cost.cycles = convolution_tile_cycles(config_, layer_, tile, std::span<const uint64_t>(accumulate));
  add_post_processing(layer_, tile, actions);
  return result;
}

TileResult Core::accumulate_with_faults(const Tile& tile) {
  TileResult result;
  Actions& actions = result.cost.actions;
  const uint64_t entries = layers::ceil_div(tile.map_count, config_.mvms);
  TapFeed feed;
  for (uint32_t t = 0; t < tile.tap_count; ++t) {
    const int16_t activation = input()[tile.tap_begin + t];
    uint32_t slowest = 0;
    bool active = false;
    for (uint32_t begin = 0; begin < tile.map_count; begin += config_.lanes) {  // the outputs of one MVM
      const Count k = faulty_count(activation, word_of(tile, begin, 0, t));
      const uint32_t count = std::min(config_.lanes, tile.map_count - begin);
      const uint32_t mvm_cycles = mac_cycles(k.k, config_.parallel_log2(), layer_.zero_skip != 0);
      slowest = std::max(slowest, mvm_cycles);
      active = active || mvm_cycles != 0;
      actions.lane_cycles += uint64_t{mvm_cycles} * count;
      actions.counter_cycles += mvm_cycles;
      actions.weight_reads += mvm_cycles != 0 ? count : 0;
      if (k.k == 0) continue;
      for (uint32_t m = begin; m < begin + count; ++m) {
        const uint64_t word = word_of(tile, m, 0, t);
        const int16_t weight = faulty_weight(weights()[std::size_t{m} * tile.tap_count + t], word);
        faulty_add(lanes_[m], faulty_product(weight, k, word), word, result);
      }
    }
    for (uint64_t entry = 1; entry <= entries; ++entry) {
      if (slowest == 0) {
        feed.drop();
      } else {
        feed.count(entry < entries ? 1 : slowest);
      }
    }
    actions.input_reads += active;
  }
  if (tile.last_of_group_outputs) {
    for (uint32_t m = 0; m < tile.map_count; ++m) finish(tile, m, 0, 0, in_units_of_bias(lanes_[m]));
  }
  result.cost.cycles = fully_connected_tile_cycles(config_, tile, feed.cycles());
  add_post_processing(layer_, tile, actions);
  return result;
}

}  // namespace ganglion::sc_cnn
