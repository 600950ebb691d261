// The job: first load; then, tile by tile, compute while the next tile loads and the last one is stored; last store. The
// same order as ganglion::TilePipeline (platform/accel/tile_pipeline.h).
module layer_control (
    input logic clk,
    input logic rst_n,

    input logic tile_valid,  // from the planner
    input layer_pkg::tile_t next_tile,
    output logic tile_take,

    output layer_pkg::tile_t load_tile,
    output logic load_start,
    input logic load_done,
    output layer_pkg::tile_t compute_tile,
    input logic compute_ready,
    output logic compute_start,
    input logic compute_done,
    output layer_pkg::runs_t store_results,
    output logic store_half,
    output logic store_start,
    input logic store_done,

    output logic finished,
    output logic [31:0] tiles
);
  typedef enum logic [2:0] {FIRST, FIRST_LOAD, STEP, RUN, LAST_STORE} state_e;
  typedef enum logic [2:0] {ASK, LOAD, STORE, STORING, REST} traffic_e;
  state_e state;
  traffic_e traffic;  // of RUN
  logic computing, unstored;


  wire take_first = state == FIRST && tile_valid;
  wire take_next = state == RUN && traffic == ASK && tile_valid;
  assign tile_take = take_first || take_next;
  wire quiet = (!computing || compute_done) && (traffic == REST || (traffic == STORING && store_done) ||
                                                (traffic == LOAD && load_done && !unstored));
  assign compute_start = state == STEP && compute_ready;
  assign finished = state == LAST_STORE && store_done;

  always_ff @(posedge clk) begin
    load_start <= 1'b0;
    store_start <= 1'b0;
    if (!rst_n) begin
      state <= FIRST;
      traffic <= REST;
      computing <= 1'b0;
      unstored <= 1'b0;
      tiles <= 32'd0;
    end else begin
      if (tile_take) begin
        load_tile <= next_tile;
        load_start <= 1'b1;
        tiles <= tiles + 32'd1;
      end
      if (compute_done) computing <= 1'b0;
      unique case (state)
        FIRST: if (tile_valid) state <= FIRST_LOAD;
        FIRST_LOAD: if (load_done) begin
          state <= STEP;
          compute_tile <= load_tile;
        end
        STEP:
        if (compute_ready) begin
          state <= RUN;
          computing <= 1'b1;
          traffic <= compute_tile.last ? (unstored ? STORE : REST) : ASK;
        end
        RUN: begin
          unique case (traffic)
            ASK: if (tile_valid) traffic <= LOAD;
            LOAD:
            if (load_done) begin
              traffic <= unstored ? STORING : REST;
              store_start <= unstored;
            end
            STORE: begin
              store_start <= 1'b1;
              traffic <= STORING;
            end
            STORING: if (store_done) traffic <= REST;
            default: ;
          endcase
          if (quiet) begin
            // What was computed waits to be stored, what was loaded is computed.
            unstored <= compute_tile.outputs;
            store_results <= compute_tile.results;
            store_half <= compute_tile.output_half;
            traffic <= REST;
            if (compute_tile.last) begin
              state <= LAST_STORE;
              store_start <= 1'b1;
            end else begin
              state <= STEP;
              compute_tile <= load_tile;
            end
          end
        end
        LAST_STORE: if (store_done) state <= FIRST;
        default: state <= FIRST;
      endcase
    end
  end
endmodule
