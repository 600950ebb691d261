// How transfers are cut into bursts and counted in beats.
#include "platform/accel/dma.h"

#include <gtest/gtest.h>

#include <random>

#include "bench.h"

namespace ganglion::test {
namespace {

TEST(DmaBursts, StopAtThePageAndAt256Beats) {
  EXPECT_EQ(burst_bytes(0x1000, 100), 100U);
  EXPECT_EQ(burst_bytes(0x1000, 10'000), 2048U);
  EXPECT_EQ(burst_bytes(0x1003, 10'000), 2045U);
  EXPECT_EQ(burst_bytes(0x1FF8, 10'000), 8U);
  EXPECT_EQ(burst_bytes(0x1FFF, 10'000), 1U);
}

TEST(DmaBursts, CountNaturallyAlignedBeats) {
  EXPECT_EQ(beats_of(0, 0), 0U);
  EXPECT_EQ(beats_of(0, 1), 1U);
  EXPECT_EQ(beats_of(7, 2), 2U);
  EXPECT_EQ(beats_of(8, 8), 1U);
  EXPECT_EQ(beats_of(9, 8), 2U);
}

TEST(DmaBursts, CoverARangeOnceAndObeyAxi) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    uint64_t address = random() % 0x10'000;
    uint64_t remaining = random() % 9'000;
    while (remaining > 0) {
      const uint64_t bytes = burst_bytes(address, remaining);
      ASSERT_GT(bytes, 0U);
      ASSERT_LE(bytes, remaining);
      ASSERT_LE(beats_of(address, bytes), 256U);
      ASSERT_EQ(address / 4096, (address + bytes - 1) / 4096);
      address += bytes;
      remaining -= bytes;
    }
  }
}

TEST(DmaBursts, OfAJobReachTheMemoryAtKernelTimeOneAfterTheOther) {
  Bench bench;

  bench.run([&] {
    bench.program(5000, Bench::kOut, 5000);
    bench.start();
    bench.wait_idle();
  });

  const auto& bursts = bench.memory.bursts;
  ASSERT_GE(bursts.size(), 9U);
  for (std::size_t i = 0; i < bursts.size(); ++i) {
    EXPECT_LE(beats_of(bursts[i].address, bursts[i].bytes), 256U);
    if (i == 0) continue;
    const auto& before = bursts[i - 1];
    EXPECT_GE(bursts[i].time_ps, before.time_ps + bench.memory.delay_ps(before.address, before.bytes));
  }
  EXPECT_TRUE(bench.summed(Bench::kOut, 4096));
}

}  // namespace
}  // namespace ganglion::test
