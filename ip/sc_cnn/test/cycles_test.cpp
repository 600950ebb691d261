#include "ip/sc_cnn/model/cycles.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>

#include "ip/sc_cnn/model/multiplier.h"
#include "ip/sc_cnn/test/random_job.h"

namespace ganglion::sc_cnn {
namespace {

/// The array, one cycle after the other: down counters that lose b a cycle, lanes that follow them, the
/// accumulators' shadow registers emptied by the requantisers. Knows nothing of the closed formula.
class SteppedArray {
 public:
  SteppedArray(const Config& config, const Layer& layer) : config_(config), layer_(layer) {}

  /// Cycles of one convolution tile; counts [maps][taps].
  uint64_t convolution(const Tile& tile, const std::vector<uint16_t>& counts) {
    const uint64_t pixels = uint64_t{tile.row_count} * layer_.computed_w();
    std::deque<uint64_t> runs;  // pixels of each run to come
    for (uint64_t left = pixels; left > 0; left -= runs.back())
      runs.push_back(std::min<uint64_t>(left, config_.lanes));
    uint64_t cycles = config_.tile_cycles;
    uint64_t accumulating = 0, waiting = 0, to_requantise = 0;  // waiting: outputs in the lanes, run complete
    uint64_t of_map = 0, of_every_map = 0;
    uint64_t in_lanes = 0;
    const auto start_run = [&] {
      in_lanes = runs.front();
      accumulating = step_weights(tile, counts, in_lanes) + config_.run_cycles;
      runs.pop_front();
    };
    start_run();
    while (true) {
      if (accumulating == 0 && in_lanes != 0) {
        waiting = tile.map_count * in_lanes;
        in_lanes = 0;
      }
      if (waiting != 0 && to_requantise == 0) {
        to_requantise = waiting;
        of_map = of_every_map = waiting / tile.map_count;
        waiting = 0;
        if (!runs.empty()) start_run();
      }
      if (accumulating == 0 && waiting == 0 && to_requantise == 0) return cycles;
      ++cycles;
      if (accumulating > 0) --accumulating;
      const uint64_t leave = std::min<uint64_t>(of_map, config_.requantisers);  // a map after the other
      to_requantise -= leave;
      of_map = of_map > leave ? of_map - leave : to_requantise > 0 ? of_every_map : 0;
    }
  }

  uint64_t fully_connected(const Tile& tile, const std::vector<uint16_t>& counts) {
    const uint32_t groups = (tile.map_count + config_.mvms - 1) / config_.mvms;
    std::vector<Entry> entries;
    for (const uint16_t k : counts) {
      for (uint32_t group = 1; group < groups; ++group) entries.push_back({{}, k == 0});
      entries.push_back({{k}, k == 0});
    }
    uint64_t cycles = config_.tile_cycles + config_.run_cycles + step_entries(entries, tile.map_count);
    if (tile.last_of_group_outputs) {
      for (uint32_t left = tile.map_count; left > 0; left -= std::min(left, config_.requantisers)) ++cycles;
    }
    return cycles;
  }

  uint64_t lane_cycles = 0;

