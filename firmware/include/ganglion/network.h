/// Walks a loadable: layers for the hart run in software, layers for an accelerator are queued there, layer
/// N+1 while layer N runs; images follow each other without a gap.
#pragma once

#include <ganglion/loadable.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// An accelerator as the walk sees it. Jobs are executed one after the other in the order of their start, so
/// a layer may be queued behind the one whose output it reads.
typedef struct gn_offload {
  void* context;
  uint32_t operand_bits;  ///< width it was built for: a loadable must be compiled for the same
  size_t job_bytes;       ///< of a prepared job
  /// Makes a job of a layer, once: `job` are job_bytes bytes, 8-byte aligned, which stay as they are while
  /// jobs are started from them. `layer` and `record` are not needed afterwards, what they point at is.
  void (*prepare)(void* context, const gn_layer_t* layer, const ganglion_layer* record, void* job);
  /// Queues a prepared job, waiting for a free place. Returns its number (1, 2, ...), or a negated error
  /// code.
  int64_t (*start)(void* context, const void* job);
  /// Waits until job `number` is done: 0, or the error code (positive) of the job that failed.
  int (*wait)(void* context, int64_t number);
  /// Describes the last error.
  void (*explain)(void* context, char* text, size_t bytes);
  uint32_t target;                ///< GANGLION_TARGET_* of the layers it takes
  const struct gn_offload* next;  ///< another accelerator, or NULL
  /// Whether it can run the layer as it was compiled; if not, why, as a sentence without full stop in `text`.
  /// NULL: it runs every layer of its target.
  bool (*fits)(void* context, const ganglion_layer* record, char* text, size_t bytes);
} gn_offload_t;

enum { GN_ARENAS = 2 };  ///< activations of two images in flight

/// A layer bound to an arena, ready to run.
typedef struct {
  gn_layer_t layer;             ///< where software computes it
  const gn_offload_t* offload;  ///< NULL: the hart
  void* job;                    ///< prepared for `offload`
} gn_step_t;

typedef struct {
  const void* file;
  uint8_t* arenas[GN_ARENAS];
  gn_step_t* steps[GN_ARENAS];  ///< one a layer
  void* scratch;
  const gn_offload_t* offloads;                 ///< NULL: none; then every layer must be the hart's
  const gn_offload_t* last_offload[GN_ARENAS];  ///< where last_job runs
  int64_t last_job[GN_ARENAS];
} gn_network_t;

typedef enum {
  GN_NETWORK_OK,
  GN_NETWORK_FILE,        ///< gn_network_fault_t.file says what
  GN_NETWORK_NO_OFFLOAD,  ///< a layer wants an accelerator that is not there
  GN_NETWORK_OPERANDS,    ///< the accelerator was built for another operand width
  GN_NETWORK_UNFIT,       ///< a layer was compiled for another instance of the accelerator; see `reason`
  GN_NETWORK_MEMORY,      ///< the heap is too small
  GN_NETWORK_SHAPE,       ///< the data set's images are not the network's input
  GN_NETWORK_JOB,         ///< the accelerator refused or failed; gn_network_fault_t.code is its error code
} gn_network_status_t;

typedef struct {
  gn_file_status_t file;
  uint32_t layer;
  int code;
  const gn_offload_t* offload;  ///< that refused or failed
  char reason[160];             ///< of GN_NETWORK_UNFIT
} gn_network_fault_t;

/// Checks the file and takes arenas and scratch memory from the heap. `file` must be 64-byte aligned and
/// stay. `offloads` is a list, NULL when there is no accelerator.
gn_network_status_t gn_network_open(gn_network_t* network, const void* file, size_t bytes,
                                    const gn_offload_t* offloads, gn_network_fault_t* fault);
void gn_network_close(gn_network_t* network);

/// True when a layer of the (checked) file is placed on an accelerator.
bool gn_loadable_needs_offload(const void* file);

/// Classifies `count` images of a (checked) data set from `first` on: predictions[i] = class with the largest
/// output, the lowest index among equals.
gn_network_status_t gn_network_classify(gn_network_t* network, const void* dataset, uint32_t first,
                                        uint32_t count, uint8_t* predictions, gn_network_fault_t* fault);

/// For measurements, on arena 0: puts an image there, runs one layer to its end.
void gn_network_load_image(gn_network_t* network, const void* dataset, uint32_t image);
gn_network_status_t gn_network_run_layer(gn_network_t* network, uint32_t layer, gn_network_fault_t* fault);

#ifdef __cplusplus
}
#endif
