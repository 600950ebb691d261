// A small queue: what is pushed first comes out first, a cycle later at the earliest. All its words move up when one leaves, so
// there is no pointer, and the word that comes out is a register. Full, it takes nothing, even while a word leaves.
module fifo #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned DEPTH = 2
) (
    input logic clk,
    input logic rst_n,  // empties it

    input logic in_valid,
    output logic in_ready,
    input logic [WIDTH-1:0] in,
    output logic out_valid,
    input logic out_ready,
    output logic [WIDTH-1:0] out
);
  localparam int unsigned COUNT_BITS = $clog2(DEPTH + 1);
  logic [DEPTH*WIDTH-1:0] words;  // the oldest in the lowest bits
  logic [COUNT_BITS-1:0] count;

  assign in_ready = count != COUNT_BITS'(DEPTH);
  assign out_valid = count != '0;
  assign out = words[WIDTH-1:0];
  wire push = in_valid && in_ready;
  wire pop = out_valid && out_ready;
  wire [COUNT_BITS-1:0] place = pop ? count - 1'b1 : count;  // of a word that comes in

  always_ff @(posedge clk) begin
    if (!rst_n) count <= '0;
    else if (push != pop) count <= push ? count + 1'b1 : count - 1'b1;
    if (pop) words <= words >> WIDTH;
    if (push) words[place*WIDTH+:WIDTH] <= in;
  end
endmodule
