#include "ip/common/model/array.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace ganglion::layers {

uint32_t Array::first_tile_cycles() const {
  const auto element = static_cast<uint32_t>(element_bytes());
  const uint32_t largest = std::max({lanes, input_buffer_bytes / 2 / element,
                                     weight_buffer_bytes / 2 / element, output_buffer_bytes / 2 / element});
  return start_cycles + 3 * ((static_cast<uint32_t>(std::bit_width(largest)) + 1) / 2);
}

std::optional<ConfigFault> find_array_fault(const Array& a) {
  const auto rule = [](const char* parameter, uint64_t value, std::string expected) {
    return ConfigFault{parameter, value, std::move(expected)};
  };
  if (a.lanes < 1 || a.lanes > 1024) return rule("lanes", a.lanes, "must be 1..1024");
  if (a.mvms < 1 || a.mvms > 256) return rule("mvms", a.mvms, "must be 1..256");
  if (a.requantisers < 1 || a.requantisers > a.array_lanes()) {
    return rule("requantisers", a.requantisers,
                "must be 1 to lanes * mvms = " + std::to_string(a.array_lanes()));
  }
  for (const auto& [name, bytes] :
       {std::pair{"input_buffer", a.input_buffer_bytes}, std::pair{"weight_buffer", a.weight_buffer_bytes},
        std::pair{"output_buffer", a.output_buffer_bytes}}) {
    if (bytes < 1024 || bytes > 16 * 1024 * 1024 || bytes % 64 != 0) {
      return rule(name, bytes, "must be 1 KiB to 16 MiB and a multiple of 64 bytes");
    }
  }
  const auto eb = static_cast<uint64_t>(a.element_bytes());
  if (uint64_t{a.array_lanes()} * 8 * eb > a.weight_buffer_bytes / 2) {
    return rule("weight_buffer", a.weight_buffer_bytes,
                "half of it must hold 8 weights of each of the lanes * mvms lanes");
  }
  if (uint64_t{a.array_lanes()} * eb > a.output_buffer_bytes / 2) {
    return rule("output_buffer", a.output_buffer_bytes, "half of it must hold one output of each lane");
  }
  return std::nullopt;
}

}  // namespace ganglion::layers
