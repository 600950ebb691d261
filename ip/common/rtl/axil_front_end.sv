// AXI4-Lite subordinate in front of a generated register file.
//
// One write and one read at a time, independent of each other. A transfer that is not an aligned 32-bit word with all
// strobes is answered SLVERR, an address without a register DECERR; neither reaches the registers.
module axil_front_end (
    input logic clk,
    input logic rst_n,

    input logic [15:0] awaddr,
    input logic awvalid,
    output logic awready,
    input logic [31:0] wdata,
    input logic [3:0] wstrb,
    input logic wvalid,
    output logic wready,
    output logic [1:0] bresp,
    output logic bvalid,
    input logic bready,
    input logic [15:0] araddr,
    input logic arvalid,
    output logic arready,
    output logic [31:0] rdata,
    output logic [1:0] rresp,
    output logic rvalid,
    input logic rready,

    output logic write,
    output logic [15:0] write_address,
    output logic [31:0] write_data,
    input logic write_defined,
    output logic read,
    output logic [15:0] read_address,
    input logic [31:0] read_data,
    input logic read_defined,
    output logic busy
);
  localparam logic [1:0] OKAY = 2'b00, SLVERR = 2'b10, DECERR = 2'b11;

  logic address_held, data_held, whole_word, reading;
  logic [3:0] strobes;

  assign awready = !address_held;
  assign wready = !data_held;
  assign whole_word = write_address[1:0] == 2'd0 && strobes == 4'hf;
  // The response channel is free: the write acts and is answered in this cycle.
  wire act = address_held && data_held && !bvalid;
  assign write = act && whole_word && write_defined;

  assign arready = !reading && !rvalid;
  assign read = reading && read_address[1:0] == 2'd0 && read_defined;
  assign busy = awvalid || wvalid || arvalid || address_held || data_held || bvalid || reading || rvalid;

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      address_held <= 1'b0;
      data_held <= 1'b0;
      bvalid <= 1'b0;
      bresp <= OKAY;
      reading <= 1'b0;
      rvalid <= 1'b0;
      rresp <= OKAY;
      rdata <= 32'd0;
      write_address <= 16'd0;
      write_data <= 32'd0;
      strobes <= 4'd0;
      read_address <= 16'd0;
    end else begin
      if (awvalid && awready) begin
        address_held <= 1'b1;
        write_address <= awaddr;
      end
      if (wvalid && wready) begin
        data_held <= 1'b1;
        write_data <= wdata;
        strobes <= wstrb;
      end
      if (act) begin
        address_held <= 1'b0;
        data_held <= 1'b0;
        bvalid <= 1'b1;
        bresp <= !whole_word ? SLVERR : !write_defined ? DECERR : OKAY;
      end else if (bready) bvalid <= 1'b0;

      if (arvalid && arready) begin
        reading <= 1'b1;
        read_address <= araddr;
      end
      if (reading) begin
        reading <= 1'b0;
        rvalid <= 1'b1;
        rdata <= read ? read_data : 32'd0;
        rresp <= read_address[1:0] != 2'd0 ? SLVERR : !read_defined ? DECERR : OKAY;
      end else if (rready) rvalid <= 1'b0;
    end
  end
endmodule
