#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ganglion {

/// Longest payload that is taken; what is longer is thrown away. Told to the client in qSupported.
constexpr std::size_t kGdbPacketBytes = 0x4000;

/// What a client of the GDB remote serial protocol has sent.
struct GdbInput {
  enum class Kind {
    kPacket,     ///< `payload`, unescaped, its checksum right
    kDamaged,    ///< a packet whose checksum is wrong or whose length is beyond bounds
    kInterrupt,  ///< Ctrl-C
    kResend,     ///< '-': the last packet did not arrive
  };
  Kind kind = Kind::kPacket;
  std::string payload;
};

/// Finds packets in a stream of bytes ("Overview" of the remote protocol in GDB's manual). Bytes outside of
/// packets that mean nothing are dropped.
class GdbPacketReader {
 public:
  void feed(std::string_view bytes);
  [[nodiscard]] std::optional<GdbInput> next();
  void clear();

 private:
  void take(char byte);
  void finish();

  enum class State { kIdle, kPayload, kEscape, kChecksumHigh, kChecksumLow };
  State state_ = State::kIdle;
  std::string payload_;
  bool too_long_ = false;
  uint8_t sum_ = 0;
  std::optional<unsigned> high_;
  std::optional<unsigned> low_;
  std::vector<GdbInput> found_;
  std::size_t next_ = 0;
};

/// "$payload#checksum", escaped.
[[nodiscard]] std::string gdb_frame(std::string_view payload);

[[nodiscard]] std::string to_hex(std::span<const uint8_t> bytes);
/// nullopt when a character is no hexadecimal digit or their number is odd.
[[nodiscard]] std::optional<std::vector<uint8_t>> from_hex(std::string_view text);
/// Takes a hexadecimal number off the front; nullopt when there is none or it needs more than 64 bits.
[[nodiscard]] std::optional<uint64_t> take_hex_number(std::string_view& text);
/// Takes `separator` off the front; false when something else is there.
[[nodiscard]] bool take_separator(std::string_view& text, char separator);

}  // namespace ganglion
