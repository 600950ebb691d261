#include "platform/cpu/gdb_packet.h"

#include <utility>

namespace ganglion {
namespace {

constexpr char kEscape = '}';
constexpr char kEscapeMask = 0x20;
constexpr char kControlC = 0x03;
constexpr char kDigits[] = "0123456789abcdef";

std::optional<unsigned> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

}  // namespace

void GdbPacketReader::feed(std::string_view bytes) {
  for (const char byte : bytes) take(byte);
}

void GdbPacketReader::take(char byte) {
  switch (state_) {
    case State::kIdle:
      if (byte == '$') {
        payload_.clear();
        sum_ = 0;
        too_long_ = false;
        state_ = State::kPayload;
      } else if (byte == kControlC) {
        found_.push_back({GdbInput::Kind::kInterrupt, {}});
      } else if (byte == '-') {
        found_.push_back({GdbInput::Kind::kResend, {}});
      }
      return;
    case State::kPayload:
    case State::kEscape:
      if (byte == '$') {  // never inside a packet: the one before was cut off
        found_.push_back({GdbInput::Kind::kDamaged, {}});
        state_ = State::kIdle;
        return take(byte);
      }
      if (byte == '#') {
        state_ = State::kChecksumHigh;
        return;
      }
      sum_ = static_cast<uint8_t>(sum_ + static_cast<uint8_t>(byte));
      if (state_ == State::kPayload && byte == kEscape) {
        state_ = State::kEscape;
        return;
      }
      if (state_ == State::kEscape) byte = static_cast<char>(byte ^ kEscapeMask);
      state_ = State::kPayload;
      too_long_ = too_long_ || payload_.size() >= kGdbPacketBytes;
      if (!too_long_) payload_ += byte;
      return;
    case State::kChecksumHigh:
      high_ = digit(byte);
      state_ = State::kChecksumLow;
      return;
    case State::kChecksumLow:
      low_ = digit(byte);
      finish();
      return;
  }
}

void GdbPacketReader::finish() {
  state_ = State::kIdle;
  const bool good = !too_long_ && high_ && low_ && (*high_ << 4 | *low_) == sum_;
  found_.push_back(good ? GdbInput{GdbInput::Kind::kPacket, std::exchange(payload_, {})}
                        : GdbInput{GdbInput::Kind::kDamaged, {}});
}

std::optional<GdbInput> GdbPacketReader::next() {
  if (next_ == found_.size()) {
    found_.clear();
    next_ = 0;
    return std::nullopt;
  }
  return std::move(found_[next_++]);
}

void GdbPacketReader::clear() { *this = GdbPacketReader{}; }

std::string gdb_frame(std::string_view payload) {
  std::string text = "$";
  uint8_t sum = 0;
  const auto put = [&](char byte) {
    text += byte;
    sum = static_cast<uint8_t>(sum + static_cast<uint8_t>(byte));
  };
  for (const char byte : payload) {
    if (byte == '$' || byte == '#' || byte == kEscape || byte == '*') {
      put(kEscape);
      put(static_cast<char>(byte ^ kEscapeMask));
    } else {
      put(byte);
    }
  }
  text += '#';
  text += kDigits[sum >> 4];
  text += kDigits[sum & 15];
  return text;
}

std::string to_hex(std::span<const uint8_t> bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<std::vector<uint8_t>> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::vector<uint8_t> bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = digit(text[i]);
    const auto low = digit(text[i + 1]);
    if (!high || !low) return std::nullopt;
    bytes.push_back(static_cast<uint8_t>(*high << 4 | *low));
  }
  return bytes;
}

std::optional<uint64_t> take_hex_number(std::string_view& text) {
  uint64_t value = 0;
  std::size_t digits = 0;
  while (digits < text.size()) {
    const auto next = digit(text[digits]);
    if (!next) break;
    if (value >> 60 != 0) return std::nullopt;
    value = value << 4 | *next;
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take_separator(std::string_view& text, char separator) {
  if (text.empty() || text.front() != separator) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace ganglion
