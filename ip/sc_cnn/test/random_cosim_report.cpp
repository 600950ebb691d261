// What docs/reference/cosim.md shows of the random programs: coverage and the timing contract.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ip/common/test/job_sizes.h"
#include "ip/sc_cnn/test/cosim_arrays.h"
#include "ip/sc_cnn/test/coverage_bins.h"
#include "ip/sc_cnn/test/random_cosim.h"

namespace ganglion::sc_cnn {
namespace {

uint64_t hits_of(const layers::ProgramResult& sum, const char* bin) {
  const auto found = sum.hits.find(bin);
  return found == sum.hits.end() ? 0 : found->second;
}

TimingRow row_of(const std::string& array, const std::string& memory, const layers::ProgramResult& sum) {
  TimingRow row{array, memory, sum.cycles.size(), 0, 0, 0, 0, sum.failure};
  if (sum.cycles.empty()) return row;
  std::vector<double> errors;
  double model_cycles = 0, rtl_cycles = 0;
  for (const auto& [model, rtl] : sum.cycles) {
    const auto of_model = static_cast<double>(model), of_rtl = static_cast<double>(rtl);
    errors.push_back(std::abs(of_model - of_rtl) / of_rtl);
    model_cycles += of_model;
    rtl_cycles += of_rtl;
  }
  std::ranges::sort(errors);
  row.p50 = errors[errors.size() / 2];
  row.p95 = errors[errors.size() * 95 / 100];
  row.max = errors.back();
  row.total = std::abs(model_cycles - rtl_cycles) / rtl_cycles;
  return row;
}

}  // namespace

std::vector<std::string> missed_bins(const layers::ProgramResult& sum, bool large_run) {
  std::vector<std::string> missed;
  for (const auto& bin : coverage_bins()) {
    if (hits_of(sum, bin.name) == 0 && (large_run || !bin.large_run_only)) missed.emplace_back(bin.name);
  }
  return missed;
}

std::string coverage_table(const layers::ProgramResult& sum) {
  std::string text = "| bin | meaning | hits |\n|---|---|---|\n";
  for (const auto& bin : coverage_bins()) {
    text += fmt::format("| `{}` | {}{} | {} |\n", bin.name, bin.meaning,
                        bin.large_run_only ? " (large run)" : "", hits_of(sum, bin.name));
  }
  return text;
}

std::vector<TimingRow> measure_timing(uint64_t first_seed, unsigned programs, unsigned workers) {
  constexpr unsigned kJobs = 5;
  std::vector<TimingRow> rows;
  for (const CosimArray& array : kCosimArrays) {
    for (const layers::MemoryClass& memory : layers::kMemoryClasses) {
      std::vector<layers::IsolatedRun> runs;
      for (uint64_t seed = first_seed; seed < first_seed + programs; ++seed) {
        runs.push_back({fmt::format("timed program of seed {} on the {} array, {} memory", seed, array.name,
                                    memory.name),
                        [&array, &memory, seed] {
                          return run_program(array.name, timed_program(array.name, seed, memory, kJobs));
                        }});
      }
      layers::ProgramResult sum;
      for (const layers::ProgramResult& result : layers::run_isolated(runs, workers)) sum += result;
      rows.push_back(row_of(array.name, memory.name, sum));
    }
  }
  return rows;
}

std::string timing_table(const std::vector<TimingRow>& rows) {
  std::string text =
      "| array | memory | jobs | p50 | p95 | max | all cycles |\n|---|---|---|---|---|---|---|\n";
  for (const TimingRow& row : rows) {
    text += fmt::format("| {} | {} | {} | {:.2f} % | {:.2f} % | {:.2f} % | {:.2f} % |\n", row.array,
                        row.memory, row.jobs, 100 * row.p50, 100 * row.p95, 100 * row.max, 100 * row.total);
  }
  text += "\n| memory | cycles before a burst's first beat | cycles a beat |\n|---|---|---|\n";
  for (const layers::MemoryClass& memory : layers::kMemoryClasses)
    text += fmt::format("| {} | {} to {} | {} |\n", memory.name, memory.latency_low, memory.latency_high,
                        memory.beat);
  const layers::JobSizes sizes;
  text += "\n| drawn uniformly | from | to |\n|---|---|---|\n";
  for (const layers::JobSizes::Range& range :
       {sizes.in_c, sizes.kernel, sizes.stride, sizes.pad, sizes.side, sizes.large_side, sizes.groups,
        sizes.outputs_percent, sizes.row_gap, sizes.plane_gap})
    text += fmt::format("| {} | {} | {} |\n", range.name, range.low, range.high);
  text += fmt::format(
      "\nFully connected: {} % of the jobs; pooled: {} % of the convolutions that can be. Jobs above {} "
      "cycles of "
      "computing and beats are drawn again.\n",
      sizes.fully_connected_percent, sizes.pooled_percent, sizes.largest_cost);
  return text;
}

}  // namespace ganglion::sc_cnn
