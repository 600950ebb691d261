// Random programs on the SC-CNN core, model and RTL side by side: `sc_cnn_random_cosim --help`.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <systemc>

#include "ip/sc_cnn/test/random_cosim.h"

int sc_main(int, char**) { return 0; }  // SystemC's library asks for it

int main(int argc, char** argv) try {
  using namespace ganglion;
  sc_cnn::Campaign campaign;
  bool print = false, coverage = false;
  unsigned timing = 0;
  CLI::App app(
      "Random programs on the SC-CNN core, model and RTL side by side. Exit code 1 when they diverge.");
  app.add_option("--array", campaign.array, "default, small, wide, or all of them in turn")
      ->check(CLI::IsMember({"default", "small", "wide", "all"}))
      ->capture_default_str();
  app.add_option("--library", campaign.library, "RTL in the place of the array's own")
      ->check(CLI::ExistingFile);
  app.add_option("--seed", campaign.first_seed, "of the first program; the next ones count up")
      ->capture_default_str();
  app.add_option("--programs", campaign.programs, "how many")->capture_default_str();
  app.add_option("--workers", campaign.workers, "processes side by side")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_flag("--print", print, "print the first program instead of running it (needs --array)");
  app.add_flag("--coverage", coverage, "print the table of functional coverage, too");
  app.add_option("--timing", timing,
                 "print the table of the timing contract over so many programs a row, nothing else");
  CLI11_PARSE(app, argc, argv);
  if (timing != 0) {
    const auto rows = sc_cnn::measure_timing(campaign.first_seed, timing, campaign.workers);
    std::cout << sc_cnn::timing_table(rows);
    for (const sc_cnn::TimingRow& row : rows) {
      if (row.failure.empty()) continue;
      std::cerr << row.failure << "\n";
      return 1;
    }
    return 0;
  }
  if (print) {
    const layers::Program program = sc_cnn::random_program(campaign.array, campaign.first_seed);
    for (std::size_t i = 0; i < program.steps.size(); ++i)
      std::cout << fmt::format("{:4} {}\n", i, layers::text_of(program.steps[i]));
    return 0;
  }
  const layers::ProgramResult sum = sc_cnn::run_campaign(campaign);
  std::cout << fmt::format(
      "{} programs, {} jobs accepted, {} completed ({} of more than one tile, {} saturated), {} bytes and {} "
      "register "
      "reads compared\n",
      sum.programs, sum.jobs, sum.completed, sum.completed_many_tiles, sum.saturated, sum.bytes_compared,
      sum.reads_compared);
  if (coverage) std::cout << sc_cnn::coverage_table(sum);
  if (sum.failure.empty()) return 0;
  std::cout << sum.failure << "\n";
  return 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 2;
}