 private:
  uint64_t step_weights(const Tile& tile, const std::vector<uint16_t>& counts, uint64_t pixels) {
    const std::size_t taps = layer_.taps();
    uint64_t slowest = 0;
    if (config_.scheduling == Scheduling::kFifo) {
      for (uint32_t m = 0; m < tile.map_count; ++m) {
        uint64_t own = 0;
        for (std::size_t j = 0; j < taps; ++j) own += count_down({counts[m * taps + j]}, pixels);
        slowest = std::max(slowest, own);
      }
      return slowest;
    }
    std::vector<Entry> entries(taps);
    for (std::size_t j = 0; j < taps; ++j) {
      for (uint32_t m = 0; m < tile.map_count; ++m) entries[j].counters.push_back(counts[m * taps + j]);
      entries[j].without_count = std::ranges::all_of(entries[j].counters, [](uint32_t k) { return k == 0; });
    }
    return step_entries(entries, pixels);
  }
  /// All counters run until the last one is empty.
  uint64_t count_down(std::vector<uint32_t> counters, uint64_t pixels) {
    uint64_t cycles = 0;
    bool first = true;
    while (step_counters(counters, first, pixels)) {
      first = false;
      ++cycles;
    }
    return cycles;
  }
  /// A cycle of the counters; whether one of them spent it.
  bool step_counters(std::vector<uint32_t>& counters, bool first, uint64_t pixels) {
    bool busy = false;
    for (uint32_t& counter : counters) {
      const bool spends_cycle = counter > 0 || (first && layer_.zero_skip == 0);
      busy |= spends_cycle;
      lane_cycles += spends_cycle ? pixels : 0;
      counter -= std::min(counter, config_.bit_parallel);
    }
    return busy;
  }
  /// What comes out of the buffers in a cycle: counts, or operands that only have to be put down.
  struct Entry {
    std::vector<uint32_t> counters;
    bool without_count = false;
  };
  /// Buffers, an entry that waits for the array, the array: from the first entry out of the buffers to the
  /// last count's end.
  uint64_t step_entries(const std::vector<Entry>& entries, uint64_t pixels) {
    std::size_t next = 0;
    const Entry* waiting = nullptr;
    std::vector<uint32_t> counting;
    bool array_busy = false, first = false;
    for (uint64_t cycle = 0;; ++cycle) {
      bool array_ends = false;
      if (array_busy) {
        step_counters(counting, first, pixels);
        first = false;
        array_ends = std::ranges::all_of(counting, [](uint32_t k) { return k == 0; });
      }
      const bool drop = waiting != nullptr && waiting->without_count && layer_.zero_skip != 0;
      const bool load = waiting != nullptr && !drop && (!array_busy || array_ends);
      if (array_ends) array_busy = false;
      if (load) {
        counting = waiting->counters;
        array_busy = first = true;
      }
      if (drop || load) waiting = nullptr;
      if (waiting == nullptr && next < entries.size()) waiting = &entries[next++];
      if (next == entries.size() && waiting == nullptr && !array_busy) return cycle - 1;
    }
  }

