// Fetches what a tile needs, in the order weights, biases, multipliers, shifts, inputs, and checks it on the way. A run of
// bytes is judged at its end: a bus error anywhere in it comes before a bad value anywhere in it, as in the model.
module layer_loader #(
    parameter int unsigned OPERAND_BITS = 8
) (
    input logic clk,
    input logic rst_n,
    input logic start,
    /* verilator lint_off UNUSEDSIGNAL */  // only what a load needs
    input layer_pkg::tile_t tile,  // stable from start to done
    input layer_core_registers_pkg::config_t job,
    /* verilator lint_on UNUSEDSIGNAL */
    output logic done,
    output logic broken,  // instead of done
    output layer_pkg::fault_t fault,

    output logic request,
    input logic ready,
    output logic [63:0] address,
    output logic [31:0] bytes,
    input logic beat,
    input logic [63:0] data,
    input logic [7:0] strobes,
    input logic [31:0] offset,
    input logic run_done,
    input logic run_failed,
    input logic [63:0] burst_address,
    input logic [11:0] burst_size,

    // Into the buffers: bytes from the start of the operand's half.
    output logic [4:0] write,  // one bit a segment, with strobes
    output logic [24:0] write_address
);
  // Segments of a load.
  localparam logic [2:0] WEIGHTS = 3'd0, BIAS = 3'd1, MULT = 3'd2, SHIFT = 3'd3, INPUTS = 3'd4, NONE = 3'd5;
  localparam int unsigned N = OPERAND_BITS;

  logic [2:0] segment, next_segment, in_flight;  // offered to the DMA; after that one; being fetched
  logic [24:0] place, in_flight_place;  // in the buffer, bytes
  logic running, more;
  logic [63:0] in_flight_address;
  logic bad, bad_now;
  layer_pkg::fault_t bad_fault, bad_fault_now;

  wire has_inputs = tile.load_input && tile.inputs.inner != 16'd0;
  logic [2:0] after;  // first segment that may come next
  always_comb begin
    after = start ? WEIGHTS : segment + 3'd1;
    next_segment = NONE;
    if (after <= WEIGHTS && tile.load_weights) next_segment = WEIGHTS;
    else if (tile.load_parameters && after <= BIAS) next_segment = BIAS;
    else if (tile.load_parameters && after <= MULT) next_segment = MULT;
    else if (tile.load_parameters && after <= SHIFT) next_segment = SHIFT;
    else if (has_inputs && after <= INPUTS) next_segment = INPUTS;
  end

  layer_pkg::runs_t runs;
  always_comb begin
    runs = tile.weights;
    unique case (next_segment)
      WEIGHTS: ;
      INPUTS: runs = tile.inputs;
      default: begin
        unique case (next_segment)
          BIAS: runs.address = {job.bias_hi, job.bias_lo};
          MULT: runs.address = {job.mult_hi, job.mult_lo};
          default: runs.address = {job.shift_hi, job.shift_lo};
        endcase
        runs.address = runs.address + {46'd0, tile.map_begin, 2'd0};
        runs.outer = 16'd1;
        runs.inner = 16'd1;
        runs.bytes = {14'd0, tile.map_count, 2'd0};
      end
    endcase
  end

  logic valid, last;
  wire take = request && ready;
  wire next = start || (take && last);
  layer_runs generator (
      .clk, .rst_n, .start(next && next_segment != NONE), .runs, .valid, .address, .bytes, .last, .take);
  // A run that turned out bad is the last one.
  assign request = valid && !broken;

  assign write = beat ? 5'd1 << in_flight : 5'd0;
  assign write_address = in_flight_place + offset[24:0];

  // The first bad value of a beat.
  localparam logic signed [15:0] LOW = -(16'sd1 <<< (N - 1));
  localparam logic signed [15:0] HIGH = (16'sd1 <<< (N - 1)) - 16'sd1;
  function automatic logic bad_operand(input logic signed [15:0] value);
    bad_operand = value < LOW || value > HIGH;
  endfunction
  logic [2:0] bad_lane;
  logic [31:0] bad_value;
  logic signed [15:0] element;
  logic [31:0] word;
  always_comb begin
    bad_now = 1'b0;
    bad_lane = 3'd0;
    bad_value = 32'd0;
    element = 16'sd0;
    word = 32'd0;
    if (beat) begin
      if (in_flight == WEIGHTS || in_flight == INPUTS) begin
        for (int i = 7; i >= 0; i--) begin
          if (N <= 8) begin
            element = 16'($signed(data[8*i+:8]));
            if (strobes[i] && bad_operand(element)) begin
              bad_now = 1'b1;
              bad_lane = 3'(i);
              bad_value = 32'(element);
            end
          end else if (i % 2 == 0) begin
            element = $signed(data[8*(i&6)+:16]);
            if (strobes[i] && bad_operand(element)) begin
              bad_now = 1'b1;
              bad_lane = 3'(i);
              bad_value = 32'(element);
            end
          end
        end
      end else if (in_flight != BIAS) begin
        for (int i = 1; i >= 0; i--) begin
          word = data[32*i+:32];
          if (strobes[4*i] && (in_flight == MULT ? word[31] : word == 32'd0 || word > 32'd62)) begin
            bad_now = 1'b1;
            bad_lane = 3'(4 * i);
            bad_value = word;
          end
        end
      end
    end
  end

  always_comb begin
    bad_fault_now = bad_fault;
    if (bad_now && !bad) begin
      bad_fault_now.code = in_flight == WEIGHTS || in_flight == INPUTS
                               ? layer_core_registers_pkg::LAYER_FAULT_OPERAND_RANGE
                               : layer_core_registers_pkg::LAYER_FAULT_REQUANTISATION;
      unique case (in_flight)
        WEIGHTS: bad_fault_now.offset = layer_core_registers_pkg::ADDRESS_WEIGHTS_LO;
        MULT: bad_fault_now.offset = layer_core_registers_pkg::ADDRESS_MULT_LO;
        SHIFT: bad_fault_now.offset = layer_core_registers_pkg::ADDRESS_SHIFT_LO;
        default: bad_fault_now.offset = layer_core_registers_pkg::ADDRESS_IN_LO;
      endcase
      bad_fault_now.value = bad_value;
      bad_fault_now.address = in_flight_address + {{32{offset[31]}}, offset} + {61'd0, bad_lane};
    end
    fault = bad_fault_now;
    if (run_failed) begin
      fault.code = layer_core_registers_pkg::ACCELERATOR_ERROR_BUS_READ;
      fault.offset = 16'd0;
      fault.value = {20'd0, burst_size};
      fault.address = burst_address;
    end
  end
  assign broken = running && run_done && (run_failed || bad || bad_now);
  assign done = running && ((run_done && !broken && !more) || (!more && in_flight == NONE));

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      running <= 1'b0;
      more <= 1'b0;
      segment <= NONE;
      in_flight <= NONE;
      bad <= 1'b0;
    end else begin
      if (start) running <= 1'b1;
      else if (done || broken) running <= 1'b0;
      if (next) begin
        segment <= next_segment;
        more <= next_segment != NONE;
        place <= 25'd0;
      end else if (take) place <= place + bytes[24:0];
      if (start) in_flight <= NONE;
      if (bad_now && !bad) begin
        bad <= 1'b1;
        bad_fault <= bad_fault_now;
      end
      if (take) begin
        in_flight <= segment;
        in_flight_place <= place;
        in_flight_address <= address;
        bad <= 1'b0;
      end
    end
  end
endmodule
