#include "platform/bus/axi/stall.h"

#include "platform/base/random.h"

namespace ganglion::axi {

Stalls random_stalls(double share, uint64_t seed, std::string_view instance_name) {
  const KeyedRandom random(seed, instance_name);
  const auto pattern = [&](uint32_t channel) {
    uint64_t bits = uint64_t{1} << (random.words(64, channel)[0] % 64);
    for (uint64_t edge = 0; edge < 64; ++edge) {
      if (random.uniform(edge, channel) >= share) bits |= uint64_t{1} << edge;
    }
    return bits;
  };
  return {pattern(0), pattern(1), pattern(2), pattern(3), pattern(4)};
}

}  // namespace ganglion::axi