  const Config& config_;
  const Layer& layer_;
};

std::vector<uint16_t> counts_of(const Config& config, const Layer& layer, std::span<const uint8_t> elements,
                                std::size_t first, std::size_t count) {
  const int eb = config.element_bytes();
  std::vector<uint16_t> counts;
  for (std::size_t i = first; i < first + count; ++i) {
    const int32_t value = element_at(elements, i * static_cast<std::size_t>(eb), eb);
    counts.push_back(static_cast<uint16_t>(
        counter_start(value, config.operand_bits, static_cast<int>(layer.weight_bits))));
  }
  return counts;
}

TEST(ScCycles, FormulaEqualsTheSteppedArray) {
  std::mt19937 random(11);
  int checked = 0;
  for (int i = 0; i < 150; ++i) {
    Config config;
    config.operand_bits = 4 + static_cast<int>(random() % 7);
    config.bit_parallel = 1u << (random() % std::min(6, config.operand_bits));
    config.lanes = 1 + static_cast<uint32_t>(random() % 9);
    config.mvms = 1 + static_cast<uint32_t>(random() % 5);
    config.requantisers = 1 + static_cast<uint32_t>(random() % config.array_lanes());
    config.scheduling = random() % 2 == 0 ? Scheduling::kBarrier : Scheduling::kFifo;
    config.run_cycles = 1 + static_cast<uint32_t>(random() % 4);
    config.tile_cycles = static_cast<uint32_t>(random() % 6);
    ASSERT_FALSE(find_config_fault(config)) << find_config_fault(config)->to_string();
    Layer layer = i % 3 == 0 ? random_fully_connected(config, random) : random_convolution(config, random);
    if (find_job_fault(config, layer)) continue;
    const OwnedJob owned = with_random_operands(config, layer, random, 0.1);

    const Result result = run(config, owned.job());

    ASSERT_FALSE(result.fault);
    SteppedArray array(config, layer);
    const auto tiles = make_tiles(config, layer);
    const std::size_t taps = layer.taps();
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      const Tile& tile = tiles[t];
      uint64_t stepped = 0;
      if (layer.fully_connected()) {
        std::vector<uint8_t> flat;  // inputs without the gaps of the strides
        const FeatureMapLayout in = layer.input_layout(config.element_bytes());
        for (uint32_t c = 0; c < in.channels; ++c) {
          for (uint32_t y = 0; y < in.height; ++y) {
            const auto row = owned.in.begin() + static_cast<std::ptrdiff_t>(in.offset(c, y, 0));
            flat.insert(flat.end(), row, row + std::ptrdiff_t{in.width} * in.element_bytes);
          }
        }
        stepped = array.fully_connected(tile, counts_of(config, layer, flat, tile.tap_begin, tile.tap_count));
      } else {
        stepped = array.convolution(
            tile, counts_of(config, layer, owned.weights, tile.map_begin * taps, tile.map_count * taps));
      }
      ASSERT_EQ(result.tiles[t].compute_cycles, stepped) << "job " << i << " tile " << t;
      ++checked;
    }
    // Zeros that are not skipped spend a lane cycle in a convolution; the stepped FC loop does not count
    // those.
    if (!layer.fully_connected() || layer.zero_skip == 1) {
      EXPECT_EQ(result.actions.lane_cycles, array.lane_cycles) << "job " << i;
    }
  }
  EXPECT_GT(checked, 200);
}

TEST(ScCycles, FifoSchedulingIsNeverSlowerThanTheBarrier) {
  std::mt19937 random(12);
  for (int i = 0; i < 20; ++i) {
    Config barrier, fifo;
    fifo.scheduling = Scheduling::kFifo;
    const Layer layer = random_convolution(barrier, random);
    const OwnedJob owned = with_random_operands(barrier, layer, random);
    const Result a = run(barrier, owned.job()), b = run(fifo, owned.job());
    EXPECT_EQ(a.output, b.output);
    EXPECT_LE(b.compute_cycles, a.compute_cycles);
    EXPECT_GE(b.actions.input_reads, a.actions.input_reads) << "MVMs out of step read their operands apart";
  }
}

TEST(ScCycles, OperandsAreSharedUnderABarrierAndReadByEachMvmWithFifos) {
  Config config;
  config.lanes = 1;  // a run is one pixel: weights and operands are read alike
  config.requantisers = 1;
  Layer layer;
  layer.in_h = layer.in_w = 6;
  layer.kh = layer.kw = 3;
  layer.out_c = 4;
  layer.zero_skip = 1;
  layer.hi = 127;
  complete_geometry(config, layer);
  std::mt19937 random(14);
  OwnedJob owned = with_random_operands(config, layer, random);
  for (uint8_t& weight : owned.weights) weight |= 1;
  EXPECT_EQ(run(config, owned.job()).actions.weight_reads, 4u * 9 * 16);
  EXPECT_EQ(run(config, owned.job()).actions.input_reads, 9u * 16);
  config.scheduling = Scheduling::kFifo;
  EXPECT_EQ(run(config, owned.job()).actions.input_reads, 4u * 9 * 16);
}

TEST(ScCycles, MeanCyclesOfGaussianWeights) {
  // Fact sheet: N=8, sd .05/.1/.2 of full scale, zero skip.
  const auto mean = [](double sd, int parallel_log2) {
    double sum = 0, mass = 0;
    for (int w = -128; w <= 127; ++w) {
      const auto below = [&](double x) { return 0.5 * std::erfc(-x / (128 * sd * std::sqrt(2.0))); };
      const double p = below(w + 0.5) - below(w - 0.5);
      sum += p * mac_cycles(counter_start(w, 8, 8), parallel_log2, true);
      mass += p;
    }
    return sum / mass;
  };
  EXPECT_NEAR(mean(.05, 0), 5.1, .05);
  EXPECT_NEAR(mean(.1, 0), 10.2, .05);
  EXPECT_NEAR(mean(.2, 0), 20.4, .05);
  EXPECT_NEAR(mean(.05, 3), 1.13, .01);
  EXPECT_NEAR(mean(.1, 3), 1.74, .01);
  EXPECT_NEAR(mean(.2, 3), 3.0, .05);
  EXPECT_NEAR(mean(.05, 4), .95, .01);
  EXPECT_NEAR(mean(.1, 4), 1.18, .01);
  EXPECT_NEAR(mean(.2, 4), 1.78, .01);
}

TEST(ScCycles, HalvingThePrecisionHalvesTheWork) {
  Config config;
  config.bit_parallel = 1;
  std::mt19937 random(13);
  Layer layer;
  layer.in_c = 16;
  layer.in_h = layer.in_w = 8;
  layer.kh = layer.kw = 3;
  layer.out_c = 16;
  layer.zero_skip = 1;
  complete_geometry(config, layer);
  OwnedJob owned = with_random_operands(config, layer, random, 0.3);
  const auto full = static_cast<double>(run(config, owned.job()).actions.lane_cycles);
  owned.layer.weight_bits = 7;
  EXPECT_NEAR(static_cast<double>(run(config, owned.job()).actions.lane_cycles) / full, 0.5, 0.02);
  owned.layer.weight_bits = 5;
  EXPECT_NEAR(static_cast<double>(run(config, owned.job()).actions.lane_cycles) / full, 0.125, 0.02);
}

}  // namespace
}  // namespace ganglion::sc_cnn
