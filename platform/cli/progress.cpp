#include "platform/cli/progress.h"

#include <unistd.h>

#include <cstdio>

#include "platform/kernel/log.h"

namespace ganglion::cli {

ProgressLine::ProgressLine(const Scenario& scenario)
    : on_terminal_(isatty(STDERR_FILENO) != 0),
      goal_ps_(scenario.max_time_ps),
      last_(std::chrono::steady_clock::now()) {}

ProgressLine::~ProgressLine() {
  if (shown_) std::fprintf(stderr, "\r\033[K");
}

void ProgressLine::show(const Simulation::Progress& progress) {
  if (!on_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < std::chrono::milliseconds(250)) return;
  last_ = now;
  shown_ = true;
  std::string eta;
  // Only a limit of simulated time says how far there is to go.
  if (goal_ps_ != 0 && progress.time_ps != 0) {
    const double left =
        static_cast<double>(goal_ps_ - progress.time_ps) / static_cast<double>(progress.time_ps);
    eta = ", at most " + std::to_string(static_cast<long>(left * progress.wall_s + 1)) + " s more";
  }
  std::fprintf(stderr, "\r\033[K%s simulated, %.1f M instructions, %.0f MIPS, %.0f s%s",
               format_time(progress.time_ps).c_str(), static_cast<double>(progress.instructions) / 1e6,
               progress.wall_s > 0 ? static_cast<double>(progress.instructions) / progress.wall_s / 1e6 : 0.0,
               progress.wall_s, eta.c_str());
}

}  // namespace ganglion::cli
