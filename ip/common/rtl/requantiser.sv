// One output a cycle: bias, requantise, clamp (ReLU is low = 0), in three stages. `advance` of the stages is free running.
module requantiser #(
    parameter int unsigned ACC_BITS = 28
) (
    input logic clk,
    input logic signed [ACC_BITS-1:0] acc,  // in units of the bias
    input logic signed [31:0] bias,
    input logic [30:0] multiplier,
    input logic [5:0] shift,
    input logic signed [31:0] low,  // constant while outputs are under way
    input logic signed [31:0] high,
    output logic signed [31:0] value  // three cycles later
);
  logic signed [31:0] biased;
  logic [30:0] multiplier_q;
  logic [5:0] shift_q, shift_qq;
  logic signed [63:0] product;

  always_ff @(posedge clk) begin
    biased <= fixed_point_pkg::saturate32(64'(acc) + 64'(bias));
    multiplier_q <= multiplier;
    shift_q <= shift;
    product <= fixed_point_pkg::scale(biased, multiplier_q);
    shift_qq <= shift_q;
    value <= fixed_point_pkg::round_clamp(product, shift_qq, low, high);
  end
endmodule
