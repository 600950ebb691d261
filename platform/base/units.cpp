#include "platform/base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include "platform/base/cycles.h"
#include "platform/base/error.h"

namespace ganglion {
namespace {

/// One unit as (numerator / denominator) canonical units, so that integers stay exact.
struct Unit {
  std::string_view name;
  uint64_t numerator;
  uint64_t denominator = 1;
  bool preferred = true;  ///< used when values are printed
};

constexpr uint64_t kKi = 1024;
constexpr auto kFrequency =
    std::to_array<Unit>({{"Hz", 1}, {"kHz", 1000}, {"MHz", 1000000}, {"GHz", 1000000000}});
constexpr auto kTime =
    std::to_array<Unit>({{"ps", 1}, {"ns", 1000}, {"us", 1000000}, {"ms", 1000000000}, {"s", 1000000000000}});
constexpr auto kBytes = std::to_array<Unit>({{"B", 1},
                                             {"KiB", kKi},
                                             {"MiB", kKi* kKi},
                                             {"GiB", kKi* kKi* kKi},
                                             {"kB", 1000, 1, false},
                                             {"MB", 1000000, 1, false},
                                             {"GB", 1000000000, 1, false}});
constexpr auto kBandwidth = std::to_array<Unit>({{"B/s", 1},
                                                 {"kB/s", 1000},
                                                 {"MB/s", 1000000},
                                                 {"GB/s", 1000000000},
                                                 {"KiB/s", kKi, 1, false},
                                                 {"MiB/s", kKi* kKi, 1, false},
                                                 {"GiB/s", kKi* kKi* kKi, 1, false}});
constexpr auto kVoltage = std::to_array<Unit>({{"mV", 1, 1000}, {"V", 1}});
constexpr auto kEnergy = std::to_array<Unit>(
    {{"fJ", 1, 1000}, {"pJ", 1}, {"nJ", 1000}, {"uJ", 1000000}, {"mJ", 1000000000}, {"J", 1000000000000}});
constexpr auto kPower =
    std::to_array<Unit>({{"pW", 1, 1000}, {"nW", 1}, {"uW", 1000}, {"mW", 1000000}, {"W", 1000000000}});
constexpr auto kLength = std::to_array<Unit>({{"nm", 1}, {"um", 1000}, {"mm", 1000000}});

std::span<const Unit> table_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::kNone:
      return {};
    case Dimension::kFrequency:
      return kFrequency;
    case Dimension::kTime:
      return kTime;
    case Dimension::kBytes:
      return kBytes;
    case Dimension::kVoltage:
      return kVoltage;
    case Dimension::kEnergy:
      return kEnergy;
    case Dimension::kPower:
      return kPower;
    case Dimension::kLength:
      return kLength;
    case Dimension::kBandwidth:
      return kBandwidth;
  }
  return {};
}

std::string example_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::kFrequency:
      return "200 MHz";
    case Dimension::kTime:
      return "10 us";
    case Dimension::kBytes:
      return "64 MiB";
    case Dimension::kVoltage:
      return "0.9 V";
    case Dimension::kEnergy:
      return "1.5 pJ";
    case Dimension::kPower:
      return "80 nW";
    case Dimension::kLength:
      return "40 nm";
    case Dimension::kBandwidth:
      return "3.2 GB/s";
    case Dimension::kNone:
      break;
  }
  return "8";
}

[[noreturn]] void fail(std::string_view found, const std::string& expected) {
  throw std::invalid_argument(fmt::format("{}; expected {}", found, expected));
}

std::string wanted(Dimension dimension) {
  if (dimension == Dimension::kNone) return "a plain number without a unit, such as 8";
  return fmt::format("a number with one of the units {}, such as \"{}\"", units_of(dimension),
                     example_of(dimension));
}

/// A decimal number kept exact: digits * 10^exponent.
struct Decimal {
  bool negative = false;
  uint128_t digits = 0;
  int exponent = 0;
  std::string_view rest;    ///< text behind the number
  std::string_view number;  ///< text of the number
};

constexpr int kMaximumDigits = 30;

Decimal parse_decimal(std::string_view text, Dimension dimension) {
  Decimal result;
  std::size_t at = 0;
  const auto digit = [&] { return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])); };
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) result.negative = text[at++] == '-';
  int seen = 0;
  int kept = 0;
  bool fraction = false;
  while (digit() || (at < text.size() && text[at] == '.' && !fraction)) {
    if (text[at] == '.') {
      fraction = true;
    } else {
      ++seen;
      if (result.digits != 0 || text[at] != '0') ++kept;
      if (kept > kMaximumDigits) fail(fmt::format("\"{}\" has too many digits", text), wanted(dimension));
      result.digits = result.digits * 10 + static_cast<unsigned>(text[at] - '0');
      if (fraction) --result.exponent;
    }
    ++at;
  }
  if (seen == 0) fail(fmt::format("\"{}\" is not a number", text), wanted(dimension));
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    int exponent = 0;
    std::size_t from = at + 1;
    if (from < text.size() && text[from] == '+') ++from;
    const auto [end, code] = std::from_chars(text.data() + from, text.data() + text.size(), exponent);
    if (code == std::errc{} && std::abs(exponent) < 100) {
      result.exponent += exponent;
      at = static_cast<std::size_t>(end - text.data());
    }
  }
  result.number = text.substr(0, at);
  while (at < text.size() && text[at] == ' ') ++at;
  result.rest = text.substr(at);
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

