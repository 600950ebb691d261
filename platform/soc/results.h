#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ganglion {

/// Predictions of one pass over a data set, as firmware left them in memory.
struct ResultSet {
  std::string name;  ///< same as the firmware region that produced it
  uint32_t images = 0;
  uint32_t correct = 0;
  std::vector<uint8_t> predictions;  ///< class by image
  [[nodiscard]] double accuracy() const { return images == 0 ? 0.0 : static_cast<double>(correct) / images; }
};

/// What stands in the memory of the results node after a run.
struct ResultsBlob {
  bool written = false;  ///< firmware put the magic there
  std::string problem;   ///< "" or why the blob cannot be read
  std::vector<ResultSet> sets;
};

/// Reads a `ganglion.results/1` blob (little endian): u32 magic 'GNRS', u32 version 1, u32 set count, u32
/// total bytes; then per set char name[16], u32 images, u32 correct, u8 predictions[images] padded to 4.
/// Never throws: a damaged blob is the firmware's mistake and is reported as one.
[[nodiscard]] ResultsBlob parse_results(std::span<const uint8_t> memory);

}  // namespace ganglion
