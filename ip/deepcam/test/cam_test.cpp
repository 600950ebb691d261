#include "ip/deepcam/model/cam.h"

#include <gtest/gtest.h>

#include <random>

namespace ganglion::deepcam {
namespace {

std::vector<uint64_t> random_word(std::mt19937_64& random, uint32_t words) {
  std::vector<uint64_t> word(words);
  for (uint64_t& part : word) part = random();
  return word;
}

/// Bit by bit.
uint32_t naive_distance(std::span<const uint64_t> a, std::span<const uint64_t> b) {
  uint32_t distance = 0;
  for (std::size_t bit = 0; bit < a.size() * 64; ++bit) {
    distance += (a[bit / 64] >> (bit % 64) & 1) != (b[bit / 64] >> (bit % 64) & 1);
  }
  return distance;
}

TEST(DeepcamCam, TenThousandRandomSearchesEqualBruteForceOnEveryKernel) {
  for (const SearchKernel& kernel : search_kernels()) {
    std::mt19937_64 random(1);
    int searches = 0;
    while (searches < 10'000) {
      const auto rows = static_cast<uint32_t>(1 + random() % 40);
      const auto words = static_cast<uint32_t>(1 + random() % 16);
      Cam cam(rows, words * 64, kernel);
      std::vector<std::vector<uint64_t>> stored(rows, std::vector<uint64_t>(words));
      for (int round = 0; round < 10; ++round, ++searches) {
        const auto row = static_cast<uint32_t>(random() % rows);
        stored[row] = random_word(random, words);
        if (round == 3) stored[row].assign(words, ~uint64_t{0});
        cam.write(row, stored[row]);
        auto key = random_word(random, words);
        if (round == 4) key.assign(words, 0);  // against the row of ones: the largest distance
        std::vector<uint16_t> distances(1 + random() % rows, 0xdead);
        cam.search(key, distances);
        for (std::size_t r = 0; r < distances.size(); ++r) {
          ASSERT_EQ(distances[r], naive_distance(key, stored[r])) << kernel.name << ", row " << r;
        }
      }
    }
  }
}

TEST(DeepcamCam, KeysSearchedTogetherEqualKeysSearchedAlone) {
  std::mt19937_64 random(2);
  for (const SearchKernel& kernel : search_kernels()) {
    for (const std::size_t count : {1u, 3u, 4u, 5u, 11u}) {
      constexpr uint32_t kRows = 37, kWords = 12;
      constexpr std::size_t kStride = 17;
      Cam cam(kRows, kWords * 64, kernel);
      for (uint32_t row = 0; row < kRows; ++row) cam.write(row, random_word(random, kWords));
      const auto keys = random_word(random, static_cast<uint32_t>(count * kStride));
      std::vector<uint16_t> together(count * kRows), alone(kRows);
      cam.search(keys, kStride, count, together);
      for (std::size_t key = 0; key < count; ++key) {
        cam.search(std::span(keys).subspan(key * kStride, kWords), alone);
        ASSERT_TRUE(std::equal(alone.begin(), alone.end(), &together[key * kRows])) << kernel.name;
      }
    }
  }
}

TEST(DeepcamCam, LargestArrayCountsAllBits) {
  for (const SearchKernel& kernel : search_kernels()) {
    Cam cam(512, 1024, kernel);
    for (uint32_t row = 0; row < 512; ++row) {
      std::vector<uint64_t> word(16, 0);
      for (uint32_t bit = 0; bit < 2 * row; ++bit) word[bit / 64] |= uint64_t{1} << (bit % 64);
      cam.write(row, word);
    }
    std::vector<uint16_t> distances(512);
    cam.search(std::vector<uint64_t>(16, ~uint64_t{0}), distances);
    for (uint32_t row = 0; row < 512; ++row) ASSERT_EQ(distances[row], 1024 - 2 * row) << kernel.name;
  }
}

}  // namespace
}  // namespace ganglion::deepcam
