#include "ip/deepcam/model/config.h"

namespace ganglion::deepcam {

std::optional<ConfigFault> find_config_fault(const Config& c) {
  if (c.rows != 64 && c.rows != 128 && c.rows != 256 && c.rows != 512)
    return ConfigFault{"rows", c.rows, "must be 64, 128, 256 or 512"};
  struct Range {
    const char* name;
    uint32_t value, low, high;
  };
  constexpr uint32_t kMiB = 1024 * 1024;
  for (const Range& r :
       {Range{"segments", c.segments, 1, kMaxSegments},
        Range{"projection_inputs", c.projection_inputs, 1, 65536},
        Range{"crossbar_rows", c.crossbar_rows, 1, 65536},
        Range{"conductance_sigma", c.noise.conductance_sixteenths, 0, 512},
        Range{"read_sigma", c.noise.read, 0, 1 << 20},
        Range{"sense_sigma", c.noise.sense_sixteenths, 0, 1 << 14},
        Range{"sense_step_log2", c.noise.sense_step_log2, 0, 8},
        Range{"input_buffer", c.input_buffer_bytes, 1024, 16 * kMiB},
        Range{"key_buffer", c.key_buffer_bytes, 16 * 1024, 16 * kMiB},
        Range{"output_buffer", c.output_buffer_bytes, 1024, 16 * kMiB},
        Range{"im2col_width", c.im2col_width, 1, 65536}, Range{"hash_cycles", c.hash_cycles, 1, 1000},
        Range{"write_cycles", c.write_cycles, 1, 1000}, Range{"search_cycles", c.search_cycles, 1, 1000},
        Range{"post_lanes", c.post_lanes, 1, 512}, Range{"start_cycles", c.start_cycles, 0, 1000},
        Range{"tile_cycles", c.tile_cycles, 0, 1000}}) {
    if (r.value < r.low || r.value > r.high) {
      return ConfigFault{r.name, r.value,
                         "must be " + std::to_string(r.low) + " to " + std::to_string(r.high)};
    }
  }
  if (c.noise.conductance_sixteenths != 0 && c.projection_inputs > 4608) {
    return ConfigFault{"projection_inputs", c.projection_inputs,
                       "must not exceed 4608 with conductance variation: a column sum must fit 32 bits"};
  }
  return std::nullopt;
}

}  // namespace ganglion::deepcam
