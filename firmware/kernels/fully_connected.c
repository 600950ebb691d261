// Fully connected layers: every weight is used once, so the cost is reading it. int8 weights are read eight
// at a time and taken apart two at a time: with u = w + 128 (unsigned bytes),
//   (u0 + u4*2^32) * (x4 + x0*2^32) = u0*x4 + (u0*x0 + u4*x4) * 2^32   (mod 2^64)
// puts two multiply-accumulates into the upper half; the lower half's borrow is undone at the end, and
// sum(w*x) = sum(u*x) - 128*sum(x).
#include <ganglion/fixed_point.h>
#include <ganglion/kernels.h>
#include <string.h>

#include "pair.h"

/// Longest row whose halves cannot overflow: 255 * 128 * 65536 < 2^31.
enum { LONGEST_PAIRED_ROW = 65535 };

static uint32_t words_of(uint32_t inputs) { return (inputs + 7) / 8; }

size_t gn_fully_connected_scratch_bytes(const gn_layer_t* layer) {
  return (size_t)words_of(layer->in_c) * 4 * sizeof(int64_t);
}

static void store(const gn_layer_t* layer, uint32_t row, int32_t dot) {
  const int32_t value = gn_requantise((int32_t)((uint32_t)dot + (uint32_t)layer->bias[row]),
                                      layer->multiplier[row], layer->shift[row], layer->lo, layer->hi);
  if (layer->element_bytes == 1) {
    ((int8_t*)layer->out)[row] = (int8_t)value;
  } else {
    ((int16_t*)layer->out)[row] = (int16_t)value;
  }
}

/// Eight inputs -> four pairs x[k+4] + x[k]*2^32, zeros beyond the end. Returns the sum of all inputs.
static int32_t pack_inputs(const gn_layer_t* layer, int64_t* packed) {
  const int8_t* x = layer->in;
  const uint32_t left = layer->in_c % 8;
  const int8_t* const end = x + layer->in_c - left;
  int32_t sum = 0;
  for (; x != end; x += 8, packed += 4) {
#pragma GCC unroll 4
    for (uint32_t k = 0; k < 4; ++k) {
      packed[k] = gn_pair(x[k + 4], x[k]);
      sum += x[k] + x[k + 4];
    }
  }
  if (left == 0) return sum;
  for (uint32_t k = 0; k < 4; ++k) {
    const int32_t first = k + 4 < left ? x[k + 4] : 0, second = k < left ? x[k] : 0;
    packed[k] = gn_pair(first, second);
    sum += first + second;
  }
  return sum;
}

/// Modulo 2^64, hence unsigned.
static inline __attribute__((always_inline)) int64_t dot8(int64_t sum, uint64_t weights, const int64_t* x) {
  const uint64_t bytes = weights ^ UINT64_C(0x8080808080808080), mask = UINT64_C(0x000000ff000000ff);
  uint64_t total = (uint64_t)sum;
  total += (bytes & mask) * (uint64_t)x[0];
  total += (bytes >> 8 & mask) * (uint64_t)x[1];
  total += (bytes >> 16 & mask) * (uint64_t)x[2];
  total += (bytes >> 24 & mask) * (uint64_t)x[3];
  return (int64_t)total;
}

static inline uint64_t load_half(const int8_t* weights) {
  uint32_t half;
  memcpy(&half, __builtin_assume_aligned(weights, 4), sizeof half);
  return half;
}

/// Eight weights at a row that is aligned to 8 (halves = 0) or 4 bytes (halves = 1).
static inline __attribute__((always_inline)) uint64_t load_word(const int8_t* weights, const int halves) {
  if (halves) return load_half(weights) | load_half(weights + 4) << 32;
  uint64_t word;
  memcpy(&word, __builtin_assume_aligned(weights, 8), sizeof word);
  return word;
}

