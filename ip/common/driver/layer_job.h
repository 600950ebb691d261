/* What the drivers of blocks that compute layers share: the registers of ip/common/layer.rdl. */
#ifndef GANGLION_LAYER_JOB_H
#define GANGLION_LAYER_JOB_H

#include <stdint.h>

#include "accelerator.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { LAYER_JOB_CONVOLUTION = 0, LAYER_JOB_FULLY_CONNECTED = 1 };
enum { LAYER_JOB_POOL_NONE = 0, LAYER_JOB_POOL_MAX_2X2 = 1 };

/* A layer. Meanings, ranges and alignments are those of the registers of the same names. */
typedef struct {
  uint64_t in, weights, bias, mult, shift, out; /* bus addresses, multiples of 8 */
  uint32_t kind;                                /* LAYER_JOB_CONVOLUTION, LAYER_JOB_FULLY_CONNECTED */
  uint32_t in_c, in_h, in_w;
  uint32_t in_row_stride, in_plane_stride;   /* bytes; 0 = dense */
  uint32_t out_c, out_h, out_w;              /* before pooling */
  uint32_t out_row_stride, out_plane_stride; /* bytes, of the stored map (after pooling); 0 = dense */
  uint32_t kh, kw, stride, pad, pool;
  int32_t lo, hi;
} layer_job_t;

/* Puts what `layer` says, all but `in` and `weights`, into the values of the registers of ganglion_layer;
 * strides of 0 become those of dense maps of `element_bytes`. */
void layer_job_prepare(uint32_t* values, const layer_job_t* layer, uint32_t element_bytes);

#ifdef __cplusplus
}
#endif
#endif /* GANGLION_LAYER_JOB_H */
