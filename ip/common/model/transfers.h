#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ganglion::layers {

// What moves between memory and a block's buffers, tile by tile.

/// What a run of bytes belongs to. Norms are of the DeepCAM array alone.
enum class Operand : uint8_t { kInput, kWeights, kBias, kMult, kShift, kOutput, kNorms };
/// The register that holds the operand's address: "IN_LO".
[[nodiscard]] const char* name_of(Operand operand);

/// Consecutive bytes between memory and an on-chip buffer. Runs that touch in memory and in the buffer are
/// one run.
struct ByteRun {
  Operand operand;
  uint64_t offset = 0;         ///< in memory, from the operand's base address
  uint64_t buffer_offset = 0;  ///< in the dense on-chip image of the tile
  uint64_t bytes = 0;
};
/// Appends `run`, unless it is empty; when it goes on where the last one ends, that one grows.
void append_run(std::vector<ByteRun>& runs, const ByteRun& run);

/// A layer's operands at hand, little endian, as in memory.
struct Operands {
  std::span<const uint8_t> in, weights, bias, mult, shift, norms = {};
  /// Bytes of a run; std::invalid_argument when the operand is shorter.
  [[nodiscard]] std::span<const uint8_t> bytes_of(const ByteRun& run) const;
};

}  // namespace ganglion::layers
