// Cycles, time by cause, beats and energy of a job.
#include <algorithm>

#include "bench.h"

namespace ganglion::test {
namespace {

uint64_t burst_cycles(const Bench& bench, uint64_t address, uint64_t bytes) {
  const uint64_t ps = bench.memory.delay_ps(address, bytes);
  return (ps + Bench::kCyclePs - 1) / Bench::kCyclePs;
}

/// JOB_CYCLES of a job of whole tiles that lie in one burst each, by the documented formula.
uint64_t expected_cycles(const Bench& bench, std::size_t tiles, uint64_t tile, uint64_t compute) {
  const std::vector<uint64_t> load(tiles, 2 * burst_cycles(bench, Bench::kA, tile));
  const std::vector<uint64_t> store(tiles, burst_cycles(bench, Bench::kOut, tile));
  const std::vector<uint64_t> computing(tiles, compute);
  return pipeline_cycles(VectorAdd::kStartCycles, load, computing, store);
}

class JobCycles : public ::testing::TestWithParam<uint32_t> {};

TEST_P(JobCycles, FollowThePipelineFormula) {
  Bench bench;
  bench.memory.latency_ps = 21'001;  // not a whole number of cycles

  bench.run([&] {
    bench.program(5 * 64, Bench::kOut, 64, GetParam());
    bench.start();
    bench.wait_idle();
  });

  EXPECT_EQ(bench.read_wide(VECTOR_ADD_REG_JOB_CYCLES_LO), expected_cycles(bench, 5, 64, GetParam()));
  EXPECT_EQ(bench.dut->figures().cycles_busy, expected_cycles(bench, 5, 64, GetParam()));
}

// Bound by memory, near the balance of a phase, bound by compute.
INSTANTIATE_TEST_SUITE_P(Compute, JobCycles, ::testing::Values(0U, 10U, 26U, 39U, 40U, 5000U));

TEST(TimeByCause, SumsToThePoweredTime) {
  Bench bench;

  bench.run([&] {
    Bench::wait_ps(777);
    bench.program(5 * 64, Bench::kOut, 64, 30);
    bench.start();
    bench.wait_idle();
    bench.program(64, 0x1000);  // fails
    bench.start();
    bench.start();  // held
    Bench::wait_ps(50'000'000);
  });

  const auto time = bench.time.by_cause(bench.dut->id());
  const auto of = [&](TimeCause cause) { return time[static_cast<std::size_t>(cause)]; };
  EXPECT_TRUE(bench.time.conserves(bench.energy, bench.dut->id()));
  EXPECT_EQ(bench.time.total(bench.dut->id()), Bench::now());
  EXPECT_EQ(of(TimeCause::kIssue), 2 * VectorAdd::kStartCycles * Bench::kCyclePs);
  // Five tiles of the first job and one of the second; DMA beside it is compute's.
  EXPECT_EQ(of(TimeCause::kCompute), (5 * 30 + 10) * Bench::kCyclePs);
  EXPECT_GT(of(TimeCause::kMemory), 0U);
  EXPECT_GT(of(TimeCause::kStall), 40'000'000U);
  EXPECT_GT(of(TimeCause::kIdle), 0U);
}

TEST(TimeByCause, WaitingForABusyTargetIsArbitration) {
  Bench bench;
  bench.memory.waiting_ps = 7 * Bench::kCyclePs;

  bench.run([&] {
    bench.program(64, Bench::kOut, 64, 0);
    bench.start();
    bench.wait_idle();
  });

  const auto time = bench.time.by_cause(bench.dut->id());
  const uint64_t bursts = bench.memory.bursts.size();
  EXPECT_EQ(time[static_cast<std::size_t>(TimeCause::kArbitration)], bursts * 7 * Bench::kCyclePs);
  EXPECT_EQ(bench.read_wide(VECTOR_ADD_REG_JOB_CYCLES_LO), expected_cycles(bench, 1, 64, 0));
}

TEST(Traffic, BeatsIssuedEqualBeatsBooked) {
  Bench bench;

  bench.run([&] {
    bench.program(1001, Bench::kOut + 5, 100);  // unaligned pieces
    bench.start();
    bench.wait_idle();
    bench.program(64, 0x1000);  // its store fails: neither issued nor booked
    bench.start();
    bench.wait_idle();
    bench.command(VECTOR_ADD_CTRL_RESUME_MASK);
    bench.program(64);
    bench.write_wide(VECTOR_ADD_REG_A_LO, 0x1000);  // its first load fails
    bench.start();
    bench.wait_idle();
  });

  const auto balance = bench.energy.traffic_balance();
  EXPECT_TRUE(balance.holds());
  const TrafficCounters& dma = bench.energy.traffic(bench.dut->id());
  EXPECT_GE(dma.issued_reads, 2 * 126U);
  EXPECT_GE(dma.issued_writes, 126U);
  const auto counts = bench.energy.counts(bench.dut->id());
  EXPECT_EQ(counts.at("dma_beat"), dma.issued_reads + dma.issued_writes);
  EXPECT_EQ(counts.at("addition"), 1001U + 64U);
  EXPECT_EQ(bench.dut->figures().bytes_read, 2 * (1001U + 64U));
  EXPECT_EQ(bench.dut->figures().bytes_written, 1001U);
}

TEST(Traffic, ADroppedBookingIsNoticed) {
  Bench bench;

  bench.run([&] {
    bench.program(64);
    bench.start();
    bench.wait_idle();
  });
  ASSERT_TRUE(bench.energy.traffic_balance().holds());
  --bench.energy.traffic(bench.memory_id).booked_reads;

  EXPECT_FALSE(bench.energy.traffic_balance().holds());
}

TEST(Traffic, RegisterAccessesAreBookedByTheBlock) {
  Bench bench;

  bench.run([&] {
    bench.write(VECTOR_ADD_REG_LENGTH, 64);
    bench.read(VECTOR_ADD_REG_LENGTH);
    bench.read(VECTOR_ADD_REG_STATUS);
    uint32_t value = 0;
    bench.access(false, 0xFFFC, value);  // undefined: neither issued nor booked
  });

  const TrafficCounters& block = bench.energy.traffic(bench.dut->id());
  EXPECT_EQ(block.booked_writes, 1U);
  EXPECT_EQ(block.booked_reads, 2U);
  EXPECT_TRUE(bench.energy.traffic_balance().holds());
}

TEST(JobEnergy, IsThePriceOfTheJobsActions) {
  Bench bench;

  bench.run([&] {
    bench.program(128);
    bench.start();
    bench.wait_idle();
    bench.program(64);
    bench.start();
    bench.wait_idle();
    EXPECT_FALSE(bench.energy.read_by_firmware());
    // 64 additions and 3 * 8 beats at 2 pJ each.
    EXPECT_EQ(bench.read_wide(VECTOR_ADD_REG_JOB_ENERGY_FJ_LO), (64U + 24U) * 2000U);
    EXPECT_TRUE(bench.energy.read_by_firmware());
  });
}

TEST(Timeline, PhasesOpenAndCloseInPairs) {
  Bench bench;
  struct Sink : EventSink {
    void on_event(const Event& event) override {
      if (event.kind == Event::Kind::kPhaseBegin) begun.push_back({event.text, event.time_ps});
      if (event.kind == Event::Kind::kPhaseEnd) ended.push_back({event.text, event.time_ps});
    }
    std::vector<std::pair<std::string, uint64_t>> begun, ended;
  } sink;
  bench.events.attach(sink);

  bench.run([&] {
    bench.program(3 * 64, Bench::kOut, 64, 30);
    bench.start();
    bench.wait_idle();
  });

  const auto of = [](const auto& events, const std::string& phase) {
    std::vector<uint64_t> times;
    for (const auto& [text, time_ps] : events) {
      if (text == phase) times.push_back(time_ps);
    }
    return times;
  };
  EXPECT_EQ(of(sink.begun, "dma").size(), 9U);
  EXPECT_EQ(of(sink.ended, "dma").size(), 9U);
  const std::vector<uint64_t> begun = of(sink.begun, "compute");
  const std::vector<uint64_t> ended = of(sink.ended, "compute");
  ASSERT_EQ(begun.size(), 3U);
  ASSERT_EQ(ended.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(ended[i] - begun[i], 30 * Bench::kCyclePs);
}

/// Frequency in quarters of the clock's after a change in mid-job.
class BlockClock : public ::testing::TestWithParam<uint64_t> {};

TEST_P(BlockClock, AnotherFrequencyInMidJobMovesTheEdgesNotTheCycles) {
  Bench bench;
  const uint64_t period_ps = 4 * Bench::kCyclePs / GetParam();
  uint64_t steady = 0;

  bench.run([&] {
    bench.memory.latency_ps = 0;
    bench.memory.beat_ps = 0;
    bench.program(64, Bench::kOut, 64, 1000);
    bench.start();
    bench.wait_idle();
    steady = bench.read_wide(VECTOR_ADD_REG_JOB_CYCLES_LO);
    bench.start();
    const uint64_t begin = Bench::now();
    Bench::wait_ps(503 * Bench::kCyclePs);
    bench.clock.set_operating_point(Bench::kClockHz / 4 * GetParam(), 1.1, Bench::now());
    while ((bench.read(VECTOR_ADD_REG_STATUS) & VECTOR_ADD_STATUS_BUSY_MASK) != 0) Bench::wait_ps(1'250);
    EXPECT_EQ(bench.read_wide(VECTOR_ADD_REG_JOB_CYCLES_LO), steady);
    const uint64_t expected_ps = 503 * Bench::kCyclePs + (steady - 503) * period_ps;
    EXPECT_NEAR(static_cast<double>(Bench::now() - begin), static_cast<double>(expected_ps), 2'500.0);
  });

  EXPECT_EQ(steady, 1000U + VectorAdd::kStartCycles);
}

INSTANTIATE_TEST_SUITE_P(SlowerAndFaster, BlockClock, ::testing::Values(1U, 2U, 16U));

}  // namespace
}  // namespace ganglion::test
