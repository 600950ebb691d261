#pragma once

#include "platform/cli/commands.h"
#include "platform/soc/simulation.h"

namespace ganglion::cli {

/// A run that came to its end, whatever its exit code.
struct Finished {
  ComponentRegistry registry;  ///< the scenario's instances point into it
  Scenario scenario;
  RunOutcome outcome;
  nlohmann::json report;
  std::string profile_table;
};

/// Runs the scenario and writes report and trace. Throws for mistakes found before time 0.
[[nodiscard]] Finished run_scenario(const RunOptions& options);
/// Why a run failed, on standard error; nothing when it did not.
void print_problems(const RunOutcome& outcome);
/// What --json prints; --report - has printed it already.
void print_report(const RunOptions& options, const Finished& finished);
/// "-" is standard output. ConfigError when the file cannot be written.
void write_text_file(const std::string& path, const std::string& text, const std::string& option);

}  // namespace ganglion::cli
