#include "ip/deepcam/bench/popcount_bound.h"

#include <array>
#include <bit>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ganglion::deepcam {
namespace {

#if defined(__x86_64__)
__attribute__((target("popcnt")))
#endif
uint64_t
count_scalar(std::span<const uint64_t> words) {
  std::array<uint64_t, 4> sums{};
  for (std::size_t i = 0; i < words.size(); i += 4) {
    for (std::size_t j = 0; j < 4; ++j) sums[j] += static_cast<uint64_t>(std::popcount(words[i + j]));
  }
  return sums[0] + sums[1] + sums[2] + sums[3];
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) uint64_t count_avx2(std::span<const uint64_t> words) {
  const __m256i counts = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2,
                                          3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i nibble = _mm256_set1_epi8(0x0f), zero = _mm256_setzero_si256();
  __m256i sum = zero;
  for (std::size_t i = 0; i < words.size(); i += 64) {  // 16 vectors: a byte reaches 128
    __m256i bytes = zero;
    for (std::size_t j = 0; j < 64; j += 4) {
      const __m256i data = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(&words[i + j]));
      const __m256i low = _mm256_shuffle_epi8(counts, _mm256_and_si256(data, nibble));
      const __m256i high = _mm256_shuffle_epi8(counts, _mm256_and_si256(_mm256_srli_epi16(data, 4), nibble));
      bytes = _mm256_add_epi8(bytes, _mm256_add_epi8(low, high));
    }
    sum = _mm256_add_epi64(sum, _mm256_sad_epu8(bytes, zero));
  }
  alignas(32) std::array<uint64_t, 4> parts;
  _mm256_store_si256(reinterpret_cast<__m256i*>(parts.data()), sum);
  return parts[0] + parts[1] + parts[2] + parts[3];
}

__attribute__((target("avx512f,avx512vpopcntdq"))) uint64_t count_avx512(std::span<const uint64_t> words) {
  __m512i sums[4];
  for (__m512i& sum : sums) sum = _mm512_setzero_si512();
  for (std::size_t i = 0; i < words.size(); i += 32) {
    for (std::size_t j = 0; j < 4; ++j)
      sums[j] = _mm512_add_epi64(sums[j], _mm512_popcnt_epi64(_mm512_loadu_si512(&words[i + 8 * j])));
  }
  alignas(64) std::array<uint64_t, 8> parts;
  _mm512_store_si512(
      parts.data(), _mm512_add_epi64(_mm512_add_epi64(sums[0], sums[1]), _mm512_add_epi64(sums[2], sums[3])));
  uint64_t total = 0;
  for (const uint64_t part : parts) total += part;
  return total;
}
#endif

}  // namespace

std::vector<PopcountBound> popcount_bounds() {
  std::vector<PopcountBound> bounds;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq"))
    bounds.push_back({"avx512", count_avx512});
  if (__builtin_cpu_supports("avx2")) bounds.push_back({"avx2", count_avx2});
  if (!__builtin_cpu_supports("popcnt")) return bounds;
#endif
  bounds.push_back({"scalar", count_scalar});
  return bounds;
}

}  // namespace ganglion::deepcam
