// The large run of the random programs: see random_cosim_test.cpp.
#include <gtest/gtest.h>

#include <iostream>

#include "ip/sc_cnn/test/random_cosim.h"

namespace ganglion::sc_cnn {
namespace {

TEST(ScCnnRandomCosimSlow, FiveThousandJobsAgree) {
  const layers::ProgramResult sum =
      run_campaign({.array = "all", .library = "", .first_seed = 100'000, .programs = 900, .workers = 2});

  EXPECT_EQ(sum.failure, "");
  EXPECT_GE(sum.jobs, 5'000U);
  EXPECT_GE(sum.completed_many_tiles * 100, 30 * sum.jobs) << "legal jobs of more than one tile";
  EXPECT_GE(sum.saturated * 100, 10 * sum.jobs) << "jobs with JOB_SATURATIONS above 0";
  EXPECT_EQ(missed_bins(sum, true), std::vector<std::string>{}) << "of coverage_bins.h";
  std::cout << coverage_table(sum);
}

}  // namespace
}  // namespace ganglion::sc_cnn
