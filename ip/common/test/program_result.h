#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ganglion::layers {

/// What a random program left behind, one or the sum of several.
struct ProgramResult {
  std::string failure;  ///< "" when model and RTL agreed; else what the twin said
  std::string step;     ///< of the program that failed: "step 37, write 0x00c = 0x1: START of job 2"
  uint64_t programs = 0;
  uint64_t jobs = 0;                  ///< STARTs that were accepted
  uint64_t completed = 0;             ///< of them
  uint64_t completed_many_tiles = 0;  ///< of them, those of more than one tile
  uint64_t saturated = 0;             ///< completed ones with JOB_SATURATIONS above 0
  uint64_t bytes_compared = 0, reads_compared = 0;
  std::vector<std::pair<uint64_t, uint64_t>> cycles;  ///< of completed jobs: the model's, the RTL's
  std::map<std::string, uint64_t> hits;               ///< of the bins of functional coverage

  ProgramResult& operator+=(const ProgramResult& other);
  [[nodiscard]] std::string to_text() const;
  /// The inverse of to_text(); std::invalid_argument for anything else.
  [[nodiscard]] static ProgramResult from_text(const std::string& text);
};

}  // namespace ganglion::layers
