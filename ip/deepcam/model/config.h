#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ip/deepcam/model/cosine.h"
#include "ip/deepcam/model/noise.h"

namespace ganglion::deepcam {

/// Bits of a segment; a word is 1 to 4 segments joined.
inline constexpr uint32_t kSegmentBits = 256;
inline constexpr uint32_t kMaxSegments = 4;
inline constexpr uint32_t kMaxHashBits = kMaxSegments * kSegmentBits;

enum class Technology : uint8_t { kFefet, kCmos16t };

/// What an array is built with. Geometry, timing and buffers are reconstructions: the paper states none.
struct Config {
  uint32_t rows = 256;                ///< R: 64, 128, 256 or 512
  uint32_t segments = 4;              ///< joined segments of 256 bits, 1..4
  uint32_t projection_inputs = 4608;  ///< longest vector the projection store has rows for
  uint32_t projection_seed = 1;
  uint32_t crossbar_rows = 4608;  ///< cells a column sums at once; longer sums are added digitally
  CosineUnit cosine = CosineUnit::kTable;
  Technology technology = Technology::kFefet;
  NoiseLevels noise;

  uint32_t input_buffer_bytes = 64 * 1024;   ///< a whole input map, or two stripes
  uint32_t key_buffer_bytes = 128 * 1024;    ///< hashes of the operand that moves: all of them, or two chunks
  uint32_t output_buffer_bytes = 64 * 1024;  ///< two halves

  uint32_t im2col_width = 64;  ///< elements a cycle from the input buffer to the hash and norm units
  uint32_t hash_cycles = 1;    ///< one evaluation of a crossbar
  uint32_t write_cycles = 1;   ///< one row write
  uint32_t search_cycles = 1;  ///< one search
  uint32_t post_lanes = 64;    ///< rows whose distance becomes a product in one cycle
  uint32_t start_cycles = 16;  ///< from a job becoming active to its first fetch
  uint32_t tile_cycles = 8;    ///< handing over buffers, filling and draining the pipeline
};

/// A parameter out of its range, or two that do not fit each other.
struct ConfigFault {
  std::string parameter;
  int64_t value = 0;
  std::string rule;
  [[nodiscard]] std::string to_string() const {
    return parameter + " = " + std::to_string(value) + ": " + rule;
  }
};
[[nodiscard]] std::optional<ConfigFault> find_config_fault(const Config& config);

}  // namespace ganglion::deepcam
