#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "ip/deepcam/model/noise.h"

namespace ganglion::deepcam {
namespace {

NoiseLevels sense_levels(uint32_t sixteenths, uint32_t step_log2 = 0) {
  NoiseLevels levels;
  levels.sense_sixteenths = sixteenths;
  levels.sense_step_log2 = step_log2;
  return levels;
}

TEST(DeepcamSense, AnIdealAmplifierChangesNothing) {
  const Noise noise({}, 1, "cam");
  EXPECT_TRUE(noise.sense_ideal());
  for (uint32_t h = 0; h <= 1024; ++h) EXPECT_EQ(noise.sense(1, h, 3, h, 1024), h);
}

TEST(DeepcamSense, NoiseHasTheStatedDeviationAndNoBias) {
  for (const uint32_t sixteenths : {16u, 64u, 160u}) {
    const Noise noise(sense_levels(sixteenths), 1, "cam");
    double sum = 0, squares = 0;
    constexpr int kDraws = 40'000;
    for (int i = 0; i < kDraws; ++i) {
      const double error = static_cast<double>(noise.sense(7, static_cast<uint64_t>(i) / 64,
                                                           static_cast<uint32_t>(i) % 64, 500, 1024)) -
                           500.0;
      sum += error;
      squares += error * error;
    }
    const double sigma = sixteenths / 16.0;
    // Rounding to whole bits adds a variance of 1/12; the table's variance is 0.999.
    EXPECT_NEAR(sum / kDraws, 0.0, 5 * sigma / std::sqrt(kDraws)) << sigma;
    EXPECT_NEAR(squares / kDraws, sigma * sigma * 0.999 + 1.0 / 12, 0.05 * sigma * sigma) << sigma;
  }
}

TEST(DeepcamSense, StaysWithinTheWord) {
  const Noise noise(sense_levels(16 * 100), 1, "cam");
  for (uint32_t i = 0; i < 2000; ++i) {
    EXPECT_LE(noise.sense(1, i, 0, 2, 256), 256u);
    EXPECT_LE(noise.sense(1, i, 1, 255, 256), 256u);
  }
}

TEST(DeepcamSense, TheQuantiserRoundsToItsStep) {
  const Noise noise(sense_levels(0, 3), 1, "cam");
  for (uint32_t h = 0; h <= 256; ++h) EXPECT_EQ(noise.sense(1, 0, 0, h, 256), (h + 4) / 8 * 8);
}

TEST(DeepcamSense, ADrawDependsOnItsKeysOnlyNotOnTheOrder) {
  const Noise noise(sense_levels(160), 1, "cam"), same(sense_levels(160), 1, "cam");
  std::vector<uint32_t> forth, back;
  for (uint32_t i = 0; i < 500; ++i) forth.push_back(noise.sense(2, i, i % 7, 300, 1024));
  for (uint32_t i = 500; i-- > 0;) back.push_back(same.sense(2, i, i % 7, 300, 1024));
  EXPECT_TRUE(std::equal(forth.begin(), forth.end(), back.rbegin()));

  const auto differing = [&](const Noise& other, uint32_t job) {
    int count = 0;
    for (uint32_t i = 0; i < 500; ++i) count += other.sense(job, i, i % 7, 300, 1024) != forth[i];
    return count;
  };
  EXPECT_GT(differing(Noise(sense_levels(160), 2, "cam"), 2), 400) << "another seed";
  EXPECT_GT(differing(Noise(sense_levels(160), 1, "other"), 2), 400) << "another instance";
  EXPECT_GT(differing(noise, 3), 400) << "another job";
}

}  // namespace
}  // namespace ganglion::deepcam
