// What a read and a write DMA alike keep of a run of bytes: its bursts, one after the other, the lanes of their beats, and how the
// run ends. The model's DMA (platform/accel) waits for a burst before it asks for the next, and so do these.
module axi_bursts (
    input logic clk,
    input logic rst_n,
    input logic cancel,  // end after the burst in flight; no done

    input logic request,  // a run of `bytes` > 0 at `address`, taken when ready
    output logic ready,
    input logic [63:0] address,
    input logic [31:0] bytes,

    // The manager's channels.
    input logic busy,  // a run is under way
    input logic asked,  // a burst's address is taken
    input logic beat,  // a beat of data is taken
    input logic last,  // the beat on the bus is the burst's last
    input logic move,  // the next beat's place in the buffer
    input logic burst_end,
    input logic error,  // the burst that ends was answered with an error

    output logic accepted,  // request && ready
    output logic live,  // not cancelled
    output logic run_end,
    output logic done,  // the run ended, and was not cancelled
    output logic [63:0] burst_address,  // of the burst in flight: its first byte and its bytes
    output logic [11:0] burst_size,
    output logic [7:0] length,  // AxLEN
    output logic [7:0] strobes,
    output logic [31:0] offset  // of byte lane 0 from the run's first byte; wraps below 0 in an unaligned first beat
);
  logic [31:0] remaining, at;
  logic first, cancelled;

  assign burst_size = axi_burst_pkg::burst_bytes(burst_address[11:0], remaining);
  assign length = axi_burst_pkg::burst_length(burst_address[2:0], burst_size);
  wire [2:0] end_lane = burst_address[2:0] + burst_size[2:0] - 3'd1;
  assign strobes = axi_burst_pkg::lanes(first ? burst_address[2:0] : 3'd0, last ? end_lane : 3'd7);
  assign offset = at;

  assign live = !cancelled && !cancel;
  assign run_end = burst_end && (error || remaining == {20'd0, burst_size} || !live);
  assign ready = (!busy || run_end) && !cancel;
  assign done = run_end && live;
  assign accepted = request && ready;

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      burst_address <= 64'd0;
      remaining <= 32'd0;
      at <= 32'd0;
      first <= 1'b0;
      cancelled <= 1'b0;
    end else begin
      if (cancel && busy) cancelled <= 1'b1;
      if (asked) first <= 1'b1;
      else if (beat) first <= 1'b0;
      if (move) at <= at + 32'd8;
      if (burst_end) begin
        // The next burst starts at a lane of its own only after a page's end, which is a beat's end, too.
        burst_address <= burst_address + {52'd0, burst_size};
        remaining <= remaining - {20'd0, burst_size};
      end
      if (ready) begin
        cancelled <= 1'b0;
        if (request) begin
          burst_address <= address;
          remaining <= bytes;
          at <= 32'd0 - {29'd0, address[2:0]};
        end
      end
    end
  end
endmodule
