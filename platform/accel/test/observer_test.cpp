// What a recorder or an RTL twin gets to see.
#include "bench.h"

namespace ganglion::test {
namespace {

struct Recorder : ShellObserver {
  void on_register_access(const tlm::tlm_generic_payload&) override { ++accesses; }
  void on_start(uint32_t job, std::span<const uint32_t> shadow) override {
    starts.emplace_back(job, std::vector<uint32_t>(shadow.begin(), shadow.end()));
  }
  void on_dma_read(uint32_t job, uint64_t address, std::span<const std::byte> data) override {
    for (std::size_t i = 0; i < data.size(); ++i) read.emplace_back(job, address + i, data[i]);
  }
  void on_dma_write(uint32_t job, uint64_t address, std::span<const std::byte> data) override {
    for (std::size_t i = 0; i < data.size(); ++i) written.emplace_back(job, address + i, data[i]);
  }
  void on_job_end(uint32_t job, const JobError* error, uint64_t) override {
    ends.emplace_back(job, error != nullptr);
    if (twin_ps != 0) Bench::wait_ps(twin_ps);
  }
  void on_reset() override { ++resets; }

  using Byte = std::tuple<uint32_t, uint64_t, std::byte>;
  int accesses = 0;
  int resets = 0;
  uint64_t twin_ps = 0;
  std::vector<std::pair<uint32_t, std::vector<uint32_t>>> starts;
  std::vector<Byte> read;
  std::vector<Byte> written;
  std::vector<std::pair<uint32_t, bool>> ends;
};

TEST(ShellObserver, SeesEveryByteOfTheDmaInOrder) {
  Bench bench;
  Recorder recorder;
  bench.dut->observe(recorder);

  bench.run([&] {
    bench.program(100, Bench::kOut, 64);
    bench.start();
    bench.wait_idle();
  });

  ASSERT_EQ(recorder.read.size(), 200U);
  ASSERT_EQ(recorder.written.size(), 100U);
  for (uint32_t i = 0; i < 64; ++i) {
    const Recorder::Byte expected{1, Bench::kA + i, std::byte{bench.at(Bench::kA)[i]}};
    EXPECT_EQ(recorder.read[i], expected);
  }
  for (uint32_t i = 0; i < 100; ++i) {
    const Recorder::Byte expected{1, Bench::kOut + i, std::byte{bench.at(Bench::kOut)[i]}};
    EXPECT_EQ(recorder.written[i], expected);
  }
  EXPECT_EQ(recorder.ends, (std::vector<std::pair<uint32_t, bool>>{{1, false}}));
}

TEST(ShellObserver, SeesWhichStartsWereAccepted) {
  Bench bench;
  Recorder recorder;
  bench.dut->observe(recorder);

  bench.run([&] {
    bench.program(64);
    for (int i = 0; i < 3; ++i) bench.start();
    bench.wait_idle();
    bench.command(VECTOR_ADD_CTRL_RESET_MASK);
  });

  ASSERT_EQ(recorder.starts.size(), 3U);
  EXPECT_EQ(recorder.starts[0].first, 1U);
  EXPECT_EQ(recorder.starts[1].first, 2U);
  EXPECT_EQ(recorder.starts[2].first, 0U);
  EXPECT_EQ(recorder.starts[0].second.size(), 9U);
  EXPECT_EQ(recorder.starts[0].second[6], 64U);  // LENGTH
  EXPECT_EQ(recorder.resets, 1);
  EXPECT_GT(recorder.accesses, 10);
}

TEST(ShellObserver, ASlowerTwinHoldsDoneBack) {
  Bench bench;
  Recorder recorder;
  recorder.twin_ps = 500'000'000;
  bench.dut->observe(recorder);

  bench.run([&] {
    bench.program(64);
    bench.start();
    Bench::wait_ps(400'000'000);
    EXPECT_EQ(recorder.ends.size(), 1U);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_STATUS), VECTOR_ADD_STATUS_BUSY_MASK);
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_IRQ_STATUS), 0U);
    bench.wait_idle();
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_IRQ_STATUS), VECTOR_ADD_IRQ_STATUS_DONE_MASK);
  });
}

TEST(ShellObserver, AResetWhileATwinIsBusyLeavesNoCompletion) {
  Bench bench;
  Recorder recorder;
  recorder.twin_ps = 500'000'000;
  bench.dut->observe(recorder);

  bench.run([&] {
    bench.program(64);
    bench.start();
    Bench::wait_ps(400'000'000);
    ASSERT_EQ(recorder.ends.size(), 1U);
    bench.command(VECTOR_ADD_CTRL_RESET_MASK);
    Bench::wait_ps(1'000'000'000);
    EXPECT_EQ(bench.dut->state(), bench.fresh->state());
  });
}

}  // namespace
}  // namespace ganglion::test
