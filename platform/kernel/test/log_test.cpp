#include "platform/kernel/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <systemc>

#include "platform/base/error.h"

namespace ganglion {
namespace {

using ::testing::HasSubstr;

TEST(FormatTime, TakesTheLargestUnitAndThreeDecimals) {
  EXPECT_EQ(format_time(0), "0 ps");
  EXPECT_EQ(format_time(999), "999 ps");
  EXPECT_EQ(format_time(1'000), "1.000 ns");
  EXPECT_EQ(format_time(12'345'678), "12.345 us");
  EXPECT_EQ(format_time(999'999'999'999), "999.999 ms");
  EXPECT_EQ(format_time(1'000'000'000'000'000), "1000.000 s");
}

TEST(Logging, SystemCWarningsCarryLevelAndTime) {
  set_up_logging(spdlog::level::info);
  ::testing::internal::CaptureStderr();

  SC_REPORT_WARNING("bus", "odd");
  SC_REPORT_INFO("bus", "fine");
  spdlog::debug("hidden");

  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, HasSubstr("[warning] [0 ps] bus: odd"));
  EXPECT_THAT(text, HasSubstr("[info] [0 ps] bus: fine"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("hidden")));
}

TEST(Logging, ASystemCErrorIsAnInternalError) {
  set_up_logging();
  try {
    SC_REPORT_ERROR("bus", "broken");
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::kInternal);
    EXPECT_THAT(error.what(), HasSubstr("SystemC: bus: broken"));
  }
}

struct Thrower : sc_core::sc_module {
  explicit Thrower(sc_core::sc_module_name, bool config) : config_error(config) {
    SC_HAS_PROCESS(Thrower);
    SC_THREAD(run);
  }
  void run() {
    wait(sc_core::sc_time(3, sc_core::SC_NS));
    if (config_error) throw ConfigError({{"a.yaml", 1, 2}, "wrong", "right"});
    SC_REPORT_ERROR("bus", "broken");
  }
  bool config_error;
};

TEST(Logging, AnErrorInAProcessLeavesTheKernelWithItsText) {
  set_up_logging();
  const Thrower thrower("thrower", false);
  try {
    sc_core::sc_start();
    FAIL() << "went on";
  } catch (...) {
    const Error error = error_from(std::current_exception());
    EXPECT_EQ(error.exit_code(), ExitCode::kInternal);
    EXPECT_THAT(error.what(), HasSubstr("bus: broken"));
  }
}

TEST(Logging, AConfigErrorInAProcessStaysTheUsersError) {
  set_up_logging();
  const Thrower thrower("thrower", true);
  try {
    sc_core::sc_start();
    FAIL() << "went on";
  } catch (...) {
    const Error error = error_from(std::current_exception());
    EXPECT_EQ(error.exit_code(), ExitCode::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("a.yaml:1:2: wrong"));
  }
}

}  // namespace
}  // namespace ganglion
