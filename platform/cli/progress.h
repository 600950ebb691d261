#pragma once

#include <chrono>
#include <string>

#include "platform/soc/simulation.h"

namespace ganglion::cli {

/// One line on a terminal's standard error that follows a run; nothing when that is no terminal.
class ProgressLine {
 public:
  explicit ProgressLine(const Scenario& scenario);
  ~ProgressLine();
  void show(const Simulation::Progress& progress);

 private:
  bool on_terminal_;
  bool shown_ = false;
  uint64_t goal_ps_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace ganglion::cli
