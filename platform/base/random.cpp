#include "platform/base/random.h"

#include <cmath>
#include <numbers>

namespace ganglion {
namespace {

// Multipliers and Weyl increments of Philox4x32 (Salmon et al., table 2 and section 4.2).
constexpr uint32_t kMultiplier0 = 0xD2511F53;
constexpr uint32_t kMultiplier1 = 0xCD9E8D57;
constexpr uint32_t kWeyl0 = 0x9E3779B9;  // golden ratio
constexpr uint32_t kWeyl1 = 0xBB67AE85;  // sqrt(3) - 1
constexpr int kRounds = 10;

/// 53 random bits as a double in [0, 1).
double unit_interval(uint32_t high, uint32_t low) {
  const uint64_t bits = (uint64_t{high} << 32 | low) >> 11;
  return static_cast<double>(bits) * 0x1p-53;
}

}  // namespace

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t product0 = uint64_t{kMultiplier0} * counter[0];
    const uint64_t product1 = uint64_t{kMultiplier1} * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

uint64_t name_hash(std::string_view name) {
  uint64_t hash = 0xCBF29CE484222325;  // FNV-1a offset basis and prime, 64 bits
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3;
  }
  return hash;
}

KeyedRandom::KeyedRandom(uint64_t seed, std::string_view instance_name)
    : key_{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)} {
  const uint64_t hash = name_hash(instance_name);
  stream_ = static_cast<uint32_t>(hash ^ (hash >> 32));
}

std::array<uint32_t, 4> KeyedRandom::words(uint64_t index, uint32_t lane) const {
  return philox4x32({static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32), lane, stream_}, key_);
}

double KeyedRandom::uniform(uint64_t index, uint32_t lane) const {
  const auto random = words(index, lane);
  return unit_interval(random[0], random[1]);
}

double KeyedRandom::normal(uint64_t index, uint32_t lane) const {
  const auto random = words(index, lane);
  const double radius = std::sqrt(-2.0 * std::log(1.0 - unit_interval(random[0], random[1])));
  return radius * std::cos(2.0 * std::numbers::pi * unit_interval(random[2], random[3]));
}

}  // namespace ganglion
