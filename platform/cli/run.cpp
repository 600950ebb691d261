// `ganglion run`: build the SoC of a scenario, run it, write the report.
#include "platform/cli/run.h"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "platform/cli/progress.h"
#include "platform/kernel/log.h"
#include "platform/soc/builtin.h"

namespace ganglion::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void on_interrupt(int) {
  interrupted = 1;
  std::signal(SIGINT, SIG_DFL);  // a second one ends the program at once
}

void write_file(const std::string& path, const std::string& text, const std::string& option) {
  if (path == "-") {
    std::fputs(text.c_str(), stdout);
    return;
  }
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file)
    throw ConfigError({{option + " " + path, 0, 0}, "a file that cannot be written", "a writable path", ""});
}

/// A mistake in a path is found before the run, not after it. Leaves what is there as it is.
void check_writable(const std::string& path, const std::string& option) {
  if (path.empty() || path == "-") return;
  std::error_code ignored;
  const bool is_new = !std::filesystem::exists(path, ignored);
  std::ofstream file(path, std::ios::binary | std::ios::app);
  if (!file)
    throw ConfigError({{option + " " + path, 0, 0}, "a file that cannot be written", "a writable path", ""});
  if (is_new) std::filesystem::remove(path, ignored);
}

std::optional<uint16_t> port_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port > 0xffff) {
    throw ConfigError(
        {{"--gdb " + text, 0, 0}, "\"" + text + "\"", "a TCP port, 0 to 65535", "0 picks a free one"});
  }
  return static_cast<uint16_t>(port);
}

}  // namespace

Finished run_scenario(const RunOptions& options) {
  check_writable(options.report_file, "--report");
  check_writable(options.trace_file, "--trace");
  check_writable(options.html_file, "--html");
  check_writable(options.instruction_trace, "--trace-isa");
  if (!options.profile.empty()) {
    check_writable(options.profile + ".cycles.folded", "--profile");
    check_writable(options.profile + ".energy.folded", "--profile");
  }
  Finished finished;
  finished.registry = make_registry();
  const ComponentRegistry& registry = finished.registry;
  finished.scenario = load_scenario(options, registry);
  if (finished.scenario.elf.empty()) {
    throw ConfigError({{finished.scenario.file, 0, 0},
                       "a scenario without firmware",
                       "an ELF for the hart to boot",
                       "give one with --elf FILE, or under firmware: {elf: FILE}"});
  }

  Simulation simulation(finished.scenario,
                        {options.trace_file,
                         {options.instruction_trace, options.instruction_trace_filter, options.profile},
                         options.record_folder,
                         port_of(options.gdb_port)});
  if (const auto port = simulation.gdb_port()) {
    std::fprintf(stderr, "gdb: waiting for a client at 127.0.0.1:%u (target remote :%u)\n", *port, *port);
  }
  ProgressLine progress(finished.scenario);
  interrupted = 0;
  std::signal(SIGINT, on_interrupt);
  finished.outcome = simulation.run([] { return interrupted != 0; },
                                    [&](const Simulation::Progress& now) { progress.show(now); });
  std::signal(SIGINT, SIG_DFL);
  finished.report = simulation.report();
  finished.profile_table = simulation.profile_table();
  if (!options.report_file.empty()) write_file(options.report_file, report_text(finished.report), "--report");
  return finished;
}

void write_text_file(const std::string& path, const std::string& text, const std::string& option) {
  write_file(path, text, option);
}

void print_problems(const RunOutcome& outcome) {
  if (outcome.code != ExitCode::kOk) std::fprintf(stderr, "ganglion: %s\n", outcome.reason.c_str());
}

void print_report(const RunOptions& options, const Finished& finished) {
  if (options.json && options.report_file != "-") std::fputs(report_text(finished.report).c_str(), stdout);
}

int run_command(const RunOptions& options) {
  const Finished finished = run_scenario(options);
  const RunOutcome& outcome = finished.outcome;
  std::fflush(stdout);
  print_problems(outcome);
  print_report(options, finished);
  if (!options.report_on_standard_output()) {
    std::fprintf(stderr, "%s: exit %d after %s, %llu instructions, %.3f uJ; host %.2f s, %.0f MIPS\n",
                 finished.scenario.name.c_str(), static_cast<int>(outcome.code),
                 format_time(outcome.time_ps).c_str(), static_cast<unsigned long long>(outcome.instructions),
                 finished.report["energy"]["total_pj"].get<double>() / 1e6, outcome.wall_s,
                 outcome.wall_s > 0 ? static_cast<double>(outcome.instructions) / outcome.wall_s / 1e6 : 0.0);
    std::fputs(finished.profile_table.c_str(), stderr);
    for (const ResultSet& set : outcome.results.sets) {
      std::fprintf(stderr, "  %-16s %u of %u images right (%.2f %%)\n", set.name.c_str(), set.correct,
                   set.images, 100.0 * set.accuracy());
    }
  }
  return static_cast<int>(outcome.code);
}

}  // namespace ganglion::cli
