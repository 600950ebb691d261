// FIR filter of 8 taps behind AXI4-Lite: an example of a block that brings its own RTL and nothing else.
// One multiplier: a sample takes 8 cycles. A read of RESULT, COUNT or STATUS waits until the filter is done.
module fir (
  input  wire        clk,
  input  wire        rst_n,

  input  wire [7:0]  s_axil_awaddr,
  input  wire [2:0]  s_axil_awprot,
  input  wire        s_axil_awvalid,
  output wire        s_axil_awready,
  input  wire [31:0] s_axil_wdata,
  input  wire [3:0]  s_axil_wstrb,
  input  wire        s_axil_wvalid,
  output wire        s_axil_wready,
  output reg  [1:0]  s_axil_bresp,
  output reg         s_axil_bvalid,
  input  wire        s_axil_bready,
  input  wire [7:0]  s_axil_araddr,
  input  wire [2:0]  s_axil_arprot,
  input  wire        s_axil_arvalid,
  output wire        s_axil_arready,
  output reg  [31:0] s_axil_rdata,
  output reg  [1:0]  s_axil_rresp,
  output reg         s_axil_rvalid,
  input  wire        s_axil_rready,

  output wire        irq,
  output wire        active
);

  localparam [1:0] OKAY = 2'b00, DECERR = 2'b11;
  localparam [7:0] ID = 8'h00, VERSION = 8'h04, CTRL = 8'h08, STATUS = 8'h0c, IRQ_ENABLE = 8'h10, LIMIT = 8'h14,
                   SAMPLE = 8'h18, RESULT = 8'h1c, COUNT = 8'h20, TAP = 8'h40;

  reg signed [15:0] taps [0:7];
  reg signed [15:0] line [0:7];   // line[0] is the newest sample
  reg signed [31:0] sum;
  reg signed [31:0] result;
  reg        [31:0] count;
  reg        [30:0] limit;
  reg        [3:0]  index;        // of the next tap; 8 when idle
  reg               over, over_enable;

  wire busy = index != 4'd8;
  assign irq = over && over_enable;
  assign active = busy || s_axil_bvalid || s_axil_rvalid;

  // A write is taken when address and data are there and no answer waits.
  wire write = s_axil_awvalid && s_axil_wvalid && !s_axil_bvalid && !busy;
  assign s_axil_awready = write;
  assign s_axil_wready = write;
  wire read = s_axil_arvalid && !s_axil_rvalid && !busy;
  assign s_axil_arready = read;

  wire [7:0] waddr = s_axil_awaddr;
  wire [7:0] raddr = s_axil_araddr;
  wire wtap = waddr[7:5] == TAP[7:5];
  wire rtap = raddr[7:5] == TAP[7:5];
  wire clear = write && waddr == CTRL && s_axil_wdata[0];

  wire signed [31:0] product = taps[index[2:0]] * line[index[2:0]];
  wire signed [31:0] total = sum + product;
  wire [31:0] magnitude = total[31] ? -total : total;
  integer i;

  always @(posedge clk) begin
    if (!rst_n) begin
      s_axil_bvalid <= 1'b0;
      s_axil_bresp <= OKAY;
    end else if (write) begin
      s_axil_bvalid <= 1'b1;
      s_axil_bresp <= (waddr <= COUNT || wtap) && waddr[1:0] == 2'b00 ? OKAY : DECERR;
    end else if (s_axil_bready) begin
      s_axil_bvalid <= 1'b0;
    end
  end

  always @(posedge clk) begin
    if (!rst_n) begin
      limit <= 31'h7fffffff;
      over_enable <= 1'b0;
      for (i = 0; i < 8; i = i + 1) taps[i] <= 16'd0;
    end else if (write) begin
      if (waddr == LIMIT) limit <= s_axil_wdata[30:0];
      if (waddr == IRQ_ENABLE) over_enable <= s_axil_wdata[0];
      if (wtap) taps[waddr[4:2]] <= s_axil_wdata[15:0];
    end
  end

  always @(posedge clk) begin
    if (!rst_n || clear) begin
      for (i = 0; i < 8; i = i + 1) line[i] <= 16'd0;
      sum <= 32'd0;
      result <= 32'd0;
      count <= 32'd0;
      index <= 4'd8;
      over <= 1'b0;
    end else begin
      if (write && waddr == SAMPLE) begin
        line[0] <= s_axil_wdata[15:0];
        for (i = 1; i < 8; i = i + 1) line[i] <= line[i - 1];
        sum <= 32'd0;
        index <= 4'd0;
      end
      if (write && waddr == STATUS && s_axil_wdata[0]) over <= 1'b0;
      if (busy) begin
        sum <= total;
        index <= index + 4'd1;
        if (index == 4'd7) begin
          result <= total;
          count <= count + 32'd1;
          if (magnitude > {1'b0, limit}) over <= 1'b1;
        end
      end
    end
  end

  always @(posedge clk) begin
    if (!rst_n) begin
      s_axil_rvalid <= 1'b0;
      s_axil_rresp <= OKAY;
      s_axil_rdata <= 32'd0;
    end else if (read) begin
      s_axil_rvalid <= 1'b1;
      s_axil_rresp <= OKAY;
      case (raddr)
        ID: s_axil_rdata <= 32'h38524946;       // "FIR8"
        VERSION: s_axil_rdata <= 32'h00010000;
        CTRL, SAMPLE: s_axil_rdata <= 32'd0;
        STATUS: s_axil_rdata <= {31'd0, over};
        IRQ_ENABLE: s_axil_rdata <= {31'd0, over_enable};
        LIMIT: s_axil_rdata <= {1'b0, limit};
        RESULT: s_axil_rdata <= result;
        COUNT: s_axil_rdata <= count;
        default: begin
          s_axil_rdata <= rtap ? {16'd0, taps[raddr[4:2]]} : 32'd0;
          s_axil_rresp <= rtap ? OKAY : DECERR;
        end
      endcase
    end else if (s_axil_rready) begin
      s_axil_rvalid <= 1'b0;
    end
  end

  wire unused = &{1'b0, s_axil_awprot, s_axil_arprot, s_axil_wstrb, s_axil_wdata[31], 1'b0};
endmodule
