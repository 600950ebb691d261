#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ip/deepcam/model/projection.h"

namespace ganglion::deepcam {

/// Hash words of a vector: bit j is column j of the projection, word j/64, bit j%64.
using HashWords = std::span<uint64_t>;

/// How a vector of `inputs` elements is cut: tiles of `tile_inputs` (the last may be shorter), each with a
/// hash and a norm of its own. tile_inputs is even, or not less than inputs (one tile).
struct HashTiling {
  uint32_t inputs = 1;
  uint32_t tile_inputs = 1;
  [[nodiscard]] uint32_t tiles() const { return (inputs + tile_inputs - 1) / tile_inputs; }
  [[nodiscard]] uint32_t begin(uint32_t tile) const { return tile * tile_inputs; }
  [[nodiscard]] uint32_t length(uint32_t tile) const {
    return tile + 1 == tiles() ? inputs - begin(tile) : tile_inputs;
  }
};

/// Where read noise comes from: a job and the number of the first vector.
struct HashOccasion {
  uint32_t job = 0;
  uint64_t first_vector = 0;
};

/// Hashes `count` vectors of tiling.inputs elements, `tiling.inputs` apart, into
/// words[vector][tile][bits/64]: bit = (column sum + read noise >= 0).
void hash_vectors(const Projection& projection, const HashTiling& tiling, std::span<const int8_t> vectors,
                  std::size_t count, const Noise& noise, const HashOccasion& occasion,
                  std::span<uint64_t> words);

}  // namespace ganglion::deepcam
