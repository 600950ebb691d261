// The double-buffered pipeline against its formula, on a job that only counts.
#include "platform/accel/tile_pipeline.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace ganglion::test {
namespace {

/// Time as the shell keeps it, without a simulator: DMA of n bytes takes n cycles.
class CountingJob : public JobContext {
 public:
  [[nodiscard]] uint32_t job_id() const override { return 1; }
  [[nodiscard]] uint64_t cycles() const override { return cycle_; }
  uint64_t dma_read(uint64_t, std::span<std::byte> data) override { return pass(data.size()); }
  uint64_t dma_write(uint64_t, std::span<const std::byte> data) override { return pass(data.size()); }
  void wait_cycles(uint64_t cycles, TimeCause) override { pass(cycles); }
  void start_compute(uint64_t cycles) override { busy_until_ = std::max(cycle_, busy_until_) + cycles; }
  void await_compute() override { cycle_ = std::max(cycle_, busy_until_); }

 private:
  uint64_t pass(uint64_t cycles) {
    cycle_ += cycles;
    return cycles;
  }
  uint64_t cycle_ = 0;
  uint64_t busy_until_ = 0;
};

TEST(TilePipeline, TakesTheCyclesOfItsFormula) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    const std::size_t tiles = random() % 6;
    std::vector<uint64_t> load(tiles);
    std::vector<uint64_t> compute(tiles);
    std::vector<uint64_t> store(tiles);
    for (auto* cycles : {&load, &compute, &store}) {
      for (uint64_t& value : *cycles) value = random() % 50;
    }
    std::vector<std::byte> data(64);
    CountingJob job;
    TilePipeline pipeline;
    pipeline.tiles = tiles;
    pipeline.start_cycles = round;
    pipeline.load = [&](std::size_t i) { job.dma_read(0, std::span(data).first(load[i])); };
    pipeline.compute = [&](std::size_t i) { return compute[i]; };
    pipeline.store = [&](std::size_t i) { job.dma_write(0, std::span(data).first(store[i])); };

    pipeline.run(job);

    EXPECT_EQ(job.cycles(), pipeline_cycles(round, load, compute, store));
  }
}

TEST(TilePipeline, FormulaByHand) {
  const std::vector<uint64_t> load{10, 20, 30};
  const std::vector<uint64_t> compute{5, 100, 7};
  const std::vector<uint64_t> store{1, 2, 3};

  // 4 + 10 + max(5, 20) + max(100, 30 + 1) + max(7, 2) + 3
  EXPECT_EQ(pipeline_cycles(4, load, compute, store), 4U + 10 + 20 + 100 + 7 + 3);
}

TEST(TilePipeline, OrderKeepsTwoBuffersApart) {
  std::string order;
  const auto note = [&order](char step, std::size_t tile) {
    order += step;
    order += std::to_string(tile);
    order += ' ';
  };
  CountingJob job;
  TilePipeline pipeline;
  pipeline.tiles = 3;
  pipeline.load = [&](std::size_t i) { note('L', i); };
  pipeline.compute = [&](std::size_t i) {
    note('C', i);
    return uint64_t{1};
  };
  pipeline.store = [&](std::size_t i) { note('S', i); };

  pipeline.run(job);

  EXPECT_EQ(order, "L0 C0 L1 C1 L2 S0 C2 S1 S2 ");
}

}  // namespace
}  // namespace ganglion::test
