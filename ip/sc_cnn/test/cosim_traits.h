#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ip/common/test/random_choice.h"
#include "ip/sc_cnn/test/bench.h"
#include "ip/sc_cnn/test/coverage_bins.h"

namespace ganglion::sc_cnn {

/// What the random programs of stimulus_generator.h must know about the SC-CNN core.
struct CosimTraits : Traits {
  /// WEIGHT_BITS, GUARD_BITS, ZERO_SKIP: often narrow accumulators, which saturate.
  static void choose_arithmetic(const Config& array, Layer& layer, layers::RandomChoice& choice) {
    const auto operand_bits = static_cast<uint32_t>(array.operand_bits);
    const auto guard_bits = static_cast<uint32_t>(array.accumulator_max_bits - array.operand_bits);
    layer.weight_bits = choice.percent(40) ? choice.pick(2, operand_bits) : operand_bits;
    layer.guard_bits = choice.percent(60) ? choice.pick(0, 1) : choice.pick(0, guard_bits);
    layer.zero_skip = array.zero_skip && choice.percent(50) ? 1 : 0;
  }
  static constexpr unsigned kOwnRules = 3;
  static void break_own_rule(const Config& array, Layer& layer, unsigned rule, layers::RandomChoice& choice) {
    const auto operand_bits = static_cast<uint32_t>(array.operand_bits);
    if (rule == 0) layer.weight_bits = choice.one_of({0U, 1U, operand_bits + 1, 0x1'0008U});
    if (rule == 1)
      layer.guard_bits = static_cast<uint32_t>(array.accumulator_max_bits) - operand_bits + choice.pick(1, 3);
    if (rule == 2) layer.zero_skip = array.zero_skip ? choice.one_of({2U, 3U, 0x8000'0000U}) : 1;
  }
  static std::vector<std::pair<std::string, uint32_t>> own_registers(const Layer& l) {
    return {{"WEIGHT_BITS", l.weight_bits}, {"GUARD_BITS", l.guard_bits}, {"ZERO_SKIP", l.zero_skip}};
  }
  static const auto& coverage_bins() { return sc_cnn::coverage_bins(); }
  static Layer layer_of(std::span<const uint32_t> shadow) {
    return Model::layer_of(Registers::decode(shadow));
  }
};

}  // namespace ganglion::sc_cnn
