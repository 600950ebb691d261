// Between buffers and array: makes counts and streamed operands of an entry and hands it over when every MVM is done with the
// one before. Convolution: T_M weights are counted, p activations streamed. Fully connected: the tap's weights are streamed,
// its last entry starts the count, which is the activation. With zero skip a tap without a count is dropped.
module sc_cnn_feed #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned LANES = 16,
    parameter int unsigned MVMS = 16
) (
    input logic clk,
    input logic rst_n,
    input logic fully_connected,
    input logic [15:0] map_count,  // of the tile
    input logic [3:0] dropped,  // N - n_w, bits that a count is rounded by
    input logic zero_skip,

    // An entry out of the buffers.
    input logic held,
    input logic held_group_last,
    input logic [MVMS*OPERAND_BITS-1:0] shared,
    input logic [MVMS*LANES*OPERAND_BITS-1:0] entry,
    output logic load,
    output logic drop,
    output logic array_idle,

    // Array.
    output logic [MVMS*OPERAND_BITS-1:0] counts,
    output logic [MVMS-1:0] negatives,
    output logic [MVMS*LANES*OPERAND_BITS-1:0] operands,
    output logic run,
    input logic array_last
);
  localparam int unsigned N = OPERAND_BITS;

  // k = (|w| + 2^(N-n_w-1)) >> (N-n_w)
  function automatic logic [N-1:0] count_of(input logic [N-1:0] value, input logic [3:0] drop_bits);
    logic [N:0] magnitude;
    magnitude = {1'b0, value[N-1] ? -value : value};
    if (drop_bits != 4'd0) magnitude = (magnitude + ((N + 1)'(1) << (drop_bits - 4'd1))) >> drop_bits;
    count_of = magnitude[N-1:0];
  endfunction

  logic [N-1:0] counted;
  logic all_zero;
  always_comb begin
    counts = '0;
    negatives = '0;
    all_zero = 1'b1;
    counted = '0;
    for (int unsigned m = 0; m < MVMS; m++) begin
      counted = shared[m*N+:N];
      negatives[m] = counted[N-1];
      counted = count_of(counted, dropped);
      if (!fully_connected && m >= 32'(map_count)) counted = '0;
      if (counted != '0) all_zero = 1'b0;
      counts[m*N+:N] = held_group_last ? counted : '0;
    end
  end
  assign drop = held && zero_skip && all_zero;

  always_comb begin
    operands = entry;
    for (int unsigned i = 0; i < MVMS * LANES; i++) operands[i*N+N-1] = !entry[i*N+N-1];  // offset binary
  end

  logic counting;
  assign run = counting;
  assign load = held && !drop && (!counting || array_last);
  assign array_idle = !counting || array_last;

  always_ff @(posedge clk) begin
    if (!rst_n) counting <= 1'b0;
    else counting <= load || (counting && !array_last);
  end
endmodule
