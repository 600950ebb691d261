// The job queue: one runs, one waits, START latches, DONE counts, interrupts follow.
#include "bench.h"

namespace ganglion::test {
namespace {

TEST(JobQueue, DoesAJobAndSaysSo) {
  Bench bench;

  bench.run([&] {
    bench.program(200);
    bench.start();
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_STATUS), VECTOR_ADD_STATUS_BUSY_MASK);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOBS_ACCEPTED), 1U);
    bench.wait_idle();
  });

  EXPECT_TRUE(bench.summed(Bench::kOut, 200));
  EXPECT_NE(bench.at(Bench::kOut)[200], static_cast<unsigned char>(bench.at(Bench::kA)[200] * 2));
  EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOB_ID), 1U);
  EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOBS_DONE), 1U);
  EXPECT_EQ(bench.read(VECTOR_ADD_REG_IRQ_STATUS), VECTOR_ADD_IRQ_STATUS_DONE_MASK);
  EXPECT_EQ(bench.read(VECTOR_ADD_REG_ERROR), 0U);
}

TEST(JobQueue, LeavesMemoryOutsideTheOutputUntouched) {
  Bench bench;
  const std::vector<unsigned char> before = bench.memory.bytes;

  bench.run([&] {
    bench.program(77, Bench::kOut + 3, 16);
    bench.start();
    bench.wait_idle();
  });

  const std::size_t begin = Bench::kOut + 3 - MemoryStub::kBase;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (i >= begin && i < begin + 77) continue;
    ASSERT_EQ(bench.memory.bytes[i], before[i]) << "byte " << i;
  }
}

TEST(JobQueue, LatchesTheConfigurationAtStart) {
  Bench bench;

  bench.run([&] {
    bench.program(64, Bench::kOut);
    bench.start();
    bench.program(32, Bench::kOut + 0x100);   // for the next job, while the first one runs
    bench.write(VECTOR_ADD_REG_BIAS, 0xFF0);  // -1
    bench.start();
    bench.program(99, Bench::kOut + 0x200);  // never started
    while (bench.read(VECTOR_ADD_REG_JOBS_DONE) == 0) Bench::wait_ps(5'000);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOB_ID), 1U);  // the last completed, not the last accepted
    bench.wait_idle();
  });

  EXPECT_TRUE(bench.summed(Bench::kOut, 64));
  EXPECT_TRUE(bench.summed(Bench::kOut + 0x100, 32, -1));
  EXPECT_FALSE(bench.summed(Bench::kOut + 0x100, 33, -1));
  EXPECT_FALSE(bench.summed(Bench::kOut + 0x200, 4));
  EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOBS_DONE), 2U);
  EXPECT_EQ(bench.read(VECTOR_ADD_REG_LENGTH), 99U);
}

TEST(JobQueue, RefusesAThirdStartAndDisturbsNothing) {
  Bench bench;

  bench.run([&] {
    bench.program(64, Bench::kOut);
    bench.start();
    bench.program(64, Bench::kOut + 0x100);
    bench.start();
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_STATUS),
              VECTOR_ADD_STATUS_BUSY_MASK | VECTOR_ADD_STATUS_WAITING_MASK);
    bench.program(64, Bench::kOut + 0x200);
    bench.start();
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_IRQ_STATUS), VECTOR_ADD_IRQ_STATUS_REJECTED_MASK);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_ERROR) & VECTOR_ADD_ERROR_CODE_MASK, VECTOR_ADD_ERROR_CODE_REJECTED);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_ERROR) >> VECTOR_ADD_ERROR_REGISTER_SHIFT, VECTOR_ADD_REG_CTRL);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_ERROR_JOB), 0U);
    bench.wait_idle();
  });

  EXPECT_TRUE(bench.summed(Bench::kOut, 64));
  EXPECT_TRUE(bench.summed(Bench::kOut + 0x100, 64));
  EXPECT_FALSE(bench.summed(Bench::kOut + 0x200, 4));
  EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOBS_DONE), 2U);
  EXPECT_EQ(bench.read(VECTOR_ADD_REG_JOBS_ACCEPTED), 2U);
}

