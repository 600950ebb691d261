// Everything of a block that computes layers but its registers and its arithmetic: job queue, planning, DMA, buffers, address
// generation, post-processing. The block puts its register file in front and its array behind; both are one clock domain.
//
// The array: an entry (layer_fetch) is in `shared` and `operands` while `held`; the array answers `load` when it takes it (the
// lanes named in `takes` load their operand) or `drop`, and says `array_idle` when no entry is left in it after this cycle.
// Accumulators belong to lanes, MVM by MVM, and are complete then.
module layer_core #(
    parameter int unsigned CONFIG_BITS = layer_core_registers_pkg::CONFIG_BITS,  // more when a block has registers of its own
    parameter int unsigned OPERAND_BITS = 8,  // up to 16
    parameter int unsigned LANES = 16,  // p, a power of two from 4 on
    parameter int unsigned MVMS = 16,  // T_M, a power of two
    parameter int unsigned ACC_BITS = 16,  // of an accumulator
    parameter int unsigned UNIT_BITS = 0,  // the most that unit_shift may be
    parameter int unsigned REQUANTISERS = 4,  // a power of two, at most p and 8 bytes
    parameter int unsigned INPUT_BUFFER = 65536,  // bytes
    parameter int unsigned WEIGHT_BUFFER = 65536,
    parameter int unsigned OUTPUT_BUFFER = 16384
) (
    input logic clk,
    input logic rst_n,  // synchronous
    output logic irq,
    output logic active,  // a job, or a burst

    // Registers.
    input layer_core_registers_pkg::control_t control,
    output layer_core_registers_pkg::status_t status,
    input logic [CONFIG_BITS-1:0] shadow,  // layer_core_registers_pkg::config_t, then the block's own registers
    output logic [CONFIG_BITS-1:0] configuration,  // of the job: what START found there
    input logic own_broken,  // the configuration breaks a rule of the block's own registers
    input layer_pkg::fault_t own_fault,

    // Array.
    output logic engine_rst_n,  // what a job leaves behind dies with it
    output logic fully_connected,
    output logic [15:0] map_count,  // of the tile
    output logic clear,  // accumulators to 0
    output logic held,
    output logic held_group_last,
    output logic [MVMS*OPERAND_BITS-1:0] shared,
    output logic [MVMS*LANES*OPERAND_BITS-1:0] operands,
    output logic [MVMS*LANES-1:0] takes,
    input logic load,
    input logic drop,
    input logic array_idle,
    input logic [MVMS*LANES*ACC_BITS-1:0] accumulators,
    input logic [3:0] unit_shift,  // 2^unit_shift units of the bias are one of the accumulators
    input logic [MVMS*LANES-1:0] clamped,  // in this cycle, by the addition to a lane's accumulator

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
  localparam int unsigned EB = OPERAND_BITS <= 8 ? 1 : 2, W = 8 * EB;
  localparam int unsigned INPUT_BITS = $clog2(INPUT_BUFFER), WEIGHT_BITS = $clog2(WEIGHT_BUFFER),
      OUT_BITS = $clog2(OUTPUT_BUFFER), CONSTANT_BITS = $clog2(MVMS * LANES * 8);

  // One burst at a time either way: every transaction has identifier 0. INCR, 8 bytes a beat.
  assign m_axi_awid = 4'd0;
  assign m_axi_arid = 4'd0;
  assign m_axi_awsize = 3'd3;
  assign m_axi_arsize = 3'd3;
  assign m_axi_awburst = 2'b01;
  assign m_axi_arburst = 2'b01;
  wire unused = &{1'b0, m_axi_bid, m_axi_rid};

  assign irq = (control.irq_status_done && control.irq_enable_done) ||
               (control.irq_status_error && control.irq_enable_error) ||
               (control.irq_status_rejected && control.irq_enable_rejected);

  // ---- job queue ----
  logic job_active, queue_launch, finished, broken, waiting, queue_held;
  layer_pkg::fault_t fault, plan_fault, load_fault, store_fault;
  logic plan_broken, load_broken, store_broken;
  logic [15:0] error_code, error_register;
  assign broken = plan_broken || load_broken || store_broken;
  assign fault = plan_broken ? plan_fault : load_broken ? load_fault : store_fault;
  layer_core_registers_pkg::config_t job;
  assign job = configuration[CONFIG_BITS-1-:layer_core_registers_pkg::CONFIG_BITS];
  job_queue #(.CONFIG_BITS(CONFIG_BITS)) queue (
      .clk, .rst_n, .reset(control.ctrl_reset), .flush(control.ctrl_flush), .resume(control.ctrl_resume),
      .start(control.ctrl_start), .shadow, .active(job_active), .launch(queue_launch), .job(configuration), .finished, .broken,
      .broken_code(fault.code), .broken_register(fault.offset), .broken_value(fault.value),
      .broken_address(fault.address), .waiting, .held(queue_held), .set_done(status.irq_status_done_set),
      .set_error(status.irq_status_error_set), .set_rejected(status.irq_status_rejected_set), .error_code,
      .error_register, .error_job(status.error_job), .error_value(status.error_value),
      .error_address({status.error_address_hi, status.error_address_lo}), .job_id(status.job_id),
      .jobs_done(status.jobs_done), .jobs_accepted(status.jobs_accepted), .job_cycles(status.job_cycles));

  // What a job leaves behind dies with it. Bursts that a reset finds on the bus are brought to their end first.
  assign engine_rst_n = rst_n && !control.ctrl_reset && !broken && !finished;
  logic read_busy, write_busy, launch_waits;
  wire launch = (queue_launch || launch_waits) && !read_busy && !write_busy;
  always_ff @(posedge clk) begin
    if (!rst_n || control.ctrl_reset) launch_waits <= 1'b0;
    else if (launch) launch_waits <= 1'b0;
    else if (queue_launch) launch_waits <= 1'b1;
  end
  assign active = job_active || read_busy || write_busy;

  // ---- what the registers show ----
  logic [63:0] saturations, job_saturations;
  logic [31:0] tiles, job_tiles;
  always_ff @(posedge clk) begin
    if (!rst_n || control.ctrl_reset) begin
      job_saturations <= 64'd0;
      job_tiles <= 32'd0;
    end else if (finished) begin
      job_saturations <= saturations;
      job_tiles <= tiles;
    end
  end
  assign status.job_saturations = job_saturations;
  assign status.job_tiles = job_tiles;
  assign status.status_busy = job_active;
  assign status.status_waiting = waiting;
  assign status.status_held = queue_held;
  assign status.status_error = error_code != layer_core_registers_pkg::ACCELERATOR_ERROR_NONE;
  assign status.error_code = error_code;
  assign status.error_register = error_register;
  assign status.fault = error_code >= 16'd16 ? error_code : 16'd0;
  assign status.job_energy_fj = 64'd0;  // hardware does not know: the model's number, never compared
  assign status.caps_waiting_jobs = 4'd1;
  assign status.caps_beat_log2 = 4'd3;
  assign status.caps_address_bits = 8'd64;
  assign status.caps_burst_log2 = 4'd8;
  assign status.caps_array_lanes = 16'(LANES);
  assign status.caps_array_mvms = 16'(MVMS);
  assign status.caps_input_buffer = INPUT_BUFFER;
  assign status.caps_weight_buffer = WEIGHT_BUFFER;
  assign status.caps_output_buffer = OUTPUT_BUFFER;
  assign status.caps_requantisers = REQUANTISERS;

  // ---- planner and control ----
  layer_pkg::geometry_t geometry;
  layer_pkg::tile_t next_tile, load_tile, compute_tile;
  layer_pkg::runs_t store_results;
  logic geometry_valid, tile_valid, tile_take, load_start, load_done, compute_start, compute_done, compute_ready;
  logic store_half, store_start, store_done;
  layer_planner #(
      .OPERAND_BITS(OPERAND_BITS), .LANES(LANES), .MVMS(MVMS), .INPUT_BUFFER(INPUT_BUFFER), .WEIGHT_BUFFER(WEIGHT_BUFFER), .OUTPUT_BUFFER(OUTPUT_BUFFER)) planner (
      .clk, .rst_n(engine_rst_n), .launch, .job, .own_broken, .own_fault, .broken(plan_broken), .fault(plan_fault), .geometry_valid, .geometry,
      .tile_valid, .tile_take, .tile(next_tile));
  layer_control job_control (
      .clk, .rst_n(engine_rst_n), .tile_valid, .next_tile, .tile_take, .load_tile, .load_start, .load_done,
      .compute_tile, .compute_ready, .compute_start, .compute_done, .store_results, .store_half, .store_start,
      .store_done, .finished, .tiles);

  // ---- DMA ----
  logic read_request, read_ready, read_beat, read_done, read_failed;
  logic [63:0] load_address, read_beat_data, read_burst_address;
  logic [31:0] load_bytes, read_offset;
  logic [7:0] read_strobes;
  logic [11:0] read_burst_size;
  axi_read_dma read_dma (
      .clk, .rst_n, .cancel(control.ctrl_reset), .request(read_request), .ready(read_ready), .address(load_address),
      .bytes(load_bytes), .beat(read_beat), .data(read_beat_data), .strobes(read_strobes), .offset(read_offset),
      .done(read_done), .failed(read_failed), .burst_address(read_burst_address), .burst_size(read_burst_size),
      .busy(read_busy), .araddr(m_axi_araddr), .arlen(m_axi_arlen), .arvalid(m_axi_arvalid), .arready(m_axi_arready),
      .rdata(m_axi_rdata), .rresp(m_axi_rresp), .rlast(m_axi_rlast), .rvalid(m_axi_rvalid), .rready(m_axi_rready));
  logic write_request, write_ready, write_fetch, write_done, write_failed;
  logic [63:0] store_address, store_data, write_burst_address;
  logic [31:0] store_bytes, write_offset;
  logic [11:0] write_burst_size;
  axi_write_dma write_dma (
      .clk, .rst_n, .cancel(control.ctrl_reset), .request(write_request), .ready(write_ready), .address(store_address),
      .bytes(store_bytes), .fetch(write_fetch), .offset(write_offset), .data(store_data), .done(write_done),
      .failed(write_failed), .burst_address(write_burst_address), .burst_size(write_burst_size), .busy(write_busy),
      .awaddr(m_axi_awaddr), .awlen(m_axi_awlen), .awvalid(m_axi_awvalid), .awready(m_axi_awready),
      .wdata(m_axi_wdata), .wstrb(m_axi_wstrb), .wlast(m_axi_wlast), .wvalid(m_axi_wvalid), .wready(m_axi_wready),
      .bresp(m_axi_bresp), .bvalid(m_axi_bvalid), .bready(m_axi_bready));

  logic [4:0] load_write;
  /* verilator lint_off UNUSEDSIGNAL */  // as wide as the largest buffer
  logic [24:0] load_place, store_place;
  /* verilator lint_on UNUSEDSIGNAL */
  layer_loader #(.OPERAND_BITS(OPERAND_BITS)) loader (
      .clk, .rst_n(engine_rst_n), .start(load_start), .tile(load_tile), .job, .done(load_done), .broken(load_broken),
      .fault(load_fault), .request(read_request), .ready(read_ready), .address(load_address), .bytes(load_bytes),
      .beat(read_beat), .data(read_beat_data), .strobes(read_strobes), .offset(read_offset), .run_done(read_done),
      .run_failed(read_failed), .burst_address(read_burst_address), .burst_size(read_burst_size), .write(load_write),
      .write_address(load_place));
  layer_storer storer (
      .clk, .rst_n(engine_rst_n), .start(store_start), .results(store_results), .done(store_done),
      .broken(store_broken), .fault(store_fault), .request(write_request), .ready(write_ready),
      .address(store_address), .bytes(store_bytes), .offset(write_offset), .run_done(write_done),
      .run_failed(write_failed), .burst_address(write_burst_address), .burst_size(write_burst_size),
      .read_address(store_place));

  // ---- buffers ----
  logic buffer_read, constant_read;
  logic [LANES*INPUT_BITS-1:0] input_address;
  logic [LANES*W-1:0] input_data;
  logic [MVMS*WEIGHT_BITS-1:0] weight_address;
  logic [MVMS*W-1:0] weight_data;
  scratchpad #(.BYTES(INPUT_BUFFER), .READS(LANES), .READ_BYTES(EB)) input_buffer (
      .clk, .write(load_write[4] ? read_strobes : 8'd0),
      .write_address(INPUT_BITS'(load_place) + (load_tile.input_half ? INPUT_BITS'(INPUT_BUFFER / 2) : '0)),
      .write_data(read_beat_data), .read(buffer_read), .read_address(input_address), .read_data(input_data));
  scratchpad #(.BYTES(WEIGHT_BUFFER), .READS(MVMS), .READ_BYTES(EB)) weight_buffer (
      .clk, .write(load_write[0] ? read_strobes : 8'd0),
      .write_address(WEIGHT_BITS'(load_place) + (load_tile.weight_half ? WEIGHT_BITS'(WEIGHT_BUFFER / 2) : '0)),
      .write_data(read_beat_data), .read(buffer_read), .read_address(weight_address), .read_data(weight_data));

  logic [REQUANTISERS*CONSTANT_BITS-1:0] constant_address;
  logic [3*REQUANTISERS*32-1:0] constants;  // biases, multipliers, shifts
  for (genvar i = 0; i < 3; i++) begin : g_constants
    scratchpad #(.BYTES(MVMS * LANES * 8), .READS(REQUANTISERS), .READ_BYTES(4)) buffer (
        .clk, .write(load_write[1+i] ? read_strobes : 8'd0),
        .write_address(CONSTANT_BITS'(load_place) +
                       (load_tile.parameter_half ? CONSTANT_BITS'(MVMS * LANES * 4) : '0)),
        .write_data(read_beat_data), .read(constant_read), .read_address(constant_address),
        .read_data(constants[i*REQUANTISERS*32+:REQUANTISERS*32]));
  end

  logic [7:0] out_write;
  logic [OUT_BITS-1:0] out_address;
  logic [63:0] out_data;
  scratchpad #(.BYTES(OUTPUT_BUFFER), .READS(1), .READ_BYTES(8)) output_buffer (
      .clk, .write(out_write), .write_address(out_address), .write_data(out_data), .read(write_fetch),
      .read_address(OUT_BITS'(store_place) + (store_half ? OUT_BITS'(OUTPUT_BUFFER / 2) : '0)),
      .read_data(store_data));

  // ---- computation ----
  logic copy, post_free, post_idle;
  logic [LANES-1:0] held_outside;
  logic [$clog2(LANES+1)-1:0] held_group;
  logic [15:0] copy_units;
  logic [24:0] copy_first;
  logic [MVMS*LANES-1:0] lane_used;  // its accumulator belongs to an output
  assign fully_connected = job.kind[0];
  assign map_count = compute_tile.map_count;
  layer_fetch #(
      .OPERAND_BITS(OPERAND_BITS), .LANES(LANES), .MVMS(MVMS), .INPUT_BUFFER(INPUT_BUFFER),
      .WEIGHT_BUFFER(WEIGHT_BUFFER)) fetch (
      .clk, .rst_n(engine_rst_n), .job, .tile(compute_tile), .geometry, .geometry_valid, .placed(compute_ready),
      .start(compute_start), .done(compute_done), .read(buffer_read), .input_address, .weight_address, .clear, .held,
      .held_outside, .held_group, .held_group_last, .load, .drop, .array_idle, .lane_used, .copy, .copy_units, .copy_first,
      .post_free, .post_idle);
  layer_operands #(.OPERAND_BITS(OPERAND_BITS), .LANES(LANES), .MVMS(MVMS)) entry (
      .fully_connected, .held_outside, .held_group, .input_data, .weight_data, .shared, .operands, .takes);
  layer_saturations #(.LANES(LANES), .MVMS(MVMS)) saturation_count (
      .clk, .rst_n(engine_rst_n), .new_job(launch), .clamped, .lane_used, .saturations);
  layer_post #(
      .OPERAND_BITS(OPERAND_BITS), .LANES(LANES), .MVMS(MVMS), .ACC_MAX(ACC_BITS), .UNIT_BITS(UNIT_BITS),
      .REQUANTISERS(REQUANTISERS), .OUTPUT_BUFFER(OUTPUT_BUFFER)) post (
      .clk, .rst_n(engine_rst_n), .job, .tile(compute_tile), .unit_shift, .copy, .copy_units, .copy_first, .accumulators,
      .free(post_free), .idle(post_idle), .read(constant_read), .constant_address,
      .biases(constants[0+:REQUANTISERS*32]), .multipliers(constants[REQUANTISERS*32+:REQUANTISERS*32]),
      .shifts(constants[2*REQUANTISERS*32+:REQUANTISERS*32]), .write(out_write), .write_address(out_address),
      .write_data(out_data));
endmodule
