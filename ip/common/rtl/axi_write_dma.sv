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
  logic [7:0] left;  // beats after the one on the bus
  logic accepted, run_end;

  assign awaddr = burst_address;
  assign awvalid = state == ASK;
  assign wvalid = state == SEND;
  assign wlast = left == 8'd0;
  assign bready = state == ANSWER;
  assign busy = state != IDLE;

  wire unused = &{1'b0, bresp[0]};  // EXOKAY never comes: nothing is exclusive
  wire sent = wvalid && wready;
  wire burst_end = bvalid && bready;
  assign wdata = data;
  // The next beat is fetched while the one before it is taken, the first while the address is.
  assign fetch = (awvalid && awready) || sent;
  assign failed = bresp[1];
  /* verilator lint_off PINCONNECTEMPTY */
  axi_bursts bursts (
      .clk, .rst_n, .cancel, .request, .ready, .address, .bytes, .busy, .asked(awvalid && awready), .beat(sent), .last(wlast),
      .move(fetch && !(sent && wlast)), .burst_end, .error(bresp[1]), .accepted, .live(), .run_end, .done,
      .burst_address, .burst_size, .length(awlen), .strobes(wstrb), .offset);
  /* verilator lint_on PINCONNECTEMPTY */

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      state <= IDLE;
      left <= 8'd0;
    end else begin
      unique case (state)
        ASK:
        if (awready) begin
          state <= SEND;
          left <= awlen;
        end
        SEND:
        if (wready) begin
          left <= left - 8'd1;
          if (wlast) state <= ANSWER;
        end
        ANSWER: if (bvalid) state <= run_end ? IDLE : ASK;
        default: ;
      endcase
      if (accepted) state <= ASK;
    end
  end
endmodule
