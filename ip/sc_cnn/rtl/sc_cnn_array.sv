// T_M MVMs of p lanes that meet at every tap.
module sc_cnn_array #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned BIT_PARALLEL = 8,
    parameter int unsigned LANES = 16,
    parameter int unsigned MVMS = 16,
    parameter int unsigned ACC_MAX = 16
) (
    input logic clk,
    input logic [31:0] guard_bits,
    input logic clear,
    input logic load,
    input logic [MVMS*OPERAND_BITS-1:0] counts,
    input logic [MVMS-1:0] negatives,
    input logic [MVMS*LANES-1:0] load_operand,
    input logic [MVMS*LANES*OPERAND_BITS-1:0] operands,
    input logic run,
    output logic last,
    output logic [MVMS*LANES*ACC_MAX-1:0] accumulators,
    output logic [MVMS*LANES-1:0] clamped  // by the product that ends in this cycle
);
  localparam int unsigned N = OPERAND_BITS;
  logic signed [ACC_MAX-1:0] low, high;
  logic [MVMS-1:0] lasts;

  // Rails of N + A bits.
  always_ff @(posedge clk) begin
    high <= ACC_MAX'((32'd1 << (32'(N - 1) + guard_bits)) - 32'd1);
    low <= ACC_MAX'(32'd0 - (32'd1 << (32'(N - 1) + guard_bits)));
  end

  assign last = &lasts;
  for (genvar m = 0; m < MVMS; m++) begin : g_mvm
    sc_mvm #(.OPERAND_BITS(N), .BIT_PARALLEL(BIT_PARALLEL), .LANES(LANES), .ACC_MAX(ACC_MAX)) mvm (
        .clk, .clear, .load, .count_in(counts[m*N+:N]), .negative_in(negatives[m]),
        .load_operand(load_operand[m*LANES+:LANES]), .operands(operands[m*LANES*N+:LANES*N]), .run, .low, .high,
        .last(lasts[m]), .acc(accumulators[m*LANES*ACC_MAX+:LANES*ACC_MAX]), .clamped(clamped[m*LANES+:LANES]));
  end
endmodule
