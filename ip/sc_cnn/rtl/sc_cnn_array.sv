// T_M MVMs of p lanes that meet at every tap, and the count of products that a lane clamped.
module sc_cnn_array #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned BIT_PARALLEL = 8,
    parameter int unsigned LANES = 16,
    parameter int unsigned MVMS = 16,
    parameter int unsigned ACC_MAX = 16
) (
    input logic clk,
    input logic rst_n,
    input logic new_job,  // saturations to 0
    input logic [31:0] guard_bits,
    input logic clear,
    input logic load,
    input logic [MVMS*OPERAND_BITS-1:0] counts,
    input logic [MVMS-1:0] negatives,
    input logic [MVMS*LANES-1:0] load_operand,
    input logic [MVMS*LANES*OPERAND_BITS-1:0] operands,
    input logic run,
    output logic last,
    input logic [MVMS*LANES-1:0] lane_used,
    output logic [MVMS*LANES*ACC_MAX-1:0] accumulators,
    output logic [63:0] saturations
);
  localparam int unsigned N = OPERAND_BITS;
  logic signed [ACC_MAX-1:0] low, high;
  logic [MVMS-1:0] lasts;
  logic [MVMS*LANES-1:0] clamped;

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

  logic [MVMS*LANES-1:0] counted;
  logic [31:0] now;
  always_comb begin
    now = 32'd0;
    for (int unsigned i = 0; i < MVMS * LANES; i++) now = now + 32'(counted[i]);
  end
  always_ff @(posedge clk) begin
    counted <= rst_n ? clamped & lane_used : '0;
    if (!rst_n || new_job) saturations <= 64'd0;
    else if (counted != '0) saturations <= saturations + {32'd0, now};
  end
endmodule
