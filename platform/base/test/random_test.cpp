#include "platform/base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace ganglion {
namespace {

using Words = std::array<uint32_t, 4>;

TEST(Philox, AgreesWithTheKnownAnswersOfRandom123) {
  // kat_vectors of Random123, philox4x32 10.
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(NameHash, AgreesWithTheKnownAnswersOfFnv1a) {
  EXPECT_EQ(name_hash(""), 0xcbf29ce484222325);
  EXPECT_EQ(name_hash("a"), 0xaf63dc4c8601ec8c);
  EXPECT_EQ(name_hash("foobar"), 0x85944171f73967e8);
}

TEST(KeyedRandom, DependsOnKeyAndNothingElse) {
  const KeyedRandom one(1, "cbram0");
  const Words later = one.words(7, 3);
  (void)one.words(5);

  EXPECT_EQ(KeyedRandom(1, "cbram0").words(7, 3), later);
}

TEST(KeyedRandom, EveryPartOfTheKeyMatters) {
  std::set<Words> seen;
  for (const uint64_t seed : {uint64_t{1}, uint64_t{2}, uint64_t{1} << 32}) {
    for (const char* name : {"cbram0", "cbram1"}) {
      for (const uint64_t index : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 40}) {
        for (const uint32_t lane : {0u, 1u}) seen.insert(KeyedRandom(seed, name).words(index, lane));
      }
    }
  }
  EXPECT_EQ(seen.size(), 3u * 2 * 3 * 2);
}

TEST(KeyedRandom, UniformAndNormalHaveTheirMoments) {
  constexpr int kDraws = 200'000;
  const KeyedRandom random(1, "noise");
  double sum = 0, square = 0, normal_sum = 0, normal_square = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = random.uniform(static_cast<uint64_t>(i));
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    const double n = random.normal(static_cast<uint64_t>(i), 1);
    ASSERT_TRUE(std::isfinite(n));
    sum += u;
    square += u * u;
    normal_sum += n;
    normal_square += n * n;
  }
  // Five standard errors of each estimate.
  EXPECT_NEAR(sum / kDraws, 0.5, 5 * std::sqrt(1.0 / 12 / kDraws));
  EXPECT_NEAR(square / kDraws, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / kDraws));
  EXPECT_NEAR(normal_sum / kDraws, 0.0, 5 * std::sqrt(1.0 / kDraws));
  EXPECT_NEAR(normal_square / kDraws, 1.0, 5 * std::sqrt(2.0 / kDraws));
}

}  // namespace
}  // namespace ganglion
