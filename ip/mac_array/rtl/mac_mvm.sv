// A weight register and the lanes that share it: a conventional array's counterpart of sc_mvm. A product every cycle.
module mac_mvm #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned LANES = 16,
    parameter int unsigned ACC_BITS = 32
) (
    input logic clk,
    input logic clear,
    input logic load,
    input logic signed [OPERAND_BITS-1:0] weight_in,
    input logic [LANES-1:0] load_operand,
    input logic [LANES*OPERAND_BITS-1:0] operands,
    input logic run,
    output logic [LANES*ACC_BITS-1:0] acc  /* verilator public_flat_rd */,  // a word of its own: simulates faster
    output logic [LANES-1:0] clamped
);
  /* verilator no_inline_module */  // one function for all MVMs: compiles and simulates faster
  logic signed [OPERAND_BITS-1:0] weight;
  always_ff @(posedge clk) if (load) weight <= weight_in;

  for (genvar l = 0; l < LANES; l++) begin : g_lane
    mac_lane #(.OPERAND_BITS(OPERAND_BITS), .ACC_BITS(ACC_BITS)) lane (
        .clk, .clear, .load(load_operand[l]), .operand(operands[l*OPERAND_BITS+:OPERAND_BITS]), .step(run), .weight,
        .acc(acc[l*ACC_BITS+:ACC_BITS]), .clamped(clamped[l]));
  end
endmodule
