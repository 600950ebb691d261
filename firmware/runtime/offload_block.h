/// What the runtime needs to know of a block to queue a loadable's layers on it: one entry a block, in the
/// table of offload.c. What all blocks share (probe, wait, interrupt, errors) is
/// ip/common/driver/accelerator.h.
#pragma once

#include <ganglion/network.h>
#include <layer_job.h>

typedef struct {
  uint32_t target;         ///< GANGLION_TARGET_*
  const char* compatible;  ///< of its node in the device tree
  uint32_t id, version;    ///< of the registers ID and VERSION; another major number is another block
  uint32_t (*operand_bits)(const accelerator_t* core);
  size_t job_bytes;
  /// The job of a layer, and its registers written.
  void (*prepare)(const accelerator_t* core, const gn_layer_t* layer, const ganglion_layer* record,
                  void* job);
  void (*program)(const accelerator_t* core, const void* job);
  /// As gn_offload_t.fits; NULL when every layer of the target does.
  bool (*fits)(const accelerator_t* core, const ganglion_layer* record, char* text, size_t bytes);
} gn_accelerator_t;

/// The registers that all blocks have for a layer.
layer_job_t gn_layer_job(const gn_layer_t* layer, const ganglion_layer* record);

extern const gn_accelerator_t gn_sc_cnn_accelerator, gn_deepcam_accelerator, gn_mac_array_accelerator;
