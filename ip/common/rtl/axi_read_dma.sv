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
  logic error, accepted, live, run_end;

  assign araddr = burst_address;
  assign arvalid = state == ASK;
  assign rready = state == TAKE;
  assign busy = state != IDLE;

  wire unused = &{1'b0, rresp[0]};  // EXOKAY never comes: nothing is exclusive
  wire taken = rvalid && rready;
  wire burst_end = taken && rlast;
  wire error_now = error || rresp[1];
  assign beat = taken && live;
  assign data = rdata;
  assign failed = error_now;
  axi_bursts bursts (
      .clk, .rst_n, .cancel, .request, .ready, .address, .bytes, .busy, .asked(arvalid && arready), .beat(taken), .last(rlast),
      .move(taken), .burst_end, .error(error_now), .accepted, .live, .run_end, .done, .burst_address, .burst_size,
      .length(arlen), .strobes, .offset);

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      state <= IDLE;
      error <= 1'b0;
    end else begin
      unique case (state)
        ASK: begin
          error <= 1'b0;
          if (arready) state <= TAKE;
        end
        TAKE:
        if (taken) begin
          error <= error_now;
          if (rlast) state <= run_end ? IDLE : ASK;
        end
        default: ;
      endcase
      if (accepted) state <= ASK;
    end
  end
endmodule
