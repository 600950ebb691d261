// Walks the tiles of a checked job: groups of maps outside, stripes of rows (or chunks of inputs) inside, each tile described
// ahead of its need. The planner's multiplier does the arithmetic, a product a cycle.
module layer_tiles #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned LANES = 16,
    parameter int unsigned MVMS = 16
) (
    input logic clk,
    input logic rst_n,
    input logic start,  // what follows of the job is final from the next cycle on
    /* verilator lint_off UNUSEDSIGNAL */  // only what tiles need
    input layer_core_registers_pkg::config_t job,
    /* verilator lint_on UNUSEDSIGNAL */
    input logic [24:0] taps,
    input logic resident,  // the whole input stays in its buffer
    input logic [15:0] rows,  // output rows of a tile at most
    input logic [24:0] chunk,  // taps of a tile at most, fully connected
    output logic [31:0] a,  // 0 while another uses the multiplier
    output logic [16:0] b,
    /* verilator lint_off UNUSEDSIGNAL */
    input logic [48:0] product,
    /* verilator lint_on UNUSEDSIGNAL */
    output logic tile_valid,
    input logic tile_take,
    output layer_pkg::tile_t tile
);
  localparam int unsigned EB = OPERAND_BITS <= 8 ? 1 : 2;

  typedef enum logic [3:0] {
    IDLE, FIRST_ROW, LAST_ROW, PLANE, FIRST_BASE, UNITS, IN_ADDRESS, OUT_PLANE, OUT_ROW, WEIGHT_ADDRESS, WEIGHT_TOTAL, IN_TOTAL,
    OUT_TOTAL, OFFER
  } state_e;
  state_e state;

  // The job: sizes have 16 bits once checked.
  wire fully_connected = job.kind[0];
  wire pool = job.pool[0];
  wire [15:0] stored_w = pool ? {1'b0, job.out_w[15:1]} : job.out_w[15:0];
  wire [15:0] computed_h = pool ? {job.out_h[15:1], 1'b0} : job.out_h[15:0];
  wire [15:0] in_c = job.in_c[15:0], in_h = job.in_h[15:0], in_w = job.in_w[15:0], out_c = job.out_c[15:0];
  localparam logic [15:0] MAPS = 16'(MVMS), OUTPUTS = 16'(MVMS * LANES);
  wire [15:0] group_size = fully_connected ? OUTPUTS : MAPS;

  // The tile under way.
  logic first_tile, weight_half, input_half, parameter_half, output_half;
  logic [15:0] map_begin, row_begin, in_begin, in_rows;
  logic [24:0] tap_begin;
  wire [15:0] map_left = out_c - map_begin, row_left = computed_h - row_begin;
  wire [15:0] map_count = map_left < group_size ? map_left : group_size;
  wire [15:0] row_count = fully_connected ? 16'd1 : row_left < rows ? row_left : rows;
  wire [24:0] tap_left = taps - tap_begin;
  wire [24:0] tap_count = fully_connected && chunk < tap_left ? chunk : tap_left;
  wire inner_last = fully_connected ? tap_count == tap_left : row_count == row_left;
  wire inner_first = fully_connected ? tap_begin == 25'd0 : row_begin == 16'd0;
  wire [15:0] row_units = pool ? {1'b0, row_count[15:1]} : row_count;
  wire signed [17:0] below = tile.first_row - $signed({2'd0, in_begin});
  wire [16:0] below_magnitude = 17'(below < 0 ? -below : below);

  always_comb begin
    a = 32'd0;
    b = 17'd0;
    unique case (state)
      FIRST_ROW: begin a = {16'd0, row_begin}; b = {11'd0, job.stride[5:0]}; end
      LAST_ROW: begin a = {16'd0, row_count} - 32'd1; b = {11'd0, job.stride[5:0]}; end
      PLANE: begin a = {16'd0, in_w}; b = {1'b0, in_rows}; end
      FIRST_BASE: begin a = {16'd0, in_w}; b = below_magnitude[16:0]; end
      UNITS: begin a = {16'd0, stored_w}; b = {1'b0, row_units}; end
      IN_ADDRESS: begin a = job.in_row_stride; b = {1'b0, in_begin}; end
      OUT_PLANE: begin a = job.out_plane_stride; b = {1'b0, map_begin}; end
      OUT_ROW: begin a = job.out_row_stride; b = pool ? {2'd0, row_begin[15:1]} : {1'b0, row_begin}; end
      WEIGHT_ADDRESS: begin a = {7'd0, taps}; b = {1'b0, map_begin}; end
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
  assign tile_valid = state == OFFER;

  always_ff @(posedge clk) begin
    if (!rst_n) state <= IDLE;
    else begin
      unique case (state)
        IDLE: begin
          first_tile <= 1'b1;
          map_begin <= 16'd0;
          row_begin <= 16'd0;
          tap_begin <= 25'd0;
          weight_half <= 1'b1;  // the first load turns it over
          input_half <= 1'b1;
          parameter_half <= 1'b1;
          output_half <= 1'b1;
          if (start) state <= FIRST_ROW;
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
          tile.results.address <= {job.out_hi, job.out_lo} + {15'd0, product};
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
          tile.weights.outer_stride <= 32'(taps) * 32'(EB);
          if (tap_count == taps) begin
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
