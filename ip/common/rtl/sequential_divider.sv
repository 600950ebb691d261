// Unsigned restoring division, two bits of the quotient a cycle: WIDTH / 2 cycles after `start`, `ready` comes back.
module sequential_divider #(
    parameter int unsigned WIDTH = 16,  // of dividend and quotient; even
    parameter int unsigned DIVISOR = 34
) (
    input logic clk,
    input logic rst_n,
    input logic start,
    input logic [WIDTH-1:0] dividend,
    input logic [DIVISOR-1:0] divisor,
    output logic ready,
    output logic [WIDTH-1:0] quotient,
    output logic [WIDTH-1:0] remainder  // all ones in the quotient when the divisor is 0
);
  localparam int unsigned STEPS = WIDTH / 2;
  logic [$clog2(STEPS+1)-1:0] left;
  logic [DIVISOR-1:0] by;
  logic [DIVISOR-1:0] rest;
  logic [DIVISOR:0] step_one, step_two;
  logic [1:0] bits;

  always_comb begin
    step_one = {rest, quotient[WIDTH-1]};
    bits[1] = step_one >= {1'b0, by};
    if (bits[1]) step_one = step_one - {1'b0, by};
    step_two = {step_one[DIVISOR-1:0], quotient[WIDTH-2]};
    bits[0] = step_two >= {1'b0, by};
    if (bits[0]) step_two = step_two - {1'b0, by};
  end

  assign ready = left == '0;
  assign remainder = rest[WIDTH-1:0];

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      left <= '0;
      by <= '0;
      rest <= '0;
      quotient <= '0;
    end else if (start) begin
      left <= ($clog2(STEPS + 1))'(STEPS);
      by <= divisor;
      rest <= '0;
      quotient <= dividend;
    end else if (!ready) begin
      left <= left - 1'b1;
      rest <= step_two[DIVISOR-1:0];  // smaller than the divisor
      quotient <= {quotient[WIDTH-3:0], bits};
    end
  end
endmodule
