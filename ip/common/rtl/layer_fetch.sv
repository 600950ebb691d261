// Computes a tile: walks its taps, reads a weight for every MVM and an operand for every lane of a row (im2col is address
// generation, nothing is copied), and holds one tap after the other out for the block's array.
//
// Convolution: an entry is a tap, T_M weights and p activations. Fully connected: an entry is a tap's weights of T_M outputs;
// with the tap's last entry (`held_group_last`) its activation is used. One entry a cycle comes out of the buffers; the array
// takes it, or drops it there when it adds nothing.
module layer_fetch #(
    parameter int unsigned OPERAND_BITS = 8,
    parameter int unsigned LANES = 16,
    parameter int unsigned MVMS = 16,
    parameter int unsigned INPUT_BUFFER = 65536,
    parameter int unsigned WEIGHT_BUFFER = 65536
) (
    input logic clk,
    input logic rst_n,
    /* verilator lint_off UNUSEDSIGNAL */  // only what computing needs
    input layer_core_registers_pkg::config_t job,
    input layer_pkg::tile_t tile,  // stable from start to done
    /* verilator lint_on UNUSEDSIGNAL */
    input layer_pkg::geometry_t geometry,
    input logic geometry_valid,
    output logic placed,  // start may come
    input logic start,
    output logic done,

    // Buffers: byte addresses; the data are the array's, a cycle later.
    output logic read,
    output logic [LANES*$clog2(INPUT_BUFFER)-1:0] input_address,
    output logic [MVMS*($clog2(WEIGHT_BUFFER))-1:0] weight_address,

    // Array.
    output logic clear,  // accumulators to 0
    output logic held,  // an entry is out of the buffers and waits for the array
    output logic [LANES-1:0] held_outside,  // the lane's pixel of this tap lies in the padding: operand 0
    output logic [$clog2(LANES+1)-1:0] held_group,  // fully connected: outputs held_group*T_M on
    output logic held_group_last,
    input logic load,  // the array takes the entry
    input logic drop,  // it goes without
    input logic array_idle,  // nothing is left to compute after this cycle
    output logic [MVMS*LANES-1:0] lane_used,  // its accumulator belongs to an output

    // Post-processing.
    output logic copy,  // accumulators of a run are complete
    output logic [15:0] copy_units,  // units of the run
    output logic [24:0] copy_first,  // number of its first unit
    input logic post_free,
    input logic post_idle
);
  localparam int unsigned N = OPERAND_BITS, EB = N <= 8 ? 1 : 2;
  localparam int unsigned INPUT_BITS = $clog2(INPUT_BUFFER), WEIGHT_BITS = $clog2(WEIGHT_BUFFER);
  localparam int unsigned GROUP_BITS = $clog2(LANES + 1);

  wire fully_connected = job.kind[0];
  wire pool = job.pool[0];

  typedef enum logic [1:0] {IDLE, WALK, COPY, DRAIN} state_e;
  state_e state;

  // ---- positions of the lanes ----
  // u counts units in a row, x and y are the input column and row of the pixel's first tap, base its buffer address.
  logic [LANES*17-1:0] u, u0;
  logic [LANES*18-1:0] x, x0, y, y0;
  logic [LANES*26-1:0] base, base0;
  logic placing;  // the first run's positions are being worked out, a lane a cycle, while the first tile loads
  logic [$clog2(LANES)-1:0] placing_lane;
  logic [16:0] unit_u;
  logic [17:0] unit_x, unit_y;
  logic [25:0] unit_base;
  assign placed = !placing && !geometry_valid;
  wire [17:0] stride_x = 18'(job.stride[5:0]);
  wire right = pool && placing_lane[0], below = pool && placing_lane[1];
  wire unit_done = !pool || placing_lane[1:0] == 2'd3;
  wire unit_wraps = unit_u + 17'd1 == {1'b0, geometry.unit_width};

  always_ff @(posedge clk) begin
    if (!rst_n) placing <= 1'b0;
    else if (geometry_valid) begin
      placing <= 1'b1;
      placing_lane <= '0;
      unit_u <= 17'd0;
      unit_x <= 18'd0 - {13'd0, job.pad[4:0]};
      unit_y <= 18'd0;
      unit_base <= 26'd0 - {21'd0, job.pad[4:0]};
    end else if (placing) begin
      placing_lane <= placing_lane + 1'b1;
      if (32'(placing_lane) == LANES - 1) placing <= 1'b0;
      u0[placing_lane*17+:17] <= unit_u;
      x0[placing_lane*18+:18] <= unit_x + (right ? stride_x : 18'd0);
      y0[placing_lane*18+:18] <= unit_y + (below ? stride_x : 18'd0);
      base0[placing_lane*26+:26] <= unit_base + (right ? 26'(stride_x) : 26'd0) + (below ? geometry.stride_base : 26'd0);
      if (unit_done) begin
        unit_u <= unit_wraps ? 17'd0 : unit_u + 17'd1;
        unit_x <= unit_x + 18'(geometry.unit_step) - (unit_wraps ? 18'(geometry.wrap_x) : 18'd0);
        unit_y <= unit_y + (unit_wraps ? 18'(geometry.unit_step) : 18'd0);
        unit_base <= unit_base + 26'(geometry.unit_step) + (unit_wraps ? geometry.wrap_base : 26'd0);
      end
    end
  end

  wire advance = state == COPY && copy && !run_last;
  logic [LANES*17-1:0] u_next;
  always_comb begin
    for (int unsigned l = 0; l < LANES; l++) u_next[l*17+:17] = u[l*17+:17] + 17'(geometry.advance_units);
  end
  always_ff @(posedge clk) begin
    for (int unsigned l = 0; l < LANES; l++) begin
      if (start) begin
        u[l*17+:17] <= u0[l*17+:17];
        x[l*18+:18] <= x0[l*18+:18];
        y[l*18+:18] <= y0[l*18+:18] + tile.first_row;
        base[l*26+:26] <= base0[l*26+:26] + tile.first_base;
      end else if (advance) begin
        if (u_next[l*17+:17] >= {1'b0, geometry.unit_width}) begin
          u[l*17+:17] <= u_next[l*17+:17] - {1'b0, geometry.unit_width};
          x[l*18+:18] <= x[l*18+:18] + geometry.advance_x - 18'(geometry.wrap_x);
          y[l*18+:18] <= y[l*18+:18] + geometry.advance_y + 18'(geometry.unit_step);
          base[l*26+:26] <= base[l*26+:26] + geometry.advance_base + geometry.wrap_base;
        end else begin
          u[l*17+:17] <= u_next[l*17+:17];
          x[l*18+:18] <= x[l*18+:18] + geometry.advance_x;
          y[l*18+:18] <= y[l*18+:18] + geometry.advance_y;
          base[l*26+:26] <= base[l*26+:26] + geometry.advance_base;
        end
      end
    end
  end

  // ---- runs of pixels ----
  logic [24:0] units_left, units_done;
  wire [15:0] units_a_run = pool ? 16'(LANES / 4) : 16'(LANES);
  wire run_last = fully_connected || units_left <= {9'd0, units_a_run};
  assign copy_units = run_last ? units_left[15:0] : units_a_run;
  assign copy_first = units_done;
  always_comb begin
    lane_used = '0;
    for (int unsigned m = 0; m < MVMS; m++) begin
      for (int unsigned l = 0; l < LANES; l++) begin
        lane_used[m*LANES+l] = fully_connected ? m * LANES + l < 32'(tile.map_count)
                               : m < 32'(tile.map_count) && (pool ? l / 4 : l) < 32'(copy_units);
      end
    end
  end

  // ---- walk over the taps ----
  logic [24:0] tap;  // in the tile
  logic [5:0] ky, kx;
  logic [25:0] tap_base;  // of (c, ky, kx) in the input buffer
  logic [GROUP_BITS-1:0] group;  // fully connected: outputs group*T_M on
  logic [24:0] group_base;  // first weight of the group's first output
  logic [15:0] group_first;  // its number
  logic walking;  // entries are left
  wire leaves = drop || load;
  wire group_last = !fully_connected || 32'(group_first) + MVMS >= 32'(tile.map_count);
  wire tap_last = tap + 25'd1 == tile.tap_count;
  wire column_last = kx + 6'd1 == job.kernel_w[5:0];
  wire row_last = ky + 6'd1 == job.kernel_h[5:0];
  assign read = state == WALK && walking && (!held || leaves);

  wire [25:0] next_row_base = tap_base + 26'(job.in_w[15:0]) - 26'(kx);
  logic [25:0] channel_base;
  always_ff @(posedge clk) begin
    if (start || advance) begin
      walking <= 1'b1;
      tap <= 25'd0;
      ky <= 6'd0;
      kx <= 6'd0;
      tap_base <= fully_connected ? {1'b0, tile.tap_begin} : 26'd0;
      channel_base <= 26'd0;
      group <= '0;
      group_base <= 25'd0;
      group_first <= 16'd0;
    end else if (read) begin
      if (!group_last) begin
        group <= group + 1'b1;
        group_base <= group_base + 25'(MVMS) * tile.tap_count;
        group_first <= group_first + 16'(MVMS);
      end else begin
        group <= '0;
        group_base <= 25'd0;
        group_first <= 16'd0;
        tap <= tap + 25'd1;
        walking <= !tap_last;
        if (fully_connected) tap_base <= tap_base + 26'd1;
        else if (!column_last) begin
          kx <= kx + 6'd1;
          tap_base <= tap_base + 26'd1;
        end else begin
          kx <= 6'd0;
          if (!row_last) begin
            ky <= ky + 6'd1;
            tap_base <= next_row_base;
          end else begin
            ky <= 6'd0;
            tap_base <= channel_base + {1'b0, tile.plane};
            channel_base <= channel_base + {1'b0, tile.plane};
          end
        end
      end
    end
  end

  // Addresses. A tap outside the map reads whatever is there; its lane gets operand 0.
  logic [LANES-1:0] outside;
  logic [17:0] column, row;
  always_comb begin
    input_address = '0;
    outside = '0;
    column = 18'd0;
    row = 18'd0;
    for (int unsigned l = 0; l < LANES; l++) begin
      column = x[l*18+:18] + {12'd0, kx};
      row = y[l*18+:18] + {12'd0, ky};
      outside[l] = column[17] || column[16:0] >= {1'b0, job.in_w[15:0]} || row[17] || row[16:0] >= {1'b0, job.in_h[15:0]};
      input_address[l*INPUT_BITS+:INPUT_BITS] =
          INPUT_BITS'(((fully_connected ? 26'd0 : base[l*26+:26]) + tap_base) * 26'(EB)) +
          (tile.input_half ? INPUT_BITS'(INPUT_BUFFER / 2) : '0);
    end
  end
  always_comb begin
    for (int unsigned m = 0; m < MVMS; m++) begin
      weight_address[m*WEIGHT_BITS+:WEIGHT_BITS] =
          WEIGHT_BITS'((group_base + 25'(m) * tile.tap_count + tap) * 25'(EB)) +
          (tile.weight_half ? WEIGHT_BITS'(WEIGHT_BUFFER / 2) : '0);
    end
  end

  // ---- an entry out of the buffers ----
  always_ff @(posedge clk) begin
    if (!rst_n) held <= 1'b0;
    else if (read) held <= 1'b1;
    else if (leaves) held <= 1'b0;
    if (read) begin
      held_outside <= outside;
      held_group <= group;
      held_group_last <= group_last;
    end
  end

  // ---- the array's side ----
  // Nothing is left to read, to hand over, to compute after this cycle.
  wire finished = state == WALK && !walking && (!held || drop) && array_idle;
  assign copy = state == COPY && (!tile.outputs || post_free);
  assign clear = (start && (!fully_connected || tile.load_parameters)) || advance;
  assign done = state == DRAIN && post_idle;

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      state <= IDLE;
      units_left <= 25'd0;
      units_done <= 25'd0;
    end else begin
      unique case (state)
        IDLE:
        if (start) begin
          state <= WALK;
          units_left <= tile.units;
          units_done <= 25'd0;
        end
        WALK: if (finished) state <= COPY;
        COPY:
        if (copy) begin
          state <= run_last ? DRAIN : WALK;
          units_left <= units_left - {9'd0, units_a_run};
          units_done <= units_done + {9'd0, units_a_run};
        end
        default: if (post_idle) state <= IDLE;
      endcase
    end
  end
endmodule
