#include <ganglion/kernels.h>

#define MAX_POOL(name, element)                                                                           \
  static void name(const gn_layer_t* layer) {                                                             \
    const uint32_t height = layer->in_h / 2, width = layer->in_w / 2;                                     \
    element* out = layer->out;                                                                            \
    for (uint32_t c = 0; c < layer->in_c; ++c) {                                                          \
      for (uint32_t y = 0; y < height; ++y) {                                                             \
        const element* top = (const element*)layer->in + ((size_t)c * layer->in_h + 2 * y) * layer->in_w; \
        const element* bottom = top + layer->in_w;                                                        \
        for (uint32_t x = 0; x < width; ++x, top += 2, bottom += 2) {                                     \
          const element left = top[0] > bottom[0] ? top[0] : bottom[0];                                   \
          const element right = top[1] > bottom[1] ? top[1] : bottom[1];                                  \
          *out++ = left > right ? left : right;                                                           \
        }                                                                                                 \
      }                                                                                                   \
    }                                                                                                     \
  }
MAX_POOL(max_pool_8, int8_t)
MAX_POOL(max_pool_16, int16_t)

void gn_max_pool(const gn_layer_t* layer) {
  if (layer->element_bytes == 1) {
    max_pool_8(layer);
  } else {
    max_pool_16(layer);
  }
}
