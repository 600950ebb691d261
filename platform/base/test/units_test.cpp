#include "platform/base/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

namespace ganglion {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string message_of(const std::string& text, Dimension dimension) {
  try {
    (void)parse_quantity(text, dimension);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Units, ReadsEveryDimensionInItsCanonicalUnit) {
  EXPECT_EQ(parse_integer_quantity("200 MHz", Dimension::kFrequency), 200'000'000);
  EXPECT_EQ(parse_integer_quantity("1.5 us", Dimension::kTime), 1'500'000);
  EXPECT_EQ(parse_integer_quantity("-3 ns", Dimension::kTime), -3000);
  EXPECT_EQ(parse_integer_quantity("64 MiB", Dimension::kBytes), 64 << 20);
  EXPECT_EQ(parse_integer_quantity("64 MB", Dimension::kBytes), 64'000'000);
  EXPECT_EQ(parse_integer_quantity("3.2 GB/s", Dimension::kBandwidth), 3'200'000'000);
  EXPECT_DOUBLE_EQ(parse_quantity("900 mV", Dimension::kVoltage), 0.9);
  EXPECT_DOUBLE_EQ(parse_quantity("1.5 nJ", Dimension::kEnergy), 1500.0);
  EXPECT_DOUBLE_EQ(parse_quantity("80 fJ", Dimension::kEnergy), 0.08);
  EXPECT_DOUBLE_EQ(parse_quantity("2 uW", Dimension::kPower), 2000.0);
  EXPECT_DOUBLE_EQ(parse_quantity("40 nm", Dimension::kLength), 40.0);
  EXPECT_DOUBLE_EQ(parse_quantity("-0.25", Dimension::kNone), -0.25);
}

TEST(Units, TakesSpacesSignsAndExponents) {
  EXPECT_EQ(parse_integer_quantity("  200MHz ", Dimension::kFrequency), 200'000'000);
  EXPECT_EQ(parse_integer_quantity("+2e2  MHz", Dimension::kFrequency), 200'000'000);
  EXPECT_EQ(parse_integer_quantity("0.5e-3 ms", Dimension::kTime), 500'000);
  EXPECT_EQ(parse_integer_quantity(".25 GHz", Dimension::kFrequency), 250'000'000);
}

TEST(Units, IntegerQuantitiesAreExactWhereDoublesAreNot) {
  EXPECT_EQ(parse_integer_quantity("9007199254740993 Hz", Dimension::kFrequency), 9007199254740993);
  EXPECT_EQ(parse_integer_quantity("9223372036854775807 B", Dimension::kBytes), 9223372036854775807);
  EXPECT_EQ(parse_integer_quantity("9223372.036854775807 s", Dimension::kTime), 9223372036854775807);
  EXPECT_EQ(parse_integer_quantity("0.1 ns", Dimension::kTime), 100);
}

TEST(Units, AMissingUnitSaysWhatWouldDo) {
  EXPECT_EQ(
      message_of("200", Dimension::kFrequency),
      "\"200\" has no unit; expected a number with one of the units Hz, kHz, MHz, GHz, such as \"200 MHz\"");
  EXPECT_THAT(message_of("64", Dimension::kBytes), AllOf(HasSubstr("has no unit"), HasSubstr("\"64 MiB\"")));
}

TEST(Units, AWrongUnitSuggestsTheNearest) {
  EXPECT_THAT(message_of("200 mhz", Dimension::kFrequency), HasSubstr("(did you mean \"200 MHz\"?)"));
  EXPECT_THAT(message_of("64 Mib", Dimension::kBytes), HasSubstr("(did you mean \"64 MiB\"?)"));
  EXPECT_THAT(message_of("3 parsec", Dimension::kTime), HasSubstr("unknown unit \"parsec\""));
  EXPECT_THAT(message_of("5 ns", Dimension::kFrequency), HasSubstr("unknown unit \"ns\""));
}

TEST(Units, RefusesWhatIsNoQuantity) {
  EXPECT_THAT(message_of("fast", Dimension::kFrequency), HasSubstr("is not a number"));
  EXPECT_THAT(message_of("", Dimension::kTime), HasSubstr("is not a number"));
  EXPECT_THAT(message_of(". V", Dimension::kVoltage), HasSubstr("is not a number"));
  EXPECT_THAT(message_of("-1 V", Dimension::kVoltage), HasSubstr("is negative"));
  EXPECT_THAT(message_of("-5 MHz", Dimension::kFrequency), HasSubstr("is negative"));
  EXPECT_THAT(message_of("0.3 Hz", Dimension::kFrequency), HasSubstr("is not a whole number of Hz"));
  EXPECT_THAT(message_of("0.5 B", Dimension::kBytes), HasSubstr("is not a whole number of B"));
  EXPECT_THAT(message_of("1e30 GiB", Dimension::kBytes), HasSubstr("is too large"));
  EXPECT_THAT(message_of("9223372036854775808 B", Dimension::kBytes), HasSubstr("is too large"));
  EXPECT_THAT(message_of("1e99 V", Dimension::kVoltage), "accepted");
  EXPECT_THAT(message_of("5 V", Dimension::kNone), HasSubstr("carries a unit"));
  EXPECT_THAT(message_of("12345678901234567890123456789012345 B", Dimension::kBytes),
              HasSubstr("too many digits"));
}

TEST(Units, PrintsTheLargestReadableUnit) {
  EXPECT_EQ(format_quantity(200e6, Dimension::kFrequency), "200 MHz");
  EXPECT_EQ(format_quantity(32768, Dimension::kFrequency), "32.768 kHz");
  EXPECT_EQ(format_quantity(64 << 20, Dimension::kBytes), "64 MiB");
  EXPECT_EQ(format_quantity(1500, Dimension::kBytes), "1500 B");
  EXPECT_EQ(format_quantity(0.9, Dimension::kVoltage), "900 mV");
  EXPECT_EQ(format_quantity(1.1, Dimension::kVoltage), "1.1 V");
  EXPECT_EQ(format_quantity(0, Dimension::kTime), "0 ps");
  EXPECT_EQ(format_quantity(0.25, Dimension::kNone), "0.25");
}

TEST(Units, WhatIsPrintedReadsBack) {
  std::mt19937_64 random(1);
  for (const Dimension dimension :
       {Dimension::kFrequency, Dimension::kTime, Dimension::kBytes, Dimension::kBandwidth}) {
    for (int i = 0; i < 2000; ++i) {
      const auto value = static_cast<int64_t>(random() >> (12 + random() % 50));  // doubles hold 52 bits
      const std::string text = format_quantity(static_cast<double>(value), dimension);
      EXPECT_EQ(parse_integer_quantity(text, dimension), value) << text;
    }
  }
  for (const Dimension dimension :
       {Dimension::kVoltage, Dimension::kEnergy, Dimension::kPower, Dimension::kLength, Dimension::kNone}) {
    for (int i = 0; i < 500; ++i) {
      const double value = std::ldexp(static_cast<double>(random() >> 11), -40);
      EXPECT_DOUBLE_EQ(parse_quantity(format_quantity(value, dimension), dimension), value);
    }
  }
}

TEST(Units, ListsTheUnitsOfADimension) {
  EXPECT_EQ(units_of(Dimension::kFrequency), "Hz, kHz, MHz, GHz");
  EXPECT_EQ(units_of(Dimension::kNone), "");
}

}  // namespace
}  // namespace ganglion
