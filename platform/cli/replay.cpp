// `ganglion replay`: accelerators driven by a recording.
#include "platform/soc/replay.h"

#include <cstdio>

#include "platform/cli/commands.h"
#include "platform/kernel/log.h"
#include "platform/soc/builtin.h"

namespace ganglion::cli {

int replay_command(const ReplayOptions& options) {
  const Recording recording(options.folder);
  const ComponentRegistry registry = make_registry();
  const Implementation implementation = options.implementation == "rtl"    ? Implementation::kRtl
                                        : options.implementation == "both" ? Implementation::kBoth
                                                                           : Implementation::kTlm;
  Replay replay(recording, registry, {default_resource_root(), ""}, implementation, options.library);
  const ReplayOutcome outcome = replay.run();
  if (outcome.code != ExitCode::kOk) std::fprintf(stderr, "ganglion: %s\n", outcome.reason.c_str());
  if (options.json) {
    const nlohmann::json summary{
        {"exit", {{"code", static_cast<int>(outcome.code)}, {"reason", outcome.reason}}},
        {"impl", options.implementation},
        {"operations", outcome.operations},
        {"jobs", outcome.jobs},
        {"bytes_compared", outcome.bytes_compared},
        {"reads_compared", outcome.reads_compared},
        {"time_ps", outcome.time_ps}};
    std::printf("%s\n", summary.dump(2).c_str());
  } else {
    std::printf(
        "replay (%s): exit %d, %llu operations, %llu jobs, %llu bytes and %llu register reads compared, %s\n",
        options.implementation.c_str(), static_cast<int>(outcome.code),
        static_cast<unsigned long long>(outcome.operations), static_cast<unsigned long long>(outcome.jobs),
        static_cast<unsigned long long>(outcome.bytes_compared),
        static_cast<unsigned long long>(outcome.reads_compared), format_time(outcome.time_ps).c_str());
  }
  return static_cast<int>(outcome.code);
}

}  // namespace ganglion::cli
