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
  if (finished.outcome.code != ExitCode::kOk && finished.outcome.code != ExitCode::kCheckFailed) {
    return static_cast<int>(finished.outcome.code);
  }
  const DemoSummary summary = summarise(finished.scenario, finished.report);
  if (options.json) {
    std::fputs(report_text(finished.report).c_str(), stdout);
  } else {
    std::fputs(demo_table(summary).c_str(), stdout);
  }
  write_text_file(options.html_file, demo_page(summary), "--html");
  if (!options.json) std::printf("Page: %s\n", options.html_file.c_str());
  return static_cast<int>(finished.outcome.code);
}

}  // namespace ganglion::cli
