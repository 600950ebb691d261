// Job queue of an accelerator: one job runs, one waits, a third START is refused; a failed job stops the queue until RESUME
// or FLUSH. The model of it is platform/accel/accelerator_shell.cpp, register for register.
module job_queue #(
    parameter int unsigned CONFIG_BITS = 32
) (
    input logic clk,
    input logic rst_n,

    // Commands of software, pulses; reset acts alone, then flush, resume, start.
    input logic reset,
    input logic flush,
    input logic resume,
    input logic start,
    input logic [CONFIG_BITS-1:0] shadow,

    // The engine. `active` while its job runs; `finished` or `broken` in one cycle of that ends it.
    output logic active,
    output logic launch,  // first cycle of active
    output logic [CONFIG_BITS-1:0] job,
    input logic finished,
    input logic broken,
    input logic [15:0] broken_code,
    input logic [15:0] broken_register,
    input logic [31:0] broken_value,
    input logic [63:0] broken_address,

    // For the registers.
    output logic waiting,
    output logic held,
    output logic set_done,
    output logic set_error,
    output logic set_rejected,
    output logic [15:0] error_code,
    output logic [15:0] error_register,
    output logic [31:0] error_job,
    output logic [31:0] error_value,
    output logic [63:0] error_address,
    output logic [31:0] job_id,
    output logic [31:0] jobs_done,
    output logic [31:0] jobs_accepted,
    output logic [63:0] job_cycles
);
  localparam logic [15:0] CODE_NONE = 16'd0, CODE_REJECTED = 16'd1;  // common.rdl
  localparam logic [15:0] REGISTER_CTRL = 16'h000c;

  logic [CONFIG_BITS-1:0] waiting_job;
  logic [31:0] active_id, waiting_id;
  logic [63:0] cycles;

  wire leaves = active && (finished || broken);
  wire fails = active && broken;
  wire clears = flush || resume;
  // What the queue looks like after the job's end and the flush, before a START.
  wire still_active = active && !leaves;
  wire still_waiting = waiting && !flush;
  wire now_held = fails || (held && !clears);
  // A job that waits moves up at the end of the one that ran, a RESUME moves it up after a START in the same write.
  wire moves_at_end = leaves && !fails && !held && waiting;
  wire refuse = start && still_waiting && !moves_at_end;
  wire accept = start && !refuse;
  wire moves = moves_at_end || (still_waiting && !still_active && !now_held);

  assign set_done = active && finished && !broken;
  assign set_error = fails;
  assign set_rejected = refuse;

  always_ff @(posedge clk) begin
    if (!rst_n || reset) begin
      active <= 1'b0;
      launch <= 1'b0;
      waiting <= 1'b0;
      held <= 1'b0;
      job <= '0;
      waiting_job <= '0;
      active_id <= 32'd0;
      waiting_id <= 32'd0;
      cycles <= 64'd0;
      error_code <= CODE_NONE;
      error_register <= 16'd0;
      error_job <= 32'd0;
      error_value <= 32'd0;
      error_address <= 64'd0;
      job_id <= 32'd0;
      jobs_done <= 32'd0;
      jobs_accepted <= 32'd0;
      job_cycles <= 64'd0;
    end else begin
      launch <= 1'b0;
      held <= now_held;
      cycles <= cycles + 64'd1;
      active <= still_active;
      waiting <= still_waiting;

      if (moves) begin
        active <= 1'b1;
        launch <= 1'b1;
        job <= waiting_job;
        active_id <= waiting_id;
        waiting <= 1'b0;
        cycles <= 64'd1;
      end
      if (accept) begin
        jobs_accepted <= jobs_accepted + 32'd1;
        if (!moves && !still_active && !now_held) begin
          active <= 1'b1;
          launch <= 1'b1;
          job <= shadow;
          active_id <= jobs_accepted + 32'd1;
          cycles <= 64'd1;
        end else begin
          waiting <= 1'b1;
          waiting_job <= shadow;
          waiting_id <= jobs_accepted + 32'd1;
        end
      end

      if (set_done) begin
        job_id <= active_id;
        jobs_done <= jobs_done + 32'd1;
        job_cycles <= cycles;
      end

      // A failed job replaces REJECTED, a refused START replaces nothing.
      if (fails) begin
        error_code <= broken_code;
        error_register <= broken_register;
        error_job <= active_id;
        error_value <= broken_value;
        error_address <= broken_address;
      end else if (refuse && (clears || error_code == CODE_NONE)) begin
        error_code <= CODE_REJECTED;
        error_register <= REGISTER_CTRL;
        error_job <= 32'd0;
        error_value <= 32'd1;
        error_address <= 64'd0;
      end else if (clears) begin
        error_code <= CODE_NONE;
        error_register <= 16'd0;
        error_job <= 32'd0;
        error_value <= 32'd0;
        error_address <= 64'd0;
      end
    end
  end
endmodule
