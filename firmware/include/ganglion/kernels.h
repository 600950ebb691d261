/// Layers in software: the baseline every accelerator is compared with.
/// models: int8 and int16 layers, exact products, int32 accumulators, architecture.md section 4b.
/// Maps are dense CHW, weights OIHW or [out][in]. Accumulators must fit int32: gn_network_open checks it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Instructions that a full tile of 32 multiply-accumulates must execute (README.md, "The software
/// baseline"): at one instruction a cycle these bound the multiply-accumulates a cycle.
enum { GN_CONV2D_BOUND_PER_32_MAC = 40, GN_FULLY_CONNECTED_BOUND_PER_32_MAC = 72 };

/// A convolution (zero padding) or, with in_h = in_w = kh = kw = 1, a fully connected layer in_c -> out_c; or
/// a layer without weights, which uses the fields its kernel names.
typedef struct {
  const void* in;
  const void* weights;
  const int32_t* bias;         ///< [out_c], accumulator units
  const uint32_t* multiplier;  ///< [out_c], 31 bits
  const uint32_t* shift;       ///< [out_c], 1..62
  void* out;
  uint32_t element_bytes;  ///< 1 or 2, of in, weights and out
  uint32_t in_c, in_h, in_w;
  uint32_t out_c, out_h, out_w;  ///< before pooling
  uint32_t kh, kw, stride, pad;
  uint32_t pool;  ///< 1: 2x2 maximum, stride 2, odd last row and column dropped
  int32_t lo, hi;
  const void* in2;  ///< second input of an addition
} gn_layer_t;

/// Bytes of 8-byte aligned scratch memory the kernel needs for this layer.
size_t gn_conv2d_scratch_bytes(const gn_layer_t* layer);
void gn_conv2d(const gn_layer_t* layer, void* scratch);

size_t gn_fully_connected_scratch_bytes(const gn_layer_t* layer);
void gn_fully_connected(const gn_layer_t* layer, void* scratch);

/// 2x2 maximum, stride 2, in_c maps of in_h x in_w; uses in, out, element_bytes and the input's shape only.
void gn_max_pool(const gn_layer_t* layer);

/// gn_add_requantised of in and in2, element by element; multiplier[0], multiplier[1], shift[0], lo, hi.
void gn_add(const gn_layer_t* layer);

/// Mean of each channel: requantised sum; multiplier[0] / 2^shift[0] holds 1 / (in_h * in_w). lo, hi.
void gn_global_average_pool(const gn_layer_t* layer);

/// Every stride-th row and column of in, with `pad` channels of zeros in front, kh rows above, kw columns to
/// the left, and zeros up to the output's shape.
void gn_pad(const gn_layer_t* layer);

#ifdef __cplusplus
}
#endif
