// The shell's test block in RTL: what test/vector_add.h does, tile by tile without overlap. BIAS[31:28], which the
// programming model does not define, selects a mistake: the co-simulation's own tests need RTL that is wrong.
module vector_add (
  input  logic        clk, input logic rst_n,
  input  logic [15:0] s_axil_awaddr,
  input  logic [2:0]  s_axil_awprot,
  input  logic        s_axil_awvalid, output logic s_axil_awready,
  input  logic [31:0] s_axil_wdata,
  input  logic [3:0]  s_axil_wstrb,
  input  logic        s_axil_wvalid, output logic s_axil_wready,
  output logic [1:0]  s_axil_bresp,
  output logic        s_axil_bvalid, input logic s_axil_bready,
  input  logic [15:0] s_axil_araddr,
  input  logic [2:0]  s_axil_arprot,
  input  logic        s_axil_arvalid, output logic s_axil_arready,
  output logic [31:0] s_axil_rdata,
  output logic [1:0]  s_axil_rresp,
  output logic        s_axil_rvalid, input logic s_axil_rready,
  output logic [3:0]  m_axi_awid,
  output logic [63:0] m_axi_awaddr,
  output logic [7:0]  m_axi_awlen,
  output logic [2:0]  m_axi_awsize,
  output logic [1:0]  m_axi_awburst,
  output logic        m_axi_awvalid, input logic m_axi_awready,
  output logic [63:0] m_axi_wdata,
  output logic [7:0]  m_axi_wstrb,
  output logic        m_axi_wlast,
  output logic        m_axi_wvalid, input logic m_axi_wready,
  input  logic [3:0]  m_axi_bid,
  input  logic [1:0]  m_axi_bresp,
  input  logic        m_axi_bvalid, output logic m_axi_bready,
  output logic [3:0]  m_axi_arid,
  output logic [63:0] m_axi_araddr,
  output logic [7:0]  m_axi_arlen,
  output logic [2:0]  m_axi_arsize,
  output logic [1:0]  m_axi_arburst,
  output logic        m_axi_arvalid, input logic m_axi_arready,
  input  logic [3:0]  m_axi_rid,
  input  logic [63:0] m_axi_rdata,
  input  logic [1:0]  m_axi_rresp,
  input  logic        m_axi_rlast,
  input  logic        m_axi_rvalid, output logic m_axi_rready,
  output logic        irq,
  output logic        active
);
  localparam logic [15:0] ERROR_REJECTED = 1, ERROR_BUS_READ = 2, ERROR_BUS_WRITE = 3, ERROR_MISALIGNED = 4,
                          ERROR_RANGE = 5, ERROR_TOO_SLOW = 16;
  localparam logic [3:0] WRONG_SUM = 1, BYTE_MISSING = 2, BYTE_TOO_MANY = 3, WRONG_OPERAND = 4, NOT_REJECTED = 5,
                         LIVE_LENGTH = 6, NO_DONE = 7, WRONG_ERROR = 8, NEVER_ENDS = 9, TOO_SLOW = 10, NOT_COUNTED = 11,
                         RESUME_FORGETS = 12, IRQ_STUCK = 13, NEVER_WRITTEN = 14;
  typedef struct packed {
    logic [63:0] a;
    logic [63:0] b;
    logic [63:0] out;
    logic [31:0] length;
    logic [31:0] timing;
    logic [31:0] bias;
  } config_t;
  typedef enum logic [3:0] {S_IDLE, S_CHECK, S_START, S_READ, S_DATA, S_COMPUTE, S_WRITE, S_SEND, S_ANSWER, S_END, S_FAIL} state_t;

  config_t shadow, running, waiting;
  logic waits, held, runs;
  logic [2:0] irq_enable, irq_status;
  logic [31:0] error, error_job, error_value, accepted, done_count, job_id, next_id, running_id, waiting_id;
  logic [63:0] error_address, cycles, job_cycles, cycle_high;
  state_t state;
  logic [31:0] done, tile_left, part, moved, counter;
  logic second;  // operand
  logic [63:0] address;
  logic [7:0] a_buffer [0:65535];
  logic [7:0] b_buffer [0:65535];
  logic [15:0] fail_code, fail_register;
  logic [31:0] fail_value;
  logic [63:0] fail_address;
  wire [3:0] mistake = running.bias[31:28];
  wire [3:0] next_mistake = shadow.bias[31:28];
  wire signed [7:0] bias = running.bias[11:4];

  assign irq = (|(irq_status & irq_enable)) || (next_mistake == IRQ_STUCK && irq_enable != 0);
  assign active = runs || waits || s_axil_bvalid || s_axil_rvalid || m_axi_arvalid || m_axi_awvalid || m_axi_wvalid;

  wire write = s_axil_awvalid && s_axil_wvalid && !s_axil_bvalid;
  assign {s_axil_awready, s_axil_wready} = {2{write}};
  wire read = s_axil_arvalid && !s_axil_rvalid;
  assign s_axil_arready = read;
  wire command = write && s_axil_awaddr == 16'h00c;
  wire reset = !rst_n || (command && s_axil_wdata[3]);
  wire flush = command && s_axil_wdata[2];
  wire clear = command && (s_axil_wdata[1] || s_axil_wdata[2]);
  wire start = command && s_axil_wdata[0];
  // Whether there is a register.
  function automatic logic known(input logic [15:0] at);
    return at[1:0] == 0 && (at <= 16'h04c && at != 16'h03c || at >= 16'h100 && at <= 16'h124);
  endfunction

  // Bytes of the longest burst from `at`: 256 beats, no page border, no more than `left`.
  function automatic logic [31:0] burst_bytes(input logic [63:0] at, input logic [31:0] left);
    logic [31:0] most, page;
    most = 32'd2048 - {29'd0, at[2:0]};
    page = 32'd4096 - {20'd0, at[11:0]};
    if (page < most) most = page;
    return left < most ? left : most;
  endfunction
  function automatic logic [7:0] burst_length(input logic [63:0] at, input logic [31:0] bytes);
    logic [31:0] beats;
    beats = ({29'd0, at[2:0]} + bytes + 32'd7) >> 3;
    return beats[7:0] - 8'd1;
  endfunction
  // Of the burst's bytes that are left, those in this beat.
  wire [31:0] beat_bytes = part < 32'd8 - 32'(address[2:0]) ? part : 32'd8 - 32'(address[2:0]);
  // Bytes that the tile stores, one too few or too many when asked to.
  wire [31:0] tile_bytes = running.length - done < {16'd0, running.timing[15:0]} ? running.length - done
                                                                                 : {16'd0, running.timing[15:0]};
  wire last_tile = done + tile_left == running.length;
  wire [31:0] store_bytes = tile_left - (mistake == BYTE_MISSING && last_tile ? 32'd1 : 32'd0) +
                            (mistake == BYTE_TOO_MANY && last_tile ? 32'd1 : 32'd0);

  assign {m_axi_awid, m_axi_arid} = '0;
  assign {m_axi_awsize, m_axi_arsize} = {2{3'd3}};
  assign {m_axi_awburst, m_axi_arburst} = {2{2'b01}};
  assign m_axi_rready = state == S_DATA;
  assign m_axi_bready = state == S_ANSWER;

  // The beat being sent: lanes from the address up, as many as are left of the burst.
  always_comb begin
    m_axi_wdata = '0;
    m_axi_wstrb = '0;
    for (int lane = 0; lane < 8; lane++) begin
      if (lane >= 32'(address[2:0]) && 32'(lane) - 32'(address[2:0]) < part) begin
        m_axi_wstrb[lane] = 1'b1;
        m_axi_wdata[8 * lane +: 8] = a_buffer[16'(moved + 32'(lane) - 32'(address[2:0]))] +
                                     b_buffer[16'(moved + 32'(lane) - 32'(address[2:0]))] + bias;
        if (mistake == WRONG_SUM && last_tile && moved + 32'(lane) - 32'(address[2:0]) == tile_left - 1)
          m_axi_wdata[8 * lane +: 8] = m_axi_wdata[8 * lane +: 8] ^ 8'h01;
        if (mistake == NEVER_WRITTEN && last_tile) m_axi_wdata[8 * lane +: 8] = a_buffer[16'hff00 + 16'(lane)];
      end
    end
    m_axi_wlast = part <= 32'd8 - 32'(address[2:0]);
  end

  task automatic fail(input logic [15:0] code, input logic [15:0] register, input logic [31:0] value,
                      input logic [63:0] at);
    fail_code <= mistake == WRONG_ERROR ? code + 16'd1 : code;
    fail_register <= register;
    fail_value <= value;
    fail_address <= at;
    state <= S_FAIL;
  endtask

  always_ff @(posedge clk) begin
    if (state != S_IDLE) cycles <= cycles + 1;
    case (state)
      S_IDLE: if (runs) begin
        cycles <= 64'd1;
        state <= S_CHECK;
      end
      S_CHECK: begin
        done <= 0;
        counter <= 0;
        state <= S_START;
        if (running.a[1:0] != 0) fail(ERROR_MISALIGNED, 16'h100, running.a[31:0], 0);
        else if (running.length == 0 || running.length > 65536) fail(ERROR_RANGE, 16'h118, running.length, 0);
        else if (running.timing[15:0] == 0) fail(ERROR_RANGE, 16'h11c, {16'd0, running.timing[15:0]}, 0);
        else if (running.timing[29:16] >= 10000) fail(ERROR_TOO_SLOW, 16'h11c, {18'd0, running.timing[29:16]}, 0);
      end
      S_START: begin  // a tile
        tile_left <= tile_bytes;
        moved <= 0;
        second <= 0;
        address <= running.a + 64'(done);
        state <= S_READ;
      end
      S_READ: begin
        part <= burst_bytes(address, tile_left - moved);
        m_axi_araddr <= address;
        m_axi_arlen <= burst_length(address, burst_bytes(address, tile_left - moved));
        m_axi_arvalid <= 1;
        fail_address <= address;
        fail_value <= burst_bytes(address, tile_left - moved);
        state <= S_DATA;
      end
      S_DATA: begin
        if (m_axi_arready) m_axi_arvalid <= 0;
        if (m_axi_rvalid) begin
          for (int lane = 0; lane < 8; lane++) begin
            if (lane >= 32'(address[2:0]) && 32'(lane) - 32'(address[2:0]) < part) begin
              if (second) b_buffer[16'(moved + 32'(lane) - 32'(address[2:0]))] <= m_axi_rdata[8 * lane +: 8];
              else a_buffer[16'(moved + 32'(lane) - 32'(address[2:0]))] <= m_axi_rdata[8 * lane +: 8];
            end
          end
          moved <= moved + beat_bytes;
          part <= part - beat_bytes;
          address <= {address[63:3] + 61'd1, 3'd0};
          if (m_axi_rlast) begin
            if (m_axi_rresp != 0) fail(ERROR_BUS_READ, 16'h000, fail_value, fail_address);
            else if (moved + part < tile_left) begin
              address <= fail_address + 64'(fail_value);
              state <= S_READ;
            end else if (!second) begin
              second <= 1;
              moved <= 0;
              address <= running.b + 64'(done) + (mistake == WRONG_OPERAND ? 64'd1 : 64'd0);
              state <= S_READ;
            end else begin
              counter <= 0;
              state <= S_COMPUTE;
            end
          end
        end
      end
      S_COMPUTE: begin
        counter <= counter + 1;
        if (counter >= {18'd0, running.timing[29:16]} && (mistake != TOO_SLOW || counter > 5000) && mistake != NEVER_ENDS) begin
          moved <= 0;
          address <= running.out + 64'(done);
          state <= S_WRITE;
        end
      end
      S_WRITE: begin
        part <= burst_bytes(address, store_bytes - moved);
        m_axi_awaddr <= address;
        m_axi_awlen <= burst_length(address, burst_bytes(address, store_bytes - moved));
        m_axi_awvalid <= 1;
        m_axi_wvalid <= 1;
        fail_address <= address;
        fail_value <= burst_bytes(address, store_bytes - moved);
        state <= S_SEND;
      end
      S_SEND: begin
        if (m_axi_awready) m_axi_awvalid <= 0;
        if (m_axi_wready && m_axi_wvalid) begin
          moved <= moved + beat_bytes;
          part <= part - beat_bytes;
          address <= {address[63:3] + 61'd1, 3'd0};
          if (m_axi_wlast) begin
            m_axi_wvalid <= 0;
            state <= S_ANSWER;
          end
        end
      end
      S_ANSWER: begin
        if (m_axi_awready) m_axi_awvalid <= 0;
        if (m_axi_bvalid) begin
          address <= fail_address + 64'(fail_value);
          if (m_axi_bresp != 0) fail(ERROR_BUS_WRITE, 16'h000, fail_value, fail_address);
          else if (moved < store_bytes) state <= S_WRITE;
          else if (done + tile_left < running.length) begin
            done <= done + tile_left;
            state <= S_START;
          end else state <= S_END;
        end
      end
      default: state <= S_IDLE;
    endcase
    if (reset) begin
      state <= S_IDLE;
      m_axi_arvalid <= 0;
      m_axi_awvalid <= 0;
      m_axi_wvalid <= 0;
      cycles <= 0;
    end
  end

  // The queue, as accelerator_shell.cpp has it.
  always_ff @(posedge clk) begin
    logic v_waits, v_runs, v_held;
    v_waits = waits;
    v_runs = runs;
    v_held = held;
    if (write && s_axil_awaddr == 16'h014) irq_enable <= s_axil_wdata[2:0];
    if (write && s_axil_awaddr == 16'h018) irq_status <= irq_status & ~s_axil_wdata[2:0];
    if (state == S_END) begin
      v_runs = 0;
      job_id <= running_id;
      done_count <= done_count + 1;
      job_cycles <= cycles;
      irq_status[0] <= mistake != NO_DONE;
    end
    if (state == S_FAIL) begin
      v_runs = 0;
      v_held = 1;
      irq_status[1] <= 1;
      error <= {fail_register, fail_code};
      error_job <= running_id;
      error_value <= fail_value;
      error_address <= fail_address;
    end
    if (flush) v_waits = 0;
    if (clear) begin
      v_held = 0;
      error <= 0;
      error_job <= 0;
      error_value <= 0;
      error_address <= 0;
      if (next_mistake == RESUME_FORGETS && s_axil_wdata[1]) v_waits = 0;
    end
    if (start) begin
      if (v_waits) begin
        if (next_mistake != NOT_REJECTED) irq_status[2] <= 1;
        if (error[15:0] == 0 || clear) begin
          error <= {16'h00c, ERROR_REJECTED};
          error_job <= 0;
          error_value <= 1;
          error_address <= 0;
        end
      end else begin
        v_waits = 1;
        waiting <= shadow;
        waiting_id <= accepted + 1;
        if (next_mistake != NOT_COUNTED || !v_runs) accepted <= accepted + 1;
      end
    end
    if (v_waits && !v_runs && !v_held) begin
      v_waits = 0;
      v_runs = 1;
      running <= start && !waits ? shadow : waiting;
      running_id <= start && !waits ? accepted + 1 : waiting_id;
    end
    if (runs && mistake == LIVE_LENGTH) running.length <= shadow.length;
    waits <= v_waits;
    runs <= v_runs;
    held <= v_held;
    if (write) begin
      case (s_axil_awaddr)
        16'h100: shadow.a[31:0] <= s_axil_wdata;
        16'h104: shadow.a[63:32] <= s_axil_wdata;
        16'h108: shadow.b[31:0] <= s_axil_wdata;
        16'h10c: shadow.b[63:32] <= s_axil_wdata;
        16'h110: shadow.out[31:0] <= s_axil_wdata;
        16'h114: shadow.out[63:32] <= s_axil_wdata;
        16'h118: shadow.length <= s_axil_wdata;
        16'h11c: shadow.timing <= s_axil_wdata & 32'h7fffffff;
        16'h120: shadow.bias <= s_axil_wdata & 32'hf0000ff0;
        default: ;
      endcase
    end
    if (reset) begin
      {waits, runs, held} <= 3'b000;
      {irq_enable, irq_status} <= 6'd0;
      {error, error_job, error_value, accepted, done_count, job_id} <= '0;
      {error_address, job_cycles} <= '0;
      shadow <= '0;
      shadow.timing <= {2'b00, 14'd10, 16'd64};
      running.bias <= '0;
    end
  end

  always_ff @(posedge clk) begin
    if (s_axil_bready) s_axil_bvalid <= 0;
    if (write) begin
      s_axil_bvalid <= 1;
      s_axil_bresp <= known(s_axil_awaddr) ? 2'b00 : 2'b11;
    end
    if (s_axil_rready) s_axil_rvalid <= 0;
    if (read) begin
      s_axil_rvalid <= 1;
      s_axil_rresp <= known(s_axil_araddr) ? 2'b00 : 2'b11;
      s_axil_rdata <= 0;
      case (s_axil_araddr)
        16'h000: s_axil_rdata <= 32'h44444156;
        16'h004: s_axil_rdata <= 32'h00020001;
        16'h008: s_axil_rdata <= 32'h00084031;
        16'h010: s_axil_rdata <= {28'd0, error[15:0] != 0, held, waits, runs};
        16'h014: s_axil_rdata <= {29'd0, irq_enable};
        16'h018: s_axil_rdata <= {29'd0, irq_status};
        16'h01c: s_axil_rdata <= error;
        16'h020: s_axil_rdata <= error_job;
        16'h024: s_axil_rdata <= error_value;
        16'h028: s_axil_rdata <= error_address[31:0];
        16'h02c: s_axil_rdata <= error_address[63:32];
        16'h030: s_axil_rdata <= job_id;
        16'h034: s_axil_rdata <= done_count;
        16'h038: s_axil_rdata <= accepted;
        16'h040: begin
          s_axil_rdata <= job_cycles[31:0];
          cycle_high <= job_cycles;
        end
        16'h044: s_axil_rdata <= cycle_high[63:32];
        16'h100: s_axil_rdata <= shadow.a[31:0];
        16'h104: s_axil_rdata <= shadow.a[63:32];
        16'h108: s_axil_rdata <= shadow.b[31:0];
        16'h10c: s_axil_rdata <= shadow.b[63:32];
        16'h110: s_axil_rdata <= shadow.out[31:0];
        16'h114: s_axil_rdata <= shadow.out[63:32];
        16'h118: s_axil_rdata <= shadow.length;
        16'h11c: s_axil_rdata <= shadow.timing;
        16'h120: s_axil_rdata <= shadow.bias & 32'h00000ff0;
        16'h124: s_axil_rdata <= 32'd4;
        default: ;
      endcase
    end
    if (!rst_n) begin
      s_axil_bvalid <= 0;
      s_axil_rvalid <= 0;
      cycle_high <= '0;
    end
  end
endmodule
