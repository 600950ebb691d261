/// What the runtime needs of a block's driver to queue a loadable's layers on it: one entry a block, in the
/// table of offload.c. Submit and wait give the codes of the driver: 0, GN_ACCELERATOR_BUSY, other negatives
/// of the driver's own, positives of the block.
#pragma once

#include <ganglion/network.h>

enum { GN_ACCELERATOR_BUSY = -1 };  ///< one job runs and one waits

typedef struct {
  uint32_t code, register_offset, value, job;
  uint64_t address;
} gn_accelerator_error_t;

typedef struct {
  uint32_t target;               ///< GANGLION_TARGET_*
  const char* compatible;        ///< of its node in the device tree
  bool (*open)(uintptr_t base);  ///< false: another block, or another version; otherwise reset
  uint32_t (*operand_bits)(void);
  void (*interrupt)(int enable);
  void (*acknowledge)(void);
  int (*submit)(const gn_layer_t* layer, const ganglion_layer* record);
  uint32_t (*submitted)(void);  ///< number of the job submitted last
  int (*wait)(uint32_t job, void (*idle)(void* context));
  void (*recover)(gn_accelerator_error_t* error);  ///< what went wrong; opens the queue again
  /// As gn_offload_t.fits; NULL when every layer of the target does.
  bool (*fits)(const ganglion_layer* record, char* text, size_t bytes);
} gn_accelerator_t;

extern const gn_accelerator_t gn_sc_cnn_accelerator, gn_deepcam_accelerator;
