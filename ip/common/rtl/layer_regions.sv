// The rules of a job's addresses, in the order of check_addresses (ip/common/model/layer.cpp): alignment, then reach, then that
// the output overlaps no operand. A region of memory a cycle: the output first, then the operands in the order of their registers.
module layer_regions (
    input logic clk,
    input logic clear,
    input logic step,
    /* verilator lint_off UNUSEDSIGNAL */  // only addresses
    input layer_core_registers_pkg::config_t job,
    /* verilator lint_on UNUSEDSIGNAL */
    input logic [48:0] in_span,  // bytes
    input logic [48:0] out_span,
    input logic [48:0] weight_span,
    output logic done,  // in the last step
    output logic broken,  // after that
    output layer_pkg::fault_t fault
);
  logic [2:0] region;
  logic region_faulty, overlaps, out_overflows;
  logic [63:0] out_end;
  layer_pkg::fault_t region_fault;
  wire [15:0] out_c = job.out_c[15:0];

  logic [63:0] base, region_end;
  logic [48:0] region_bytes;
  logic [15:0] region_offset;
  always_comb begin
    region_bytes = {31'd0, out_c, 2'd0};
    unique case (region)
      3'd0: begin
        base = {job.out_hi, job.out_lo};
        region_offset = layer_core_registers_pkg::ADDRESS_OUT_LO;
        region_bytes = out_span;
      end
      3'd1: begin
        base = {job.in_hi, job.in_lo};
        region_offset = layer_core_registers_pkg::ADDRESS_IN_LO;
        region_bytes = in_span;
      end
      3'd2: begin
        base = {job.weights_hi, job.weights_lo};
        region_offset = layer_core_registers_pkg::ADDRESS_WEIGHTS_LO;
        region_bytes = weight_span;
      end
      3'd3: begin
        base = {job.bias_hi, job.bias_lo};
        region_offset = layer_core_registers_pkg::ADDRESS_BIAS_LO;
      end
      3'd4: begin
        base = {job.mult_hi, job.mult_lo};
        region_offset = layer_core_registers_pkg::ADDRESS_MULT_LO;
      end
      default: begin
        base = {job.shift_hi, job.shift_lo};
        region_offset = layer_core_registers_pkg::ADDRESS_SHIFT_LO;
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
    misaligned_offset = layer_core_registers_pkg::ADDRESS_IN_LO;
    misaligned_value = job.in_lo;
    if (job.in_lo[2:0] != 3'd0) ;
    else if (job.weights_lo[2:0] != 3'd0) begin
      misaligned_offset = layer_core_registers_pkg::ADDRESS_WEIGHTS_LO;
      misaligned_value = job.weights_lo;
    end else if (job.bias_lo[2:0] != 3'd0) begin
      misaligned_offset = layer_core_registers_pkg::ADDRESS_BIAS_LO;
      misaligned_value = job.bias_lo;
    end else if (job.mult_lo[2:0] != 3'd0) begin
      misaligned_offset = layer_core_registers_pkg::ADDRESS_MULT_LO;
      misaligned_value = job.mult_lo;
    end else if (job.shift_lo[2:0] != 3'd0) begin
      misaligned_offset = layer_core_registers_pkg::ADDRESS_SHIFT_LO;
      misaligned_value = job.shift_lo;
    end else if (job.out_lo[2:0] != 3'd0) begin
      misaligned_offset = layer_core_registers_pkg::ADDRESS_OUT_LO;
      misaligned_value = job.out_lo;
    end else misaligned = 1'b0;
  end

  assign done = region == 3'd5;
  assign broken = region_faulty || out_overflows || overlaps;
  always_comb begin
    fault = region_fault;
    if (!region_faulty) begin
      fault.offset = layer_core_registers_pkg::ADDRESS_OUT_LO;
      fault.value = job.out_lo;
      fault.address = 64'd0;
      fault.code = out_overflows ? layer_core_registers_pkg::ACCELERATOR_ERROR_OVERFLOW
                                 : layer_core_registers_pkg::LAYER_FAULT_OVERLAP;
    end
  end

  always_ff @(posedge clk) begin
    if (clear) begin
      region <= 3'd0;
      region_faulty <= 1'b0;
      overlaps <= 1'b0;
      out_overflows <= 1'b0;
    end else if (step) begin
      region <= region + 3'd1;
      if (region == 3'd0) begin
        out_end <= region_end;
        out_overflows <= region_end < base;
        if (misaligned) begin
          region_faulty <= 1'b1;
          region_fault <= {layer_core_registers_pkg::ACCELERATOR_ERROR_MISALIGNED, misaligned_offset, misaligned_value,
                           64'd0};
        end
      end else begin
        if (!region_faulty && region_end < base) begin
          region_faulty <= 1'b1;
          region_fault <= {layer_core_registers_pkg::ACCELERATOR_ERROR_OVERFLOW, region_offset, base[31:0], 64'd0};
        end
        if (out_base < region_end && base < out_end) overlaps <= 1'b1;
      end
    end
  end
endmodule
