// The inner loops of gn_conv2d for one element type; included once with ELEMENT int8_t and once with int16_t.
// A tile is `pairs` output channel pairs x `pixels` neighbouring outputs of one row, held in registers:
// per tap it loads pairs + pixels operands and does 2*pairs*pixels multiply-accumulates.

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)

/// in: the tile's first tap. weights: [in_c][kh][kw][pairs]. acc: [2*pairs][acc_stride], from the tile's
/// first pixel on.
static inline __attribute__((always_inline)) void JOIN(tile, ELEMENT)(
    const ELEMENT* in, const gn_map_t* map, const int64_t* weights, int32_t* acc, uint32_t acc_stride,
    const uint32_t pairs, const uint32_t pixels, const uint32_t stride) {
  int64_t sums[4][4] = {{0}};
  const size_t width = map->kw, row = map->row - width, plane = map->plane - (size_t)map->kh * map->row;
  const ELEMENT* tap = in;
  for (uint32_t c = map->channels; c != 0; --c, tap += plane) {
    for (uint32_t ky = map->kh; ky != 0; --ky, tap += row) {
      const ELEMENT* const row_end = tap + width;
      do {
#pragma GCC unroll 4
        for (uint32_t pixel = 0; pixel < pixels; ++pixel) {
#pragma GCC unroll 4
          for (uint32_t pair = 0; pair < pairs; ++pair) {
            sums[pair][pixel] += weights[pair] * tap[pixel * stride];
          }
        }
        weights += pairs;
        __asm__("" : "+r"(weights));  // else GCC computes its last value once more a row, and spills for it
      } while (++tap != row_end);
    }
  }
#pragma GCC unroll 4
  for (uint32_t pair = 0; pair < pairs; ++pair) {
#pragma GCC unroll 4
    for (uint32_t pixel = 0; pixel < pixels; ++pixel) {
      acc[2 * pair * acc_stride + pixel] = gn_pair_first(sums[pair][pixel]);
      acc[(2 * pair + 1) * acc_stride + pixel] = gn_pair_second(sums[pair][pixel]);
    }
  }
}

// A function each: the registers of a tile are all the hart has. Stride 1 is apart, its loads have fixed
// offsets.
#define DEFINE(pairs, pixels)                                                                              \
  static __attribute__((noinline)) void JOIN(JOIN(tile_##pairs##x##pixels, ELEMENT), 1)(                   \
      const ELEMENT* in, const gn_map_t* map, const int64_t* weights, int32_t* acc, uint32_t acc_stride) { \
    JOIN(tile, ELEMENT)(in, map, weights, acc, acc_stride, pairs, pixels, 1);                              \
  }                                                                                                        \
  static __attribute__((noinline)) void JOIN(JOIN(tile_##pairs##x##pixels, ELEMENT), n)(                   \
      const ELEMENT* in, const gn_map_t* map, const int64_t* weights, int32_t* acc, uint32_t acc_stride) { \
    JOIN(tile, ELEMENT)(in, map, weights, acc, acc_stride, pairs, pixels, map->stride);                    \
  }
DEFINE(1, 1)
DEFINE(1, 2)
DEFINE(1, 4)
DEFINE(2, 1)
DEFINE(2, 2)
DEFINE(2, 4)
DEFINE(3, 1)
DEFINE(3, 2)
DEFINE(3, 4)
DEFINE(4, 1)
DEFINE(4, 2)
DEFINE(4, 4)
#undef DEFINE

/// One output row of `pairs` channel pairs; `in` is the row's first tap.
static void JOIN(row, ELEMENT)(const ELEMENT* in, const gn_map_t* map, const int64_t* weights, int32_t* acc,
                               uint32_t out_w, uint32_t pairs) {
  typedef void (*tile_t)(const ELEMENT*, const gn_map_t*, const int64_t*, int32_t*, uint32_t);
#define TILE(pairs, pixels) \
  { JOIN(JOIN(tile_##pairs##x##pixels, ELEMENT), n), JOIN(JOIN(tile_##pairs##x##pixels, ELEMENT), 1) }
  static const tile_t tiles[4][3][2] = {{TILE(1, 1), TILE(1, 2), TILE(1, 4)},
                                        {TILE(2, 1), TILE(2, 2), TILE(2, 4)},
                                        {TILE(3, 1), TILE(3, 2), TILE(3, 4)},
                                        {TILE(4, 1), TILE(4, 2), TILE(4, 4)}};
#undef TILE
  const uint32_t stride = map->stride, adjacent = stride == 1;
  uint32_t x = 0;
  for (; x + 4 <= out_w; x += 4) tiles[pairs - 1][2][adjacent](in + x * stride, map, weights, acc + x, out_w);
  if (out_w - x >= 2) {
    tiles[pairs - 1][1][adjacent](in + x * stride, map, weights, acc + x, out_w);
    x += 2;
  }
  if (out_w != x) tiles[pairs - 1][0][adjacent](in + x * stride, map, weights, acc + x, out_w);
}

#undef JOIN
#undef JOIN_
