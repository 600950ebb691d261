// Jobs that cannot be done: codes, where they are found, what happens to the queue.
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "bench.h"

namespace ganglion::test {
namespace {

/// What is logged while it lives.
class LogCapture {
 public:
  LogCapture() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("capture", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)));
  }
  ~LogCapture() { spdlog::set_default_logger(before_); }
  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

uint32_t code(Bench& bench) { return bench.read(VECTOR_ADD_REG_ERROR) & VECTOR_ADD_ERROR_CODE_MASK; }
uint32_t culprit(Bench& bench) { return bench.read(VECTOR_ADD_REG_ERROR) >> VECTOR_ADD_ERROR_REGISTER_SHIFT; }

TEST(JobErrors, NameRegisterValueAndRule) {
  Bench bench;
  LogCapture log;

  bench.run([&] {
    bench.program(64);
    bench.write(VECTOR_ADD_REG_A_LO, 0x8000'1002);
    bench.start();
    bench.wait_idle();
    EXPECT_EQ(code(bench), VECTOR_ADD_ERROR_CODE_MISALIGNED);
    EXPECT_EQ(culprit(bench), VECTOR_ADD_REG_A_LO);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_ERROR_VALUE), 0x8000'1002U);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_ERROR_JOB), 1U);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_IRQ_STATUS), VECTOR_ADD_IRQ_STATUS_ERROR_MASK);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_STATUS), VECTOR_ADD_STATUS_HELD_MASK | VECTOR_ADD_STATUS_ERROR_MASK);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOBS_DONE), 0U);
    EXPECT_TRUE(bench.memory.bursts.empty());
  });

  EXPECT_NE(log.text().find("dut: job 1 failed: A_LO (offset 0x100) = 2147487746 (0x80001002): must be a "
                            "multiple of 4 (MISALIGNED)"),
            std::string::npos)
      << log.text();
}

TEST(JobErrors, BlockHasCodesOfItsOwn) {
  Bench bench;

  bench.run([&] {
    bench.program(64, Bench::kOut, 64, 10'000);
    bench.start();
    bench.wait_idle();
    EXPECT_EQ(code(bench), 16U);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_ERROR_VALUE), 10'000U);
  });
}

TEST(JobErrors, BusReadErrorNamesTheAddressOfTheBurst) {
  Bench bench;

  bench.run([&] {
    bench.program(6000, Bench::kOut, 6000);
    const uint64_t edge = MemoryStub::kBase + MemoryStub::kBytes;
    bench.write_wide(VECTOR_ADD_REG_A_LO, edge - 4096);
    bench.start();
    bench.wait_idle();
    EXPECT_EQ(code(bench), VECTOR_ADD_ERROR_CODE_BUS_READ);
    EXPECT_EQ(bench.read_wide(VECTOR_ADD_REG_ERROR_ADDRESS_LO), edge);
    EXPECT_EQ(culprit(bench), 0U);
  });
}

TEST(JobErrors, BusWriteErrorBeyondFourGigabytes) {
  Bench bench;
  const std::vector<unsigned char> before = bench.memory.bytes;

  bench.run([&] {
    bench.program(64, 0x12'3456'7890);
    bench.start();
    bench.wait_idle();
    EXPECT_EQ(code(bench), VECTOR_ADD_ERROR_CODE_BUS_WRITE);
    EXPECT_EQ(bench.read_wide(VECTOR_ADD_REG_ERROR_ADDRESS_LO), 0x12'3456'7890U);
  });

  EXPECT_EQ(bench.memory.bytes, before);
}

TEST(JobErrors, RangeThatPassesTheEndOfTheAddressSpaceIsAnOverflow) {
  Bench bench;

  bench.run([&] {
    bench.program(64);
    bench.write_wide(VECTOR_ADD_REG_B_LO, ~uint64_t{0} - 15);
    bench.start();
    bench.wait_idle();
    EXPECT_EQ(code(bench), VECTOR_ADD_ERROR_CODE_OVERFLOW);
  });
}

TEST(JobErrors, FailedJobHoldsTheWaitingOneUntilResume) {
  Bench bench;

  bench.run([&] {
    bench.program(64, 0x1000);  // unmapped
    bench.start();
    bench.program(64, Bench::kOut);
    bench.start();
    Bench::wait_ps(100'000'000);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_STATUS),
              VECTOR_ADD_STATUS_WAITING_MASK | VECTOR_ADD_STATUS_HELD_MASK | VECTOR_ADD_STATUS_ERROR_MASK);
    EXPECT_FALSE(bench.summed(Bench::kOut, 64));
    bench.start();  // full: the failed job's error stays
    EXPECT_EQ(code(bench), VECTOR_ADD_ERROR_CODE_BUS_WRITE);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_IRQ_STATUS),
              VECTOR_ADD_IRQ_STATUS_ERROR_MASK | VECTOR_ADD_IRQ_STATUS_REJECTED_MASK);
    bench.command(VECTOR_ADD_CTRL_RESUME_MASK);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_STATUS), VECTOR_ADD_STATUS_BUSY_MASK);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_ERROR), 0U);
    bench.wait_idle();
  });

  EXPECT_TRUE(bench.summed(Bench::kOut, 64));
  EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOB_ID), 2U);
  EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOBS_DONE), 1U);
}

