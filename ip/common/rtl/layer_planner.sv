// From a job's configuration to its tiles: checks the rules, divides the buffers, and lets layer_tiles describe one tile after
// the other, each ahead of its need. One multiplier and one divider do all the arithmetic, a step a cycle; the number of cycles
// to the first tile does not depend on the job. The tiles are those of ip/common/model/schedule.cpp.
module layer_planner #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned LANES = 16,
    parameter int unsigned MVMS = 16,
    parameter int unsigned INPUT_BUFFER = 65536,
    parameter int unsigned WEIGHT_BUFFER = 65536,
    parameter int unsigned OUTPUT_BUFFER = 16384
) (
    input logic clk,
    input logic rst_n,
    input logic launch,
    input layer_core_registers_pkg::config_t job,
    input logic own_broken,  // a rule of the block's own arithmetic
    input layer_pkg::fault_t own_fault,
    output logic broken,  // with fault: the job may not start
    output layer_pkg::fault_t fault,
    output logic geometry_valid,  // pulse: geometry holds its final value, what a unit advances by apart
    output layer_pkg::geometry_t geometry,
    output logic tile_valid,
    input logic tile_take,
    output layer_pkg::tile_t tile
);
  localparam int unsigned EB = OPERAND_BITS <= 8 ? 1 : 2;
  localparam int unsigned INPUT_ELEMENTS = INPUT_BUFFER / EB, WEIGHT_HALF = WEIGHT_BUFFER / 2 / EB,
      OUTPUT_HALF = OUTPUT_BUFFER / 2 / EB;
  localparam int unsigned LARGEST = WEIGHT_HALF > INPUT_ELEMENTS / 2 ? WEIGHT_HALF : INPUT_ELEMENTS / 2;
  localparam int unsigned LARGER = LARGEST > OUTPUT_HALF ? LARGEST : OUTPUT_HALF;
  localparam int unsigned DIVIDED = LARGER > LANES ? LARGER : LANES;
  localparam int unsigned QUOTIENT = ($clog2(DIVIDED + 1) + 1) / 2 * 2;  // bits; even

  typedef enum logic [4:0] {
    IDLE, CHECK, TAPS_A, TAPS_B, WEIGHTS, MAP_A, MAP_B, STORED_ROW, IN_ROW, SPAN_IN_A, SPAN_IN_B, SPAN_OUT_A, SPAN_OUT_B,
    SPAN_WEIGHTS, FITS_A, REGIONS, FITS_B, FITS_C, VERDICT, WRAP_X, STRIDE_BASE, ADVANCE, ADVANCE_X, ADVANCE_Y, ADVANCE_BASE
  } state_e;
  state_e state;
  logic [3:0] group;  // of CHECK

  // The job. Sizes have 16 bits once checked.
  wire fully_connected = job.kind[0];
  wire pool = job.pool[0];
  wire [15:0] stored_h = pool ? {1'b0, job.out_h[15:1]} : job.out_h[15:0];
  wire [15:0] stored_w = pool ? {1'b0, job.out_w[15:1]} : job.out_w[15:0];
  wire [15:0] computed_h = pool ? {job.out_h[15:1], 1'b0} : job.out_h[15:0];
  wire [15:0] in_c = job.in_c[15:0], in_h = job.in_h[15:0], in_w = job.in_w[15:0], out_c = job.out_c[15:0];
  localparam logic [15:0] MAPS = 16'(MVMS), OUTPUTS = 16'(MVMS * LANES);
  wire [15:0] group_size = fully_connected ? OUTPUTS : MAPS;
  wire [15:0] first_group = out_c < group_size ? out_c : group_size;

  // What the steps leave behind.
  logic [48:0] taps;
  logic resident;
  logic [31:0] in_row;  // elements of an input row of all channels
  logic [48:0] in_span, out_span, weight_span;  // bytes
  logic [QUOTIENT:0] rows_for_output;  // or taps of a chunk
  logic [QUOTIENT-1:0] rows_of_input;
  logic [15:0] rows;
  logic [24:0] chunk;
  logic faulty, region_broken, regions_done;
  layer_pkg::fault_t first_fault, region_fault;

  // One multiplier, for the job and then for its tiles: whoever does not use it asks for 0 * 0.
  logic [31:0] a, tile_a;
  logic [16:0] b, tile_b;
  wire [31:0] factor = a | tile_a;
  wire [16:0] other_factor = b | tile_b;
  wire [48:0] product = factor * other_factor;
  always_comb begin
    a = 32'd0;
    b = 17'd0;
    unique case (state)
      CHECK:
      unique case (group)
        4'd1: begin a = job.out_h - 32'd1; b = job.stride[16:0]; end
        4'd2: begin a = job.out_w - 32'd1; b = job.stride[16:0]; end
        4'd4: begin a = job.in_row_stride; b = {1'b0, in_h}; end
        4'd5: begin a = job.out_row_stride; b = {1'b0, stored_h}; end
        default: ;
      endcase
      TAPS_A: begin a = {16'd0, in_c}; b = fully_connected ? {1'b0, in_h} : job.kernel_h[16:0]; end
      TAPS_B: begin a = taps[31:0]; b = fully_connected ? {1'b0, in_w} : job.kernel_w[16:0]; end
      WEIGHTS: begin a = taps[31:0]; b = {1'b0, first_group}; end
      MAP_A: begin a = {16'd0, in_c}; b = {1'b0, in_h}; end
      MAP_B: begin a = in_row; b = {1'b0, in_w}; end
      STORED_ROW: begin a = {16'd0, first_group}; b = {1'b0, stored_w}; end
      IN_ROW: begin a = {16'd0, in_c}; b = {1'b0, in_w}; end
      SPAN_IN_A: begin a = job.in_plane_stride; b = {1'b0, in_c} - 17'd1; end
      SPAN_IN_B: begin a = job.in_row_stride; b = {1'b0, in_h} - 17'd1; end
      SPAN_OUT_A: begin a = job.out_plane_stride; b = {1'b0, out_c} - 17'd1; end
      SPAN_OUT_B: begin a = job.out_row_stride; b = {1'b0, stored_h} - 17'd1; end
      SPAN_WEIGHTS: begin a = taps[31:0]; b = {1'b0, out_c}; end
      WRAP_X: begin a = {16'd0, stored_w}; b = {10'd0, geometry.unit_step}; end
      STRIDE_BASE: begin a = {16'd0, in_w}; b = {11'd0, job.stride[5:0]}; end
      ADVANCE_X: begin a = {21'd0, geometry.advance_units}; b = {10'd0, geometry.unit_step}; end
      ADVANCE_Y: begin a = 32'(quotient); b = {10'd0, geometry.unit_step}; end
      ADVANCE_BASE: begin a = {16'd0, in_w}; b = geometry.advance_y[16:0]; end
      default: ;
    endcase
  end

  // One divider: rows (or taps of a chunk) that the output (weight) buffer holds, input rows, output rows of those, and
  // what a run's units are in rows and columns.
  localparam logic [QUOTIENT-1:0] RUN_PIXELS = QUOTIENT'(LANES), RUN_WINDOWS = QUOTIENT'(LANES / 4);
  logic divide, divided;
  logic [QUOTIENT-1:0] dividend, quotient;
  /* verilator lint_off UNUSEDSIGNAL */  // it is smaller than a run's units
  logic [QUOTIENT-1:0] remainder;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [33:0] divisor;
  sequential_divider #(.WIDTH(QUOTIENT), .DIVISOR(34)) divider (
      .clk, .rst_n, .start(divide), .dividend, .divisor, .ready(divided), .quotient, .remainder);
  always_comb begin
    divide = 1'b0;
    dividend = '0;
    divisor = 34'd1;
    unique case (state)
      STORED_ROW: begin
        divide = 1'b1;
        dividend = fully_connected ? QUOTIENT'(WEIGHT_HALF) : QUOTIENT'(OUTPUT_HALF);
        divisor = fully_connected ? {18'd0, first_group} : product[33:0];
      end
      FITS_A: begin
        divide = divided;
        dividend = QUOTIENT'(INPUT_ELEMENTS / 2);
        divisor = {2'd0, in_row};
      end
      FITS_B: begin
        divide = divided;
        dividend = quotient - QUOTIENT'(job.kernel_h[5:0]);
        divisor = {28'd0, job.stride[5:0]};
      end
      VERDICT: begin
        divide = 1'b1;
        dividend = pool ? RUN_WINDOWS : RUN_PIXELS;
        divisor = {18'd0, stored_w};
      end
      default: ;
    endcase
  end

  logic check_broken;
  logic [15:0] check_code, check_offset;
  logic [31:0] check_value;
  layer_check #(.OPERAND_BITS(OPERAND_BITS)) check (
      .job, .group, .product, .own_broken, .own_fault, .broken(check_broken), .code(check_code), .offset(check_offset),
      .value(check_value));

  layer_regions regions (
      .clk, .clear(state == IDLE), .step(state == REGIONS), .job, .in_span, .out_span, .weight_span, .done(regions_done),
      .broken(region_broken), .fault(region_fault));

  wire [15:0] stripe = rows_of_input < QUOTIENT'(job.kernel_h[5:0]) ? 16'd0
                       : 33'(quotient) + 33'd1 > 33'd65535 ? 16'hffff : 16'(quotient) + 16'd1;
  wire [15:0] stripe_rows = pool ? {stripe[15:1], 1'b0} : stripe;
  wire [15:0] output_rows = 33'(rows_for_output) > 33'(computed_h) ? computed_h : 16'(rows_for_output);

  assign broken = state == VERDICT && (faulty || region_broken);
  assign fault = faulty ? first_fault : region_fault;

  layer_tiles #(.OPERAND_BITS(OPERAND_BITS), .LANES(LANES), .MVMS(MVMS)) tiles (
      .clk, .rst_n, .start(state == ADVANCE_BASE), .job, .taps(taps[24:0]), .resident, .rows, .chunk, .a(tile_a), .b(tile_b),
      .product, .tile_valid, .tile_take, .tile);

  always_ff @(posedge clk) begin
    geometry_valid <= 1'b0;
    if (!rst_n) state <= IDLE;
    else begin
      unique case (state)
        IDLE: begin
          group <= 4'd0;
          faulty <= 1'b0;
          if (launch) state <= CHECK;
        end
        CHECK: begin
          group <= group + 4'd1;
          if (group == 4'd6) state <= TAPS_A;
          if (check_broken && !faulty) begin
            faulty <= 1'b1;
            first_fault <= {check_code, check_offset, check_value, 64'd0};
          end
        end
        TAPS_A: begin
          taps <= product;
          state <= TAPS_B;
        end
        TAPS_B: begin
          taps <= product;
          state <= WEIGHTS;
        end
        WEIGHTS: begin
          if (!faulty) begin
            if (fully_connected && taps > 49'(INPUT_ELEMENTS)) begin
              faulty <= 1'b1;
              first_fault <= {layer_core_registers_pkg::LAYER_FAULT_INPUT_TOO_LARGE,
                              layer_core_registers_pkg::ADDRESS_IN_C, job.in_c, 64'd0};
            end else if (!fully_connected && product > 49'(WEIGHT_HALF)) begin
              faulty <= 1'b1;
              first_fault <= {layer_core_registers_pkg::LAYER_FAULT_WEIGHTS_TOO_LARGE,
                              layer_core_registers_pkg::ADDRESS_IN_C, job.in_c, 64'd0};
            end
          end
          state <= MAP_A;
        end
        MAP_A: begin
          in_row <= product[31:0];
          state <= MAP_B;
        end
        MAP_B: begin
          resident <= product <= 49'(INPUT_ELEMENTS);
          state <= STORED_ROW;
        end
        STORED_ROW: state <= IN_ROW;  // the divider starts
        IN_ROW: begin
          in_row <= product[31:0];
          state <= SPAN_IN_A;
        end
        SPAN_IN_A: begin
          in_span <= product;
          state <= SPAN_IN_B;
        end
        SPAN_IN_B: begin
          in_span <= in_span + product + 49'(in_w) * 49'(EB);
          state <= SPAN_OUT_A;
        end
        SPAN_OUT_A: begin
          out_span <= product;
          state <= SPAN_OUT_B;
        end
        SPAN_OUT_B: begin
          out_span <= out_span + product + 49'(stored_w) * 49'(EB);
          state <= SPAN_WEIGHTS;
        end
        SPAN_WEIGHTS: begin
          weight_span <= product * 49'(EB);
          state <= FITS_A;
        end
        FITS_A:
        if (divided) begin
          rows_for_output <= pool ? {quotient, 1'b0} : {1'b0, quotient};
          state <= REGIONS;
        end
        REGIONS: if (regions_done) state <= FITS_B;
        FITS_B:
        if (divided) begin
          rows_of_input <= quotient;
          state <= FITS_C;
        end
        FITS_C:
        if (divided) begin
          rows <= !resident && stripe_rows < output_rows ? stripe_rows : output_rows;
          chunk <= taps > 49'(rows_for_output) ? 25'({rows_for_output[QUOTIENT:3], 3'd0}) : taps[24:0];
          if (!faulty && !fully_connected) begin
            if (rows_for_output == '0) begin
              faulty <= 1'b1;
              first_fault <= {layer_core_registers_pkg::LAYER_FAULT_OUTPUT_TOO_LARGE,
                              layer_core_registers_pkg::ADDRESS_OUT_W, job.out_w, 64'd0};
            end else if (!resident && stripe_rows == 16'd0) begin
              faulty <= 1'b1;
              first_fault <= {layer_core_registers_pkg::LAYER_FAULT_INPUT_TOO_LARGE,
                              layer_core_registers_pkg::ADDRESS_IN_W, job.in_w, 64'd0};
            end
          end
          state <= VERDICT;
        end
        VERDICT: begin
          geometry.unit_width <= stored_w;
          geometry.unit_step <= pool ? {job.stride[5:0], 1'b0} : {1'b0, job.stride[5:0]};
          state <= broken ? IDLE : WRAP_X;
        end
        WRAP_X: begin
          geometry.wrap_x <= product[22:0];
          state <= STRIDE_BASE;
        end
        STRIDE_BASE: begin
          geometry.stride_base <= product[25:0];
          geometry.wrap_base <= (pool ? {product[24:0], 1'b0} : product[25:0]) - {3'd0, geometry.wrap_x};
          geometry_valid <= 1'b1;
          state <= ADVANCE;
        end
        ADVANCE:
        if (divided) begin
          geometry.advance_units <= 11'(remainder);
          state <= ADVANCE_X;
        end
        ADVANCE_X: begin
          geometry.advance_x <= product[17:0];
          state <= ADVANCE_Y;
        end
        ADVANCE_Y: begin
          geometry.advance_y <= product[17:0];
          state <= ADVANCE_BASE;
        end
        ADVANCE_BASE: begin
          geometry.advance_base <= product[25:0] + {8'd0, geometry.advance_x};
          state <= IDLE;  // the tiles go on
        end
        default: state <= IDLE;
      endcase
    end
  end
endmodule
