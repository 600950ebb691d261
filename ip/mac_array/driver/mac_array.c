#include "mac_array.h"

int mac_array_probe(uintptr_t base) {
  return accelerator_probe(base, MAC_ARRAY_ID_RESET_VALUE, MAC_ARRAY_VERSION_RESET_VALUE);
}

static void set_wide(uint32_t* values, uint32_t offset, uint64_t value) {
  accelerator_job_set_wide(values, MAC_ARRAY_REG_IN_LO, offset, value);
}

void mac_array_prepare(const accelerator_t* core, const layer_job_t* layer, mac_array_job_t* job) {
  uint32_t* values = job->values;
  set_wide(values, MAC_ARRAY_REG_IN_LO, layer->in);
  set_wide(values, MAC_ARRAY_REG_WEIGHTS_LO, layer->weights);
  layer_job_prepare(values + (MAC_ARRAY_REG_BIAS_LO - MAC_ARRAY_REG_IN_LO) / 4, layer,
                    mac_array_operand_bits(core) <= 8 ? 1 : 2);
}

void mac_array_program(const accelerator_t* core, const mac_array_job_t* job) {
  accelerator_job_write(core, MAC_ARRAY_REG_IN_LO, job->values, sizeof job->values / sizeof job->values[0]);
}

int mac_array_submit(accelerator_t* core, const layer_job_t* layer) {
  const int busy = accelerator_queue_error(core);
  if (busy) return busy;
  mac_array_job_t job;
  mac_array_prepare(core, layer, &job);
  mac_array_program(core, &job);
  accelerator_start(core);
  return 0;
}

void mac_array_figures(const accelerator_t* core, mac_array_figures_t* figures) {
  figures->cycles = accelerator_read_wide(core, MAC_ARRAY_REG_JOB_CYCLES_LO);
  figures->energy_fj = accelerator_read_wide(core, MAC_ARRAY_REG_JOB_ENERGY_FJ_LO);
  figures->saturations = accelerator_read_wide(core, MAC_ARRAY_REG_JOB_SATURATIONS_LO);
}

uint32_t mac_array_operand_bits(const accelerator_t* core) {
  const uint32_t arithmetic = accelerator_read(core, MAC_ARRAY_REG_CAPS_ARITHMETIC);
  return (arithmetic & MAC_ARRAY_CAPS_ARITHMETIC_OPERAND_BITS_MASK) >>
         MAC_ARRAY_CAPS_ARITHMETIC_OPERAND_BITS_SHIFT;
}
