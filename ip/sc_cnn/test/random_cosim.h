#pragma once

#include <cstdint>
#include <string>
#include <vector>

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

/// Names of the bins of coverage_bins.h that `sum` missed; those of the large run only with `large_run`.
[[nodiscard]] std::vector<std::string> missed_bins(const layers::ProgramResult& sum, bool large_run);
/// A table of all bins with their hits, in Markdown.
[[nodiscard]] std::string coverage_table(const layers::ProgramResult& sum);

/// The timing contract over `programs` programs of 5 jobs an array and memory class, from `first_seed` on.
struct TimingRow {
  std::string array, memory;
  std::size_t jobs = 0;
  double p50 = 0, p95 = 0, max = 0, total = 0;  ///< of the model's cycles, share of the RTL's
  std::string failure;
};
[[nodiscard]] std::vector<TimingRow> measure_timing(uint64_t first_seed, unsigned programs,
                                                    unsigned workers = 1);
/// The rows, and the sizes the jobs were drawn from, in Markdown.
[[nodiscard]] std::string timing_table(const std::vector<TimingRow>& rows);

}  // namespace ganglion::sc_cnn
