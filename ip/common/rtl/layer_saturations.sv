// Counts the additions of a job that a lane's accumulator clamped, all lanes of a cycle at once.
module layer_saturations #(
    parameter int unsigned LANES = 16,
    parameter int unsigned MVMS = 16
) (
    input logic clk,
    input logic rst_n,
    input logic new_job,  // saturations to 0
    input logic [MVMS*LANES-1:0] clamped,
    input logic [MVMS*LANES-1:0] lane_used,
    output logic [63:0] saturations
);
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
