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

  // A queue of one word a channel. A write acts when its address, its data and room for its answer are there.
  logic address_held, data_held, answer_room, reading, data_room;
  logic [3:0] strobes;
  wire act = address_held && data_held && answer_room;
  wire whole_word = write_address[1:0] == 2'd0 && strobes == 4'hf;
  wire [1:0] write_answer = !whole_word ? SLVERR : !write_defined ? DECERR : OKAY;
  fifo #(.WIDTH(16), .DEPTH(1)) write_addresses (
      .clk, .rst_n, .in_valid(awvalid), .in_ready(awready), .in(awaddr), .out_valid(address_held), .out_ready(act),
      .out(write_address));
  fifo #(.WIDTH(36), .DEPTH(1)) write_words (
      .clk, .rst_n, .in_valid(wvalid), .in_ready(wready), .in({wdata, wstrb}), .out_valid(data_held), .out_ready(act),
      .out({write_data, strobes}));
  fifo #(.WIDTH(2), .DEPTH(1)) write_answers (
      .clk, .rst_n, .in_valid(act), .in_ready(answer_room), .in(write_answer), .out_valid(bvalid), .out_ready(bready),
      .out(bresp));
  assign write = act && whole_word && write_defined;

  wire [1:0] read_answer = read_address[1:0] != 2'd0 ? SLVERR : !read_defined ? DECERR : OKAY;
  fifo #(.WIDTH(16), .DEPTH(1)) read_addresses (
      .clk, .rst_n, .in_valid(arvalid), .in_ready(arready), .in(araddr), .out_valid(reading), .out_ready(data_room),
      .out(read_address));
  fifo #(.WIDTH(34), .DEPTH(1)) read_words (
      .clk, .rst_n, .in_valid(reading), .in_ready(data_room), .in({read ? read_data : 32'd0, read_answer}),
      .out_valid(rvalid), .out_ready(rready), .out({rdata, rresp}));
  assign read = reading && data_room && read_address[1:0] == 2'd0 && read_defined;
  assign busy = awvalid || wvalid || arvalid || address_held || data_held || bvalid || reading || rvalid;
endmodule
