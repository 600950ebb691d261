// On-chip buffer: writes up to 8 bytes from any byte address on, reads on READS ports READ_BYTES from any byte address on.
//
// A read's data is there in the next cycle and stays until the next read. Ports are as many as the datapath asks for: a
// chip would use banks or copies, whose conflicts neither this nor the model counts (README.md, "leaves out"). Synthesis for
// area leaves the memories out: with GANGLION_NO_MEMORIES only their ports are there.
module scratchpad #(
    parameter int unsigned BYTES = 1024,
    parameter int unsigned READS = 1,
    parameter int unsigned READ_BYTES = 1
) (
    input logic clk,
    input logic [7:0] write,  // strobes
    input logic [$clog2(BYTES)-1:0] write_address,
    input logic [63:0] write_data,
    input logic read,
    input logic [READS*$clog2(BYTES)-1:0] read_address,
    output logic [READS*READ_BYTES*8-1:0] read_data
);
`ifndef GANGLION_NO_MEMORIES
  localparam int unsigned ADDRESS_BITS = $clog2(BYTES);
  logic [7:0] bytes [0:BYTES-1];

  always_ff @(posedge clk) begin
    for (int unsigned i = 0; i < 8; i++) begin
      if (write[i]) bytes[write_address + ADDRESS_BITS'(i)] <= write_data[8*i+:8];
    end
    if (read) begin
      for (int unsigned port = 0; port < READS; port++) begin
        for (int unsigned i = 0; i < READ_BYTES; i++) begin
          read_data[8*(port*READ_BYTES+i)+:8] <=
              bytes[read_address[port*ADDRESS_BITS+:ADDRESS_BITS] + ADDRESS_BITS'(i)];
        end
      end
    end
  end
`endif
endmodule
