#include "ip/common/tlm/layer_accelerator.h"

namespace ganglion::layers {

void BufferCounters::add(const BufferActions& actions) {
  input_read.add(actions.input_reads);
  weight_read.add(actions.weight_reads);
  buffer_write.add(actions.buffer_writes);
  requantise.add(actions.requantisations);
  pool_compare.add(actions.pool_compares);
  output_write.add(actions.output_writes);
  output_read.add(actions.output_reads);
}

}  // namespace ganglion::layers
