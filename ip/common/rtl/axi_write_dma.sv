// Stores runs of bytes over an AXI4 manager's write channels, one burst after the other. The bytes come from a memory whose
// read port gives, a cycle after `fetch`, the 8 bytes from any byte address on: one beat a cycle when the bus takes them.
module axi_write_dma (
    input logic clk,
    input logic rst_n,
    input logic cancel,  // end after the burst in flight; no done

    input logic request,  // a run of `bytes` > 0 at `address`, taken when ready
    output logic ready,
    input logic [63:0] address,
    input logic [31:0] bytes,

    output logic fetch,
    output logic [31:0] offset,  // of byte lane 0 from the run's first byte; wraps below 0 in an unaligned first beat
    input logic [63:0] data,  // a cycle after fetch, until the next one
    output logic done,  // with the response to the run's last burst, or with one that says error
    output logic failed,
    output logic [63:0] burst_address,
    output logic [11:0] burst_size,
    output logic busy,

    output logic [63:0] awaddr,
    output logic [7:0] awlen,
    output logic awvalid,
    input logic awready,
    output logic [63:0] wdata,
    output logic [7:0] wstrb,
    output logic wlast,
    output logic wvalid,
    input logic wready,
    input logic [1:0] bresp,
    input logic bvalid,
    output logic bready
);
  typedef enum logic [1:0] {IDLE, ASK, SEND, ANSWER} state_e;
  state_e state;
  logic [31:0] remaining, at;
  logic [7:0] left;  // beats after the one on the bus
  logic first, cancelled;

  assign burst_size = axi_burst_pkg::burst_bytes(burst_address[11:0], remaining);
  assign awaddr = burst_address;
  assign awlen = axi_burst_pkg::burst_length(burst_address[2:0], burst_size);
  assign awvalid = state == ASK;
  assign wvalid = state == SEND;
  assign wlast = left == 8'd0;
  assign bready = state == ANSWER;
  assign busy = state != IDLE;

  wire unused = &{1'b0, bresp[0]};  // EXOKAY never comes: nothing is exclusive
  wire sent = wvalid && wready;
  wire [2:0] end_lane = burst_address[2:0] + burst_size[2:0] - 3'd1;
  wire run_end = bvalid && bready && (bresp[1] || remaining == {20'd0, burst_size} || cancelled || cancel);

  assign wdata = data;
  assign wstrb = axi_burst_pkg::lanes(first ? burst_address[2:0] : 3'd0, wlast ? end_lane : 3'd7);
  // The next beat is fetched while the one before it is taken, the first while the address is.
  assign fetch = (awvalid && awready) || sent;
  assign offset = at;
  assign ready = (state == IDLE || run_end) && !cancel;
  assign done = run_end && !cancelled && !cancel;
  assign failed = bresp[1];

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      state <= IDLE;
      burst_address <= 64'd0;
      remaining <= 32'd0;
      at <= 32'd0;
      left <= 8'd0;
      first <= 1'b0;
      cancelled <= 1'b0;
    end else begin
      if (cancel && busy) cancelled <= 1'b1;
      if (fetch && !(sent && wlast)) at <= at + 32'd8;
      unique case (state)
        ASK:
        if (awready) begin
          state <= SEND;
          first <= 1'b1;
          left <= awlen;
        end
        SEND:
        if (wready) begin
          first <= 1'b0;
          left <= left - 8'd1;
          if (wlast) state <= ANSWER;
        end
        ANSWER:
        if (bvalid) begin
          burst_address <= burst_address + {52'd0, burst_size};
          remaining <= remaining - {20'd0, burst_size};
          state <= run_end ? IDLE : ASK;
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
