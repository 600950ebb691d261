#include "ip/mac_array/model/config.h"

namespace ganglion::mac_array {

std::optional<ConfigFault> find_config_fault(const Config& c) {
  if (c.operand_bits < 4 || c.operand_bits > 16)
    return ConfigFault{"operand_bits", static_cast<uint64_t>(c.operand_bits), "must be 4..16"};
  if (c.macs_per_lane == 0 || c.macs_per_lane > 8 || (c.macs_per_lane & (c.macs_per_lane - 1)) != 0)
    return ConfigFault{"macs_per_lane", c.macs_per_lane, "must be 1, 2, 4 or 8"};
  if (c.accumulator_bits < 2 * c.operand_bits || c.accumulator_bits > 48) {
    return ConfigFault{"accumulator_bits", static_cast<uint64_t>(c.accumulator_bits),
                       "must be 2 * operand_bits (" + std::to_string(2 * c.operand_bits) + ") to 48"};
  }
  return find_array_fault(c);
}

}  // namespace ganglion::mac_array
