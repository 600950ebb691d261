#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "platform/soc/scenario.h"

namespace ganglion::cli {

/// What `ganglion run` and `ganglion demo` take from the command line.
struct RunOptions {
  std::string scenario;  ///< path, or a name in the resource root's scenarios/
  std::string elf;
  std::string isa;
  std::vector<std::string> overrides;  ///< --set
  std::string data_folder;
  std::string report_file;
  std::string trace_file;
  std::string record_folder;
  std::string instruction_trace;         ///< run only, as the next ones
  std::string instruction_trace_filter;  ///< functions and ranges of addresses
  std::string profile;                   ///< prefix of its files
  std::string uart;  ///< "stdio", "stderr", "none" or "file:F"; empty: as the scenario says
  std::string max_time;
  std::string max_wall;
  std::string max_instructions;
  std::string hang_after;
  std::string seed;
  std::string html_file;  ///< demo only
  std::string gdb_port;   ///< run only; "" for no debugger, "0" for a free port
  bool json = false;

  /// Nothing else may be printed there, so that a program can read it.
  [[nodiscard]] bool report_on_standard_output() const { return json || report_file == "-"; }
};

struct ParamsOptions {
  std::string scenario;
  bool json = false;
  bool schema = false;         ///< JSON Schema of scenario files
  bool report_schema = false;  ///< JSON Schema of reports
};

/// Each returns the exit code; errors are thrown (ganglion::Error).
int run_command(const RunOptions& options);
int demo_command(const RunOptions& options);
int params_command(const ParamsOptions& options);
int doctor_command(bool json);

struct ReplayOptions {
  std::string folder;
  std::string implementation = "tlm";
  std::string library;
  bool json = false;
};
int replay_command(const ReplayOptions& options);

/// Replaces the process by `ganglion-<name>` from the folder of this binary, PATH or the project's venv.
/// Returns when there is none.
void delegate(const std::string& name, char** arguments);
/// Names of the `ganglion-*` commands that delegate() would find.
[[nodiscard]] std::vector<std::string> delegated_commands();

/// Scenario file that `name` means: a path, or a file in the resource root's scenarios/. ConfigError lists
/// the places.
[[nodiscard]] std::string find_scenario(const std::string& name);
/// Loads a scenario with the options laid over it.
[[nodiscard]] Scenario load_scenario(const RunOptions& options, const ComponentRegistry& registry);

}  // namespace ganglion::cli
