#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ganglion {

/// Physical dimension of a parameter; decides which unit suffixes a value may and must carry.
enum class Dimension {
  kNone,       ///< plain number, no unit
  kFrequency,  ///< Hz; canonical: Hz (uint64)
  kTime,       ///< canonical: ps (int64)
  kBytes,      ///< B, KiB, MiB, GiB (and kB, MB, GB = powers of ten); canonical: bytes (uint64)
  kVoltage,    ///< canonical: V (double)
  kEnergy,     ///< canonical: pJ (double)
  kPower,      ///< canonical: nW (double)
  kLength,     ///< node and geometry; canonical: nm (double)
  kBandwidth,  ///< B/s, MiB/s, GB/s; canonical: bytes per second (uint64)
};

/// "200 MHz" etc. as a number in the canonical unit of `dimension`.
/// Throws std::invalid_argument whose text says what was expected (a missing unit included).
/// Integer dimensions (frequency, time, bytes, bandwidth) must come out whole.
[[nodiscard]] double parse_quantity(std::string_view text, Dimension dimension);
/// As parse_quantity, exact for integer dimensions. Negative values are errors except for time.
[[nodiscard]] int64_t parse_integer_quantity(std::string_view text, Dimension dimension);
/// Canonical value with the largest unit that keeps it readable ("200 MHz").
[[nodiscard]] std::string format_quantity(double value, Dimension dimension);
/// The units of a dimension for error messages: "Hz, kHz, MHz, GHz".
[[nodiscard]] std::string units_of(Dimension dimension);

}  // namespace ganglion
