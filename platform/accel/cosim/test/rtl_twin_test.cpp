// RTL beside the model: nothing diverges when both are right, and every mistake of the RTL is found and
// named.
#include "platform/accel/cosim/rtl_twin.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "platform/accel/test/bench.h"

namespace ganglion::test {
namespace {

using testing::HasSubstr;

/// A VectorAdd with its RTL beside it. BIAS[31:28] makes the RTL wrong (vector_add.sv), and is nothing to the
/// model.
class TwinBench : public Bench {
 public:
  explicit TwinBench(uint32_t mistake = 0, RtlTwin::Options options = {.tolerance = {0.6, 64}},
                     const axi::Stalls& stalls = {})
      : mistake_(mistake) {
    const BlockIdentity identity = identity_of<vector_add::Registers>();
    RtlSource source{GANGLION_RTL_FOLDER "/vector_add.so", {}};
    source.options.timeout_cycles = 1000;
    source.options.memory.stalls = stalls;
    source.id = identity.id;
    source.version = identity.version;
    twin = std::make_unique<RtlTwin>(*dut, clock, services, source, std::move(options));
  }
  std::unique_ptr<RtlTwin> twin;

  void job(uint32_t length, uint64_t out = kOut, uint32_t tile = 64, uint32_t cycles = 10) {
    program(length, out, tile, cycles);
    write(VECTOR_ADD_REG_BIAS, mistake_ << 28U | 5U << VECTOR_ADD_BIAS_OFFSET_SHIFT);
  }
  void read_all() {
    for (const Register* reg : dut->register_bank().registers()) (void)read(reg->info().offset);
  }
  /// Two jobs and a START too many, a reset of the flags, a job that breaks a rule with one waiting behind
  /// it.
  void exercise() {
    write(VECTOR_ADD_REG_IRQ_ENABLE, 7);
    job(100);
    start();
    job(64, kOut + 0x1003, 32);
    start();
    start();
    read_all();
    wait_idle();
    read_all();
    write(VECTOR_ADD_REG_IRQ_STATUS, 7);
    write(VECTOR_ADD_REG_LENGTH, 0);
    start();
    write(VECTOR_ADD_REG_LENGTH, 48);
    start();
    wait_idle();
    read_all();
    command(VECTOR_ADD_CTRL_RESUME_MASK);
    wait_idle();
    read_all();
    write(VECTOR_ADD_REG_IRQ_STATUS, 7);
    read_all();
  }
  [[nodiscard]] std::string reason() const { return stop.reason() ? stop.reason()->reason : ""; }

