#include "platform/bus/address_map.h"

#include <gmock/gmock.h>

namespace ganglion {
namespace {

using ::testing::HasSubstr;

std::string message_of(AddressMap& map, const AddressRange& range) {
  try {
    map.add(range);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(AddressMap, FindsTheWindowThatHoldsTheWholeAccess) {
  AddressMap map;
  EXPECT_EQ(map.add({"ram", 0x8000'0000, 0x1000, {}}), 0U);
  EXPECT_EQ(map.add({"rom", 0x1000, 0x100, {}}), 1U);

  EXPECT_EQ(map.find(0x8000'0000, 1), 0U);
  EXPECT_EQ(map.find(0x8000'0ff8, 8), 0U);
  EXPECT_EQ(map.find(0x10ff, 1), 1U);
  EXPECT_EQ(map.find(0x8000'0ff9, 8), AddressMap::kUnmapped) << "runs over the end";
  EXPECT_EQ(map.find(0x1100, 1), AddressMap::kUnmapped);
  EXPECT_EQ(map.find(0xfff, 4), AddressMap::kUnmapped) << "begins before the window";
  EXPECT_EQ(map.find(0, 1), AddressMap::kUnmapped);
}

TEST(AddressMap, HoldsTheTopOfTheAddressSpace) {
  AddressMap map;
  map.add({"top", 0xffff'ffff'ffff'f000, 0x1000, {}});

  EXPECT_EQ(map.find(~0ULL, 1), 0U);
  EXPECT_EQ(map.find(~0ULL, 2), AddressMap::kUnmapped);
}

TEST(AddressMap, OverlapIsTheUsersErrorAndNamesBothWindowsAndThePlace) {
  AddressMap map;
  map.add({"uart", 0x1000'0000, 0x100, {"soc.yaml", 7, 5}});

  const std::string text = message_of(map, {"pmu", 0x0fff'fff8, 0x10, {"soc.yaml", 12, 5}});

  EXPECT_THAT(text, HasSubstr("soc.yaml:12:5"));
  EXPECT_THAT(text, HasSubstr("pmu [0xffffff8, 0x10000007] overlaps uart [0x10000000, 0x100000ff]"));
  EXPECT_THAT(text, HasSubstr("soc.yaml:7:5"));
}

TEST(AddressMap, NeighboursThatTouchDoNotOverlap) {
  AddressMap map;
  map.add({"a", 0x1000, 0x1000, {}});

  EXPECT_EQ(message_of(map, {"b", 0x2000, 0x1000, {}}), "no error");
  EXPECT_EQ(message_of(map, {"c", 0x0, 0x1000, {}}), "no error");
}

TEST(AddressMap, RejectsEmptyUnevenAndWrappingWindows) {
  AddressMap map;

  EXPECT_THAT(message_of(map, {"a", 0x1000, 0, {}}), HasSubstr("size 0"));
  EXPECT_THAT(message_of(map, {"a", 0x1004, 0x10, {}}), HasSubstr("multiples of 8"));
  EXPECT_THAT(message_of(map, {"a", 0x1000, 0x11, {}}), HasSubstr("multiples of 8"));
  EXPECT_THAT(message_of(map, {"a", 0xffff'ffff'ffff'fff8, 0x10, {}}), HasSubstr("ends inside"));
  EXPECT_EQ(map.size(), 0U);
}

TEST(AddressMap, DescribesWhatLiesAroundAGap) {
  AddressMap map;
  map.add({"rom", 0x1000, 0x1000, {}});
  map.add({"ram", 0x8000, 0x1000, {}});

  EXPECT_EQ(map.describe_gap(0x4000), "below: rom [0x1000, 0x1fff], above: ram [0x8000, 0x8fff]");
  EXPECT_EQ(map.describe_gap(0x0), "nothing below, above: rom [0x1000, 0x1fff]");
  EXPECT_EQ(map.describe_gap(0x9000), "below: ram [0x8000, 0x8fff], nothing above");
}

}  // namespace
}  // namespace ganglion
