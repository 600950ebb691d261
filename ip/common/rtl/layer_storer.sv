// Stores the outputs of a tile from their half of the output buffer.
module layer_storer (
    input logic clk,
    input logic rst_n,
    input logic start,
    input layer_pkg::runs_t results,  // taken with start
    output logic done,
    output logic broken,  // instead of done
    output layer_pkg::fault_t fault,

    output logic request,
    input logic ready,
    output logic [63:0] address,
    output logic [31:0] bytes,
    input logic [31:0] offset,
    input logic run_done,
    input logic run_failed,
    input logic [63:0] burst_address,
    input logic [11:0] burst_size,
    output logic [24:0] read_address  // bytes from the start of the half
);
  logic valid, last, last_in_flight;
  logic [24:0] place, in_flight_place;
  wire take = request && ready;
  layer_runs generator (.clk, .rst_n, .start, .runs(results), .valid, .address, .bytes, .last, .take);
  assign request = valid && !broken;

  wire unused = &{1'b0, offset[31:25]};  // a run is no longer than the buffer
  assign read_address = in_flight_place + offset[24:0];
  assign broken = run_done && run_failed;
  assign done = run_done && !run_failed && last_in_flight;
  assign fault = {layer_core_registers_pkg::ACCELERATOR_ERROR_BUS_WRITE, 16'd0, 20'd0, burst_size, burst_address};

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      place <= 25'd0;
      in_flight_place <= 25'd0;
      last_in_flight <= 1'b0;
    end else begin
      if (start) place <= 25'd0;
      else if (take) place <= place + bytes[24:0];
      if (take) begin
        in_flight_place <= place;
        last_in_flight <= last;
      end
    end
  end
endmodule
