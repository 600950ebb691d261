#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "ip/sc_cnn/test/bench.h"

namespace ganglion::sc_cnn {
namespace {

OwnedJob small_job(const Config& config, unsigned seed = 1) {
  std::mt19937 random(seed);
  Layer layer;
  layer.in_c = 2;
  layer.in_h = layer.in_w = 8;
  layer.kh = layer.kw = 3;
  layer.out_c = 4;
  layer.hi = static_cast<int32_t>(signed_max(config.operand_bits));
  layer.weight_bits = static_cast<uint32_t>(config.operand_bits);
  complete_geometry(config, layer);
  return with_random_operands(config, layer, random);
}

/// Memory without the output of `layer`.
std::vector<uint8_t> outside_of(Bench& bench, const Layer& layer) {
  std::vector<uint8_t> bytes = bench.memory.bytes;
  const auto out = bytes.begin() + static_cast<std::ptrdiff_t>(layer.out - test::MemoryStub::kBase);
  std::fill_n(out, layer.output_layout(bench.array.element_bytes()).span_bytes(), uint8_t{0});
  return bytes;
}

struct BadJob {
  const char* what;
  uint32_t code;
  uint32_t reg;
  std::function<void(sc_cnn_layer_t&)> spoil;
};

TEST(ScCnnErrors, EveryBadRegisterHasItsCodeAndTouchesNoMemory) {
  const std::vector<BadJob> jobs{
      {"kind", SC_CNN_FAULT_CODE_KIND, SC_CNN_REG_KIND, [](auto& l) { l.job.kind = 7; }},
      {"size", SC_CNN_FAULT_CODE_DIMENSION, SC_CNN_REG_IN_C, [](auto& l) { l.job.in_c = 70000; }},
      {"kernel", SC_CNN_FAULT_CODE_KERNEL, SC_CNN_REG_KERNEL_H, [](auto& l) { l.job.kh = 0; }},
      {"geometry", SC_CNN_FAULT_CODE_GEOMETRY, SC_CNN_REG_OUT_W, [](auto& l) { l.job.out_w = 7; }},
      {"pool", SC_CNN_FAULT_CODE_POOL, SC_CNN_REG_POOL, [](auto& l) { l.job.pool = 3; }},
      {"stride", SC_CNN_FAULT_CODE_STRIDE, SC_CNN_REG_OUT_PLANE_STRIDE,
       [](auto& l) { l.job.out_plane_stride = 5; }},
      {"precision", SC_CNN_FAULT_CODE_PRECISION, SC_CNN_REG_WEIGHT_BITS, [](auto& l) { l.weight_bits = 1; }},
      {"guard bits", SC_CNN_FAULT_CODE_GUARD_BITS, SC_CNN_REG_GUARD_BITS,
       [](auto& l) { l.guard_bits = 100; }},
      {"zero skip", SC_CNN_FAULT_CODE_ZERO_SKIP, SC_CNN_REG_ZERO_SKIP, [](auto& l) { l.zero_skip = 2; }},
      {"clamp", SC_CNN_FAULT_CODE_CLAMP, SC_CNN_REG_OUT_MIN, [](auto& l) { l.job.lo = -129; }},
      {"overlap", SC_CNN_FAULT_CODE_OVERLAP, SC_CNN_REG_OUT_LO, [](auto& l) { l.job.out = l.job.weights; }},
      {"misaligned", SC_CNN_ERROR_CODE_MISALIGNED, SC_CNN_REG_SHIFT_LO, [](auto& l) { l.job.shift += 4; }},
      {"overflow", SC_CNN_ERROR_CODE_OVERFLOW, SC_CNN_REG_OUT_LO, [](auto& l) { l.job.out = ~uint64_t{7}; }},
  };
  Bench bench;
  const OwnedJob good = small_job(bench.array);
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    const Layer layer = bench.place(good);
    const auto before = bench.memory.bytes;
    for (const BadJob& job : jobs) {
      sc_cnn_layer_t bad = Bench::driver_layer(layer);
      job.spoil(bad);
      ASSERT_EQ(sc_cnn_submit(&bench.driver, &bad), 0) << job.what;
      EXPECT_EQ(sc_cnn_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr),
                static_cast<int>(job.code))
          << job.what;
      sc_cnn_error_t error;
      sc_cnn_error(&bench.driver, &error);
      EXPECT_EQ(error.code, job.code) << job.what;
      EXPECT_EQ(error.register_offset, job.reg) << job.what;
      EXPECT_EQ(bench.read(job.reg), error.value) << job.what;
      EXPECT_EQ(bench.read(SC_CNN_REG_FAULT), job.code >= 16 ? job.code : 0) << job.what;
      EXPECT_TRUE(bench.memory.bytes == before) << job.what;
      EXPECT_EQ(sc_cnn_submit(&bench.driver, &bad), SC_CNN_EHELD) << job.what;
      sc_cnn_recover(&bench.driver);
    }
    EXPECT_TRUE(bench.memory.bursts.empty()) << "nothing is fetched for a job that cannot be done";
    const sc_cnn_layer_t legal = Bench::driver_layer(layer);
    ASSERT_EQ(sc_cnn_submit(&bench.driver, &legal), 0);
    EXPECT_EQ(sc_cnn_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr), 0);
    EXPECT_EQ(bench.read(SC_CNN_REG_JOBS_DONE), 1u);
  });
}

