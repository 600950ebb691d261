// Integer arithmetic that model, firmware, NumPy and RTL share bit for bit: the RTL's twin of platform/base/fixed_point.h.
package fixed_point_pkg;
  // `value` clamped to 32 bits.
  function automatic logic signed [31:0] saturate32(input logic signed [63:0] value);
    if (value > 64'sh7fff_ffff) saturate32 = 32'sh7fff_ffff;
    else if (value < -64'sh8000_0000) saturate32 = 32'sh8000_0000;
    else saturate32 = value[31:0];
  endfunction

  // acc * multiplier, multiplier below 2^31: fits 63 bits.
  function automatic logic signed [63:0] scale(input logic signed [31:0] acc, input logic [30:0] multiplier);
    scale = 64'(acc) * $signed({33'd0, multiplier});
  endfunction

  // clamp((product + 2^(shift-1)) >> shift, low, high), shift 1 to 62: rounds half up.
  function automatic logic signed [31:0] round_clamp(input logic signed [63:0] product, input logic [5:0] shift,
                                                     input logic signed [31:0] low, input logic signed [31:0] high);
    logic signed [63:0] rounded;
    rounded = (product + $signed(64'd1 << (shift - 6'd1))) >>> shift;
    if (rounded < 64'(low)) round_clamp = low;
    else if (rounded > 64'(high)) round_clamp = high;
    else round_clamp = rounded[31:0];
  endfunction
endpackage
