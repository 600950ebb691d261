// Bias, requantisation, clamp, maximum of 2x2: empties a copy of the accumulators, R of them a cycle, while the array works
// on the next run. Pixels of a pooled tile come window by window (layer_fetch), so four neighbours in a row are a window.
module layer_post #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned LANES = 16,
    parameter int unsigned MVMS = 16,
    parameter int unsigned ACC_MAX = 16,  // bits of an accumulator
    parameter int unsigned UNIT_BITS = 6,  // the most that it may be shifted up by
    parameter int unsigned REQUANTISERS = 4,
    parameter int unsigned OUTPUT_BUFFER = 16384
) (
    input logic clk,
    input logic rst_n,
    /* verilator lint_off UNUSEDSIGNAL */  // only what post-processing needs
    input layer_core_registers_pkg::config_t job,
    input layer_pkg::tile_t tile,  // stable until idle
    /* verilator lint_on UNUSEDSIGNAL */
    input logic [3:0] unit_shift,  // 2^unit_shift units of the bias are one of the accumulators
    input logic copy,
    input logic [15:0] copy_units,
    input logic [24:0] copy_first,
    input logic [MVMS*LANES*ACC_MAX-1:0] accumulators,
    output logic free,  // a copy may come
    output logic idle,

    output logic read,  // constants: byte addresses in the three buffers, data a cycle later
    output logic [REQUANTISERS*$clog2(MVMS*LANES*8)-1:0] constant_address,
    input logic [REQUANTISERS*32-1:0] biases,
    input logic [REQUANTISERS*32-1:0] multipliers,
    input logic [REQUANTISERS*32-1:0] shifts,

    output logic [7:0] write,  // into the output buffer
    output logic [$clog2(OUTPUT_BUFFER)-1:0] write_address,
    output logic [63:0] write_data
);
  localparam int unsigned N = OPERAND_BITS, EB = N <= 8 ? 1 : 2, W = 8 * EB;
  localparam int unsigned R = REQUANTISERS, WORDS = MVMS * LANES / R;
  localparam int unsigned WORD_BITS = $clog2(WORDS + 1), CONSTANT_BITS = $clog2(MVMS * LANES * 8);
  localparam int unsigned OUT_BITS = $clog2(OUTPUT_BUFFER);
  localparam int unsigned STAGES = 4;  // from a word of accumulators to its outputs

  wire fully_connected = job.kind[0];
  wire pool = job.pool[0];

  // ---- scan ----
  logic [R*ACC_MAX-1:0] shadow[0:WORDS-1];
  logic scanning;
  logic [WORD_BITS-1:0] word;
  logic [15:0] map, lane, lanes;  // lanes in use a map
  logic [24:0] unit, map_first;  // of the word's first pixel; of the map's first unit, in the buffer
  logic [24:0] run_first;
  wire [15:0] lane_next = lane + 16'(R);
  wire map_end = lane_next >= lanes;
  wire map_last = map + 16'd1 == tile.map_count;
  wire scan_last = fully_connected ? 32'(map) + R >= 32'(tile.map_count) : map_end && map_last;
  assign free = !scanning || scan_last;

  always_ff @(posedge clk) begin
    if (!rst_n) scanning <= 1'b0;
    else if (copy && tile.outputs) scanning <= 1'b1;
    else if (scan_last) scanning <= 1'b0;
    if (copy && tile.outputs) begin
      for (int unsigned i = 0; i < WORDS; i++) shadow[i] <= accumulators[i*R*ACC_MAX+:R*ACC_MAX];
      word <= '0;
      map <= 16'd0;
      lane <= 16'd0;
      lanes <= pool ? {copy_units[13:0], 2'd0} : copy_units;
      run_first <= copy_first;
      map_first <= 25'd0;
      unit <= copy_first;
    end else if (scanning) begin
      if (fully_connected) begin  // `map` is the output
        word <= word + 1'b1;
        map <= map + 16'(R);
        unit <= unit + 25'(R);
      end else if (!map_end) begin
        word <= word + 1'b1;
        lane <= lane_next;
        unit <= run_first + {9'd0, pool ? {2'd0, lane_next[15:2]} : lane_next};
      end else begin
        word <= WORD_BITS'((32'(map) + 32'd1) * (LANES / R));
        map <= map + 16'd1;
        lane <= 16'd0;
        unit <= run_first;
        map_first <= map_first + tile.units;
      end
    end
  end

  // Constants of a map for all pixels, of an output each when fully connected.
  assign read = scanning;
  always_comb begin
    constant_address = '0;
    for (int unsigned i = 0; i < R; i++) begin
      constant_address[i*CONSTANT_BITS+:CONSTANT_BITS] =
          CONSTANT_BITS'(((fully_connected ? 32'(map) + i : 32'(map)) + (tile.parameter_half ? MVMS * LANES : 0)) * 4);
    end
  end

  // ---- what goes along with the outputs through the pipeline ----
  localparam int unsigned COUNT_BITS = $clog2(R + 1), TAG_BITS = COUNT_BITS + 2 + 25;
  logic [STAGES*TAG_BITS-1:0] tags;
  logic [COUNT_BITS-1:0] count, count_out;  // pixels of the word
  logic [1:0] window_out;  // place of the first one in its window
  logic [24:0] place, place_out;  // in the output buffer, elements
  wire [15:0] left = fully_connected ? tile.map_count - map : lanes - lane;
  assign count = 32'(left) < R ? COUNT_BITS'(left) : COUNT_BITS'(R);
  assign place = map_first + unit + (tile.output_half ? 25'(OUTPUT_BUFFER / 2 / EB) : 25'd0);
  assign {count_out, window_out, place_out} = tags[(STAGES-1)*TAG_BITS+:TAG_BITS];
  logic [STAGES-1:0] under_way;
  assign idle = !scanning && under_way == '0;
  always_ff @(posedge clk) begin
    if (!rst_n) begin
      tags <= '0;
      under_way <= '0;
    end else begin
      tags <= {tags[(STAGES-1)*TAG_BITS-1:0], count, lane[1:0], place};
      under_way <= {under_way[STAGES-2:0], scanning};
    end
  end

  // ---- requantisers ----
  logic [R*ACC_MAX-1:0] picked;
  always_ff @(posedge clk) if (scanning) picked <= shadow[word[$clog2(WORDS)-1:0]];

  localparam int unsigned ACC_BITS = ACC_MAX + UNIT_BITS;
  wire [R*32-1:0] values;
  for (genvar i = 0; i < R; i++) begin : g_requantiser
    wire signed [ACC_BITS-1:0] scaled = ACC_BITS'($signed(picked[i*ACC_MAX+:ACC_MAX])) <<< unit_shift;
    wire unused = &{1'b0, multipliers[i*32+31], shifts[i*32+6+:26]};  // 0, checked as they were loaded
    requantiser #(.ACC_BITS(ACC_BITS)) requantise (
        .clk, .acc(scaled), .bias(biases[i*32+:32]), .multiplier(multipliers[i*32+:31]), .shift(shifts[i*32+:6]),
        .low(job.out_min), .high(job.out_max), .value(values[i*32+:32]));
  end

  // ---- pooling and the output buffer ----
  logic signed [W-1:0] best, best_so_far;  // of a window that takes more than a cycle
  logic [3:0] elements;
  always_comb begin
    write_data = '0;
    elements = 4'd0;
    best = best_so_far;
    if (under_way[STAGES-1]) begin
      for (int unsigned i = 0; i < R; i++) begin
        if (pool) begin
          if (2'(window_out + 2'(i)) == 2'd0 || $signed(values[i*32+:W]) > best) best = values[i*32+:W];
          if (2'(window_out + 2'(i)) == 2'd3) begin
            write_data[(i/4)*W+:W] = best;
            elements = 4'(i / 4 + 1);
          end
        end else begin
          write_data[i*W+:W] = values[i*32+:W];
          elements = 4'(count_out);
        end
      end
    end
    write = 8'd0;
    for (int unsigned i = 0; i < 8; i++) write[i] = i < 32'(elements) * EB;
    write_address = OUT_BITS'(place_out * 25'(EB));
  end
  always_ff @(posedge clk) best_so_far <= best;
endmodule
