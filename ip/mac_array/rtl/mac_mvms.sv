// T_M MVMs of p lanes. An entry out of the buffers is loaded in its cycle and added in the next one: the array takes an entry
// every cycle and never waits. A fully connected tap is added when the last group of lanes has its weights.
module mac_mvms #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned LANES = 16,
    parameter int unsigned MVMS = 16,
    parameter int unsigned ACC_BITS = 32
) (
    input logic clk,
    input logic rst_n,
    input logic clear,
    input logic held,
    input logic held_group_last,
    input logic [MVMS*OPERAND_BITS-1:0] shared,
    input logic [MVMS*LANES*OPERAND_BITS-1:0] operands,
    input logic [MVMS*LANES-1:0] takes,
    output logic [MVMS*LANES*ACC_BITS-1:0] accumulators,
    output logic [MVMS*LANES-1:0] clamped
);
  localparam int unsigned N = OPERAND_BITS;
  logic run;
  always_ff @(posedge clk) run <= rst_n && held && held_group_last;

  for (genvar m = 0; m < MVMS; m++) begin : g_mvm
    mac_mvm #(.OPERAND_BITS(N), .LANES(LANES), .ACC_BITS(ACC_BITS)) mvm (
        .clk, .clear, .load(held), .weight_in(shared[m*N+:N]), .load_operand(held ? takes[m*LANES+:LANES] : '0),
        .operands(operands[m*LANES*N+:LANES*N]), .run, .acc(accumulators[m*LANES*ACC_BITS+:LANES*ACC_BITS]),
        .clamped(clamped[m*LANES+:LANES]));
  end
endmodule
