#include "ip/deepcam/model/noise.h"

#include <algorithm>
#include <string>

#include "ip/deepcam/model/normal_table.h"

namespace ganglion::deepcam {
namespace {

/// Draw of `stream` at (index, position): positions 0..15 share one Philox evaluation.
int32_t draw(const KeyedRandom& stream, uint64_t index, uint32_t position) {
  return kNormalTable[byte_of(stream.words(index, position / 16), position % 16)];
}

/// sigma * draw / 32 / 2^extra_bits, rounded half up.
int32_t scaled(uint64_t sigma, int32_t draw, int extra_bits) {
  const int shift = 5 + extra_bits;
  return static_cast<int32_t>((static_cast<int64_t>(sigma) * draw + (int64_t{1} << (shift - 1))) >> shift);
}

}  // namespace

Noise::Noise(const NoiseLevels& levels, uint64_t seed, std::string_view instance_name)
    : levels_(levels),
      conductance_(seed, std::string(instance_name) + ".conductance"),
      read_(seed, std::string(instance_name) + ".read"),
      sense_(seed, std::string(instance_name) + ".sense") {}

int32_t Noise::conductance(uint32_t layer, uint32_t row, uint32_t column) const {
  return scaled(levels_.conductance_sixteenths, draw(conductance_, uint64_t{layer} << 32 | row, column), 0);
}

int32_t Noise::read(uint32_t job, uint64_t patch, uint32_t tile, uint32_t column) const {
  return scaled(levels_.read,
                draw(read_, uint64_t{job} << 32 | static_cast<uint32_t>(patch), tile * 1024 + column), 0);
}

uint32_t Noise::sense(uint32_t job, uint64_t search, uint32_t row, uint32_t distance, uint32_t bits) const {
  auto sensed = static_cast<int32_t>(distance);
  if (levels_.sense_sixteenths != 0) {
    sensed += scaled(levels_.sense_sixteenths,
                     draw(sense_, uint64_t{job} << 32 | static_cast<uint32_t>(search), row), 4);
  }
  if (levels_.sense_step_log2 != 0) {
    const uint32_t step = levels_.sense_step_log2;
    sensed = (sensed + (1 << (step - 1))) >> step << step;
  }
  return static_cast<uint32_t>(std::clamp(sensed, 0, static_cast<int32_t>(bits)));
}

}  // namespace ganglion::deepcam
