#include "ip/mac_array/model/layer.h"

namespace ganglion::mac_array {

std::optional<JobFault> find_job_fault(const Config& config, const Layer& layer) {
  const int eb = config.element_bytes();
  if (auto found = check_sizes(layer)) return found;
  if (auto found = check_strides(layer, eb)) return found;
  if (auto found = check_output_range(layer, config.operand_bits)) return found;
  if (auto found = check_buffers(config, layer)) return found;
  return check_addresses(layer, eb);
}

}  // namespace ganglion::mac_array
