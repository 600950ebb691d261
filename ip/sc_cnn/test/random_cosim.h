#pragma once

#include <cstdint>
#include <string>

#include "ip/common/test/isolated.h"
#include "ip/common/test/job_sizes.h"
#include "ip/common/test/stimulus.h"

namespace ganglion::sc_cnn {

/// A random program on the SC-CNN core, model and RTL side by side. `array` is one of cosim_arrays.h
/// (std::invalid_argument), `library` replaces its RTL when not "". Once in a process: see run_isolated.
[[nodiscard]] layers::ProgramResult run_random_program(const std::string& array, uint64_t seed,
                                                       const std::string& library = "");
/// The program itself, for people.
[[nodiscard]] layers::Program random_program(const std::string& array, uint64_t seed);
/// A program of the timing contract: `jobs` legal jobs one after the other, on a memory of class `memory`
/// (kMemoryClasses).
[[nodiscard]] layers::Program timed_program(const std::string& array, uint64_t seed,
                                            const layers::MemoryClass& memory, unsigned jobs);
/// Any program, as run_random_program.
[[nodiscard]] layers::ProgramResult run_program(const std::string& array, const layers::Program& program,
                                                const std::string& library = "");

/// Programs of seeds `first_seed`, `first_seed + 1`, ... each in a process of its own, on `array` or ("all")
/// on all of them in turn; the sum, up to the first failure, whose text names seed, array, step and what
/// diverged.
struct Campaign {
  std::string array = "all";
  std::string library;  ///< "": those that the build made
  uint64_t first_seed = 1;
  unsigned programs = 1;
  unsigned workers = 1;
};
[[nodiscard]] layers::ProgramResult run_campaign(const Campaign& campaign);

}  // namespace ganglion::sc_cnn
