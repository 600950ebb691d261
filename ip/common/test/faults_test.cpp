#include "ip/common/model/faults.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace ganglion::layers {
namespace {

FaultPlan plan(double rate, FaultSite site = FaultSite::kProduct, uint64_t seed = 1) {
  return {site, rate, seed};
}

TEST(Faults, SitesHaveNames) {
  for (const FaultSite site :
       {FaultSite::kNone, FaultSite::kBuffer, FaultSite::kWeightRegister, FaultSite::kCounter,
        FaultSite::kStreamBit, FaultSite::kProduct, FaultSite::kAccumulator})
    EXPECT_EQ(fault_site(name_of(site)), site);
  EXPECT_EQ(fault_site("alpha particle"), FaultSite::kNone);
}

TEST(Faults, FlipsAreIndependentAndOfTheAskedRate) {
  constexpr uint32_t kBits = 16, kWords = 200'000;
  constexpr double kRate = 0.01;
  FaultInjector faults(plan(kRate), "dut");
  std::array<uint64_t, kBits> at{};
  uint64_t two = 0;
  for (uint64_t word = 0; word < kWords; ++word) {
    const uint64_t mask = faults.flips(word, kBits);
    for (uint32_t b = 0; b < kBits; ++b) at[b] += mask >> b & 1;
    two += __builtin_popcountll(mask) == 2;
  }
  const double expected = kWords * kRate, sigma = std::sqrt(kWords * kRate * (1 - kRate));
  uint64_t sum = 0;
  for (uint32_t b = 0; b < kBits; ++b) {
    EXPECT_NEAR(static_cast<double>(at[b]), expected, 5 * sigma) << "bit " << b;
    sum += at[b];
  }
  EXPECT_EQ(sum, faults.injected());
  // Binomial: 120 pairs of bits.
  const double pairs = kWords * 120 * kRate * kRate * std::pow(1 - kRate, 14);
  EXPECT_NEAR(static_cast<double>(two), pairs, 5 * std::sqrt(pairs));
}

TEST(Faults, LongWordsAndExtremeRates) {
  FaultInjector all(plan(1.0), "dut");
  EXPECT_EQ(all.flips(3, 10), 0x3ffu);
  FaultInjector none(plan(0.0), "dut");
  FaultInjector rare(plan(1e-300), "dut");
  for (uint64_t word = 0; word < 1000; ++word) {
    EXPECT_EQ(none.flips(word, 63), 0u);
    EXPECT_EQ(rare.flips(word, 63), 0u);
  }
  FaultInjector stream(plan(1e-3), "dut");
  uint64_t flips = 0;
  for (uint64_t word = 0; word < 2000; ++word) stream.for_flips(word, 512, [&](uint32_t) { ++flips; });
  EXPECT_NEAR(static_cast<double>(flips), 1024, 5 * 32);
}

TEST(Faults, TheOrderOfEvaluationDoesNotMatterButSeedNameSiteAndJobDo) {
  const auto draw = [](const FaultPlan& p, const char* name, uint32_t job, bool backwards) {
    FaultInjector faults(p, name);
    faults.begin_job(job);
    std::array<uint64_t, 256> masks{};
    for (uint64_t i = 0; i < masks.size(); ++i) {
      const uint64_t word = backwards ? masks.size() - 1 - i : i;
      masks[word] = faults.flips(word, 32);
    }
    return masks;
  };
  const auto base = draw(plan(0.02), "dut", 1, false);
  EXPECT_EQ(base, draw(plan(0.02), "dut", 1, true));
  EXPECT_NE(base, draw(plan(0.02, FaultSite::kProduct, 2), "dut", 1, false));
  EXPECT_NE(base, draw(plan(0.02, FaultSite::kAccumulator), "dut", 1, false));
  EXPECT_NE(base, draw(plan(0.02), "other", 1, false));
  EXPECT_NE(base, draw(plan(0.02), "dut", 2, false));
}

TEST(Faults, FlippedNumbersStayTwosComplement) {
  FaultInjector all(plan(1.0), "dut");
  EXPECT_EQ(all.flipped(5, 0, 4), ~5);
  EXPECT_EQ(all.flipped(-8, 0, 4), 7);
  FaultInjector some(plan(0.3), "dut");
  for (uint64_t word = 0; word < 1000; ++word) {
    const int64_t value = some.flipped(-3, word, 8);
    EXPECT_GE(value, -128);
    EXPECT_LE(value, 127);
  }
}

}  // namespace
}  // namespace ganglion::layers
