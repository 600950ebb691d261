#include "ip/deepcam/model/search_kernel.h"

#include <array>
#include <bit>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ganglion::deepcam {
namespace {

void search_portable(const SearchBatch& b) {
  for (std::size_t key = 0; key < b.key_count; ++key) {
    for (std::size_t row = 0; row < b.row_groups * kRowGroup; ++row) {
      int distance = 0;
      for (uint32_t w = 0; w < b.words; ++w)
        distance += std::popcount(b.columns[w * b.column_stride + row] ^ b.keys[key * b.key_stride + w]);
      b.distances[key * b.distance_stride + row] = static_cast<uint16_t>(distance);
    }
  }
}

#if defined(__x86_64__)
// Nibble counts by shuffle, four rows a register. A byte reaches 8 * 16 words = 128 at most, so bytes are
// added up over all words and summed across once.
__attribute__((target("avx2"))) void search_avx2(const SearchBatch& b) {
  const __m256i counts = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2,
                                          3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i nibble = _mm256_set1_epi8(0x0f);
  for (std::size_t group = 0; group < b.row_groups; ++group) {
    for (std::size_t key = 0; key < b.key_count; ++key) {
      __m256i sums[4];
      for (__m256i& sum : sums) sum = _mm256_setzero_si256();
      for (uint32_t w = 0; w < b.words; ++w) {
        const __m256i key_word = _mm256_set1_epi64x(static_cast<int64_t>(b.keys[key * b.key_stride + w]));
        const uint64_t* column = b.columns + w * b.column_stride + group * kRowGroup;
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
      uint16_t* distances = b.distances + key * b.distance_stride + group * kRowGroup;
      for (std::size_t i = 0; i < 4; ++i) {
        _mm256_store_si256(reinterpret_cast<__m256i*>(four.data()),
                           _mm256_sad_epu8(sums[i], _mm256_setzero_si256()));
        for (std::size_t r = 0; r < 4; ++r) distances[4 * i + r] = static_cast<uint16_t>(four[r]);
      }
    }
  }
}

/// Sixteen rows against kKeys keys: the rows are loaded once for all of them.
template <std::size_t kKeys>
__attribute__((target("avx512f,avx512vpopcntdq"))) void group_avx512(const SearchBatch& b, std::size_t group,
                                                                     std::size_t key) {
  __m512i low[kKeys], high[kKeys];
  for (std::size_t k = 0; k < kKeys; ++k) low[k] = high[k] = _mm512_setzero_si512();
  for (uint32_t w = 0; w < b.words; ++w) {
    const uint64_t* column = b.columns + w * b.column_stride + group * kRowGroup;
    const __m512i row_low = _mm512_loadu_si512(column), row_high = _mm512_loadu_si512(column + 8);
    for (std::size_t k = 0; k < kKeys; ++k) {
      const __m512i key_word = _mm512_set1_epi64(static_cast<int64_t>(b.keys[(key + k) * b.key_stride + w]));
      low[k] = _mm512_add_epi64(low[k], _mm512_popcnt_epi64(_mm512_xor_si512(row_low, key_word)));
      high[k] = _mm512_add_epi64(high[k], _mm512_popcnt_epi64(_mm512_xor_si512(row_high, key_word)));
    }
  }
  for (std::size_t k = 0; k < kKeys; ++k) {
    auto* to = reinterpret_cast<__m128i*>(b.distances + (key + k) * b.distance_stride + group * kRowGroup);
    _mm_storeu_si128(to, _mm512_maskz_cvtepi64_epi16(0xff, low[k]));
    _mm_storeu_si128(to + 1, _mm512_maskz_cvtepi64_epi16(0xff, high[k]));
  }
}

void search_avx512(const SearchBatch& b) {
  for (std::size_t group = 0; group < b.row_groups; ++group) {
    std::size_t key = 0;
    for (; key + 4 <= b.key_count; key += 4) group_avx512<4>(b, group, key);
    for (; key < b.key_count; ++key) group_avx512<1>(b, group, key);
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
