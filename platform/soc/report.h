#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "platform/kernel/component.h"
#include "platform/soc/conservation.h"
#include "platform/soc/results.h"
#include "platform/soc/scenario.h"

namespace ganglion {

/// A file the run had in memory, as the report names it.
struct ReportedImage {
  std::string name;    ///< firmware's name for it
  std::string file;    ///< without folders
  std::string sha256;  ///< of the bytes loaded
};

/// How a run went, beyond what the ledgers hold.
struct RunOutcome {
  ExitCode code = ExitCode::kOk;
  std::string reason;
  std::optional<uint32_t> firmware_exit_code;
  uint64_t time_ps = 0;
  uint64_t instructions = 0;
  uint64_t resets = 0;  ///< restarts that firmware asked for
  std::string elf_name;
  std::string elf_sha256;
  std::vector<ReportedImage> images;
  ResultsBlob results;
  Conservation conservation;
  std::vector<std::string> failed_expectations;
  double wall_s = 0.0;
  uint64_t resident_bytes = 0;  ///< peak of the host process
};

/// What co-simulation compared of one component.
struct ComparedFigures {
  uint64_t jobs = 0;          ///< that model and RTL completed
  uint64_t model_cycles = 0;  ///< of all of them
  uint64_t rtl_cycles = 0;
  double p50 = 0.0, p95 = 0.0, largest = 0.0;  ///< of the jobs' |RTL - model| / model
  uint64_t beyond_tolerance = 0;               ///< jobs whose cycles lie outside the tolerance
  uint64_t bytes = 0;                          ///< of results compared
  uint64_t register_reads = 0;                 ///< compared
};

/// What the report says of one component beside the ledgers.
struct ReportedComponent {
  std::string name;
  std::string type;
  ComponentId id = 0;
  Implementation implementation = Implementation::kTlm;
  ComponentFigures figures;
  std::optional<ComparedFigures> compared{};  ///< with impl: both
};

/// The report of a run, schema `ganglion.report/1` (platform/soc/report.schema.json). Everything that depends
/// on the host lies under `host`; the rest is the same for the same scenario. Energies are integer fJ inside
/// and written as pJ; sums are made of integers, so their order does not matter.
[[nodiscard]] nlohmann::json make_report(const Scenario& scenario, const RunOutcome& outcome,
                                         const std::vector<ReportedComponent>& components,
                                         const PlatformServices& services);

/// Report as text: keys sorted, two spaces, final newline.
[[nodiscard]] std::string report_text(const nlohmann::json& report);

/// The report's JSON Schema (draft 2020-12).
[[nodiscard]] std::string_view report_json_schema();

}  // namespace ganglion
