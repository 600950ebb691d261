// One lane of a binary MVM: an operand, a multiplier, a saturating accumulator. What a conventional array has where the
// SC-CNN core has sc_lane; the same pipeline: operand register, arithmetic, accumulator in one stage.
module mac_lane #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned ACC_BITS = 32
) (
    input logic clk,
    input logic clear,
    input logic load,
    input logic signed [OPERAND_BITS-1:0] operand,
    input logic step,
    input logic signed [OPERAND_BITS-1:0] weight,  // the MVM's, for all its lanes
    output logic signed [ACC_BITS-1:0] acc,
    output logic clamped
);
  localparam logic signed [ACC_BITS-1:0] HIGH = {1'b0, {(ACC_BITS - 1) {1'b1}}};
  localparam logic signed [ACC_BITS-1:0] LOW = {1'b1, {(ACC_BITS - 1) {1'b0}}};
  localparam int unsigned N = OPERAND_BITS;
  logic signed [N-1:0] x;
  logic [2*N-1:0] product;
  logic [N-1:0] row;
  logic signed [ACC_BITS:0] sum;

  // Baugh-Wooley: partial products with a sign bit are inverted, two constant ones put the sum right. Synthesis makes one
  // carry-save tree of the rows; from `x * weight` Yosys makes a larger one, with every row's sign extended.
  always_comb begin
    product = (2 * N)'(1) << N | (2 * N)'(1) << (2 * N - 1);
    for (int unsigned i = 0; i < N; i++) begin
      row = weight & {N{x[i]}};
      row = i == N - 1 ? {row[N-1], ~row[N-2:0]} : {~row[N-1], row[N-2:0]};
      product = product + ((2 * N)'(row) << i);
    end
    sum = (ACC_BITS + 1)'(acc) + (ACC_BITS + 1)'($signed(product));
    clamped = step && sum[ACC_BITS] != sum[ACC_BITS-1];
  end

  always_ff @(posedge clk) begin
    if (load) x <= operand;
    if (clear) acc <= '0;
    else if (step) acc <= !clamped ? sum[ACC_BITS-1:0] : sum[ACC_BITS] ? LOW : HIGH;
  end
endmodule
