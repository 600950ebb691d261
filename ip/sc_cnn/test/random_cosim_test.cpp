// Random programs on the SC-CNN core, model and RTL side by side: nothing diverges, and what ran was worth
// it.
#include "ip/sc_cnn/test/random_cosim.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "sc_cnn_regs.h"

namespace ganglion::sc_cnn {
namespace {

std::vector<std::string> lines_of(const layers::Program& program) {
  std::vector<std::string> lines;
  for (const layers::Step& step : program.steps) lines.push_back(layers::text_of(step));
  return lines;
}

TEST(ScCnnRandomCosim, TwoHundredJobsAgree) {
  const layers::ProgramResult sum =
      run_campaign({.array = "all", .library = "", .first_seed = 401, .programs = 42});

  EXPECT_EQ(sum.failure, "");
  EXPECT_GE(sum.jobs, 200U);
  EXPECT_GE(sum.completed_many_tiles * 100, 30 * sum.jobs) << "legal jobs of more than one tile";
  EXPECT_GE(sum.saturated * 100, 10 * sum.jobs) << "jobs with JOB_SATURATIONS above 0";
  EXPECT_GT(sum.bytes_compared, 20'000U);
  EXPECT_GT(sum.reads_compared, 4'000U);
  EXPECT_EQ(missed_bins(sum, false), std::vector<std::string>{}) << "of coverage_bins.h";
}

TEST(ScCnnRandomCosim, AResetMayFindAStoreOnTheBus) {
  // The RTL's address is accepted when RESET comes, its data is not: the answer has to follow all the same.
  using Kind = layers::Step::Kind;
  layers::Program program;
  for (uint64_t seed = 1; program.steps.empty(); ++seed) {  // a program whose first job is a good one
    layers::Program any = random_program("small", seed);
    const auto start = std::ranges::find_if(any.steps, [](const layers::Step& step) {
      return step.value == SC_CNN_CTRL_START_MASK && step.text.starts_with("START of job 0: conv");
    });
    if (start == any.steps.end() || !any.timed()) continue;
    const std::vector<layers::Step> configure(any.steps.begin(), start);
    const layers::Step begin = *start;
    program = std::move(any);
    program.steps.clear();
    const auto add = [&](Kind kind, uint64_t ps) {
      program.steps.push_back({.kind = kind, .offset = 0, .value = 0, .bytes = 4, .ps = ps, .text = ""});
    };
    for (uint64_t cycles = 0; cycles < 30; ++cycles) {
      for (const bool reset : {true, false}) {
        program.steps.insert(program.steps.end(), configure.begin(), configure.end());
        program.steps.push_back(begin);
        add(reset ? Kind::kAwaitWrite : Kind::kAwaitIdle, 100'000);
        if (!reset) continue;
        add(Kind::kWait, cycles * 5'000);
        program.steps.push_back(begin);
        program.steps.back().value = SC_CNN_CTRL_RESET_MASK;
      }
    }
  }
  const layers::ProgramResult result =
      layers::run_isolated({{"resets", [&] { return run_program("small", program); }}})[0];
  EXPECT_EQ(result.failure, "");
  EXPECT_GE(result.completed, 30U);
}

TEST(ScCnnRandomCosim, AProgramFollowsFromItsSeed) {
  EXPECT_EQ(lines_of(random_program("small", 7)), lines_of(random_program("small", 7)));
  EXPECT_NE(lines_of(random_program("small", 7)), lines_of(random_program("small", 8)));
}

TEST(ScCnnRandomCosim, RtlOfAnotherArrayIsADivergenceThatNamesSeedAndStep) {
  const std::string other = GANGLION_RTL_FOLDER "/sc_cnn_wide.so";
  ASSERT_TRUE(std::filesystem::exists(other)) << "a comparison that does not take place is a failure";
  const layers::ProgramResult sum =
      run_campaign({.array = "small", .library = other, .first_seed = 1, .programs = 3});

  EXPECT_TRUE(sum.failure.starts_with("random program of seed 1 on the small array, step ")) << sum.failure;
  EXPECT_NE(sum.failure.find("RTL and model diverge"), std::string::npos) << sum.failure;
}

TEST(ScCnnRandomCosim, AMissingLibraryIsAFailure) {
  const layers::ProgramResult sum = run_campaign({.array = "small", .library = "/no/such.so"});
  EXPECT_NE(sum.failure.find("there is no such file"), std::string::npos) << sum.failure;
}

TEST(ScCnnRandomCosim, AnUnknownArrayIsRefused) {
  EXPECT_THROW((void)random_program("large", 1), std::invalid_argument);
}

}  // namespace
}  // namespace ganglion::sc_cnn
