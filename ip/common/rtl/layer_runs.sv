// Steps through the runs of bytes of a runs_t: one address and length after the other.
module layer_runs (
    input logic clk,
    input logic rst_n,
    input logic start,
    input layer_pkg::runs_t runs,  // taken with start
    output logic valid,
    output logic [63:0] address,
    output logic [31:0] bytes,
    output logic last,
    input logic take
);
  /* verilator lint_off UNUSEDSIGNAL */  // the address moves on
  layer_pkg::runs_t r;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [15:0] inner_left;
  logic [63:0] outer_address;
  wire inner_last = inner_left == 16'd1;

  assign last = inner_last && r.outer == 16'd1;
  assign bytes = r.bytes;

  always_ff @(posedge clk) begin
    if (!rst_n) valid <= 1'b0;
    else if (start) begin
      valid <= 1'b1;
      r <= runs;
      inner_left <= runs.inner;
      address <= runs.address;
      outer_address <= runs.address;
    end else if (take) begin
      valid <= !last;
      if (inner_last) begin
        r.outer <= r.outer - 16'd1;
        inner_left <= r.inner;
        address <= outer_address + {32'd0, r.outer_stride};
        outer_address <= outer_address + {32'd0, r.outer_stride};
      end else begin
        inner_left <= inner_left - 16'd1;
        address <= address + {32'd0, r.inner_stride};
      end
    end
  end
endmodule