 private:
  uint32_t mistake_;
};

TEST(RtlTwin, AgreesWithTheModelThroughQueueErrorsAndInterrupts) {
  TwinBench bench;

  bench.run([&] { bench.exercise(); });

  EXPECT_EQ(bench.reason(), "");
  EXPECT_TRUE(bench.summed(Bench::kOut, 100, 5));
  EXPECT_TRUE(bench.summed(Bench::kOut + 0x1003, 48, 5));
  EXPECT_EQ(bench.twin->bytes_compared(), 100U + 64U + 48U);
  EXPECT_GT(bench.twin->reads_compared(), 100U);
  EXPECT_EQ(bench.twin->cycle_error().jobs(), 3U);
  EXPECT_GT(bench.twin->cycle_error().rtl_cycles(),
            bench.twin->cycle_error().model_cycles());  // it overlaps nothing
}

TEST(RtlTwin, OneTileTakesTheModelsCycles) {
  TwinBench bench(0, {.tolerance = {}});
  bench.run([&] {
    bench.job(2048, Bench::kOut, 2048, 100);
    bench.start();
    bench.wait_idle();
    bench.read_all();
  });
  EXPECT_EQ(bench.reason(), "");
  EXPECT_LE(bench.twin->cycle_error().magnitude(1.0), 0.05);
}

TEST(RtlTwin, AgreesInOperandsOfAnyAlignmentAcrossPages) {
  TwinBench bench;
  bench.run([&] {
    for (uint32_t i = 0; i < 8; ++i) {
      bench.job(700 + i, Bench::kOut + 0x7f1 + i, 300 + 17 * i);
      bench.write_wide(VECTOR_ADD_REG_A_LO, Bench::kA + 0xe00 + 4 * i);
      bench.write_wide(VECTOR_ADD_REG_B_LO, Bench::kB + 0xdfd + 3 * i);
      bench.start();
      bench.wait_idle();
    }
    bench.read_all();
  });
  EXPECT_EQ(bench.reason(), "");
  EXPECT_EQ(bench.twin->cycle_error().jobs(), 8U);
}

TEST(RtlTwin, SumsInPlaceReadWhatStoodThereBefore) {
  TwinBench bench;
  bench.run([&] {
    bench.job(500, Bench::kA);  // the model overwrites its own operand; the RTL runs when that has happened
    bench.start();
    bench.wait_idle();
    bench.read_all();
  });
  EXPECT_EQ(bench.reason(), "");
  EXPECT_EQ(bench.twin->bytes_compared(), 500U);
}

TEST(RtlTwin, AWaitingJobReadsWhatTheOneBeforeHasWritten) {
  TwinBench bench;
  bench.run([&] {
    bench.job(200, Bench::kOut);
    bench.start();
    bench.job(200, Bench::kOut + 0x400);
    bench.write_wide(VECTOR_ADD_REG_A_LO, Bench::kOut);
    bench.start();
    bench.wait_idle();
    bench.read_all();
  });
  EXPECT_EQ(bench.reason(), "");
  EXPECT_EQ(bench.twin->bytes_compared(), 400U);
}

TEST(RtlTwin, BusErrorsEndBothJobsAlike) {
  TwinBench bench;
  bench.run([&] {
    bench.job(64, MemoryStub::kBase + MemoryStub::kBytes - 32);  // the second half is not there
    bench.start();
    bench.wait_idle();
    bench.read_all();
    bench.command(VECTOR_ADD_CTRL_RESUME_MASK);
    bench.job(64);
    bench.write_wide(VECTOR_ADD_REG_B_LO, 0x1000);
    bench.start();
    bench.wait_idle();
    bench.read_all();
    bench.command(VECTOR_ADD_CTRL_FLUSH_MASK);
    bench.job(64);
    bench.start();
    bench.wait_idle();
    bench.read_all();
  });
  EXPECT_EQ(bench.reason(), "");
  EXPECT_TRUE(bench.summed(Bench::kOut, 64, 5));
}

TEST(RtlTwin, AJobRefusedByPowerEndsTheRunAndSaysWhy) {
  TwinBench bench;
  const bool finished = bench.finishes([&] {
    bench.job(64);
    bench.energy.set_power_state(bench.dut->id(), PowerState::kClockGated);
    bench.start();
    bench.wait_idle();
  });
  EXPECT_FALSE(finished);
  EXPECT_THAT(bench.reason(), HasSubstr("job 1 was refused as UNPOWERED"));
  EXPECT_THAT(bench.reason(), HasSubstr("power the block on before START"));
  EXPECT_EQ(bench.reason().find("diverge"), std::string::npos);
}

TEST(RtlTwin, AResetInTheMiddleOfAJobLeavesBothFresh) {
  TwinBench bench;
  bench.run([&] {
    bench.job(64, Bench::kOut, 64, 2000);
    bench.start();
    Bench::wait_cycles(500);
    bench.command(VECTOR_ADD_CTRL_RESET_MASK);
    bench.read_all();
    bench.job(64);
    bench.start();
    bench.wait_idle();
    bench.read_all();
  });
  EXPECT_EQ(bench.reason(), "");
  EXPECT_TRUE(bench.summed(Bench::kOut, 64, 5));
}

TEST(RtlTwin, ABurstThatTouchesOneThatFailsMaySucceed) {
  TwinBench bench;
  bench.memory.refusals = {
      {.base = Bench::kA + 64, .bytes = 8, .visible = true}};  // a device among the operands
  bench.run([&] {
    bench.job(64);  // A ends where the refused bytes begin, B reaches into them
    bench.write_wide(VECTOR_ADD_REG_B_LO, Bench::kA + 32);
    bench.start();
    bench.wait_idle();
    EXPECT_EQ(bench.read(VECTOR_ADD_REG_ERROR_ADDRESS_LO), uint32_t{Bench::kA + 32});
    bench.read_all();
  });
  EXPECT_EQ(bench.reason(), "");
}

TEST(RtlTwin, WritesAWaveformOfTheJobThatDiverged) {
  const std::string file = testing::TempDir() + "rtl_twin_test.vcd";
  std::filesystem::remove(file);
  TwinBench bench(1, {.tolerance = {0.6, 64}, .waveform = file});
  (void)bench.finishes([&] {
    bench.job(2000);
    bench.start();
    bench.wait_idle();
  });

  EXPECT_THAT(bench.reason(), HasSubstr("waveform: " + file));
  std::ifstream vcd(file);
  const std::string text{std::istreambuf_iterator<char>(vcd), {}};
  ASSERT_THAT(text, HasSubstr("$enddefinitions"));
  EXPECT_THAT(text, HasSubstr("m_axi_wdata"));
  // 200 cycles before and after, two evaluations each; the job is much longer.
  const auto times = std::count(text.begin(), text.end(), '#');
  EXPECT_GT(times, 2 * 350);
  EXPECT_LT(times, 2 * 450);
  // The run-again job stores its last bytes there: the beat with the wrong sum is in it.
  std::array<char, 65> bits{};
  uint64_t beat = 0;
  for (unsigned lane = 0; lane < 8; ++lane)
    beat |= uint64_t{static_cast<uint8_t>(bench.at(Bench::kOut)[1992 + lane] ^ (lane == 7 ? 1 : 0))}
            << (8 * lane);
  for (unsigned i = 0; i < 64; ++i) bits[i] = (beat >> (63 - i) & 1U) != 0 ? '1' : '0';
  EXPECT_THAT(text, HasSubstr(std::string("b") + bits.data()));
}

TEST(RtlTwin, StallsOfTheBusChangeCyclesAlone) {
  const axi::Stalls stalls = axi::random_stalls(0.6, 1, "dut");
  TwinBench bench(0, {.tolerance = {0.1, 16}, .stop_on_cycles = false}, stalls);

  bench.run([&] { bench.exercise(); });

  EXPECT_EQ(bench.reason(), "");
  EXPECT_EQ(bench.twin->bytes_compared(), 100U + 64U + 48U);
  EXPECT_EQ(bench.twin->cycle_error().jobs(), 3U);
  EXPECT_EQ(bench.twin->cycle_error().beyond_tolerance(), 3U);
}

/// Three jobs of some 10 cycles that RTL and model need differently.
void run_three_jobs(TwinBench& bench) {
  (void)bench.finishes([&] {
    for (int i = 0; i < 3; ++i) {
      bench.job(64);
      bench.start();
      bench.wait_idle();
    }
  });
}

TEST(RtlTwin, CyclesBeyondTheToleranceAreCounted) {
  TwinBench bench(0, {.tolerance = {0, 0}, .stop_on_cycles = false});
  run_three_jobs(bench);
  EXPECT_EQ(bench.reason(), "");
  EXPECT_EQ(bench.twin->cycle_error().beyond_tolerance(), 3U);
}

TEST(RtlTwin, CyclesBeyondTheToleranceEndTheRun) {
  TwinBench bench(0, {.tolerance = {0, 0}});
  run_three_jobs(bench);
  EXPECT_THAT(bench.reason(), HasSubstr("cycles of job 1: model"));
  EXPECT_EQ(bench.twin->cycle_error().beyond_tolerance(), 1U);
}

TEST(RtlTwin, SaysThatAWrongByteWasNeverWritten) {
  TwinBench bench(14);
  (void)bench.finishes([&] {
    // Longer than the second instance watches from the start.
    bench.job(64, Bench::kOut, 64, 3000);
    bench.write(VECTOR_ADD_REG_BIAS, 0);
    bench.start();
    bench.wait_idle();
    bench.read_all();
    bench.job(64);
    bench.start();
    bench.wait_idle();
  });
  EXPECT_THAT(bench.reason(), HasSubstr("memory at 0x80003000 after job 2"));
  EXPECT_THAT(bench.reason(),
              HasSubstr("the job run again: unknown value: m_axi_wdata depends on a register or memory"));
}

TEST(RtlTwin, RefusesTheRtlOfAnotherBlock) {
  TwinBench bench;
  RtlSource source{GANGLION_RTL_FOLDER "/misbehaving.so", {}};
  source.id = 0x44444156;
  EXPECT_THROW(RtlTwin(*bench.dut, bench.clock, bench.services, source, {}), ConfigError);
}

struct Mistake {
  uint32_t number;
  const char* name;
  const char* found;
};
/// Without it a test's name would hold the bytes of its pointers.
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class RtlTwinFinds : public testing::TestWithParam<Mistake> {};

TEST_P(RtlTwinFinds, AndNamesTheOperation) {
  TwinBench bench(GetParam().number);
  (void)bench.finishes([&] { bench.exercise(); });
  EXPECT_TRUE(bench.twin->diverged());
  EXPECT_THAT(bench.reason(), HasSubstr(GetParam().found));
  EXPECT_EQ(bench.stop.reason()->code, ExitCode::kCheckFailed);
}

INSTANTIATE_TEST_SUITE_P(
    , RtlTwinFinds,
    testing::Values(Mistake{1, "AWrongSum", "memory at 0x80003063 after job 1: model 0x"},
                    Mistake{2, "AMissingByte", "memory at 0x80003063 after job 1: model 0x"},
                    Mistake{3, "AByteTooMany",
                            "memory at 0x80003064 after job 1: model did not write, RTL 0x"},
                    Mistake{4, "AWrongOperand", "memory at 0x80003000 after job 1"},
                    Mistake{5, "AStartTooManyAccepted",
                            "read of IRQ_STATUS (offset 0x018): model 0x00000004, RTL 0x00000000"},
                    Mistake{6, "AConfigurationNotLatched", "after job 1"},
                    Mistake{7, "ALostCompletion", "read of IRQ_STATUS (offset 0x018)"},
                    Mistake{8, "AWrongErrorCode", "job 3: the model failed with LENGTH (offset 0x118) = 0"},
                    Mistake{9, "AJobThatNeverEnds", "job 1: the model completed after"},
                    Mistake{10, "TooManyCycles", "cycles of job 1: model"},
                    Mistake{11, "AJobNotCounted",
                            "read of JOBS_ACCEPTED (offset 0x038): model 0x00000002, RTL 0x00000001"},
                    Mistake{12, "AResumeThatForgets", "job"},
                    Mistake{13, "AnInterruptStuck", "interrupt: model low, RTL high"}),
    [](const testing::TestParamInfo<Mistake>& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace ganglion::test