/// `rows` rows share the loads of the inputs.
static inline __attribute__((always_inline)) void paired_rows(const gn_layer_t* layer, uint32_t first,
                                                              const int64_t* x, int32_t correction,
                                                              const uint32_t rows, const int halves) {
  const uint32_t inputs = layer->in_c;
  const int8_t* weights = (const int8_t*)layer->weights + (size_t)first * inputs;
  const int8_t* const end = weights + (inputs & ~7u);
  const int8_t* row_at[4];
  int64_t sums[4] = {0};
#pragma GCC unroll 4
  for (uint32_t row = 0; row < rows; ++row) row_at[row] = weights + (size_t)row * inputs;
  for (; row_at[0] != end; x += 4) {
#pragma GCC unroll 4
    for (uint32_t row = 0; row < rows; ++row) {
      sums[row] = dot8(sums[row], load_word(row_at[row], halves), x);
      row_at[row] += 8;
    }
  }
#pragma GCC unroll 4
  for (uint32_t row = 0; row < rows; ++row) {
    if (halves && inputs % 8 != 0) sums[row] = dot8(sums[row], load_half(row_at[row]), x);
    store(layer, first + row, gn_pair_second(sums[row]) - correction);
  }
}

static void paired(const gn_layer_t* layer, int64_t* scratch) {
  const int32_t correction = 128 * pack_inputs(layer, scratch);
  uint32_t row = 0;
  if (layer->in_c % 8 == 0) {
    for (; row + 4 <= layer->out_c; row += 4) paired_rows(layer, row, scratch, correction, 4, 0);
    for (; row + 2 <= layer->out_c; row += 2) paired_rows(layer, row, scratch, correction, 2, 0);
    for (; row < layer->out_c; ++row) paired_rows(layer, row, scratch, correction, 1, 0);
  } else {
    for (; row + 4 <= layer->out_c; row += 4) paired_rows(layer, row, scratch, correction, 4, 1);
    for (; row < layer->out_c; ++row) paired_rows(layer, row, scratch, correction, 1, 1);
  }
}

// Element by element, four rows at a time: odd lengths and int16.
#define PLAIN_ROWS(name, element)                                                                           \
  static inline __attribute__((always_inline)) void name(const gn_layer_t* layer, uint32_t first,           \
                                                         const uint32_t rows) {                             \
    const element* x = layer->in;                                                                           \
    const element* const end = x + layer->in_c;                                                             \
    const element* row_at[4];                                                                               \
    int32_t sums[4] = {0};                                                                                  \
    _Pragma("GCC unroll 4") for (uint32_t row = 0; row < rows; ++row) row_at[row] =                         \
        (const element*)layer->weights + (size_t)(first + row) * layer->in_c;                               \
    for (; x != end; ++x) {                                                                                 \
      _Pragma("GCC unroll 4") for (uint32_t row = 0; row < rows; ++row) sums[row] += *x * *row_at[row]++;   \
    }                                                                                                       \
    _Pragma("GCC unroll 4") for (uint32_t row = 0; row < rows; ++row) store(layer, first + row, sums[row]); \
  }
PLAIN_ROWS(plain_rows_8, int8_t)
PLAIN_ROWS(plain_rows_16, int16_t)

void gn_fully_connected(const gn_layer_t* layer, void* scratch) {
  if (layer->element_bytes == 1 && layer->in_c % 4 == 0 && layer->in_c <= LONGEST_PAIRED_ROW) {
    paired(layer, scratch);
    return;
  }
  uint32_t row = 0;
  if (layer->element_bytes == 1) {
    for (; row + 4 <= layer->out_c; row += 4) plain_rows_8(layer, row, 4);
    for (; row < layer->out_c; ++row) plain_rows_8(layer, row, 1);
  } else {
    for (; row + 4 <= layer->out_c; row += 4) plain_rows_16(layer, row, 4);
    for (; row < layer->out_c; ++row) plain_rows_16(layer, row, 1);
  }
}
