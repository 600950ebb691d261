#include <mac_array.h>

#include "offload_block.h"

static void prepare(const accelerator_t* core, const gn_layer_t* layer, const ganglion_layer* record,
                    void* job) {
  const layer_job_t programmed = gn_layer_job(layer, record);
  mac_array_prepare(core, &programmed, job);
}

static void program(const accelerator_t* core, const void* job) { mac_array_program(core, job); }

const gn_accelerator_t gn_mac_array_accelerator = {
    .target = GANGLION_TARGET_MAC_ARRAY,
    .compatible = "ganglion,mac-array",
    .id = MAC_ARRAY_ID_RESET_VALUE,
    .version = MAC_ARRAY_VERSION_RESET_VALUE,
    .operand_bits = mac_array_operand_bits,
    .job_bytes = sizeof(mac_array_job_t),
    .prepare = prepare,
    .program = program,
};
