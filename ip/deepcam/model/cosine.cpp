#include "ip/deepcam/model/cosine.h"

#include <cmath>
#include <numbers>

namespace ganglion::deepcam {
namespace {

int32_t table_value(uint32_t distance, uint32_t bits) {
  if (2 * distance == bits) return 0;
  return static_cast<int32_t>(std::floor(kCosineOne * std::cos(std::numbers::pi * distance / bits) + 0.5));
}

int32_t chord_value(uint32_t distance, uint32_t bits) {
  const uint32_t length = bits / (2 * kChords);
  const uint32_t chord = distance / length;
  const int32_t base = table_value(chord * length, bits);
  if (distance % length == 0) return base;
  const int32_t rise = table_value((chord + 1) * length, bits) - base;
  const auto slope = static_cast<int32_t>(std::floor(rise * 256.0 / length + 0.5));
  return base + ((slope * static_cast<int32_t>(distance % length) + 128) >> 8);
}

}  // namespace

Cosine::Cosine(CosineUnit unit, uint32_t bits) : values_(bits + 1) {
  for (uint32_t h = 0; h <= bits / 2; ++h) {
    values_[h] = unit == CosineUnit::kTable ? table_value(h, bits) : chord_value(h, bits);
    values_[bits - h] = -values_[h];
  }
}

}  // namespace ganglion::deepcam
