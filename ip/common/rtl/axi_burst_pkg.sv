// How a run of bytes is cut into AXI4 bursts: platform/accel/dma.h states the rule, both keep to it. INCR bursts of at most
// 256 beats of 8 bytes, never across 4 KiB.
package axi_burst_pkg;
  // Bytes of the longest burst at `address` with `remaining` (> 0) bytes to go.
  function automatic logic [11:0] burst_bytes(input logic [11:0] address, input logic [31:0] remaining);
    logic [12:0] limit;
    logic [12:0] to_page_end;
    limit = 13'd2048 - {10'd0, address[2:0]};
    to_page_end = 13'd4096 - {1'b0, address};
    if (to_page_end < limit) limit = to_page_end;
    burst_bytes = remaining < {19'd0, limit} ? remaining[11:0] : limit[11:0];
  endfunction

  // AxLEN: beats less one.
  function automatic logic [7:0] burst_length(input logic [2:0] address, input logic [11:0] bytes);
    // The last byte's place counted in beats.
    burst_length = 8'(({9'd0, address} + bytes - 12'd1) >> 3);
  endfunction

  // Byte lanes from `first` to `last`.
  function automatic logic [7:0] lanes(input logic [2:0] first, input logic [2:0] last);
    lanes = (8'hff << first) & (8'hff >> (3'd7 - last));
  endfunction
endpackage
