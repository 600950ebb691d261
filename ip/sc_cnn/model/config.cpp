#include "ip/sc_cnn/model/config.h"

#include <utility>

#include "ip/sc_cnn/model/multiplier.h"

namespace ganglion::sc_cnn {
namespace {

ConfigFault rule(const char* parameter, uint64_t value, std::string expected) {
  return {parameter, value, std::move(expected)};
}

}  // namespace

std::optional<ConfigFault> find_config_fault(const Config& c) {
  const auto bits = static_cast<uint64_t>(c.operand_bits);
  if (c.operand_bits < kMinOperandBits || c.operand_bits > kMaxOperandBits) {
    return rule("operand_bits", bits, "must be 4..10");
  }
  if (c.bit_parallel == 0 || (c.bit_parallel & (c.bit_parallel - 1)) != 0 || c.bit_parallel > 32) {
    return rule("bit_parallel", c.bit_parallel, "must be 1, 2, 4, 8, 16 or 32");
  }
  if (c.bit_parallel > 1u << (c.operand_bits - 1)) {
    return rule("bit_parallel", c.bit_parallel,
                "must not exceed 2^(operand_bits - 1) = " + std::to_string(1u << (c.operand_bits - 1)));
  }
  if (c.accumulator_max_bits < c.operand_bits || c.accumulator_max_bits > 20) {
    return rule("accumulator_max_bits", static_cast<uint64_t>(c.accumulator_max_bits),
                "must be operand_bits (" + std::to_string(c.operand_bits) + ") to 20");
  }
  return find_array_fault(c);
}

}  // namespace ganglion::sc_cnn
