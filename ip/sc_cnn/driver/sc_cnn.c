#include "sc_cnn.h"

int sc_cnn_probe(uintptr_t base) {
  return accelerator_probe(base, SC_CNN_ID_RESET_VALUE, SC_CNN_VERSION_RESET_VALUE);
}

static void set(uint32_t* values, uint32_t offset, uint32_t value) {
  accelerator_job_set(values, SC_CNN_REG_IN_LO, offset, value);
}
static void set_wide(uint32_t* values, uint32_t offset, uint64_t value) {
  accelerator_job_set_wide(values, SC_CNN_REG_IN_LO, offset, value);
}

void sc_cnn_prepare(const sc_cnn_t* core, const sc_cnn_layer_t* layer, sc_cnn_job_t* job) {
  uint32_t* values = job->values;
  set_wide(values, SC_CNN_REG_IN_LO, layer->job.in);
  set_wide(values, SC_CNN_REG_WEIGHTS_LO, layer->job.weights);
  layer_job_prepare(values + (SC_CNN_REG_BIAS_LO - SC_CNN_REG_IN_LO) / 4, &layer->job,
                    sc_cnn_operand_bits(core) <= 8 ? 1 : 2);
  set(values, SC_CNN_REG_WEIGHT_BITS, layer->weight_bits);
  set(values, SC_CNN_REG_GUARD_BITS, layer->guard_bits);
  set(values, SC_CNN_REG_ZERO_SKIP, layer->zero_skip);
}

void sc_cnn_program(const sc_cnn_t* core, const sc_cnn_job_t* job) {
  accelerator_job_write(core, SC_CNN_REG_IN_LO, job->values, sizeof job->values / sizeof job->values[0]);
}

int sc_cnn_submit(sc_cnn_t* core, const sc_cnn_layer_t* layer) {
  const int busy = accelerator_queue_error(core);
  if (busy) return busy;
  sc_cnn_job_t job;
  sc_cnn_prepare(core, layer, &job);
  sc_cnn_program(core, &job);
  accelerator_start(core);
  return 0;
}

uint64_t sc_cnn_job_cycles(const sc_cnn_t* core) {
  return accelerator_read_wide(core, SC_CNN_REG_JOB_CYCLES_LO);
}

uint64_t sc_cnn_job_energy_fj(const sc_cnn_t* core) {
  return accelerator_read_wide(core, SC_CNN_REG_JOB_ENERGY_FJ_LO);
}

uint64_t sc_cnn_job_saturations(const sc_cnn_t* core) {
  return accelerator_read_wide(core, SC_CNN_REG_JOB_SATURATIONS_LO);
}

uint32_t sc_cnn_operand_bits(const sc_cnn_t* core) {
  const uint32_t arithmetic = accelerator_read(core, SC_CNN_REG_CAPS_ARITHMETIC);
  return (arithmetic & SC_CNN_CAPS_ARITHMETIC_OPERAND_BITS_MASK) >> SC_CNN_CAPS_ARITHMETIC_OPERAND_BITS_SHIFT;
}
