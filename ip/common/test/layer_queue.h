#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "ip/common/driver/accelerator.h"

// What every block that computes layers must do with its queue, its interrupt and reset. The type is the
// block's bench: init, small_job(seed), place(owned) and place(owned, elsewhere()), submit(layer),
// program(layer), wait(job), model(owned), holds(layer, model), reg, read_register, write_register. A block's
// test says
//   INSTANTIATE_TYPED_TEST_SUITE_P(MyBlock, LayerQueue, my_block::Bench);

namespace ganglion::layers {

template <class Bench>
class LayerQueue : public testing::Test {};
TYPED_TEST_SUITE_P(LayerQueue);

TYPED_TEST_P(LayerQueue, OneJobRunsAndOneWaitsAThirdIsRejected) {
  using Bench = TypeParam;
  Bench bench;
  const auto first = bench.small_job(1), second = bench.small_job(2);
  bench.run([&] {
    bench.init();
    const auto a = bench.place(first), b = bench.place(second, Bench::elsewhere());

    EXPECT_EQ(bench.submit(a), 0);
    EXPECT_EQ(bench.submit(b), 0);
    EXPECT_EQ(bench.submit(a), ACCELERATOR_EBUSY);
    bench.write_register("CTRL", ACCELERATOR_COMMON_CTRL_START_MASK);
    EXPECT_EQ(bench.read_register("IRQ_STATUS"), ACCELERATOR_COMMON_IRQ_STATUS_REJECTED_MASK);
    EXPECT_EQ(bench.read_register("ERROR") & ACCELERATOR_COMMON_ERROR_CODE_MASK,
              ACCELERATOR_COMMON_ERROR_CODE_REJECTED);

    EXPECT_EQ(bench.wait(2), 0) << "the refused START disturbed nothing";
    EXPECT_TRUE(bench.holds(a, bench.model(first)));
    EXPECT_TRUE(bench.holds(b, bench.model(second)));
    EXPECT_EQ(bench.read_register("JOB_ID"), 2u);
  });
}

TYPED_TEST_P(LayerQueue, AWaitingJobIsHeldBehindAFailedOneUntilResume) {
  using Bench = TypeParam;
  Bench bench;
  const auto owned = bench.small_job(1);
  bench.run([&] {
    bench.init();
    const auto good = bench.place(owned);
    auto bad = good;
    bad.in = 0x1000;
    ASSERT_EQ(bench.submit(bad), 0);
    ASSERT_EQ(bench.submit(good), 0);
    EXPECT_EQ(bench.wait(1), static_cast<int>(ACCELERATOR_COMMON_ERROR_CODE_BUS_READ));
    Bench::wait_cycles(100000);
    EXPECT_EQ(bench.read_register("JOBS_DONE"), 0u);
    bench.write_register("CTRL", ACCELERATOR_COMMON_CTRL_RESUME_MASK);
    EXPECT_EQ(bench.wait(1), 0);

    ASSERT_EQ(bench.submit(bad), 0);
    ASSERT_EQ(bench.submit(good), 0);
    EXPECT_GT(bench.wait(2), 0);
    accelerator_recover(&bench.driver);
    Bench::wait_cycles(100000);
    EXPECT_EQ(bench.read_register("JOBS_DONE"), 1u) << "FLUSH dropped the waiting job";
    EXPECT_EQ(bench.driver.submitted, 1u);
  });
}

TYPED_TEST_P(LayerQueue, ShadowRegistersMayChangeWhileAJobRuns) {
  using Bench = TypeParam;
  Bench bench;
  const auto owned = bench.small_job(1);
  bench.run([&] {
    bench.init();
    const auto layer = bench.place(owned);
    ASSERT_EQ(bench.submit(layer), 0);
    for (uint32_t reg = Bench::reg("IN_LO"); reg <= Bench::reg(Bench::kLastShadow); reg += 4)
      bench.write(reg, 0xdeadbeef);
    EXPECT_EQ(bench.wait(1), 0);
    EXPECT_TRUE(bench.holds(layer, bench.model(owned)));
  });
}

TYPED_TEST_P(LayerQueue, AJobIsProgrammedWhileTwoAreQueuedAndRegistersKeepIt) {
  using Bench = TypeParam;
  Bench bench;
  const auto first = bench.small_job(1), second = bench.small_job(2);
  bench.run([&] {
    bench.init();
    const auto a = bench.place(first), b = bench.place(second, Bench::elsewhere());
    ASSERT_EQ(bench.submit(a), 0);
    ASSERT_EQ(bench.submit(a), 0);
    bench.program(b);
    ASSERT_EQ(accelerator_queue_error(&bench.driver), ACCELERATOR_EBUSY);
    ASSERT_EQ(bench.wait(1), 0);
    EXPECT_FALSE(bench.holds(b, bench.model(second)));

    for (uint32_t job = 3; job <= 4; ++job) {
      std::ranges::fill(bench.at(b.out, bench.model(second).output.size()), uint8_t{0x5a});
      ASSERT_EQ(accelerator_queue_error(&bench.driver), 0);
      accelerator_start(&bench.driver);
      ASSERT_EQ(bench.wait(job), 0);
      EXPECT_TRUE(bench.holds(a, bench.model(first))) << job;
      EXPECT_TRUE(bench.holds(b, bench.model(second))) << job;
    }
  });
}

TYPED_TEST_P(LayerQueue, TheInterruptFollowsStatusAndEnable) {
  using Bench = TypeParam;
  Bench bench;
  const auto owned = bench.small_job(1);
  bench.run([&] {
    bench.init();
    ASSERT_EQ(bench.submit(bench.place(owned)), 0);
    while (bench.read_register("JOBS_DONE") == 0) Bench::wait_cycles(100);
    EXPECT_FALSE(bench.dut->interrupt().level()) << "not enabled";
    accelerator_interrupt(&bench.driver, 1);
    EXPECT_TRUE(bench.dut->interrupt().level());
    accelerator_acknowledge(&bench.driver);
    EXPECT_FALSE(bench.dut->interrupt().level());
  });
}

TYPED_TEST_P(LayerQueue, AResetBlockEqualsAFreshOne) {
  using Bench = TypeParam;
  Bench bench;
  const auto owned = bench.small_job(1);
  bench.run([&] {
    const std::vector<uint32_t> fresh = bench.fresh->state();
    EXPECT_EQ(bench.dut->state(), fresh);
    bench.init();
    const auto layer = bench.place(owned);
    auto bad = layer;
    bad.kh = 40;

    for (const uint64_t cycles : {0, 1, 5, 20, 50, 100, 200, 400, 800}) {  // in every phase of the job
      accelerator_interrupt(&bench.driver, 1);
      ASSERT_EQ(bench.submit(layer), 0);
      ASSERT_EQ(bench.submit(bad), 0);
      Bench::wait_cycles(cycles);
      bench.dut->reset();
      EXPECT_EQ(bench.dut->state(), fresh) << "after " << cycles << " cycles";
      Bench::wait_cycles(2000);
      EXPECT_EQ(bench.dut->state(), fresh) << "a job of before the reset left a trace";
    }

    bench.init();
    ASSERT_EQ(bench.submit(layer), 0);
    EXPECT_EQ(bench.wait(1), 0);
    EXPECT_TRUE(bench.holds(layer, bench.model(owned)));
    EXPECT_NE(bench.dut->state(), fresh);
  });
}

REGISTER_TYPED_TEST_SUITE_P(LayerQueue, OneJobRunsAndOneWaitsAThirdIsRejected,
                            AWaitingJobIsHeldBehindAFailedOneUntilResume,
                            ShadowRegistersMayChangeWhileAJobRuns,
                            AJobIsProgrammedWhileTwoAreQueuedAndRegistersKeepIt,
                            TheInterruptFollowsStatusAndEnable, AResetBlockEqualsAFreshOne);

}  // namespace ganglion::layers
