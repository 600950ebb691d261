// Convolution without im2col: padding is laid around a copy of the input once, weights of eight output
// channels are packed into pairs once per block and reused for every pixel, and the maximum of a pool is
// taken over accumulators (requantise never decreases), so that requantise runs once per stored output.
#include <ganglion/fixed_point.h>
#include <ganglion/kernels.h>
#include <stdbool.h>
#include <string.h>

#include "pair.h"

enum { CHANNELS_PER_BLOCK = 8 };

/// The padded input: distances in elements.
typedef struct {
  uint32_t channels, row, plane, kh, kw, stride;
} gn_map_t;

#define ELEMENT int8_t
#include "conv2d_tile.h"
#undef ELEMENT
#define ELEMENT int16_t
#include "conv2d_tile.h"
#undef ELEMENT

static size_t align8(size_t bytes) { return (bytes + 7) & ~(size_t)7; }

static size_t padded_map_bytes(const gn_layer_t* layer) {
  if (layer->pad == 0) return 0;
  return align8((size_t)layer->in_c * (layer->in_h + 2 * layer->pad) * (layer->in_w + 2 * layer->pad) *
                layer->element_bytes);
}

static size_t packed_weights_bytes(const gn_layer_t* layer) {
  return (size_t)layer->in_c * layer->kh * layer->kw * (CHANNELS_PER_BLOCK / 2) * sizeof(int64_t);
}

size_t gn_conv2d_scratch_bytes(const gn_layer_t* layer) {
  return padded_map_bytes(layer) + packed_weights_bytes(layer) +
         align8((size_t)2 * CHANNELS_PER_BLOCK * layer->out_w * sizeof(int32_t));
}

static void copy_with_padding(const gn_layer_t* layer, uint8_t* padded) {
  const size_t row_bytes = (size_t)layer->in_w * layer->element_bytes;
  const size_t margin = (size_t)layer->pad * layer->element_bytes, padded_row = row_bytes + 2 * margin;
  const uint8_t* in = layer->in;
  memset(padded, 0, padded_map_bytes(layer));
  for (uint32_t c = 0; c < layer->in_c; ++c) {
    padded += layer->pad * padded_row + margin;
    for (uint32_t y = 0; y < layer->in_h; ++y, in += row_bytes, padded += padded_row)
      memcpy(padded, in, row_bytes);
    padded += layer->pad * padded_row - margin;
  }
}

/// weights [channel][tap] of `channels` channels -> [tap][pair]; a missing last channel is zero.
static void pack_weights(const gn_layer_t* layer, uint32_t first, uint32_t channels, int64_t* packed) {
  const uint32_t pairs = (channels + 1) / 2;
  const size_t taps = (size_t)layer->in_c * layer->kh * layer->kw;
  for (uint32_t pair = 0; pair < pairs; ++pair) {
    const bool both = 2 * pair + 1 < channels;
    const size_t start = (first + 2 * pair) * taps, next = both ? start + taps : start;
    int64_t* out = packed + pair;
    if (layer->element_bytes == 1) {
      const int8_t *a = (const int8_t*)layer->weights + start, *b = (const int8_t*)layer->weights + next;
      for (size_t tap = 0; tap < taps; ++tap, out += pairs) *out = gn_pair(a[tap], both ? b[tap] : 0);
    } else {
      const int16_t *a = (const int16_t*)layer->weights + start, *b = (const int16_t*)layer->weights + next;
      for (size_t tap = 0; tap < taps; ++tap, out += pairs) *out = gn_pair(a[tap], both ? b[tap] : 0);
    }
  }
}

/// The maxima of 2x2 accumulators, in place of the upper row.
static void pool_row(int32_t* top, const int32_t* bottom, uint32_t width) {
  for (uint32_t x = 0; x < width; ++x) {
    const int32_t left = top[2 * x] > bottom[2 * x] ? top[2 * x] : bottom[2 * x];
    const int32_t right = top[2 * x + 1] > bottom[2 * x + 1] ? top[2 * x + 1] : bottom[2 * x + 1];
    top[x] = left > right ? left : right;
  }
}

/// Adds the bias, requantises and stores row `out_row` of `channel`.
static void store_row(const gn_layer_t* layer, uint32_t channel, uint32_t out_row, uint32_t width,
                      uint32_t height, const int32_t* acc) {
  const size_t at = ((size_t)channel * height + out_row) * width;
  const uint32_t bias = (uint32_t)layer->bias[channel];
  const uint32_t multiplier = layer->multiplier[channel], shift = layer->shift[channel];
  const int32_t lo = layer->lo, hi = layer->hi;
  const int32_t* const end = acc + width;
  if (layer->element_bytes == 1) {
    int8_t* out = (int8_t*)layer->out + at;
    while (acc != end) {
      *out++ = (int8_t)gn_requantise((int32_t)((uint32_t)*acc++ + bias), multiplier, shift, lo, hi);
    }
  } else {
    int16_t* out = (int16_t*)layer->out + at;
    while (acc != end) {
      *out++ = (int16_t)gn_requantise((int32_t)((uint32_t)*acc++ + bias), multiplier, shift, lo, hi);
    }
  }
}

void gn_conv2d(const gn_layer_t* layer, void* scratch) {
  uint8_t* const padded = scratch;
  int64_t* const packed = (int64_t*)(padded + padded_map_bytes(layer));
  int32_t* const acc = (int32_t*)((uint8_t*)packed + packed_weights_bytes(layer));
  const uint32_t row = layer->in_w + 2 * layer->pad;
  const gn_map_t map = {layer->in_c, row,       row * (layer->in_h + 2 * layer->pad),
                        layer->kh,   layer->kw, layer->stride};
  const uint8_t* const in = layer->pad == 0 ? layer->in : padded;
  const size_t line = (size_t)layer->stride * row * layer->element_bytes;
  const uint32_t shrink = layer->pool ? 1 : 0;
  // A pool drops an odd last row: it is not computed.
  const uint32_t rows = layer->pool ? layer->out_h & ~1u : layer->out_h;
  if (layer->pad != 0) copy_with_padding(layer, padded);

  for (uint32_t first = 0; first < layer->out_c; first += CHANNELS_PER_BLOCK) {
    const uint32_t left = layer->out_c - first;
    const uint32_t channels = left < CHANNELS_PER_BLOCK ? left : CHANNELS_PER_BLOCK,
                   pairs = (channels + 1) / 2;
    pack_weights(layer, first, channels, packed);
    const size_t acc_row = (size_t)2 * pairs * layer->out_w;
    for (uint32_t y = 0; y < rows; ++y) {
      int32_t* const target = acc + (layer->pool ? (y & 1) * acc_row : 0);
      if (layer->element_bytes == 1) {
        row_int8_t((const int8_t*)(in + y * line), &map, packed, target, layer->out_w, pairs);
      } else {
        row_int16_t((const int16_t*)(const void*)(in + y * line), &map, packed, target, layer->out_w, pairs);
      }
      if (layer->pool && (y & 1) == 0) continue;
      for (uint32_t channel = 0; channel < channels; ++channel) {
        int32_t* const top = acc + (size_t)channel * layer->out_w;
        if (layer->pool) pool_row(top, top + acc_row, layer->out_w / 2);
        store_row(layer, first + channel, y >> shrink, layer->out_w >> shrink, layer->out_h >> shrink, top);
      }
    }
  }
}
