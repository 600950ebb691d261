#pragma once

#include <cstdint>
#include <string>

#include "platform/bus/axi/pins.h"

namespace ganglion::axi {

inline constexpr unsigned kBusBytes = 8;
inline constexpr uint64_t kPageBytes = 4096;

/// Address, length and shape of one burst, as the address channel says them.
struct Burst {
  uint16_t id = 0;
  uint64_t address = 0;
  uint8_t length = 0;  ///< AxLEN: beats - 1
  uint8_t size = 0;    ///< AxSIZE: log2 of the bytes of a beat
  uint8_t kind = kIncrementing;

  [[nodiscard]] unsigned beats() const { return length + 1U; }
  [[nodiscard]] uint64_t beat_bytes() const { return uint64_t{1} << size; }
  bool operator==(const Burst&) const = default;
};

/// The bytes one beat moves: [first, first + bytes), on the lanes first % 8 and up.
struct Beat {
  uint64_t first = 0;
  unsigned bytes = 0;
  [[nodiscard]] unsigned lane() const { return static_cast<unsigned>(first % kBusBytes); }
};

/// Beat `index` of `burst` (AXI4 specification, A3.4.1): only the first may be unaligned; WRAP comes back to
/// its lower border, FIXED stays.
[[nodiscard]] inline Beat beat_of(const Burst& burst, unsigned index) {
  const uint64_t bytes = burst.beat_bytes();
  const uint64_t aligned = burst.address / bytes * bytes;
  if (index == 0 || burst.kind == kFixed) {
    return {burst.address, static_cast<unsigned>(aligned + bytes - burst.address)};
  }
  uint64_t first = aligned + index * bytes;
  if (burst.kind == kWrapping) {
    const uint64_t container = bytes * burst.beats();
    const uint64_t border = burst.address / container * container;
    if (first >= border + container) first -= container;
  }
  return {first, static_cast<unsigned>(bytes)};
}

/// Bytes from the first to the last of an incrementing burst.
[[nodiscard]] inline uint64_t span_of(const Burst& burst) {
  const Beat last = beat_of(burst, burst.length);
  return last.first + last.bytes - burst.address;
}

/// The burst on the address channel of reads or writes.
[[nodiscard]] inline Burst read_burst(const Pins& pins) {
  return {pins.arid, pins.araddr, pins.arlen, pins.arsize, pins.arburst};
}
[[nodiscard]] inline Burst write_burst(const Pins& pins) {
  return {pins.awid, pins.awaddr, pins.awlen, pins.awsize, pins.awburst};
}

}  // namespace ganglion::axi
