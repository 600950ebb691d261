#include "ip/deepcam/model/hash.h"

#include <algorithm>

namespace ganglion::deepcam {

void hash_vectors(const Projection& projection, const HashTiling& tiling, std::span<const int8_t> vectors,
                  std::size_t count, const Noise& noise, const HashOccasion& occasion,
                  std::span<uint64_t> words) {
  constexpr std::size_t kBlock = 64;  // vectors whose sums stay in the cache
  const uint32_t bits = projection.bits(), tiles = tiling.tiles();
  const std::size_t words_per_hash = bits / 64;
  std::vector<int32_t> sums(std::min(count, kBlock) * bits);
  for (std::size_t first = 0; first < count; first += kBlock) {
    const std::size_t block = std::min(kBlock, count - first);
    for (uint32_t tile = 0; tile < tiles; ++tile) {
      projection.column_sums(vectors.subspan(first * tiling.inputs), tiling.inputs, block, tiling.begin(tile),
                             tiling.length(tile), sums);
      for (std::size_t v = 0; v < block; ++v) {
        int32_t* vector_sums = &sums[v * bits];
        if (noise.levels().read != 0) {
          for (uint32_t c = 0; c < bits; ++c) {
            vector_sums[c] +=
                projection.scale() * noise.read(occasion.job, occasion.first_vector + first + v, tile, c);
          }
        }
        uint64_t* hash = &words[((first + v) * tiles + tile) * words_per_hash];
        for (std::size_t w = 0; w < words_per_hash; ++w) {
          uint64_t word = 0;
          for (uint32_t bit = 0; bit < 64; ++bit) word |= uint64_t{vector_sums[w * 64 + bit] >= 0} << bit;
          hash[w] = word;
        }
      }
    }
  }
}

}  // namespace ganglion::deepcam
