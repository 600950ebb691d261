// What the parts of a layer core (layer_core.sv) tell each other. Buffer addresses and sizes count elements, not bytes.
package layer_pkg;
  // Runs of bytes in memory: `outer` times `inner` runs of `bytes`; strides in bytes. Runs that touch are one already.
  typedef struct packed {
    logic [63:0] address;
    logic [15:0] outer;
    logic [31:0] outer_stride;
    logic [15:0] inner;
    logic [31:0] inner_stride;
    logic [31:0] bytes;
  } runs_t;

  // Unit of load, compute and store (ip/common/model/schedule.h). Convolution: a stripe of output rows of up to T_M maps. Fully
  // connected: a chunk of the inputs of up to T_M*p outputs.
  typedef struct packed {
    logic last;  // of the job
    logic load_weights;
    logic load_parameters;  // first tile of a group
    logic load_input;
    logic outputs;  // accumulators are complete: post-process and store
    logic input_half;  // halves of the buffers
    logic weight_half;
    logic parameter_half;
    logic output_half;
    logic [15:0] map_count;
    logic [24:0] tap_begin;
    logic [24:0] tap_count;
    logic [24:0] units;  // stored outputs of a map
    logic signed [17:0] first_row;  // input row of the first output row's first tap; negative in the padding
    logic signed [25:0] first_base;  // buffer address of that row
    logic [24:0] plane;  // elements of one input channel in the buffer
    logic [15:0] map_begin;
    runs_t weights;
    runs_t inputs;
    runs_t results;
  } tile_t;

  // Constants of a job's address generation. A unit is a stored output: a pixel, or a window of four with pooling. A run
  // gives every lane one pixel; from run to run a lane advances by as many units as a run has.
  typedef struct packed {
    logic [15:0] unit_width;  // units of a row
    logic [6:0] unit_step;  // input columns (and rows) from unit to unit
    logic [10:0] advance_units;  // remainder of a run's units by unit_width
    logic [17:0] advance_x;
    logic [17:0] advance_y;
    logic [25:0] advance_base;
    logic [22:0] wrap_x;  // at a row's end: columns back,
    logic [25:0] wrap_base;  // buffer address onward
    logic [25:0] stride_base;  // buffer address from one output row to the next
  } geometry_t;

  typedef struct packed {
    logic [15:0] code;
    logic [15:0] offset;  // of the register
    logic [31:0] value;
    logic [63:0] address;
  } fault_t;
endpackage
