// Fetches runs of bytes over an AXI4 manager's read channels, one burst after the other: the model's DMA (platform/accel)
// waits for a burst before it asks for the next, and so does this. Beats come out as they arrive; there is no back-pressure.
module axi_read_dma (
    input logic clk,
    input logic rst_n,
    input logic cancel,  // end after the burst in flight; no done

    input logic request,  // a run of `bytes` > 0 at `address`, taken when ready
    output logic ready,
    input logic [63:0] address,
    input logic [31:0] bytes,

    output logic beat,
    output logic [63:0] data,
    output logic [7:0] strobes,
    output logic [31:0] offset,  // of byte lane 0 from the run's first byte; wraps below 0 in an unaligned first beat
    output logic done,  // with the run's last beat, or with the last beat of a burst that was answered with an error
    output logic failed,
    output logic [63:0] burst_address,  // of the burst in flight: its first byte and its bytes
    output logic [11:0] burst_size,
    output logic busy,

    output logic [63:0] araddr,
    output logic [7:0] arlen,
    output logic arvalid,
    input logic arready,
    input logic [63:0] rdata,
    input logic [1:0] rresp,
    input logic rlast,
    input logic rvalid,
    output logic rready
);
  typedef enum logic [1:0] {IDLE, ASK, TAKE} state_e;
  state_e state;
  logic [31:0] remaining, at;
  logic error, first, cancelled;

  assign burst_size = axi_burst_pkg::burst_bytes(burst_address[11:0], remaining);
  assign araddr = burst_address;
  assign arlen = axi_burst_pkg::burst_length(burst_address[2:0], burst_size);
  assign arvalid = state == ASK;
  assign rready = state == TAKE;
  assign busy = state != IDLE;

  wire unused = &{1'b0, rresp[0]};  // EXOKAY never comes: nothing is exclusive
  wire taken = rvalid && rready;
  wire burst_end = taken && rlast;
  wire error_now = error || rresp[1];
  wire run_end = burst_end && (error_now || remaining == {20'd0, burst_size} || cancelled || cancel);
  wire [2:0] end_lane = burst_address[2:0] + burst_size[2:0] - 3'd1;

  assign ready = (state == IDLE || run_end) && !cancel;
  assign beat = taken && !cancelled && !cancel;
  assign data = rdata;
  assign strobes = axi_burst_pkg::lanes(first ? burst_address[2:0] : 3'd0, rlast ? end_lane : 3'd7);
  assign offset = at;
  assign done = run_end && !cancelled && !cancel;
  assign failed = error_now;

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      state <= IDLE;
      burst_address <= 64'd0;
      remaining <= 32'd0;
      at <= 32'd0;
      error <= 1'b0;
      first <= 1'b0;
      cancelled <= 1'b0;
    end else begin
      if (cancel && busy) cancelled <= 1'b1;
      unique case (state)
        ASK: begin
          first <= 1'b1;
          error <= 1'b0;
          if (arready) state <= TAKE;
        end
        TAKE:
        if (taken) begin
          first <= 1'b0;
          error <= error_now;
          at <= at + 32'd8;
          if (rlast) begin
            burst_address <= burst_address + {52'd0, burst_size};
            remaining <= remaining - {20'd0, burst_size};
            // The next burst starts at a lane of its own only after a page's end, which is a beat's end, too.
            state <= run_end ? IDLE : ASK;
          end
        end
        default: ;
      endcase
      if (ready) begin
        cancelled <= 1'b0;
        if (request) begin
          state <= ASK;
          burst_address <= address;
          remaining <= bytes;
          at <= 32'd0 - {29'd0, address[2:0]};
        end
      end
    end
  end
endmodule