TEST(ScCnnErrors, TheLogNamesRegisterValueAndRule) {
  std::ostringstream log;
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(log)));
  spdlog::set_pattern("%v");
  Bench bench("{operand_bits: 6}");
  OwnedJob owned = small_job(bench.array);
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    const auto log_of = [&](const Layer& layer) {
      const sc_cnn_layer_t programmed = Bench::driver_layer(layer);
      EXPECT_EQ(sc_cnn_submit(&bench.driver, &programmed), 0);
      EXPECT_GT(sc_cnn_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr), 0);
      sc_cnn_recover(&bench.driver);
      return std::exchange(log, std::ostringstream()).str();
    };
    Layer layer = bench.place(owned);
    layer.out_h = 7;
    EXPECT_EQ(log_of(layer),
              "dut: job 1 failed: OUT_H (offset 0x16c) = 7 (0x7): must be 6 = floor((8 + 2*0 - 3) / 1) + 1 "
              "(code 19)\n");
    layer = bench.place(owned);
    layer.lo = -33;
    EXPECT_EQ(log_of(layer),
              "dut: job 2 failed: OUT_MIN (offset 0x190) = 4294967263 (0xffffffdf): must be -32 to 31, not "
              "-33 (code 25)\n");
    owned.weights[3] = 99;
    EXPECT_EQ(log_of(bench.place(owned)),
              "dut: job 3 failed: WEIGHTS_LO (offset 0x128) = 99 (0x63): value 3 bytes from the address in "
              "the register: "
              "must be -32 to 31 for N = 6 (code 30)\n");
  });
}

