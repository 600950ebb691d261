// What residual networks need beside layers of weights: sums of maps, means of channels, zeros around maps.
#include <ganglion/fixed_point.h>
#include <ganglion/kernels.h>
#include <string.h>

#define ADD(name, element)                                                                     \
  static void name(const gn_layer_t* layer, size_t count) {                                    \
    const element *a = layer->in, *b = layer->in2;                                             \
    element* out = layer->out;                                                                 \
    const uint32_t multiplier_a = layer->multiplier[0], multiplier_b = layer->multiplier[1];   \
    const uint32_t shift = layer->shift[0];                                                    \
    const int32_t lo = layer->lo, hi = layer->hi;                                              \
    for (const element* const end = a + count; a != end; ++a, ++b) {                           \
      *out++ = (element)gn_add_requantised(*a, *b, multiplier_a, multiplier_b, shift, lo, hi); \
    }                                                                                          \
  }
ADD(add_8, int8_t)
ADD(add_16, int16_t)

void gn_add(const gn_layer_t* layer) {
  const size_t count = (size_t)layer->in_c * layer->in_h * layer->in_w;
  if (layer->element_bytes == 1) {
    add_8(layer, count);
  } else {
    add_16(layer, count);
  }
}

#define AVERAGE(name, element)                                                                           \
  static void name(const gn_layer_t* layer) {                                                            \
    const element* in = layer->in;                                                                       \
    element* out = layer->out;                                                                           \
    const size_t area = (size_t)layer->in_h * layer->in_w;                                               \
    for (uint32_t c = 0; c < layer->in_c; ++c) {                                                         \
      int32_t sum = 0;                                                                                   \
      for (const element* const end = in + area; in != end; ++in) sum += *in;                            \
      *out++ = (element)gn_requantise(sum, layer->multiplier[0], layer->shift[0], layer->lo, layer->hi); \
    }                                                                                                    \
  }
AVERAGE(average_8, int8_t)
AVERAGE(average_16, int16_t)

void gn_global_average_pool(const gn_layer_t* layer) {
  if (layer->element_bytes == 1) {
    average_8(layer);
  } else {
    average_16(layer);
  }
}

#define KEEP_ROW(name, element)                                                  \
  static void name(const void* in, void* out, uint32_t width, uint32_t stride) { \
    const element* from = in;                                                    \
    element* to = out;                                                           \
    for (uint32_t x = 0; x < width; x += stride) *to++ = from[x];                \
  }
KEEP_ROW(keep_row_8, int8_t)
KEEP_ROW(keep_row_16, int16_t)

void gn_pad(const gn_layer_t* layer) {
  const size_t size = layer->element_bytes, row = layer->out_w * size;
  const size_t map = row * layer->out_h;
  memset(layer->out, 0, map * layer->out_c);
  const uint8_t* in = layer->in;
  for (uint32_t c = 0; c < layer->in_c; ++c) {
    uint8_t* out = (uint8_t*)layer->out + (layer->pad + c) * map + layer->kh * row + layer->kw * size;
    for (uint32_t y = 0; y < layer->in_h; ++y, in += layer->in_w * size) {
      if (y % layer->stride != 0) continue;
      if (layer->stride == 1) {
        memcpy(out, in, layer->in_w * size);
      } else if (size == 1) {
        keep_row_8(in, out, layer->in_w, layer->stride);
      } else {
        keep_row_16(in, out, layer->in_w, layer->stride);
      }
      out += row;
    }
  }
}