const Unit& unit_of(const Decimal& number, std::string_view text, Dimension dimension) {
  static constexpr Unit kPlain{"", 1};
  if (dimension == Dimension::kNone) {
    if (!number.rest.empty()) fail(fmt::format("\"{}\" carries a unit", text), wanted(dimension));
    return kPlain;
  }
  if (number.rest.empty()) fail(fmt::format("\"{}\" has no unit", text), wanted(dimension));
  std::vector<std::string> names;
  for (const Unit& unit : table_of(dimension)) {
    if (unit.name == number.rest) return unit;
    names.emplace_back(unit.name);
  }
  std::string expected = wanted(dimension);
  if (const std::string near = nearest_name(number.rest, names); !near.empty()) {
    expected += fmt::format(" (did you mean \"{} {}\"?)", number.number, near);
  }
  fail(fmt::format("\"{}\" has the unknown unit \"{}\"", text, number.rest), expected);
}

bool is_integer_dimension(Dimension dimension) {
  return dimension == Dimension::kFrequency || dimension == Dimension::kTime ||
         dimension == Dimension::kBytes || dimension == Dimension::kBandwidth ||
         dimension == Dimension::kNone;
}

}  // namespace

int64_t parse_integer_quantity(std::string_view text, Dimension dimension) {
  text = trimmed(text);
  const Decimal number = parse_decimal(text, dimension);
  const Unit& unit = unit_of(number, text, dimension);
  if (number.negative && number.digits != 0 && dimension != Dimension::kTime &&
      dimension != Dimension::kNone) {
    fail(fmt::format("\"{}\" is negative", text), wanted(dimension));
  }

  const auto too_large = [&] {
    fail(fmt::format("\"{}\" is too large", text), fmt::format("{} below 2^63 in total", wanted(dimension)));
  };
  constexpr auto kLimit = static_cast<uint128_t>(std::numeric_limits<int64_t>::max());
  uint128_t value = number.digits;
  if (value != 0) {
    // digits < 10^30 and a unit < 2^40 fit 128 bits only when cut down first: drop trailing zeros.
    int exponent = number.exponent;
    while (value % 10 == 0) {
      value /= 10;
      ++exponent;
    }
    if (value > kLimit) too_large();
    value *= unit.numerator;
    for (; exponent > 0; --exponent) {
      if (value > kLimit) too_large();
      value *= 10;
    }
    for (; exponent < 0; ++exponent) {
      if (value % 10 != 0) {
        const std::string_view smallest =
            table_of(dimension).empty() ? std::string_view("1") : table_of(dimension).front().name;
        fail(fmt::format("\"{}\" is not a whole number of {}", text, smallest), wanted(dimension));
      }
      value /= 10;
    }
    if (value > kLimit) too_large();
  }
  const auto result = static_cast<int64_t>(value);
  return number.negative ? -result : result;
}

double parse_quantity(std::string_view text, Dimension dimension) {
  if (dimension != Dimension::kNone && is_integer_dimension(dimension)) {
    return static_cast<double>(parse_integer_quantity(text, dimension));
  }
  text = trimmed(text);
  const Decimal number = parse_decimal(text, dimension);
  const Unit& unit = unit_of(number, text, dimension);
  if (number.negative && number.digits != 0 && dimension != Dimension::kNone) {
    fail(fmt::format("\"{}\" is negative", text), wanted(dimension));
  }
  const std::string_view digits = number.number.starts_with('+') ? number.number.substr(1) : number.number;
  double value = 0.0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (!std::isfinite(value)) fail(fmt::format("\"{}\" is too large", text), wanted(dimension));
  return value * static_cast<double>(unit.numerator) / static_cast<double>(unit.denominator);
}

std::string format_quantity(double value, Dimension dimension) {
  if (dimension == Dimension::kNone) return fmt::format("{}", value);
  const auto units = table_of(dimension);
  const auto canonical = [](const Unit& unit) { return unit.numerator == 1 && unit.denominator == 1; };
  const auto base = std::find_if(units.begin(), units.end(), canonical);
  auto chosen = value == 0.0 ? base : units.begin();
  for (auto unit = units.begin(); unit != units.end(); ++unit) {
    const double size = static_cast<double>(unit->numerator) / static_cast<double>(unit->denominator);
    const bool whole = dimension != Dimension::kBytes || std::fmod(value, size) == 0.0;
    if (value != 0.0 && unit->preferred && std::abs(value) >= size && whole) chosen = unit;
  }
  const double scaled =
      value * static_cast<double>(chosen->denominator) / static_cast<double>(chosen->numerator);
  return fmt::format("{} {}", scaled, chosen->name);
}

std::string units_of(Dimension dimension) {
  std::string text;
  for (const Unit& unit : table_of(dimension)) {
    if (!text.empty()) text += ", ";
    text += unit.name;
  }
  return text;
}

}  // namespace ganglion
