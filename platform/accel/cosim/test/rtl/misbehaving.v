// A block that does right until MODE says otherwise: every way of hanging and of breaking AXI that tests need.
module misbehaving (
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
  output wire [1:0]  s_axil_bresp,
  output reg         s_axil_bvalid,
  input  wire        s_axil_bready,
  input  wire [7:0]  s_axil_araddr,
  input  wire [2:0]  s_axil_arprot,
  input  wire        s_axil_arvalid,
  output wire        s_axil_arready,
  output reg  [31:0] s_axil_rdata,
  output wire [1:0]  s_axil_rresp,
  output reg         s_axil_rvalid,
  input  wire        s_axil_rready,

  output wire        m_axi_awid,
  output wire [31:0] m_axi_awaddr,
  output wire [7:0]  m_axi_awlen,
  output wire [2:0]  m_axi_awsize,
  output wire [1:0]  m_axi_awburst,
  output reg         m_axi_awvalid,
  input  wire        m_axi_awready,
  output wire [63:0] m_axi_wdata,
  output wire [7:0]  m_axi_wstrb,
  output wire        m_axi_wlast,
  output wire        m_axi_wvalid,
  input  wire        m_axi_wready,
  input  wire        m_axi_bid,
  input  wire [1:0]  m_axi_bresp,
  input  wire        m_axi_bvalid,
  output wire        m_axi_bready,
  output wire        m_axi_arid,
  output wire [31:0] m_axi_araddr,
  output wire [7:0]  m_axi_arlen,
  output wire [2:0]  m_axi_arsize,
  output wire [1:0]  m_axi_arburst,
  output reg         m_axi_arvalid,
  input  wire        m_axi_arready,
  input  wire        m_axi_rid,
  input  wire [63:0] m_axi_rdata,
  input  wire [1:0]  m_axi_rresp,
  input  wire        m_axi_rlast,
  input  wire        m_axi_rvalid,
`ifndef WITHOUT_RREADY
  output wire        m_axi_rready,
`endif
  output wire        irq,
  output wire        active
);
  localparam [3:0] NO_AWREADY = 1, NO_BVALID = 2, NO_ARREADY = 3, NO_RVALID = 4, RVALID_FALLS = 5, STOPS = 6,
                   CROSSES_4K = 7, NO_WVALID = 8, NO_RREADY = 9;
  reg [3:0] mode;
  reg [31:0] forgotten;
  reg [31:0] scratch;
  reg answering;

  assign irq = scratch == 32'h17;
  assign active = s_axil_bvalid || s_axil_rvalid || m_axi_arvalid || m_axi_awvalid;
  assign s_axil_bresp = 2'b00;
  assign s_axil_rresp = 2'b00;
  wire write = s_axil_awvalid && s_axil_wvalid && !s_axil_bvalid && mode != NO_AWREADY;
  assign s_axil_awready = write;
  assign s_axil_wready = write;
  assign s_axil_arready = !s_axil_rvalid && mode != NO_ARREADY;

  assign m_axi_awid = 1'b0;
  assign m_axi_awaddr = 32'h1000;
  assign m_axi_awlen = 8'd3;
  assign m_axi_awsize = 3'd3;
  assign m_axi_awburst = 2'b01;
  assign m_axi_wdata = 64'd0;
  assign m_axi_wstrb = 8'hff;
  assign m_axi_wlast = 1'b0;
  assign m_axi_wvalid = 1'b0;
  assign m_axi_bready = 1'b1;
  assign m_axi_arid = 1'b0;
  assign m_axi_araddr = mode == CROSSES_4K ? 32'h1ff8 : 32'h1000;
  assign m_axi_arlen = 8'd1;
  assign m_axi_arsize = 3'd3;
  assign m_axi_arburst = 2'b01;
`ifndef WITHOUT_RREADY
  assign m_axi_rready = 1'b0;
`endif

  always @(posedge clk) begin
    if (!rst_n) begin
      mode <= 4'd0;
      scratch <= 32'd0;
      s_axil_bvalid <= 1'b0;
      s_axil_rvalid <= 1'b0;
      answering <= 1'b0;
      m_axi_arvalid <= 1'b0;
      m_axi_awvalid <= 1'b0;
    end else begin
      if (s_axil_bready) s_axil_bvalid <= 1'b0;
      if (write) begin
        s_axil_bvalid <= mode != NO_BVALID;
        if (s_axil_awaddr == 8'h08) begin
          mode <= s_axil_wdata[3:0];
          m_axi_arvalid <= s_axil_wdata[3:0] == CROSSES_4K || s_axil_wdata[3:0] == NO_RREADY;
          m_axi_awvalid <= s_axil_wdata[3:0] == NO_WVALID;
          if (s_axil_wdata[3:0] == STOPS) $stop;
        end
        if (s_axil_awaddr == 8'h10) scratch <= s_axil_wdata;
      end
      if (m_axi_arvalid && m_axi_arready) m_axi_arvalid <= 1'b0;
      if (m_axi_awvalid && m_axi_awready) m_axi_awvalid <= 1'b0;
      if (s_axil_rvalid && s_axil_rready) s_axil_rvalid <= 1'b0;
      if (mode == RVALID_FALLS) s_axil_rvalid <= !s_axil_rvalid && s_axil_arvalid;
      else if (s_axil_arvalid && s_axil_arready && mode != NO_RVALID) begin
        s_axil_rvalid <= 1'b1;
        case (s_axil_araddr)
          8'h00: s_axil_rdata <= 32'h21444142;
          8'h04: s_axil_rdata <= 32'h00010002;
          8'h08: s_axil_rdata <= {28'd0, mode};
          8'h0c: s_axil_rdata <= forgotten;
          default: s_axil_rdata <= scratch;
        endcase
      end
    end
    if (s_axil_awaddr == 8'hff) forgotten <= s_axil_wdata;  // never, from here
  end
endmodule
