#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ip/common/test/program_result.h"

namespace ganglion::layers {

/// What one program is: who asks for it again needs no more than its name.
struct IsolatedRun {
  std::string name;  ///< "seed 17 on the small array": part of a failure's text
  std::function<ProgramResult()> run;
};

/// Carries out each in a process of its own, `workers` at a time: SystemC elaborates once in a process, a
/// program must not depend on those before it, and RTL that hangs or crashes ends only itself. A process that
/// dies, or takes longer than `limit_s`, is a failure. Results in order of `runs`; with `stop_at_failure`,
/// those up to the first one that failed. Nothing of SystemC may have run in this process.
[[nodiscard]] std::vector<ProgramResult> run_isolated(const std::vector<IsolatedRun>& runs,
                                                      unsigned workers = 1, unsigned limit_s = 120,
                                                      bool stop_at_failure = true);

}  // namespace ganglion::layers
