// A reset block equals a fresh one, whatever it was doing.
#include "bench.h"

namespace ganglion::test {
namespace {

TEST(ShellReset, BringsBackEveryBitAfterAJob) {
  Bench bench;

  bench.run([&] {
    EXPECT_EQ(bench.dut->state(), bench.fresh->state());
    bench.write(VECTOR_ADD_REG_IRQ_ENABLE, 7);
    bench.program(64);
    bench.start();
    bench.wait_idle();
    (void)bench.read_wide(VECTOR_ADD_REG_JOB_CYCLES_LO);
    EXPECT_TRUE(bench.dut->interrupt().level());
    EXPECT_NE(bench.dut->state(), bench.fresh->state());

    bench.command(VECTOR_ADD_CTRL_RESET_MASK);

    EXPECT_EQ(bench.dut->state(), bench.fresh->state());
    EXPECT_FALSE(bench.dut->interrupt().level());
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_LANES), VectorAdd::kLanes);
  });
}

TEST(ShellReset, EndsARunningAndAWaitingJobWithoutATrace) {
  Bench bench;

  bench.run([&] {
    bench.program(512, Bench::kOut, 64, 5000);
    bench.start();
    bench.program(64, Bench::kOut + 0x400);
    bench.start();
    Bench::wait_ps(40'000'000);  // in the second tile
    ASSERT_EQ(bench.read(VECTOR_ADD_REG_STATUS),
              VECTOR_ADD_STATUS_BUSY_MASK | VECTOR_ADD_STATUS_WAITING_MASK);
    const std::vector<unsigned char> before = bench.memory.bytes;
    const std::size_t bursts = bench.memory.bursts.size();

    bench.command(VECTOR_ADD_CTRL_RESET_MASK);

    EXPECT_EQ(bench.dut->state(), bench.fresh->state());
    Bench::wait_ps(1'000'000'000);
    EXPECT_EQ(bench.dut->state(), bench.fresh->state());
    EXPECT_EQ(bench.memory.bytes, before);
    EXPECT_EQ(bench.memory.bursts.size(), bursts);
  });

  EXPECT_EQ(bench.dut->figures().jobs, 0U);
}

TEST(ShellReset, StartRightAfterResetRunsTheNewJobOnly) {
  Bench bench;

  bench.run([&] {
    bench.program(512, Bench::kOut, 64, 5000);
    bench.start();
    Bench::wait_ps(40'000'000);
    bench.command(VECTOR_ADD_CTRL_RESET_MASK);
    bench.program(64, Bench::kOut + 0x400);
    bench.start();
    bench.wait_idle();
  });

  EXPECT_TRUE(bench.summed(Bench::kOut + 0x400, 64));
  EXPECT_FALSE(bench.summed(Bench::kOut, 512));
  EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOB_ID), 1U);
  EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOBS_DONE), 1U);
}

TEST(ShellReset, JobAfterResetTakesAsLongAsTheFirst) {
  Bench bench;
  uint64_t first = 0;
  uint64_t second = 0;

  bench.run([&] {
    bench.program(300);
    bench.start();
    bench.wait_idle();
    first = bench.read_wide(VECTOR_ADD_REG_JOB_CYCLES_LO);
    bench.program(300, Bench::kOut, 64, 900);
    bench.start();
    Bench::wait_ps(3'000'000);
    bench.command(VECTOR_ADD_CTRL_RESET_MASK);
    bench.program(300);
    bench.start();
    bench.wait_idle();
    second = bench.read_wide(VECTOR_ADD_REG_JOB_CYCLES_LO);
  });

  EXPECT_GT(first, 0U);
  EXPECT_EQ(first, second);
}

TEST(ShellReset, OpensAHeldQueue) {
  Bench bench;

  bench.run([&] {
    bench.program(64, 0x1000);
    bench.start();
    bench.start();
    Bench::wait_ps(100'000'000);
    bench.dut->reset();  // as the platform does it
    EXPECT_EQ(bench.dut->state(), bench.fresh->state());
  });
}

}  // namespace
}  // namespace ganglion::test
