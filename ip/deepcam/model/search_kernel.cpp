#include "ip/deepcam/model/search_kernel.h"

#include <array>
#include <bit>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ganglion::deepcam {
namespace {

void search_portable(const uint64_t* columns, std::size_t stride, const uint64_t* key, uint32_t words,
                     std::size_t groups, uint16_t* distances) {
  for (std::size_t row = 0; row < groups * kRowGroup; ++row) {
    int distance = 0;
    for (uint32_t w = 0; w < words; ++w) distance += std::popcount(columns[w * stride + row] ^ key[w]);
    distances[row] = static_cast<uint16_t>(distance);
  }
}

#if defined(__x86_64__)
// Nibble counts by shuffle. A byte of the accumulator reaches 8 * 16 words = 128 at most, so bytes are added
// up over all words and summed across once.
__attribute__((target("avx2"))) void search_avx2(const uint64_t* columns, std::size_t stride,
                                                 const uint64_t* key, uint32_t words, std::size_t groups,
                                                 uint16_t* distances) {
  const __m256i counts = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2,
                                          3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i nibble = _mm256_set1_epi8(0x0f);
  for (std::size_t group = 0; group < groups; ++group) {
    __m256i sums[4];
    for (__m256i& sum : sums) sum = _mm256_setzero_si256();
    for (uint32_t w = 0; w < words; ++w) {
      const __m256i key_word = _mm256_set1_epi64x(static_cast<int64_t>(key[w]));
      const uint64_t* column = columns + w * stride + group * kRowGroup;
      for (int i = 0; i < 4; ++i) {
        const __m256i row = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(column + 4 * i));
        const __m256i differ = _mm256_xor_si256(row, key_word);
        const __m256i low = _mm256_shuffle_epi8(counts, _mm256_and_si256(differ, nibble));
        const __m256i high =
            _mm256_shuffle_epi8(counts, _mm256_and_si256(_mm256_srli_epi16(differ, 4), nibble));
        sums[i] = _mm256_add_epi8(sums[i], _mm256_add_epi8(low, high));
      }
    }
    alignas(32) std::array<uint64_t, 4> four;
    for (std::size_t i = 0; i < 4; ++i) {
      _mm256_store_si256(reinterpret_cast<__m256i*>(four.data()),
                         _mm256_sad_epu8(sums[i], _mm256_setzero_si256()));
      for (std::size_t r = 0; r < 4; ++r)
        distances[group * kRowGroup + 4 * i + r] = static_cast<uint16_t>(four[r]);
    }
  }
}

__attribute__((target("avx512f,avx512vpopcntdq"))) void search_avx512(const uint64_t* columns,
                                                                      std::size_t stride, const uint64_t* key,
                                                                      uint32_t words, std::size_t groups,
                                                                      uint16_t* distances) {
  for (std::size_t group = 0; group < groups; ++group) {
    __m512i low = _mm512_setzero_si512(), high = _mm512_setzero_si512();
    for (uint32_t w = 0; w < words; ++w) {
      const __m512i key_word = _mm512_set1_epi64(static_cast<int64_t>(key[w]));
      const uint64_t* column = columns + w * stride + group * kRowGroup;
      low =
          _mm512_add_epi64(low, _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(column), key_word)));
      high = _mm512_add_epi64(
          high, _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(column + 8), key_word)));
    }
    auto* to = reinterpret_cast<__m128i*>(distances + group * kRowGroup);
    _mm_storeu_si128(to, _mm512_maskz_cvtepi64_epi16(0xff, low));
    _mm_storeu_si128(to + 1, _mm512_maskz_cvtepi64_epi16(0xff, high));
  }
}
#endif

}  // namespace

const std::vector<SearchKernel>& search_kernels() {
  static const std::vector<SearchKernel> kernels = [] {
    std::vector<SearchKernel> found;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq"))
      found.push_back({"avx512", search_avx512});
    if (__builtin_cpu_supports("avx2")) found.push_back({"avx2", search_avx2});
#endif
    found.push_back({"portable", search_portable});
    return found;
  }();
  return kernels;
}

}  // namespace ganglion::deepcam
