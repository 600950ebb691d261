// What an entry out of the buffers is for the array. Convolution: an MVM's lanes share a weight, each lane has an activation.
// Fully connected: all share the tap's activation, the lanes of one group of T_M outputs have a weight each.
module layer_operands #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned LANES = 16,
    parameter int unsigned MVMS = 16
) (
    input logic fully_connected,
    input logic [LANES-1:0] held_outside,
    input logic [$clog2(LANES+1)-1:0] held_group,
    /* verilator lint_off UNUSEDSIGNAL */  // elements are N bits in whole bytes, checked as they were loaded
    input logic [LANES*(OPERAND_BITS <= 8 ? 8 : 16)-1:0] input_data,
    input logic [MVMS*(OPERAND_BITS <= 8 ? 8 : 16)-1:0] weight_data,
    /* verilator lint_on UNUSEDSIGNAL */
    output logic [MVMS*OPERAND_BITS-1:0] shared,
    output logic [MVMS*LANES*OPERAND_BITS-1:0] operands,
    output logic [MVMS*LANES-1:0] takes  // lanes that the entry has an operand for
);
  localparam int unsigned N = OPERAND_BITS, EB = N <= 8 ? 1 : 2, W = 8 * EB;

  always_comb begin
    shared = '0;
    takes = '0;
    operands = '0;
    for (int unsigned m = 0; m < MVMS; m++) begin
      shared[m*N+:N] = fully_connected ? input_data[N-1:0] : weight_data[m*W+:N];
      for (int unsigned l = 0; l < LANES; l++) begin
        if (fully_connected) begin
          takes[m*LANES+l] = (m * LANES + l) / MVMS == 32'(held_group);
          operands[(m*LANES+l)*N+:N] = weight_data[((m*LANES+l)%MVMS)*W+:N];
        end else begin
          takes[m*LANES+l] = 1'b1;
          operands[(m*LANES+l)*N+:N] = held_outside[l] ? '0 : input_data[l*W+:N];
        end
      end
    end
  end
endmodule
