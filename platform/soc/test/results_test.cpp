#include "platform/soc/results.h"

#include <gmock/gmock.h>

#include <cstring>

namespace ganglion {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void put(std::vector<uint8_t>& bytes, uint32_t word) {
  for (const int shift : {0, 8, 16, 24}) bytes.push_back(static_cast<uint8_t>(word >> shift));
}

/// The format by hand: one set "cpu" of 5 images, 4 right.
std::vector<uint8_t> blob() {
  std::vector<uint8_t> bytes;
  for (const uint32_t word : {0x53524E47u, 1u, 1u, 16u + 24u + 8u}) put(bytes, word);
  const char name[16] = "cpu";
  bytes.insert(bytes.end(), name, name + 16);
  put(bytes, 5);
  put(bytes, 4);
  for (const uint8_t prediction : {3, 1, 4, 1, 9, 0, 0, 0}) bytes.push_back(prediction);
  bytes.resize(256);
  return bytes;
}

TEST(Results, ReadsSetsWithPredictions) {
  const ResultsBlob results = parse_results(blob());

  EXPECT_TRUE(results.written);
  EXPECT_EQ(results.problem, "");
  ASSERT_EQ(results.sets.size(), 1u);
  EXPECT_EQ(results.sets[0].name, "cpu");
  EXPECT_EQ(results.sets[0].correct, 4u);
  EXPECT_DOUBLE_EQ(results.sets[0].accuracy(), 0.8);
  EXPECT_THAT(results.sets[0].predictions, ElementsAre(3, 1, 4, 1, 9));
}

TEST(Results, UntouchedMemoryIsNoResult) {
  EXPECT_FALSE(parse_results(std::vector<uint8_t>(64)).written);
  EXPECT_FALSE(parse_results({}).written);
}

TEST(Results, DamageIsReportedNeverRead) {
  auto version = blob();
  version[4] = 9;
  EXPECT_THAT(parse_results(version).problem, HasSubstr("version 9"));

  auto total = blob();
  total[13] = 0xff;
  EXPECT_THAT(parse_results(total).problem, HasSubstr("reserved"));

  auto images = blob();
  images[32] = 200;
  EXPECT_THAT(parse_results(images).problem, HasSubstr("predictions of set 'cpu'"));

  auto sets = blob();
  sets[8] = 2;
  EXPECT_THAT(parse_results(sets).problem, HasSubstr("within set 1"));

  auto correct = blob();
  correct[36] = 6;
  EXPECT_THAT(parse_results(correct).problem, HasSubstr("6 right of 5"));
}

TEST(Results, NameOfSixteenCharactersIsWhole) {
  auto bytes = blob();
  std::memcpy(bytes.data() + 16, "abcdefghijklmnop", 16);

  EXPECT_EQ(parse_results(bytes).sets[0].name, "abcdefghijklmnop");
}

}  // namespace
}  // namespace ganglion
