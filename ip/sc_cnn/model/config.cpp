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
  if (c.lanes < 1 || c.lanes > 1024) return rule("lanes", c.lanes, "must be 1..1024");
  if (c.mvms < 1 || c.mvms > 256) return rule("mvms", c.mvms, "must be 1..256");
  if (c.accumulator_max_bits < c.operand_bits || c.accumulator_max_bits > 20) {
    return rule("accumulator_max_bits", static_cast<uint64_t>(c.accumulator_max_bits),
                "must be operand_bits (" + std::to_string(c.operand_bits) + ") to 20");
  }
  if (c.requantisers < 1 || c.requantisers > c.array_lanes()) {
    return rule("requantisers", c.requantisers,
                "must be 1 to lanes * mvms = " + std::to_string(c.array_lanes()));
  }
  for (const auto& [name, bytes] :
       {std::pair{"input_buffer", c.input_buffer_bytes}, std::pair{"weight_buffer", c.weight_buffer_bytes},
        std::pair{"output_buffer", c.output_buffer_bytes}}) {
    if (bytes < 1024 || bytes > 16 * 1024 * 1024 || bytes % 64 != 0) {
      return rule(name, bytes, "must be 1 KiB to 16 MiB and a multiple of 64 bytes");
    }
  }
  const auto eb = static_cast<uint64_t>(c.element_bytes());
  if (uint64_t{c.array_lanes()} * 8 * eb > c.weight_buffer_bytes / 2) {
    return rule("weight_buffer", c.weight_buffer_bytes,
                "half of it must hold 8 weights of each of the lanes * mvms lanes");
  }
  if (uint64_t{c.array_lanes()} * eb > c.output_buffer_bytes / 2) {
    return rule("output_buffer", c.output_buffer_bytes, "half of it must hold one output of each lane");
  }
  return std::nullopt;
}

}  // namespace ganglion::sc_cnn
