// MAC array: the block of ip/mac_array/tlm in hardware, with the same registers, jobs, errors and bits; all but the multipliers
// and accumulators is the SC-CNN core's, too. One multiplier a lane (`macs_per_lane: 1`). README.md, "RTL".
module mac_array #(
    parameter int unsigned OPERAND_BITS = 8,  // N, 4 to 16
    parameter int unsigned LANES = 16,  // p, a power of two from 4 on
    parameter int unsigned MVMS = 16,  // T_M, a power of two
    parameter int unsigned ACC_BITS = 32,  // 2N to 48
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
  mac_array_registers_pkg::status_t status;

  axil_front_end front_end (
      .clk, .rst_n,
      .awaddr(s_axil_awaddr), .awvalid(s_axil_awvalid), .awready(s_axil_awready),
      .wdata(s_axil_wdata), .wstrb(s_axil_wstrb), .wvalid(s_axil_wvalid), .wready(s_axil_wready),
      .bresp(s_axil_bresp), .bvalid(s_axil_bvalid), .bready(s_axil_bready),
      .araddr(s_axil_araddr), .arvalid(s_axil_arvalid), .arready(s_axil_arready),
      .rdata(s_axil_rdata), .rresp(s_axil_rresp), .rvalid(s_axil_rvalid), .rready(s_axil_rready),
      .write, .write_address, .write_data, .write_defined, .read, .read_address, .read_data, .read_defined,
      .busy(register_busy));
  mac_array_registers registers (
      .clk, .rst_n, .clear(shared_control.ctrl_reset), .write, .write_address, .write_data, .write_defined, .read,
      .read_address, .read_data, .read_defined, .shared_status, .shared_control, .shared_shadow, .status);
  assign status.caps_arithmetic_operand_bits = 5'(OPERAND_BITS);
  assign status.caps_arithmetic_macs_per_lane = 4'd1;
  assign status.caps_arithmetic_accumulator_bits = 6'(ACC_BITS);

  // ---- all but the arithmetic ----
  logic core_active, engine_rst_n, fully_connected, clear, held, held_group_last;
  logic [15:0] map_count;
  logic [layer_core_registers_pkg::CONFIG_BITS-1:0] configuration;
  logic [MVMS*OPERAND_BITS-1:0] shared;
  logic [MVMS*LANES*OPERAND_BITS-1:0] operands;
  logic [MVMS*LANES-1:0] takes, clamped;
  logic [MVMS*LANES*ACC_BITS-1:0] accumulators;
  assign active = core_active || register_busy;
  wire unused = &{1'b0, s_axil_awprot, s_axil_arprot, fully_connected, map_count, configuration};  // every lane does the same
  layer_core #(
      .OPERAND_BITS(OPERAND_BITS), .LANES(LANES), .MVMS(MVMS), .ACC_BITS(ACC_BITS), .REQUANTISERS(REQUANTISERS),
      .INPUT_BUFFER(INPUT_BUFFER), .WEIGHT_BUFFER(WEIGHT_BUFFER), .OUTPUT_BUFFER(OUTPUT_BUFFER)) core (
      .clk, .rst_n, .irq, .active(core_active), .control(shared_control), .status(shared_status), .shadow(shared_shadow),
      .configuration, .own_broken(1'b0), .own_fault('0), .engine_rst_n, .fully_connected, .map_count, .clear, .held,
      .held_group_last, .shared, .operands, .takes, .load(held), .drop(1'b0), .array_idle(1'b1), .accumulators,
      .unit_shift(4'd0), .clamped,
      .m_axi_awid, .m_axi_awaddr, .m_axi_awlen, .m_axi_awsize, .m_axi_awburst, .m_axi_awvalid, .m_axi_awready, .m_axi_wdata,
      .m_axi_wstrb, .m_axi_wlast, .m_axi_wvalid, .m_axi_wready, .m_axi_bid, .m_axi_bresp, .m_axi_bvalid, .m_axi_bready,
      .m_axi_arid, .m_axi_araddr, .m_axi_arlen, .m_axi_arsize, .m_axi_arburst, .m_axi_arvalid, .m_axi_arready, .m_axi_rid,
      .m_axi_rdata, .m_axi_rresp, .m_axi_rlast, .m_axi_rvalid, .m_axi_rready);

  // ---- arithmetic ----
  mac_mvms #(.OPERAND_BITS(OPERAND_BITS), .LANES(LANES), .MVMS(MVMS), .ACC_BITS(ACC_BITS)) mvms (
      .clk, .rst_n(engine_rst_n), .clear, .held, .held_group_last, .shared, .operands, .takes, .accumulators, .clamped);
endmodule
