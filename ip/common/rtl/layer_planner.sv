// From a job's configuration to its tiles: checks the rules, divides the buffers, and describes one tile after the other,
// each ahead of its need. One multiplier and one divider do all the arithmetic, a step a cycle; the number of cycles to
// the first tile does not depend on the job. The tiles are those of model/schedule.cpp.
module layer_planner #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned LANES = 16,
    parameter int unsigned MVMS = 16,
    parameter int unsigned ACC_MAX = 16,
    parameter bit ZERO_SKIP = 1,
    parameter int unsigned INPUT_BUFFER = 65536,
    parameter int unsigned WEIGHT_BUFFER = 65536,
    parameter int unsigned OUTPUT_BUFFER = 16384
) (
    input logic clk,
    input logic rst_n,
    input logic launch,
    input sc_cnn_registers_pkg::config_t job,
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

  typedef enum logic [5:0] {
    IDLE, CHECK, TAPS_A, TAPS_B, WEIGHTS, MAP_A, MAP_B, STORED_ROW, IN_ROW, SPAN_IN_A, SPAN_IN_B, SPAN_OUT_A, SPAN_OUT_B,
    SPAN_WEIGHTS, FITS_A, REGIONS, FITS_B, FITS_C, VERDICT, WRAP_X, STRIDE_BASE, ADVANCE, ADVANCE_X, ADVANCE_Y, ADVANCE_BASE,
    FIRST_ROW, LAST_ROW, PLANE, FIRST_BASE, UNITS, IN_ADDRESS, OUT_PLANE, OUT_ROW, WEIGHT_ADDRESS, WEIGHT_TOTAL, IN_TOTAL,
    OUT_TOTAL, OFFER
  } state_e;
  state_e state;
  logic [3:0] group;  // of CHECK
  logic [2:0] region;

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
  logic faulty, region_faulty, overlaps, out_overflows;
  logic [63:0] out_end;
  layer_pkg::fault_t first_fault, region_fault;

  // The tile under way.
  logic first_tile, weight_half, input_half, parameter_half, output_half;
  logic [15:0] map_begin, row_begin, in_begin, in_rows;
  logic [24:0] tap_begin;
  wire [15:0] map_left = out_c - map_begin, row_left = computed_h - row_begin;
  wire [15:0] map_count = map_left < group_size ? map_left : group_size;
  wire [15:0] row_count = fully_connected ? 16'd1 : row_left < rows ? row_left : rows;
  wire [24:0] tap_left = taps[24:0] - tap_begin;
  wire [24:0] tap_count = fully_connected && chunk < tap_left ? chunk : tap_left;
  wire inner_last = fully_connected ? tap_count == tap_left : row_count == row_left;
  wire inner_first = fully_connected ? tap_begin == 25'd0 : row_begin == 16'd0;
  wire [15:0] row_units = pool ? {1'b0, row_count[15:1]} : row_count;
  wire signed [17:0] below = tile.first_row - $signed({2'd0, in_begin});
  wire [16:0] below_magnitude = 17'(below < 0 ? -below : below);

  // One multiplier.
  logic [31:0] a;
  logic [16:0] b;
  wire [48:0] product = a * b;
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
      FIRST_ROW: begin a = {16'd0, row_begin}; b = {11'd0, job.stride[5:0]}; end
      LAST_ROW: begin a = {16'd0, row_count} - 32'd1; b = {11'd0, job.stride[5:0]}; end
      PLANE: begin a = {16'd0, in_w}; b = {1'b0, in_rows}; end
      FIRST_BASE: begin a = {16'd0, in_w}; b = below_magnitude[16:0]; end
      UNITS: begin a = {16'd0, stored_w}; b = {1'b0, row_units}; end
      IN_ADDRESS: begin a = job.in_row_stride; b = {1'b0, in_begin}; end
      OUT_PLANE: begin a = job.out_plane_stride; b = {1'b0, map_begin}; end
      OUT_ROW: begin a = job.out_row_stride; b = pool ? {2'd0, row_begin[15:1]} : {1'b0, row_begin}; end
      WEIGHT_ADDRESS: begin a = taps[31:0]; b = {1'b0, map_begin}; end
      WEIGHT_TOTAL: begin a = {7'd0, tap_count}; b = {1'b0, map_count}; end
      IN_TOTAL: begin a = {7'd0, tile.plane}; b = {1'b0, in_c}; end
      OUT_TOTAL: begin a = {7'd0, tile.units}; b = {1'b0, map_count}; end
      default: ;
    endcase
  end

  wire loads_weights = fully_connected || row_begin == 16'd0;
  wire loads_input = first_tile || (!fully_connected && !resident);
  // Input rows of the tile: all of them when the map stays in the buffer, else those its output rows read, clipped.
  wire signed [18:0] last_row = 19'(tile.first_row) + $signed({1'b0, product[17:0]}) + $signed({13'd0, job.kernel_h[5:0]});
  wire whole = fully_connected || resident;
  wire [15:0] low_row = whole || tile.first_row < 0 ? 16'd0
                        : tile.first_row > $signed({2'd0, in_h}) ? in_h : tile.first_row[15:0];
  wire [15:0] high_row = whole || last_row > $signed({3'd0, in_h}) ? in_h
                         : last_row < $signed({3'd0, low_row}) ? low_row : last_row[15:0];

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
  layer_check #(.OPERAND_BITS(OPERAND_BITS), .ACC_MAX(ACC_MAX), .ZERO_SKIP(ZERO_SKIP)) check (
      .job, .group, .product, .broken(check_broken), .code(check_code), .offset(check_offset), .value(check_value));

  // Regions of memory: the output first, then the operands in the order of their registers.
  logic [63:0] base, region_end;
  logic [48:0] region_bytes;
  logic [15:0] region_offset;
  always_comb begin
    region_bytes = {31'd0, out_c, 2'd0};
    unique case (region)
      3'd0: begin
        base = {job.out_hi, job.out_lo};
        region_offset = sc_cnn_registers_pkg::ADDRESS_OUT_LO;
        region_bytes = out_span;
      end
      3'd1: begin
        base = {job.in_hi, job.in_lo};
        region_offset = sc_cnn_registers_pkg::ADDRESS_IN_LO;
        region_bytes = in_span;
      end
      3'd2: begin
        base = {job.weights_hi, job.weights_lo};
        region_offset = sc_cnn_registers_pkg::ADDRESS_WEIGHTS_LO;
        region_bytes = weight_span;
      end
      3'd3: begin
        base = {job.bias_hi, job.bias_lo};
        region_offset = sc_cnn_registers_pkg::ADDRESS_BIAS_LO;
      end
      3'd4: begin
        base = {job.mult_hi, job.mult_lo};
        region_offset = sc_cnn_registers_pkg::ADDRESS_MULT_LO;
      end
      default: begin
        base = {job.shift_hi, job.shift_lo};
        region_offset = sc_cnn_registers_pkg::ADDRESS_SHIFT_LO;
      end
    endcase
    region_end = base + {15'd0, region_bytes};
  end
  wire [63:0] out_base = {job.out_hi, job.out_lo};
  // Alignment comes before all other rules of addresses: the first region that breaks it, the output last.
  logic misaligned;
  logic [15:0] misaligned_offset;
  logic [31:0] misaligned_value;
  always_comb begin
    misaligned = 1'b1;
    misaligned_offset = sc_cnn_registers_pkg::ADDRESS_IN_LO;
    misaligned_value = job.in_lo;
    if (job.in_lo[2:0] != 3'd0) ;
    else if (job.weights_lo[2:0] != 3'd0) begin
      misaligned_offset = sc_cnn_registers_pkg::ADDRESS_WEIGHTS_LO;
      misaligned_value = job.weights_lo;
    end else if (job.bias_lo[2:0] != 3'd0) begin
      misaligned_offset = sc_cnn_registers_pkg::ADDRESS_BIAS_LO;
      misaligned_value = job.bias_lo;
    end else if (job.mult_lo[2:0] != 3'd0) begin
      misaligned_offset = sc_cnn_registers_pkg::ADDRESS_MULT_LO;
      misaligned_value = job.mult_lo;
    end else if (job.shift_lo[2:0] != 3'd0) begin
      misaligned_offset = sc_cnn_registers_pkg::ADDRESS_SHIFT_LO;
      misaligned_value = job.shift_lo;
    end else if (job.out_lo[2:0] != 3'd0) begin
      misaligned_offset = sc_cnn_registers_pkg::ADDRESS_OUT_LO;
      misaligned_value = job.out_lo;
    end else misaligned = 1'b0;
  end

  wire [15:0] stripe = rows_of_input < QUOTIENT'(job.kernel_h[5:0]) ? 16'd0
                       : 33'(quotient) + 33'd1 > 33'd65535 ? 16'hffff : 16'(quotient) + 16'd1;
  wire [15:0] stripe_rows = pool ? {stripe[15:1], 1'b0} : stripe;
  wire [15:0] output_rows = 33'(rows_for_output) > 33'(computed_h) ? computed_h : 16'(rows_for_output);

  assign broken = state == VERDICT && (faulty || region_faulty || out_overflows || overlaps);
  always_comb begin
    fault = first_fault;
    if (!faulty) begin
      fault = region_fault;
      if (!region_faulty) begin
        fault.offset = sc_cnn_registers_pkg::ADDRESS_OUT_LO;
        fault.value = job.out_lo;
        fault.address = 64'd0;
        fault.code = out_overflows ? sc_cnn_registers_pkg::ACCELERATOR_ERROR_OVERFLOW
                                   : sc_cnn_registers_pkg::LAYER_FAULT_OVERLAP;
      end
    end
  end
  assign tile_valid = state == OFFER;

  always_ff @(posedge clk) begin
    geometry_valid <= 1'b0;
    if (!rst_n) state <= IDLE;
    else begin
      unique case (state)
        IDLE: begin
          group <= 4'd0;
          region <= 3'd0;
          faulty <= 1'b0;
          region_faulty <= 1'b0;
          overlaps <= 1'b0;
          out_overflows <= 1'b0;
          first_tile <= 1'b1;
          map_begin <= 16'd0;
          row_begin <= 16'd0;
          tap_begin <= 25'd0;
          weight_half <= 1'b1;  // the first load turns it over
          input_half <= 1'b1;
          parameter_half <= 1'b1;
          output_half <= 1'b1;
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
              first_fault <= {sc_cnn_registers_pkg::LAYER_FAULT_INPUT_TOO_LARGE,
                              sc_cnn_registers_pkg::ADDRESS_IN_C, job.in_c, 64'd0};
            end else if (!fully_connected && product > 49'(WEIGHT_HALF)) begin
              faulty <= 1'b1;
              first_fault <= {sc_cnn_registers_pkg::LAYER_FAULT_WEIGHTS_TOO_LARGE,
                              sc_cnn_registers_pkg::ADDRESS_IN_C, job.in_c, 64'd0};
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
        REGIONS: begin
          region <= region + 3'd1;
          if (region == 3'd0) begin
            out_end <= region_end;
            out_overflows <= region_end < base;
            if (misaligned) begin
              region_faulty <= 1'b1;
              region_fault <= {sc_cnn_registers_pkg::ACCELERATOR_ERROR_MISALIGNED, misaligned_offset, misaligned_value,
                               64'd0};
            end
          end else begin
            if (!region_faulty && region_end < base) begin
              region_faulty <= 1'b1;
              region_fault <= {sc_cnn_registers_pkg::ACCELERATOR_ERROR_OVERFLOW, region_offset, base[31:0], 64'd0};
            end
            if (out_base < region_end && base < out_end) overlaps <= 1'b1;
          end
          if (region == 3'd5) state <= FITS_B;
        end
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
              first_fault <= {sc_cnn_registers_pkg::LAYER_FAULT_OUTPUT_TOO_LARGE,
                              sc_cnn_registers_pkg::ADDRESS_OUT_W, job.out_w, 64'd0};
            end else if (!resident && stripe_rows == 16'd0) begin
              faulty <= 1'b1;
              first_fault <= {sc_cnn_registers_pkg::LAYER_FAULT_INPUT_TOO_LARGE,
                              sc_cnn_registers_pkg::ADDRESS_IN_W, job.in_w, 64'd0};
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
          state <= FIRST_ROW;
        end

        FIRST_ROW: begin
          tile.first_row <= fully_connected ? 18'sd0 : $signed(product[17:0]) - $signed({13'd0, job.pad[4:0]});
          state <= LAST_ROW;
        end
        LAST_ROW: begin
          in_begin <= low_row;
          in_rows <= high_row - low_row;
          state <= PLANE;
        end
        PLANE: begin
          tile.plane <= product[24:0];
          state <= FIRST_BASE;
        end
        FIRST_BASE: begin
          tile.first_base <= below < 0 ? -$signed(product[25:0]) : $signed(product[25:0]);
          state <= UNITS;
        end
        UNITS: begin
          tile.units <= product[24:0];
          state <= IN_ADDRESS;
        end
        IN_ADDRESS: begin
          tile.inputs.address <= {job.in_hi, job.in_lo} + {15'd0, product};
          state <= OUT_PLANE;
        end
        OUT_PLANE: begin
          tile.results.address <= out_base + {15'd0, product};
          state <= OUT_ROW;
        end
        OUT_ROW: begin
          tile.results.address <= tile.results.address + {15'd0, product};
          state <= WEIGHT_ADDRESS;
        end
        WEIGHT_ADDRESS: begin
          tile.weights.address <= {job.weights_hi, job.weights_lo} + (64'(product) + 64'(tap_begin)) * 64'(EB);
          state <= WEIGHT_TOTAL;
        end
        WEIGHT_TOTAL: begin
          tile.weights.inner <= 16'd1;
          tile.weights.inner_stride <= 32'd0;
          tile.weights.outer_stride <= 32'(taps[24:0]) * 32'(EB);
          if (tap_count == taps[24:0]) begin
            tile.weights.outer <= 16'd1;
            tile.weights.bytes <= product[31:0] * 32'(EB);
          end else begin
            tile.weights.outer <= map_count;
            tile.weights.bytes <= 32'(tap_count) * 32'(EB);
          end
          state <= IN_TOTAL;
        end
        IN_TOTAL: begin
          tile.inputs.outer <= in_c;
          tile.inputs.outer_stride <= job.in_plane_stride;
          tile.inputs.inner <= in_rows;
          tile.inputs.inner_stride <= job.in_row_stride;
          tile.inputs.bytes <= 32'(in_w) * 32'(EB);
          // Rows that touch are one run, and so are planes.
          if (job.in_row_stride == 32'(in_w) * 32'(EB) || in_rows == 16'd1) begin
            tile.inputs.inner <= in_rows == 16'd0 ? 16'd0 : 16'd1;
            tile.inputs.bytes <= 32'(tile.plane) * 32'(EB);
            if (job.in_plane_stride == 32'(tile.plane) * 32'(EB)) begin
              tile.inputs.outer <= 16'd1;
              tile.inputs.bytes <= product[31:0] * 32'(EB);
            end
          end
          state <= OUT_TOTAL;
        end
        OUT_TOTAL: begin
          tile.results.outer <= map_count;
          tile.results.outer_stride <= job.out_plane_stride;
          tile.results.inner <= row_units;
          tile.results.inner_stride <= job.out_row_stride;
          tile.results.bytes <= 32'(stored_w) * 32'(EB);
          if (job.out_row_stride == 32'(stored_w) * 32'(EB) || row_units == 16'd1) begin
            tile.results.inner <= 16'd1;
            tile.results.bytes <= 32'(tile.units) * 32'(EB);
            if (job.out_plane_stride == 32'(tile.units) * 32'(EB)) begin
              tile.results.outer <= 16'd1;
              tile.results.bytes <= product[31:0] * 32'(EB);
            end
          end
          tile.last <= inner_last && map_count == map_left;
          tile.load_weights <= loads_weights;
          tile.load_parameters <= inner_first;
          tile.load_input <= loads_input;
          tile.outputs <= !fully_connected || inner_last;
          tile.weight_half <= weight_half ^ loads_weights;
          tile.input_half <= input_half ^ loads_input;
          tile.parameter_half <= parameter_half ^ inner_first;
          tile.output_half <= output_half ^ (!fully_connected || inner_last);
          tile.map_begin <= map_begin;
          tile.map_count <= map_count;
          tile.tap_begin <= tap_begin;
          tile.tap_count <= tap_count;
          state <= OFFER;
        end
        OFFER:
        if (tile_take) begin
          first_tile <= 1'b0;
          weight_half <= tile.weight_half;
          input_half <= tile.input_half;
          parameter_half <= tile.parameter_half;
          output_half <= tile.output_half;
          tap_begin <= inner_last || !fully_connected ? 25'd0 : tap_begin + tap_count;
          row_begin <= inner_last || fully_connected ? 16'd0 : row_begin + row_count;
          if (inner_last) map_begin <= map_begin + map_count;
          state <= tile.last ? IDLE : FIRST_ROW;
        end
        default: state <= IDLE;
      endcase
    end
  end
endmodule
