// BISC-MVM: one down counter and one stream FSM for the lanes that share a count operand.
module sc_mvm #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned BIT_PARALLEL = 8,
    parameter int unsigned LANES = 16,
    parameter int unsigned ACC_MAX = 16
) (
    input logic clk,
    input logic clear,  // accumulators to 0
    input logic load,  // count and sign
    input logic [OPERAND_BITS-1:0] count_in,  // 0 to 2^(N-1)
    input logic negative_in,
    input logic [LANES-1:0] load_operand,
    input logic [LANES*OPERAND_BITS-1:0] operands,
    input logic run,  // a row a cycle until the count is used up
    input logic signed [ACC_MAX-1:0] low,
    input logic signed [ACC_MAX-1:0] high,
    output logic last,  // nothing is left after this row
    output logic [LANES*ACC_MAX-1:0] acc,
    output logic [LANES-1:0] clamped
);
  /* verilator no_inline_module */  // one function for all MVMs: compiles and simulates faster
  localparam int unsigned N = OPERAND_BITS, M = $clog2(BIT_PARALLEL);
  localparam logic [N-1:0] B = N'(BIT_PARALLEL);
  logic [N-1:0] count;
  logic negative;
  logic [N-M-1:0] row_number;  // rows done
  logic [N-M-1:0] next_row, lowest;
  logic [N-1:0] select;

  wire full = count >= B;
  wire [M:0] row = full ? (M + 1)'(BIT_PARALLEL) : count[M:0];
  wire step = run && count != '0;
  assign last = count <= B;

  // Row r adds bit N-1-M-ctz(r+1): the lowest one of r+1, mirrored.
  always_comb begin
    next_row = row_number + 1'b1;
    lowest = next_row & (~next_row + 1'b1);
    select = '0;
    for (int unsigned i = 0; i < N - M; i++) select[N-1-M-i] = full && lowest[i];
  end

  always_ff @(posedge clk) begin
    if (load) begin
      count <= count_in;
      negative <= negative_in;
      row_number <= '0;
    end else if (run) begin
      count <= last ? '0 : count - B;
      row_number <= next_row;
    end
  end

  for (genvar l = 0; l < LANES; l++) begin : g_lane
    sc_lane #(.OPERAND_BITS(N), .BIT_PARALLEL(BIT_PARALLEL), .ACC_MAX(ACC_MAX)) lane (
        .clk, .clear, .load(load_operand[l]), .operand(operands[l*N+:N]), .step, .last, .negative, .row, .select,
        .low, .high, .acc(acc[l*ACC_MAX+:ACC_MAX]), .clamped(clamped[l]));
  end
endmodule
