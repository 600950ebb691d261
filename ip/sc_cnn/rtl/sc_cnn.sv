// SC-CNN core: the block of ip/sc_cnn/tlm in hardware, with the same registers, jobs, errors and bits. README.md, "RTL".
module sc_cnn #(
    parameter int unsigned OPERAND_BITS = 8,  // N, 4 to 10
    parameter int unsigned BIT_PARALLEL = 8,  // b, 2 to 32 and at most 2^(N-1): a power of two
    parameter int unsigned LANES = 16,  // p, a power of two from 4 on
    parameter int unsigned MVMS = 16,  // T_M, a power of two
    parameter int unsigned ACC_MAX = 16,  // N to 20
    parameter bit ZERO_SKIP = 1,
    parameter int unsigned REQUANTISERS = 4,  // a power of two, at most p and 8 bytes
    parameter int unsigned INPUT_BUFFER = 65536,  // bytes
    parameter int unsigned WEIGHT_BUFFER = 65536,
    parameter int unsigned OUTPUT_BUFFER = 16384
) (
    input logic clk,
    input logic rst_n,  // synchronous
    output logic irq,
    output logic active,  // something is under way: a job, a register access, a burst

    input logic [15:0] s_axil_awaddr,
    input logic [2:0] s_axil_awprot,
    input logic s_axil_awvalid,
    output logic s_axil_awready,
    input logic [31:0] s_axil_wdata,
    input logic [3:0] s_axil_wstrb,
    input logic s_axil_wvalid,
    output logic s_axil_wready,
    output logic [1:0] s_axil_bresp,
    output logic s_axil_bvalid,
    input logic s_axil_bready,
    input logic [15:0] s_axil_araddr,
    input logic [2:0] s_axil_arprot,
    input logic s_axil_arvalid,
    output logic s_axil_arready,
    output logic [31:0] s_axil_rdata,
    output logic [1:0] s_axil_rresp,
    output logic s_axil_rvalid,
    input logic s_axil_rready,

    output logic [3:0] m_axi_awid,
    output logic [63:0] m_axi_awaddr,
    output logic [7:0] m_axi_awlen,
    output logic [2:0] m_axi_awsize,
    output logic [1:0] m_axi_awburst,
    output logic m_axi_awvalid,
    input logic m_axi_awready,
    output logic [63:0] m_axi_wdata,
    output logic [7:0] m_axi_wstrb,
    output logic m_axi_wlast,
    output logic m_axi_wvalid,
    input logic m_axi_wready,
    input logic [3:0] m_axi_bid,
    input logic [1:0] m_axi_bresp,
    input logic m_axi_bvalid,
    output logic m_axi_bready,
    output logic [3:0] m_axi_arid,
    output logic [63:0] m_axi_araddr,
    output logic [7:0] m_axi_arlen,
    output logic [2:0] m_axi_arsize,
    output logic [1:0] m_axi_arburst,
    output logic m_axi_arvalid,
    input logic m_axi_arready,
    input logic [3:0] m_axi_rid,
    input logic [63:0] m_axi_rdata,
    input logic [1:0] m_axi_rresp,
    input logic m_axi_rlast,
    input logic m_axi_rvalid,
    output logic m_axi_rready
);
  // ---- registers ----
  logic write, write_defined, read, read_defined, register_busy;
  logic [15:0] write_address, read_address;
  logic [31:0] write_data, read_data;
  layer_core_registers_pkg::status_t shared_status;
  layer_core_registers_pkg::control_t shared_control;
  layer_core_registers_pkg::config_t shared_shadow;
  sc_cnn_registers_pkg::status_t status;
  sc_cnn_registers_pkg::config_t shadow, job;

  axil_front_end front_end (
      .clk, .rst_n,
      .awaddr(s_axil_awaddr), .awvalid(s_axil_awvalid), .awready(s_axil_awready),
      .wdata(s_axil_wdata), .wstrb(s_axil_wstrb), .wvalid(s_axil_wvalid), .wready(s_axil_wready),
      .bresp(s_axil_bresp), .bvalid(s_axil_bvalid), .bready(s_axil_bready),
      .araddr(s_axil_araddr), .arvalid(s_axil_arvalid), .arready(s_axil_arready),
      .rdata(s_axil_rdata), .rresp(s_axil_rresp), .rvalid(s_axil_rvalid), .rready(s_axil_rready),
      .write, .write_address, .write_data, .write_defined, .read, .read_address, .read_data, .read_defined,
      .busy(register_busy));
  sc_cnn_registers registers (
      .clk, .rst_n, .clear(shared_control.ctrl_reset), .write, .write_address, .write_data, .write_defined, .read,
      .read_address, .read_data, .read_defined, .shared_status, .shared_control, .shared_shadow, .status, .shadow);
  assign status.caps_arithmetic_operand_bits = 4'(OPERAND_BITS);
  assign status.caps_arithmetic_bit_parallel = 6'(BIT_PARALLEL);
  assign status.caps_arithmetic_acc_max = 5'(ACC_MAX);
  assign status.caps_arithmetic_zero_skip = ZERO_SKIP;
  assign status.caps_arithmetic_fifo = 1'b0;

  // ---- all but the arithmetic ----
  localparam int unsigned CONFIG_BITS = layer_core_registers_pkg::CONFIG_BITS + sc_cnn_registers_pkg::CONFIG_BITS;
  logic [CONFIG_BITS-1:0] configuration;
  logic core_active, own_broken, engine_rst_n, fully_connected, clear, held, held_group_last, load, drop, array_idle;
  logic [15:0] map_count;
  logic [MVMS*OPERAND_BITS-1:0] shared;
  logic [MVMS*LANES*OPERAND_BITS-1:0] entry;
  logic [MVMS*LANES-1:0] takes, clamped;
  logic [MVMS*LANES*ACC_MAX-1:0] accumulators;
  layer_pkg::fault_t own_fault;
  wire [3:0] dropped = 4'(32'(OPERAND_BITS) - job.weight_bits);
  assign job = configuration[sc_cnn_registers_pkg::CONFIG_BITS-1:0];
  assign active = core_active || register_busy;
  wire unused = &{1'b0, s_axil_awprot, s_axil_arprot, configuration[CONFIG_BITS-1-:layer_core_registers_pkg::CONFIG_BITS]};
  sc_cnn_check #(.OPERAND_BITS(OPERAND_BITS), .ACC_MAX(ACC_MAX), .ZERO_SKIP(ZERO_SKIP)) check (
      .job, .broken(own_broken), .fault(own_fault));
  layer_core #(
      .CONFIG_BITS(CONFIG_BITS), .OPERAND_BITS(OPERAND_BITS), .LANES(LANES), .MVMS(MVMS), .ACC_BITS(ACC_MAX),
      .UNIT_BITS(OPERAND_BITS - 2), .REQUANTISERS(REQUANTISERS), .INPUT_BUFFER(INPUT_BUFFER), .WEIGHT_BUFFER(WEIGHT_BUFFER),
      .OUTPUT_BUFFER(OUTPUT_BUFFER)) core (
      .clk, .rst_n, .irq, .active(core_active), .control(shared_control), .status(shared_status),
      .shadow({shared_shadow, shadow}), .configuration, .own_broken, .own_fault, .engine_rst_n, .fully_connected,
      .map_count, .clear, .held, .held_group_last, .shared, .operands(entry), .takes, .load, .drop, .array_idle, .accumulators,
      .unit_shift(dropped), .clamped,
      .m_axi_awid, .m_axi_awaddr, .m_axi_awlen, .m_axi_awsize, .m_axi_awburst, .m_axi_awvalid, .m_axi_awready, .m_axi_wdata,
      .m_axi_wstrb, .m_axi_wlast, .m_axi_wvalid, .m_axi_wready, .m_axi_bid, .m_axi_bresp, .m_axi_bvalid, .m_axi_bready,
      .m_axi_arid, .m_axi_araddr, .m_axi_arlen, .m_axi_arsize, .m_axi_arburst, .m_axi_arvalid, .m_axi_arready, .m_axi_rid,
      .m_axi_rdata, .m_axi_rresp, .m_axi_rlast, .m_axi_rvalid, .m_axi_rready);

  // ---- arithmetic ----
  logic run, array_last;
  logic [MVMS*OPERAND_BITS-1:0] counts;
  logic [MVMS-1:0] negatives;
  logic [MVMS*LANES*OPERAND_BITS-1:0] operands;
  sc_cnn_feed #(.OPERAND_BITS(OPERAND_BITS), .LANES(LANES), .MVMS(MVMS)) feed (
      .clk, .rst_n(engine_rst_n), .fully_connected, .map_count, .dropped, .zero_skip(job.zero_skip[0]), .held,
      .held_group_last, .shared, .entry, .load, .drop, .array_idle, .counts, .negatives, .operands, .run, .array_last);
  sc_cnn_array #(
      .OPERAND_BITS(OPERAND_BITS), .BIT_PARALLEL(BIT_PARALLEL), .LANES(LANES), .MVMS(MVMS), .ACC_MAX(ACC_MAX)) array (
      .clk, .guard_bits(job.guard_bits), .clear, .load, .counts, .negatives, .load_operand(load ? takes : '0), .operands, .run,
      .last(array_last), .accumulators, .clamped);
endmodule
