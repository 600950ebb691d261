#include "ip/deepcam/model/associative.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>

namespace ganglion::deepcam {
namespace {

const Noise kIdeal({}, 1, "cam");

std::vector<uint8_t> random_bytes(std::mt19937& random, std::size_t count) {
  std::vector<uint8_t> bytes(count);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

struct StoredWord {
  std::vector<uint8_t> word, care;
};

bool bit_of(const std::vector<uint8_t>& bytes, std::size_t bit) {
  return (bytes[bit / 8] >> (bit % 8) & 1) != 0;
}

uint32_t le32(const std::vector<uint8_t>& bytes, std::size_t at) {
  return static_cast<uint32_t>(bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24);
}

// Exact, best, within a distance and ternary searches against a list of words compared bit by bit.
TEST(DeepcamAssociative, TenThousandRandomSearchesEqualBruteForce) {
  std::mt19937 random(1);
  Config config;
  config.rows = 64;
  int searches = 0;
  int exact = 0, partial = 0;
  while (searches < 10'000) {
    const std::size_t bits = 256 * (1 + random() % 4);
    AssociativeMemory memory(config);
    std::vector<std::optional<StoredWord>> list(config.rows);
    for (int operation = 0; operation < 40; ++operation) {
      const uint32_t row = random() % config.rows;
      StoredWord stored{random_bytes(random, bits / 8), std::vector<uint8_t>(bits / 8, 0xff)};
      const bool ternary = random() % 2 == 0;
      if (ternary) stored.care = random_bytes(random, bits / 8);
      memory.store(row, stored.word,
                   ternary ? std::span<const uint8_t>(stored.care) : std::span<const uint8_t>());
      list[row] = stored;
      for (int i = 0; i < 5; ++i, ++searches) {
        std::vector<uint8_t> key = random_bytes(random, bits / 8);
        if (i < 3) {  // near the word just stored, or equal to it
          key = stored.word;
          for (uint32_t flip = random() % 8 * static_cast<uint32_t>(i); flip > 0; --flip)
            key[random() % key.size()] ^= static_cast<uint8_t>(1u << (random() % 8));
        }
        const uint32_t threshold = i == 0 ? 0 : static_cast<uint32_t>(random() % (bits / 2));
        std::vector<uint8_t> record;
        memory.search(key, threshold, kIdeal, 1, 0, record);
        ASSERT_EQ(record.size(), record_bytes(config.rows));

        uint32_t nearest = kNoRow, nearest_distance = kNoRow;
        for (uint32_t r = 0; r < config.rows; ++r) {
          uint32_t distance = 0;
          for (std::size_t bit = 0; list[r] && bit < bits; ++bit)
            distance += bit_of(list[r]->care, bit) && bit_of(key, bit) != bit_of(list[r]->word, bit);
          if (list[r] && distance < nearest_distance) {
            nearest = r;
            nearest_distance = distance;
          }
          const bool matches = list[r] && distance <= threshold;
          ASSERT_EQ(record[8 + r / 8] >> (r % 8) & 1, matches ? 1 : 0) << "row " << r;
          (threshold == 0 ? exact : partial) += matches;
        }
        ASSERT_EQ(le32(record, 0), nearest);
        ASSERT_EQ(le32(record, 4), nearest_distance);
      }
    }
    EXPECT_EQ(memory.stored_rows(), static_cast<uint32_t>(std::ranges::count_if(
                                        list, [](const auto& word) { return word.has_value(); })));
  }
  EXPECT_GT(exact, 1000);
  EXPECT_GT(partial, 1000);
}

TEST(DeepcamAssociative, AnEmptyMemoryHasNoNearestRow) {
  AssociativeMemory memory{Config()};
  std::vector<uint8_t> record;
  memory.search(std::vector<uint8_t>(32, 0), 256, kIdeal, 1, 0, record);
  EXPECT_EQ(le32(record, 0), kNoRow);
  EXPECT_EQ(le32(record, 4), kNoRow);
  EXPECT_TRUE(std::all_of(record.begin() + 8, record.end(), [](uint8_t byte) { return byte == 0; }));
}

TEST(DeepcamAssociative, TheLowestOfEqualRowsIsTheNearest) {
  AssociativeMemory memory{Config()};
  const std::vector<uint8_t> word(32, 0x5a);
  for (const uint32_t row : {9u, 5u, 7u}) memory.store(row, word, {});
  std::vector<uint8_t> record;
  memory.search(word, 0, kIdeal, 1, 0, record);
  EXPECT_EQ(le32(record, 0), 5u);
  EXPECT_EQ(record[8], 0b1010'0000);
  EXPECT_EQ(record[9], 0b10);
}

TEST(DeepcamAssociative, CostsByHand) {
  Config config;
  config.rows = 128;
  config.post_lanes = 32;
  config.write_cycles = 3;
  config.tile_cycles = 5;
  AssociativeJob job;
  job.hash_bits = 512;
  job.search = true;
  TileCost cost = associative_cost(config, job, 10, 7);
  EXPECT_EQ(cost.cycles, 5u + 10 * 4);
  EXPECT_EQ(cost.actions.searches, 10u);
  EXPECT_EQ(cost.actions.segment_searches, 20u);
  EXPECT_EQ(cost.actions.distance_senses, 70u);
  EXPECT_EQ(cost.actions.output_writes, 10u * 24);
  job.search = false;
  job.care = 8;
  cost = associative_cost(config, job, 10, 7);
  EXPECT_EQ(cost.cycles, 5u + 10 * 2 * 3);
  EXPECT_EQ(cost.actions.row_writes, 10u);
  EXPECT_EQ(cost.actions.row_segment_writes, 40u) << "a ternary row holds word and care";
}

TEST(DeepcamAssociative, EveryRuleHasItsFault) {
  Config config;
  config.rows = 64;
  config.segments = 2;
  AssociativeJob good;
  good.in = 0x1000;
  good.out = 0x10000;
  good.hash_bits = 512;
  good.count = 60;
  good.row_begin = 4;
  ASSERT_FALSE(find_associative_fault(config, good));
  const auto fault_of = [&](auto spoil) {
    AssociativeJob job = good;
    spoil(job);
    const auto fault = find_associative_fault(config, job);
    return fault ? fault->to_string() : std::string();
  };
  EXPECT_EQ(fault_of([](auto& j) { j.hash_bits = 768; }),
            "HASH_BITS = 768: must be a multiple of 256 and at most the array's word of 512 bits");
  EXPECT_EQ(fault_of([](auto& j) { j.row_begin = 64; }), "ROW_BEGIN = 64: must be below the array's 64 rows");
  EXPECT_EQ(fault_of([](auto& j) { j.count = 61; }),
            "IN_C = 61: must be 1 to 60, the rows from ROW_BEGIN on");
  EXPECT_EQ(fault_of([](auto& j) { j.care = 4; }), "WEIGHTS = 0x4: must be a multiple of 8");
  EXPECT_EQ(fault_of([](auto& j) { j.in = 1; }), "IN = 0x1: must be a multiple of 8");
  EXPECT_NE(fault_of([](auto& j) { j.in = ~uint64_t{7}; }), "");
  EXPECT_NE(fault_of([](auto& j) { j.search = true, j.count = 0; }), "");
  EXPECT_EQ(fault_of([](auto& j) { j.search = true, j.out = j.in + 8; }),
            "OUT = 0x1008: its 960 bytes must not overlap IN");
  EXPECT_EQ(fault_of([](auto& j) { j.out = j.in + 8; }), "") << "a store writes no records";
  EXPECT_EQ(fault_of([](auto& j) { j.search = true, j.care = j.out + 8; }), "")
      << "a search reads no care bits";
}

}  // namespace
}  // namespace ganglion::deepcam
