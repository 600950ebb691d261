// The rules of the core's own registers, in the order of check_arithmetic (model/layer.cpp); layer_check asks when all others
// before them hold.
module sc_cnn_check #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned ACC_MAX = 16,
    parameter bit ZERO_SKIP = 1
) (
    input sc_cnn_registers_pkg::config_t job,
    output logic broken,
    output layer_pkg::fault_t fault
);
  always_comb begin
    broken = 1'b1;
    fault = '0;
    if (job.weight_bits < 32'd2 || job.weight_bits > OPERAND_BITS) begin
      fault.code = sc_cnn_registers_pkg::LAYER_FAULT_PRECISION; fault.offset = sc_cnn_registers_pkg::ADDRESS_WEIGHT_BITS; fault.value = job.weight_bits;
    end else if (job.guard_bits > ACC_MAX - OPERAND_BITS) begin
      fault.code = sc_cnn_registers_pkg::LAYER_FAULT_GUARD_BITS; fault.offset = sc_cnn_registers_pkg::ADDRESS_GUARD_BITS; fault.value = job.guard_bits;
    end else if (job.zero_skip > 32'(ZERO_SKIP)) begin
      fault.code = sc_cnn_registers_pkg::LAYER_FAULT_ZERO_SKIP; fault.offset = sc_cnn_registers_pkg::ADDRESS_ZERO_SKIP; fault.value = job.zero_skip;
    end else broken = 1'b0;
  end
endmodule
