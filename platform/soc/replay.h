#pragma once

#include <memory>
#include <string>
#include <vector>

#include "platform/accel/cosim/recording.h"
#include "platform/kernel/component_registry.h"
#include "platform/soc/file_search.h"
#include "platform/soc/scenario.h"

namespace ganglion {

/// What a replay found.
struct ReplayOutcome {
  ExitCode code = ExitCode::kOk;
  std::string reason;
  uint64_t operations = 0;
  uint64_t jobs = 0;
  uint64_t bytes_compared = 0;
  uint64_t reads_compared = 0;
  uint64_t time_ps = 0;
};

/// Accelerators driven by a recording instead of firmware, on memories that hold what their jobs read.
///
/// models: every access in order, polls and interrupts as waits; register reads and results compared with the
///   recorded ones
/// leaves out: recorded times (operations follow each other at once), the bus (a burst takes a fixed latency
/// and a
///   cycle a beat); accesses that found a bus error in memory are answered by an error again
/// checked against: tests/cli/test_record.py (the demo, as model and against a falsified recording)
/// error bound: values exact
class Replay {
 public:
  /// `implementation` for every recorded component; `library` for its RTL, "" for the installation's own.
  Replay(const Recording& recording, const ComponentRegistry& registry, const FileSearch& search,
         Implementation implementation, const std::string& library);
  ~Replay();
  /// Once a process.
  [[nodiscard]] ReplayOutcome run();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The head of a recording of `scenario` and the components `names` of it.
[[nodiscard]] nlohmann::ordered_json recording_head(const Scenario& scenario,
                                                    const std::vector<std::string>& names);

}  // namespace ganglion
