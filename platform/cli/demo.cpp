// `ganglion demo`: the digits scenario, one table, one page.
#include <cstdio>

#include "platform/cli/demo_summary.h"
#include "platform/cli/run.h"

namespace ganglion::cli {

int demo_command(const RunOptions& given) {
  RunOptions options = given;
  if (options.uart.empty()) options.uart = "none";  // firmware's own table says the same
  const Finished finished = run_scenario(options);
  print_problems(finished.outcome);
  print_report(options, finished);
  if (finished.outcome.code == ExitCode::kFirmware && given.uart.empty())
    std::fputs("  'ganglion demo --uart stderr' shows what the firmware said\n", stderr);
  if (finished.outcome.code != ExitCode::kOk && finished.outcome.code != ExitCode::kCheckFailed) {
    return static_cast<int>(finished.outcome.code);
  }
  const DemoSummary summary = summarise(finished.scenario, finished.report);
  write_text_file(options.html_file, demo_page(summary), "--html");
  if (!options.report_on_standard_output())
    std::printf("%sPage: %s\n", demo_table(summary).c_str(), options.html_file.c_str());
  return static_cast<int>(finished.outcome.code);
}

}  // namespace ganglion::cli
