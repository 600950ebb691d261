#include "ip/sc_cnn/model/accumulate.h"

#include <algorithm>
#include <cstring>

namespace ganglion::sc_cnn {
namespace {

// The compiler maps a vector of this many bytes to the machine's registers; one instance for each width.
template <int kBytes>
struct Vector16 {
  using Type [[gnu::vector_size(kBytes)]] = int16_t;
  using Count [[gnu::vector_size(kBytes)]] = uint16_t;
};

template <int kBytes>
[[gnu::always_inline]] inline void accumulate_block(int16_t* acc, uint16_t* saturations, std::size_t offset,
                                                    std::span<const TapProducts> taps, int16_t low,
                                                    int16_t high) {
  using V = typename Vector16<kBytes>::Type;
  constexpr std::size_t kLanes = kBytes / 2;
  constexpr std::size_t kVectors = kPixelBlock / kLanes;
  const V low_v = V{} + low;
  const V high_v = V{} + high;
  V sum[kVectors];
  typename Vector16<kBytes>::Count clamped[kVectors];
  std::memcpy(sum, acc + offset, sizeof sum);
  std::memcpy(clamped, saturations + offset, sizeof clamped);
  for (const TapProducts& tap : taps) {
    const V flip = V{} + tap.flip;
#pragma GCC unroll 4
    for (std::size_t v = 0; v < kVectors; ++v) {
      V products;
      std::memcpy(&products, tap.products + offset + v * kLanes, sizeof products);
      const V s = sum[v] + ((products ^ flip) - flip);
      V t = s < high_v ? s : high_v;
      t = t > low_v ? t : low_v;
      clamped[v] -= reinterpret_cast<typename Vector16<kBytes>::Count>(s != t);  // a true comparison is -1
      sum[v] = t;
    }
  }
  std::memcpy(acc + offset, sum, sizeof sum);
  std::memcpy(saturations + offset, clamped, sizeof clamped);
}

template <int kBytes>
[[gnu::always_inline]] inline void accumulate_all(int16_t* acc, uint16_t* saturations, std::size_t n,
                                                  std::span<const TapProducts> taps, int16_t low,
                                                  int16_t high) {
  for (std::size_t i = 0; i < n; i += kPixelBlock)
    accumulate_block<kBytes>(acc, saturations, i, taps, low, high);
}

using Kernel = void (*)(int16_t*, uint16_t*, std::size_t, std::span<const TapProducts>, int16_t, int16_t);

void accumulate_128(int16_t* acc, uint16_t* saturations, std::size_t n, std::span<const TapProducts> taps,
                    int16_t low, int16_t high) {
  accumulate_all<16>(acc, saturations, n, taps, low, high);
}
#if defined(__x86_64__)
[[gnu::target("avx2")]] void accumulate_256(int16_t* acc, uint16_t* saturations, std::size_t n,
                                            std::span<const TapProducts> taps, int16_t low, int16_t high) {
  accumulate_all<32>(acc, saturations, n, taps, low, high);
}
#endif

Kernel widest_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return accumulate_256;
#endif
  return accumulate_128;
}

}  // namespace

void accumulate(int16_t* acc, uint16_t* saturations, std::size_t n, std::span<const TapProducts> taps,
                int16_t low, int16_t high) {
  static const Kernel kernel = widest_kernel();
  kernel(acc, saturations, n, taps, low, high);
}

void accumulate(int32_t* acc, uint16_t* saturations, std::size_t n, std::span<const TapProducts> taps,
                int32_t low, int32_t high) {
  for (const TapProducts& tap : taps) {
    const int32_t flip = tap.flip;
    const int16_t* const products = tap.products;
    for (std::size_t i = 0; i < n; ++i) {
      const int32_t s = acc[i] + ((products[i] ^ flip) - flip);
      const int32_t t = std::clamp(s, low, high);
      saturations[i] = static_cast<uint16_t>(saturations[i] + (s != t ? 1 : 0));
      acc[i] = t;
    }
  }
}

}  // namespace ganglion::sc_cnn