TEST(JobErrors, FlushDropsTheWaitingJobAndOpensTheQueue) {
  Bench bench;

  bench.run([&] {
    bench.program(64, 0x1000);
    bench.start();
    bench.program(64, Bench::kOut);
    bench.start();
    Bench::wait_ps(100'000'000);
    bench.command(VECTOR_ADD_CTRL_FLUSH_MASK);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_STATUS), 0U);
    Bench::wait_ps(100'000'000);
    EXPECT_FALSE(bench.summed(Bench::kOut, 64));
    bench.program(32, Bench::kOut + 0x100);
    bench.start();
    bench.wait_idle();
  });

  EXPECT_TRUE(bench.summed(Bench::kOut + 0x100, 32));
  EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOB_ID), 3U);
}

TEST(JobErrors, FlushLeavesTheRunningJobAlone) {
  Bench bench;

  bench.run([&] {
    bench.program(64, Bench::kOut);
    bench.start();
    bench.program(64, Bench::kOut + 0x100);
    bench.start();
    bench.command(VECTOR_ADD_CTRL_FLUSH_MASK);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_STATUS), VECTOR_ADD_STATUS_BUSY_MASK);
    bench.wait_idle();
  });

  EXPECT_TRUE(bench.summed(Bench::kOut, 64));
  EXPECT_FALSE(bench.summed(Bench::kOut + 0x100, 4));
}

TEST(JobErrors, ResumeAndStartInOneWriteActInThisOrder) {
  Bench bench;

  bench.run([&] {
    bench.program(64, 0x1000);
    bench.start();
    Bench::wait_ps(100'000'000);
    bench.program(64, Bench::kOut);
    bench.command(VECTOR_ADD_CTRL_RESUME_MASK | VECTOR_ADD_CTRL_START_MASK);
    bench.wait_idle();
  });

  EXPECT_TRUE(bench.summed(Bench::kOut, 64));
}

TEST(JobErrors, AnExceptionOfTheModelEndsTheRunWithAMessage) {
  Bench bench;

  const bool finished = bench.finishes([&] {
    bench.program(64);
    bench.write(VECTOR_ADD_REG_TIMING, 64U | VECTOR_ADD_TIMING_BROKEN_MASK);
    bench.start();
    Bench::wait_ps(1'000'000'000);
    ADD_FAILURE() << "the run goes on";
  });

  EXPECT_FALSE(finished);
  ASSERT_TRUE(bench.stop.reason().has_value());
  EXPECT_EQ(bench.stop.reason()->code, ExitCode::kInternal);
  EXPECT_EQ(bench.stop.reason()->reason, "dut: job 1: the adder forgot how to add");
}

TEST(JobErrors, RefuseWorkWithoutPowerUntilItIsBack) {
  Bench bench;
  LogCapture log;

  bench.run([&] {
    bench.program(64);
    bench.energy.set_power_state(bench.dut->id(), PowerState::kOff);
    bench.start();
    bench.wait_idle();
    EXPECT_EQ(code(bench), VECTOR_ADD_ERROR_CODE_UNPOWERED);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_ERROR_JOB), 1U);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_IRQ_STATUS), VECTOR_ADD_IRQ_STATUS_ERROR_MASK);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_STATUS), VECTOR_ADD_STATUS_HELD_MASK | VECTOR_ADD_STATUS_ERROR_MASK);
    bench.energy.set_power_state(bench.dut->id(), PowerState::kClockGated);
    bench.command(VECTOR_ADD_CTRL_FLUSH_MASK | VECTOR_ADD_CTRL_START_MASK);
    bench.wait_idle();
    EXPECT_EQ(code(bench), VECTOR_ADD_ERROR_CODE_UNPOWERED);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOBS_DONE), 0U);
    EXPECT_TRUE(bench.memory.bursts.empty());

    bench.energy.set_power_state(bench.dut->id(), PowerState::kOn);
    bench.command(VECTOR_ADD_CTRL_FLUSH_MASK | VECTOR_ADD_CTRL_START_MASK);
    bench.wait_idle();
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOBS_DONE), 1U);
    EXPECT_EQ(code(bench), VECTOR_ADD_ERROR_CODE_NONE);
  });

  EXPECT_TRUE(bench.summed(Bench::kOut, 64));
  EXPECT_NE(log.text().find("dut: job 1 failed: the block is powered off, a job needs its power state on "
                            "(UNPOWERED)"),
            std::string::npos)
      << log.text();
  EXPECT_NE(log.text().find("dut: job 2 failed: the block is clock gated"), std::string::npos) << log.text();
}

}  // namespace
}  // namespace ganglion::test
