#include <sc_cnn.h>

#include "offload_block.h"

static void prepare(const accelerator_t* core, const gn_layer_t* layer, const ganglion_layer* record,
                    void* job) {
  const sc_cnn_layer_t programmed = {
      .job = gn_layer_job(layer, record),
      .weight_bits = record->weight_bits,
      .guard_bits = record->guard_bits,
      .zero_skip = record->zero_skip,
  };
  sc_cnn_prepare(core, &programmed, job);
}

static void program(const accelerator_t* core, const void* job) { sc_cnn_program(core, job); }

const gn_accelerator_t gn_sc_cnn_accelerator = {
    .target = GANGLION_TARGET_SC_CNN,
    .compatible = "ganglion,sc-cnn",
    .id = SC_CNN_ID_RESET_VALUE,
    .version = SC_CNN_VERSION_RESET_VALUE,
    .operand_bits = sc_cnn_operand_bits,
    .job_bytes = sizeof(sc_cnn_job_t),
    .prepare = prepare,
    .program = program,
};
