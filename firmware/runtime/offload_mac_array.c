#include <mac_array.h>

#include "offload_block.h"

static int submit(accelerator_t* core, const gn_layer_t* layer, const ganglion_layer* record) {
  const layer_job_t job = gn_layer_job(layer, record);
  return mac_array_submit(core, &job);
}

const gn_accelerator_t gn_mac_array_accelerator = {
    .target = GANGLION_TARGET_MAC_ARRAY,
    .compatible = "ganglion,mac-array",
    .id = MAC_ARRAY_ID_RESET_VALUE,
    .version = MAC_ARRAY_VERSION_RESET_VALUE,
    .operand_bits = mac_array_operand_bits,
    .submit = submit,
};