TEST(ScCnnErrors, BadOperandsInMemoryAreFoundWhenTheyAreFetched) {
  Bench bench("{operand_bits: 6}");
  const OwnedJob good = small_job(bench.array);
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    const auto fail_with = [&](const OwnedJob& owned, uint32_t code, uint32_t reg, uint64_t offset) {
      const Layer layer = bench.place(owned);
      const auto before = bench.memory.bytes;
      const sc_cnn_layer_t programmed = Bench::driver_layer(layer);
      ASSERT_EQ(sc_cnn_submit(&bench.driver, &programmed), 0);
      EXPECT_EQ(sc_cnn_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr),
                static_cast<int>(code));
      sc_cnn_error_t error;
      sc_cnn_error(&bench.driver, &error);
      EXPECT_EQ(error.register_offset, reg);
      EXPECT_EQ(error.address, (bench.read(reg) | uint64_t{bench.read(reg + 4)} << 32) + offset);
      EXPECT_TRUE(bench.memory.bytes == before);
      sc_cnn_recover(&bench.driver);
    };
    OwnedJob bad = good;
    bad.in[77] = 32;
    fail_with(bad, SC_CNN_FAULT_CODE_OPERAND_RANGE, SC_CNN_REG_IN_LO, 77);
    bad = good;
    bad.weights[10] = static_cast<uint8_t>(-33);
    fail_with(bad, SC_CNN_FAULT_CODE_OPERAND_RANGE, SC_CNN_REG_WEIGHTS_LO, 10);
    bad = good;
    bad.shift[4] = 0;
    fail_with(bad, SC_CNN_FAULT_CODE_REQUANTISATION, SC_CNN_REG_SHIFT_LO, 4);
    bad = good;
    bad.mult[11] |= 0x80;
    fail_with(bad, SC_CNN_FAULT_CODE_REQUANTISATION, SC_CNN_REG_MULT_LO, 8);
  });
}

TEST(ScCnnErrors, LayersTooLargeForTheBuffers) {
  Bench bench("{lanes: 8, mvms: 4, input_buffer: 1 KiB, weight_buffer: 1 KiB, output_buffer: 1 KiB}");
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    const auto code_of = [&](uint32_t in_c, uint32_t in_w, uint32_t out_c, uint32_t kernel) {
      Layer layer;
      layer.in_c = in_c;
      layer.in_h = 8;
      layer.in_w = in_w;
      layer.kh = layer.kw = kernel;
      layer.out_c = out_c;
      complete_geometry(bench.array, layer);
      const sc_cnn_layer_t programmed = Bench::driver_layer(layer);
      EXPECT_EQ(sc_cnn_submit(&bench.driver, &programmed), 0);
      const int code = sc_cnn_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr);
      sc_cnn_recover(&bench.driver);
      return static_cast<uint32_t>(code);
    };
    EXPECT_EQ(code_of(1, 300, 1, 3), SC_CNN_FAULT_CODE_INPUT_TOO_LARGE);
    EXPECT_EQ(code_of(20, 4, 4, 3), SC_CNN_FAULT_CODE_WEIGHTS_TOO_LARGE);
    EXPECT_EQ(code_of(1, 200, 4, 1), SC_CNN_FAULT_CODE_OUTPUT_TOO_LARGE);
  });
}

TEST(ScCnnErrors, ABusErrorEndsTheJobAndNamesTheAddress) {
  Bench bench("{mvms: 1}");
  const OwnedJob good = small_job(bench.array);
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    const Layer layer = bench.place(good);
    const auto before = bench.memory.bytes;
    sc_cnn_error_t error;

    sc_cnn_layer_t unmapped = Bench::driver_layer(layer);
    unmapped.job.in = 0x1000;
    ASSERT_EQ(sc_cnn_submit(&bench.driver, &unmapped), 0);
    EXPECT_EQ(sc_cnn_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr),
              static_cast<int>(SC_CNN_ERROR_CODE_BUS_READ));
    sc_cnn_error(&bench.driver, &error);
    EXPECT_EQ(error.address, 0x1000u);
    EXPECT_TRUE(bench.memory.bytes == before);
    sc_cnn_recover(&bench.driver);

    // The output leaves the memory after its second map: the first two are written, nothing else.
    sc_cnn_layer_t leaving = Bench::driver_layer(layer);
    leaving.job.out = test::MemoryStub::kBase + test::MemoryStub::kBytes - 2 * 64;
    leaving.job.out_plane_stride = 64;
    ASSERT_EQ(sc_cnn_submit(&bench.driver, &leaving), 0);
    EXPECT_EQ(sc_cnn_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr),
              static_cast<int>(SC_CNN_ERROR_CODE_BUS_WRITE));
    sc_cnn_error(&bench.driver, &error);
    EXPECT_EQ(error.address, test::MemoryStub::kBase + test::MemoryStub::kBytes);
    Layer written = layer;
    written.out = leaving.job.out;
    written.out_c = 2;
    EXPECT_EQ(bench.memory.bytes != before, true);
    EXPECT_TRUE(outside_of(bench, written) == [&] {
      bench.memory.bytes = before;
      return outside_of(bench, written);
    }());
  });
  EXPECT_TRUE(bench.energy.traffic_balance().holds());
}

