#include "platform/base/random.h"

#include <cmath>
#include <numbers>

namespace ganglion {
namespace {

/// 53 random bits as a double in [0, 1).
double unit_interval(uint32_t high, uint32_t low) {
  const uint64_t bits = (uint64_t{high} << 32 | low) >> 11;
  return static_cast<double>(bits) * 0x1p-53;
}

}  // namespace

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
