// One lane of a BISC-MVM: a streamed operand, the ones among b of its stream bits, an up/down accumulator.
//
// In a row of q <= b stream bits the i-th bit of x from the top comes (q + 2^(i-1)) >> i times for i = 1..log2(b); a full row
// has one more bit, which the row's number selects. The lane counts +1 for every one and -1 for every zero, the other way
// round for a negative count operand. The register has a bit to spare and is clamped with the last row of a product.
module sc_lane #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned BIT_PARALLEL = 8,
    parameter int unsigned ACC_MAX = 16
) (
    input logic clk,
    input logic clear,
    input logic load,
    input logic [OPERAND_BITS-1:0] operand,  // offset binary
    // From the MVM's counter, for all its lanes.
    input logic step,
    input logic last,
    input logic negative,
    input logic [$clog2(BIT_PARALLEL):0] row,  // q, stream bits of this row
    input logic [OPERAND_BITS-1:0] select,  // one-hot, the extra bit of a full row
    input logic signed [ACC_MAX-1:0] low,
    input logic signed [ACC_MAX-1:0] high,
    output logic signed [ACC_MAX-1:0] acc,
    output logic clamped  // in the cycle of step && last
);
  localparam int unsigned N = OPERAND_BITS, M = $clog2(BIT_PARALLEL);
  logic [N-1:0] x;
  logic signed [ACC_MAX:0] sum, next;
  logic [M:0] ones;
  logic signed [M+2:0] up;  // 2 * ones - q

  always_comb begin
    ones = (M + 1)'(|(x & select));
    for (int unsigned i = 1; i <= M; i++) begin
      if (x[N-i]) ones = ones + ((row + (M + 1)'(1 << (i - 1))) >> i);
    end
    up = $signed({1'b0, ones, 1'b0}) - $signed({2'b00, row});
    next = negative ? sum - (ACC_MAX + 1)'(up) : sum + (ACC_MAX + 1)'(up);
    clamped = 1'b0;
    if (last) begin
      if (next > (ACC_MAX + 1)'(high)) begin
        next = (ACC_MAX + 1)'(high);
        clamped = step;
      end else if (next < (ACC_MAX + 1)'(low)) begin
        next = (ACC_MAX + 1)'(low);
        clamped = step;
      end
    end
  end
  assign acc = sum[ACC_MAX-1:0];

  always_ff @(posedge clk) begin
    if (load) x <= operand;
    if (clear) sum <= '0;
    else if (step) sum <= next;
  end
endmodule
