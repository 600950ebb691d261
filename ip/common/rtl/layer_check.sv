// The rules a job's configuration must keep, in the order of a block's find_job_fault (its model/layer.cpp): one group of rules
// a state of the planner, the first broken one counts. Products and quotients come from the planner, rules of the block's own
// arithmetic from the block.
module layer_check #(
    parameter int unsigned OPERAND_BITS = 8
) (
    /* verilator lint_off UNUSEDSIGNAL */  // addresses are somebody else's
    input layer_core_registers_pkg::config_t job,
    /* verilator lint_on UNUSEDSIGNAL */
    input logic [3:0] group,
    input logic [48:0] product,  // what the group below asks for
    input logic own_broken,  // a rule of the block's own arithmetic
    /* verilator lint_off UNUSEDSIGNAL */  // no address
    input layer_pkg::fault_t own_fault,
    /* verilator lint_on UNUSEDSIGNAL */
    output logic broken,
    output logic [15:0] code,
    output logic [15:0] offset,
    output logic [31:0] value
);
  localparam int unsigned EB = OPERAND_BITS <= 8 ? 1 : 2;
  localparam logic signed [31:0] LOW = -(32'sd1 <<< (OPERAND_BITS - 1));
  localparam logic signed [31:0] HIGH = (32'sd1 <<< (OPERAND_BITS - 1)) - 32'sd1;
  localparam logic [31:0] MAX_KERNEL = 32'd32;

  // Groups with their products.
  localparam logic [3:0] SIZES = 4'd0,
      OUT_ROWS = 4'd1,  // (OUT_H - 1) * STRIDE
      OUT_COLUMNS = 4'd2,  // (OUT_W - 1) * STRIDE
      POOLING = 4'd3,
      IN_STRIDES = 4'd4,  // IN_H * IN_ROW_STRIDE
      OUT_STRIDES = 4'd5,  // stored rows * OUT_ROW_STRIDE
      ARITHMETIC = 4'd6;

  wire fully_connected = job.kind[0];
  wire [31:0] stored_h = job.pool == 32'd0 ? job.out_h : job.out_h >> 1;
  wire [31:0] stored_w = job.pool == 32'd0 ? job.out_w : job.out_w >> 1;

  function automatic logic bad_size(input logic [31:0] size);
    bad_size = size == 32'd0 || size > 32'd65535;
  endfunction
  function automatic logic bad_kernel(input logic [31:0] size);
    bad_kernel = size == 32'd0 || size > MAX_KERNEL;
  endfunction
  // OUT = floor((IN + 2*PAD - KERNEL) / STRIDE) + 1 without a division: last = (OUT - 1) * STRIDE.
  function automatic logic bad_output(input logic [16:0] in, input logic [31:0] kernel, input logic [48:0] last);
    logic [31:0] padded;
    logic [48:0] room;
    padded = {15'd0, in} + {26'd0, job.pad[4:0], 1'b0};
    room = {17'd0, padded - kernel};
    bad_output = padded < kernel || last > room || room - last >= {17'd0, job.stride};
  endfunction
  function automatic logic bad_row(input logic [31:0] stride, input logic [16:0] width);
    bad_row = {1'b0, stride} < 33'(width) * 33'(EB) || (EB == 2 && stride[0]);
  endfunction
  function automatic logic bad_plane(input logic [31:0] stride, input logic [48:0] rows);
    bad_plane = {17'd0, stride} < rows || (EB == 2 && stride[0]);
  endfunction

  always_comb begin
    broken = 1'b1;
    code = layer_core_registers_pkg::ACCELERATOR_ERROR_NONE;
    offset = 16'd0;
    value = 32'd0;
    case (group)
      SIZES:
      if (job.kind > 32'd1) begin
        code = layer_core_registers_pkg::LAYER_FAULT_KIND; offset = layer_core_registers_pkg::ADDRESS_KIND; value = job.kind;
      end else if (bad_size(job.in_c)) begin
        code = layer_core_registers_pkg::LAYER_FAULT_DIMENSION; offset = layer_core_registers_pkg::ADDRESS_IN_C; value = job.in_c;
      end else if (bad_size(job.in_h)) begin
        code = layer_core_registers_pkg::LAYER_FAULT_DIMENSION; offset = layer_core_registers_pkg::ADDRESS_IN_H; value = job.in_h;
      end else if (bad_size(job.in_w)) begin
        code = layer_core_registers_pkg::LAYER_FAULT_DIMENSION; offset = layer_core_registers_pkg::ADDRESS_IN_W; value = job.in_w;
      end else if (bad_size(job.out_c)) begin
        code = layer_core_registers_pkg::LAYER_FAULT_DIMENSION; offset = layer_core_registers_pkg::ADDRESS_OUT_C; value = job.out_c;
      end else if (bad_size(job.out_h)) begin
        code = layer_core_registers_pkg::LAYER_FAULT_DIMENSION; offset = layer_core_registers_pkg::ADDRESS_OUT_H; value = job.out_h;
      end else if (bad_size(job.out_w)) begin
        code = layer_core_registers_pkg::LAYER_FAULT_DIMENSION; offset = layer_core_registers_pkg::ADDRESS_OUT_W; value = job.out_w;
      end else if (fully_connected) begin
        if (job.out_h != 32'd1) begin
          code = layer_core_registers_pkg::LAYER_FAULT_GEOMETRY; offset = layer_core_registers_pkg::ADDRESS_OUT_H; value = job.out_h;
        end else if (job.out_w != 32'd1) begin
          code = layer_core_registers_pkg::LAYER_FAULT_GEOMETRY; offset = layer_core_registers_pkg::ADDRESS_OUT_W; value = job.out_w;
        end else if (job.pool != 32'd0) begin
          code = layer_core_registers_pkg::LAYER_FAULT_POOL; offset = layer_core_registers_pkg::ADDRESS_POOL; value = job.pool;
        end else broken = 1'b0;
      end else if (bad_kernel(job.kernel_h)) begin
        code = layer_core_registers_pkg::LAYER_FAULT_KERNEL; offset = layer_core_registers_pkg::ADDRESS_KERNEL_H; value = job.kernel_h;
      end else if (bad_kernel(job.kernel_w)) begin
        code = layer_core_registers_pkg::LAYER_FAULT_KERNEL; offset = layer_core_registers_pkg::ADDRESS_KERNEL_W; value = job.kernel_w;
      end else if (bad_kernel(job.stride)) begin
        code = layer_core_registers_pkg::LAYER_FAULT_KERNEL; offset = layer_core_registers_pkg::ADDRESS_STRIDE; value = job.stride;
      end else if (job.pad >= MAX_KERNEL) begin
        code = layer_core_registers_pkg::LAYER_FAULT_KERNEL; offset = layer_core_registers_pkg::ADDRESS_PAD; value = job.pad;
      end else broken = 1'b0;
      OUT_ROWS: begin
        broken = !fully_connected && bad_output(job.in_h[16:0], job.kernel_h, product);
        code = layer_core_registers_pkg::LAYER_FAULT_GEOMETRY; offset = layer_core_registers_pkg::ADDRESS_OUT_H; value = job.out_h;
      end
      OUT_COLUMNS: begin
        broken = !fully_connected && bad_output(job.in_w[16:0], job.kernel_w, product);
        code = layer_core_registers_pkg::LAYER_FAULT_GEOMETRY; offset = layer_core_registers_pkg::ADDRESS_OUT_W; value = job.out_w;
      end
      POOLING: begin
        broken = !fully_connected && (job.pool > 32'd1 || stored_h == 32'd0 || stored_w == 32'd0);
        code = layer_core_registers_pkg::LAYER_FAULT_POOL; offset = layer_core_registers_pkg::ADDRESS_POOL; value = job.pool;
      end
      IN_STRIDES:
      if (bad_row(job.in_row_stride, job.in_w[16:0])) begin
        code = layer_core_registers_pkg::LAYER_FAULT_STRIDE; offset = layer_core_registers_pkg::ADDRESS_IN_ROW_STRIDE; value = job.in_row_stride;
      end else if (bad_plane(job.in_plane_stride, product)) begin
        code = layer_core_registers_pkg::LAYER_FAULT_STRIDE; offset = layer_core_registers_pkg::ADDRESS_IN_PLANE_STRIDE; value = job.in_plane_stride;
      end else broken = 1'b0;
      OUT_STRIDES:
      if (bad_row(job.out_row_stride, stored_w[16:0])) begin
        code = layer_core_registers_pkg::LAYER_FAULT_STRIDE; offset = layer_core_registers_pkg::ADDRESS_OUT_ROW_STRIDE; value = job.out_row_stride;
      end else if (bad_plane(job.out_plane_stride, product)) begin
        code = layer_core_registers_pkg::LAYER_FAULT_STRIDE; offset = layer_core_registers_pkg::ADDRESS_OUT_PLANE_STRIDE; value = job.out_plane_stride;
      end else broken = 1'b0;
      ARITHMETIC:
      if (own_broken) begin
        code = own_fault.code; offset = own_fault.offset; value = own_fault.value;
      end else if ($signed(job.out_min) < LOW || $signed(job.out_min) > HIGH) begin
        code = layer_core_registers_pkg::LAYER_FAULT_CLAMP; offset = layer_core_registers_pkg::ADDRESS_OUT_MIN; value = job.out_min;
      end else if ($signed(job.out_max) < LOW || $signed(job.out_max) > HIGH) begin
        code = layer_core_registers_pkg::LAYER_FAULT_CLAMP; offset = layer_core_registers_pkg::ADDRESS_OUT_MAX; value = job.out_max;
      end else if ($signed(job.out_min) > $signed(job.out_max)) begin
        code = layer_core_registers_pkg::LAYER_FAULT_CLAMP; offset = layer_core_registers_pkg::ADDRESS_OUT_MIN; value = job.out_min;
      end else broken = 1'b0;
      default: broken = 1'b0;
    endcase
  end
endmodule
