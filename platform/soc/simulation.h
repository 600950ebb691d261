#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "platform/soc/firmware_tools.h"
#include "platform/soc/report.h"
#include "platform/soc/scenario.h"

namespace ganglion {

/// One run of one scenario: builds the SoC, loads it, runs it to its end and reports. SystemC allows one a
/// process.
///
/// The scenario and the registry must outlive it.
class Simulation {
 public:
  struct Options {
    std::string trace_file;  ///< timeline for Perfetto; "" for none
    FirmwareTools::Options tools{};
    std::string record_folder{};         ///< recording of the accelerators; "" for none
    std::optional<uint16_t> gdb_port{};  ///< listen for a debugger, which starts the run; 0: a free port
  };
  struct Progress {
    uint64_t time_ps = 0;
    uint64_t instructions = 0;
    double wall_s = 0.0;
  };

  /// Builds and loads. ConfigError for what the scenario's schema cannot see: an ELF that is none, images
  /// that do not fit, a SoC without hart or router.
  Simulation(const Scenario& scenario, const Options& options);
  ~Simulation();

  /// Runs to the end. `interrupted` is asked between slices of simulated time, `on_progress` told.
  [[nodiscard]] RunOutcome run(const std::function<bool()>& interrupted,
                               const std::function<void(const Progress&)>& on_progress);
  /// Where a debugger may connect, when one was asked for. run() waits for it.
  [[nodiscard]] std::optional<uint16_t> gdb_port() const;
  /// Table of the profile of the finished run; "" when none was asked for.
  [[nodiscard]] std::string profile_table() const;
  /// Report of the finished run.
  [[nodiscard]] nlohmann::json report() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ganglion