TEST(JobQueue, StartsTheWaitingJobAtTheEdgeOfDone) {
  Bench bench;
  std::vector<Event> events;
  struct Sink : EventSink {
    explicit Sink(std::vector<Event>& events) : events(events) {}
    void on_event(const Event& event) override { events.push_back(event); }
    std::vector<Event>& events;
  } sink(events);
  bench.events.attach(sink);

  bench.run([&] {
    Bench::wait_ps(1'234);  // off the clock's grid
    bench.program(64);
    bench.start();
    bench.start();
    bench.wait_idle();
  });

  std::vector<std::pair<Event::Kind, uint64_t>> jobs;
  std::vector<uint64_t> times;
  for (const Event& event : events) {
    if (event.kind == Event::Kind::kInterrupt || !event.text.empty()) continue;
    jobs.emplace_back(event.kind, event.a);
    times.push_back(event.time_ps);
  }
  using Kind = Event::Kind;
  const std::vector<std::pair<Kind, uint64_t>> expected = {{Kind::kJobSubmitted, 1}, {Kind::kJobSubmitted, 2},
                                                           {Kind::kJobBegin, 1},     {Kind::kJobEnd, 1},
                                                           {Kind::kJobBegin, 2},     {Kind::kJobEnd, 2}};
  ASSERT_EQ(jobs, expected);
  EXPECT_EQ(times[0], 1'234U);
  EXPECT_EQ(times[2], 5'000U);
  EXPECT_EQ(times[3], times[4]);
  EXPECT_EQ((times[3] - times[2]) / Bench::kCyclePs, bench.read_wide(VECTOR_ADD_REG_JOB_CYCLES_LO));
}

TEST(JobQueue, InterruptLevelIsStatusAndEnable) {
  Bench bench;
  std::vector<bool> levels;
  bench.dut->interrupt().connect([&](bool level) { levels.push_back(level); });

  bench.run([&] {
    bench.program(64);
    bench.start();
    bench.wait_idle();
    EXPECT_TRUE(levels.empty());  // not enabled
    bench.write(VECTOR_ADD_REG_IRQ_ENABLE, VECTOR_ADD_IRQ_ENABLE_ERROR_MASK);
    EXPECT_TRUE(levels.empty());
    bench.write(VECTOR_ADD_REG_IRQ_ENABLE, VECTOR_ADD_IRQ_ENABLE_DONE_MASK);
    EXPECT_EQ(levels, (std::vector<bool>{true}));
    bench.write(VECTOR_ADD_REG_IRQ_STATUS, VECTOR_ADD_IRQ_STATUS_ERROR_MASK);  // another bit
    EXPECT_TRUE(bench.dut->interrupt().level());
    bench.write(VECTOR_ADD_REG_IRQ_STATUS, VECTOR_ADD_IRQ_STATUS_DONE_MASK);
    EXPECT_EQ(levels, (std::vector<bool>{true, false}));
    bench.start();
    bench.wait_idle();
    EXPECT_EQ(levels, (std::vector<bool>{true, false, true}));
    bench.write(VECTOR_ADD_REG_IRQ_ENABLE, 0);
    EXPECT_EQ(levels, (std::vector<bool>{true, false, true, false}));
  });
}

TEST(JobQueue, AnswersBadRegisterAccessesWithTlmErrors) {
  Bench bench;

  bench.run([&] {
    uint32_t value = 0;
    EXPECT_EQ(bench.access(false, 0x050, value), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(bench.access(true, 0xFFFC, value), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(bench.access(false, 0x001, value), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(bench.access(false, 0x000, value, 8), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(bench.access(true, VECTOR_ADD_REG_CTRL, value, 1), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_ID), VECTOR_ADD_ID_RESET_VALUE);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_VERSION), 0x0002'0001U);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_LANES), VectorAdd::kLanes);
  });
}

}  // namespace
}  // namespace ganglion::test
