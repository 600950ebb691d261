#include "platform/base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ganglion {
namespace {

TEST(SourceLocation, LeavesOutWhatIsUnknown) {
  EXPECT_EQ((SourceLocation{"a.yaml", 3, 7}).to_string(), "a.yaml:3:7");
  EXPECT_EQ((SourceLocation{"a.yaml", 3}).to_string(), "a.yaml:3");
  EXPECT_EQ((SourceLocation{"a.yaml"}).to_string(), "a.yaml");
  EXPECT_EQ(SourceLocation{}.to_string(), "");
}

TEST(ConfigError, NamesPlaceFindingExpectationAndRemedy) {
  const ConfigError error(
      {{"soc.yaml", 12, 5}, "unknown key \"lanez\"", "lanes, depth", "did you mean \"lanes\"?"});

  EXPECT_STREQ(error.what(),
               "soc.yaml:12:5: unknown key \"lanez\"\n  expected: lanes, depth\n  did you mean \"lanes\"?");
  EXPECT_EQ(error.exit_code(), ExitCode::kUsage);
  EXPECT_EQ(error.details().where.line, 12);
}

TEST(ConfigError, LeavesOutEmptyParts) { EXPECT_STREQ(ConfigError({{}, "no file", ""}).what(), "no file"); }

TEST(NearestName, FindsTypingMistakes) {
  const std::vector<std::string> names{"lanes", "clock", "voltage", "stream_bits"};

  EXPECT_EQ(nearest_name("lanez", names), "lanes");       // replaced
  EXPECT_EQ(nearest_name("lnaes", names), "lanes");       // swapped
  EXPECT_EQ(nearest_name("clok", names), "clock");        // left out
  EXPECT_EQ(nearest_name("volltage", names), "voltage");  // doubled
  EXPECT_EQ(nearest_name("Stream_Bits", names), "stream_bits");
}

TEST(NearestName, SuggestsNothingFarFetched) {
  const std::vector<std::string> names{"lanes", "x"};

  EXPECT_EQ(nearest_name("frequency", names), "");
  EXPECT_EQ(nearest_name("y", names), "");
  EXPECT_EQ(nearest_name("", names), "");
  EXPECT_EQ(nearest_name("lanes", {}), "");
}

}  // namespace
}  // namespace ganglion