TEST(ScCnnQueue, OneJobRunsAndOneWaitsAThirdIsRejected) {
  Bench bench;
  const OwnedJob first = small_job(bench.array, 1), second = small_job(bench.array, 2);
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    const sc_cnn_layer_t a = Bench::driver_layer(bench.place(first));
    Placement elsewhere;
    elsewhere.in += 0x8000;
    elsewhere.weights += 0x8000;
    elsewhere.bias += 0x800;
    elsewhere.mult += 0x800;
    elsewhere.shift += 0x800;
    elsewhere.out += 0x8000;
    const sc_cnn_layer_t b = Bench::driver_layer(bench.place(second, elsewhere));

    EXPECT_EQ(sc_cnn_submit(&bench.driver, &a), 0);
    EXPECT_EQ(sc_cnn_submit(&bench.driver, &b), 0);
    EXPECT_EQ(sc_cnn_submit(&bench.driver, &a), SC_CNN_EBUSY);
    bench.write(SC_CNN_REG_CTRL, SC_CNN_CTRL_START_MASK);
    EXPECT_EQ(bench.read(SC_CNN_REG_IRQ_STATUS), SC_CNN_IRQ_STATUS_REJECTED_MASK);
    EXPECT_EQ(bench.read(SC_CNN_REG_ERROR) & SC_CNN_ERROR_CODE_MASK, SC_CNN_ERROR_CODE_REJECTED);

    EXPECT_EQ(sc_cnn_wait(&bench.driver, 2, Bench::idle, nullptr), 0)
        << "the refused START disturbed nothing";
    const Result model_a = run(bench.array, first.job()), model_b = run(bench.array, second.job());
    EXPECT_TRUE(std::ranges::equal(bench.at(a.job.out, model_a.output.size()), model_a.output));
    EXPECT_TRUE(std::ranges::equal(bench.at(b.job.out, model_b.output.size()), model_b.output));
    EXPECT_EQ(bench.read(SC_CNN_REG_JOB_ID), 2u);
  });
}

TEST(ScCnnQueue, AWaitingJobIsHeldBehindAFailedOneUntilResume) {
  Bench bench;
  const OwnedJob owned = small_job(bench.array);
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    const sc_cnn_layer_t good = Bench::driver_layer(bench.place(owned));
    sc_cnn_layer_t bad = good;
    bad.job.in = 0x1000;
    ASSERT_EQ(sc_cnn_submit(&bench.driver, &bad), 0);
    ASSERT_EQ(sc_cnn_submit(&bench.driver, &good), 0);
    EXPECT_EQ(sc_cnn_wait(&bench.driver, 1, Bench::idle, nullptr),
              static_cast<int>(SC_CNN_ERROR_CODE_BUS_READ));
    Bench::wait_cycles(100000);
    EXPECT_EQ(bench.read(SC_CNN_REG_JOBS_DONE), 0u);
    bench.write(SC_CNN_REG_CTRL, SC_CNN_CTRL_RESUME_MASK);
    EXPECT_EQ(sc_cnn_wait(&bench.driver, 1, Bench::idle, nullptr), 0);

    ASSERT_EQ(sc_cnn_submit(&bench.driver, &bad), 0);
    ASSERT_EQ(sc_cnn_submit(&bench.driver, &good), 0);
    EXPECT_GT(sc_cnn_wait(&bench.driver, 2, Bench::idle, nullptr), 0);
    sc_cnn_recover(&bench.driver);
    Bench::wait_cycles(100000);
    EXPECT_EQ(bench.read(SC_CNN_REG_JOBS_DONE), 1u) << "FLUSH dropped the waiting job";
    EXPECT_EQ(bench.driver.submitted, 1u);
  });
}

