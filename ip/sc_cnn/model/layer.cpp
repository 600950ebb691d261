#include "ip/sc_cnn/model/layer.h"

namespace ganglion::sc_cnn {
namespace {

layers::MaybeFault check_arithmetic(const Config& c, const Layer& l) {
  const auto n = static_cast<uint32_t>(c.operand_bits);
  if (l.weight_bits < 2 || l.weight_bits > n) {
    return layers::job_fault(Fault::kPrecision, "WEIGHT_BITS", l.weight_bits,
                             "must be 2 to N = " + std::to_string(n));
  }
  const auto max_guard = static_cast<uint32_t>(c.accumulator_max_bits) - n;
  if (l.guard_bits > max_guard) {
    return layers::job_fault(Fault::kGuardBits, "GUARD_BITS", l.guard_bits,
                             "must be 0 to ACC_MAX - N = " + std::to_string(max_guard));
  }
  if (l.zero_skip > 1) return layers::job_fault(Fault::kZeroSkip, "ZERO_SKIP", l.zero_skip, "must be 0 or 1");
  if (l.zero_skip == 1 && !c.zero_skip) {
    return layers::job_fault(Fault::kZeroSkip, "ZERO_SKIP", l.zero_skip,
                             "must be 0: this array cannot skip zeros");
  }
  return check_output_range(l, c.operand_bits);
}

}  // namespace

std::optional<JobFault> find_job_fault(const Config& config, const Layer& layer) {
  const int eb = config.element_bytes();
  if (auto found = check_sizes(layer)) return found;
  if (auto found = check_strides(layer, eb)) return found;
  if (auto found = check_arithmetic(config, layer)) return found;
  if (auto found = check_buffers(config, layer)) return found;
  return check_addresses(layer, eb);
}

}  // namespace ganglion::sc_cnn
