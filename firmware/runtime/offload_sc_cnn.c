#include <sc_cnn.h>

#include "offload_block.h"

static int submit(accelerator_t* core, const gn_layer_t* layer, const ganglion_layer* record) {
  const sc_cnn_layer_t job = {
      .job = gn_layer_job(layer, record),
      .weight_bits = record->weight_bits,
      .guard_bits = record->guard_bits,
      .zero_skip = record->zero_skip,
  };
  return sc_cnn_submit(core, &job);
}

const gn_accelerator_t gn_sc_cnn_accelerator = {
    .target = GANGLION_TARGET_SC_CNN,
    .compatible = "ganglion,sc-cnn",
    .id = SC_CNN_ID_RESET_VALUE,
    .version = SC_CNN_VERSION_RESET_VALUE,
    .operand_bits = sc_cnn_operand_bits,
    .submit = submit,
};