TEST(ScCnnQueue, ShadowRegistersMayChangeWhileAJobRuns) {
  Bench bench;
  const OwnedJob owned = small_job(bench.array);
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    const sc_cnn_layer_t layer = Bench::driver_layer(bench.place(owned));
    ASSERT_EQ(sc_cnn_submit(&bench.driver, &layer), 0);
    for (uint32_t reg = SC_CNN_REG_IN_LO; reg <= SC_CNN_REG_ZERO_SKIP; reg += 4) bench.write(reg, 0xdeadbeef);
    EXPECT_EQ(sc_cnn_wait(&bench.driver, 1, Bench::idle, nullptr), 0);
    const Result model = run(bench.array, owned.job());
    EXPECT_TRUE(std::ranges::equal(bench.at(layer.job.out, model.output.size()), model.output));
  });
}

TEST(ScCnnQueue, TheInterruptFollowsStatusAndEnable) {
  Bench bench;
  const OwnedJob owned = small_job(bench.array);
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    const sc_cnn_layer_t layer = Bench::driver_layer(bench.place(owned));
    ASSERT_EQ(sc_cnn_submit(&bench.driver, &layer), 0);
    while (bench.read(SC_CNN_REG_JOBS_DONE) == 0) Bench::wait_cycles(100);
    EXPECT_FALSE(bench.dut->interrupt().level()) << "not enabled";
    sc_cnn_interrupt(&bench.driver, 1);
    EXPECT_TRUE(bench.dut->interrupt().level());
    sc_cnn_acknowledge(&bench.driver);
    EXPECT_FALSE(bench.dut->interrupt().level());
  });
}

TEST(ScCnnReset, AResetBlockEqualsAFreshOne) {
  Bench bench;
  const OwnedJob owned = small_job(bench.array);
  bench.run([&] {
    const std::vector<uint32_t> fresh = bench.fresh->state();
    EXPECT_EQ(bench.dut->state(), fresh);
    sc_cnn_init(&bench.driver, Bench::kBase);
    const sc_cnn_layer_t layer = Bench::driver_layer(bench.place(owned));
    sc_cnn_layer_t bad = layer;
    bad.job.kh = 40;

    for (const uint64_t cycles : {0, 1, 5, 20, 50, 100, 200, 400, 800}) {  // in every phase of the job
      sc_cnn_interrupt(&bench.driver, 1);
      ASSERT_EQ(sc_cnn_submit(&bench.driver, &layer), 0);
      ASSERT_EQ(sc_cnn_submit(&bench.driver, &bad), 0);
      Bench::wait_cycles(cycles);
      bench.dut->reset();
      EXPECT_EQ(bench.dut->state(), fresh) << "after " << cycles << " cycles";
      Bench::wait_cycles(2000);
      EXPECT_EQ(bench.dut->state(), fresh) << "a job of before the reset left a trace";
    }

    sc_cnn_init(&bench.driver, Bench::kBase);
    ASSERT_EQ(sc_cnn_submit(&bench.driver, &layer), 0);
    EXPECT_EQ(sc_cnn_wait(&bench.driver, 1, Bench::idle, nullptr), 0);
    const Result model = run(bench.array, owned.job());
    EXPECT_TRUE(std::ranges::equal(bench.at(layer.job.out, model.output.size()), model.output));
    EXPECT_NE(bench.dut->state(), fresh);
  });
}

}  // namespace
}  // namespace ganglion::sc_cnn
