#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "ip/common/test/layer_queue.h"
#include "ip/deepcam/test/bench.h"

namespace ganglion::layers {

INSTANTIATE_TYPED_TEST_SUITE_P(Deepcam, LayerQueue, deepcam::Bench);

}  // namespace ganglion::layers

namespace ganglion::deepcam {
namespace {

/// Memory without the output of `layer`.
std::vector<uint8_t> outside_of(Bench& bench, const Layer& layer) {
  std::vector<uint8_t> bytes = bench.memory.bytes;
  const auto out = bytes.begin() + static_cast<std::ptrdiff_t>(layer.out - test::MemoryStub::kBase);
  std::fill_n(out, layer.output_layout().span_bytes(), uint8_t{0});
  return bytes;
}

struct BadJob {
  const char* what;
  uint32_t code;
  uint32_t reg;
  std::function<void(deepcam_layer_t&)> spoil;
};

TEST(DeepcamErrors, EveryBadRegisterHasItsCodeAndTouchesNoMemory) {
  const std::vector<BadJob> jobs{
      {"kind", DEEPCAM_FAULT_CODE_KIND, DEEPCAM_REG_KIND, [](auto& l) { l.job.kind = 7; }},
      {"size", DEEPCAM_FAULT_CODE_DIMENSION, DEEPCAM_REG_IN_C, [](auto& l) { l.job.in_c = 70000; }},
      {"kernel", DEEPCAM_FAULT_CODE_KERNEL, DEEPCAM_REG_KERNEL_H, [](auto& l) { l.job.kh = 0; }},
      {"geometry", DEEPCAM_FAULT_CODE_GEOMETRY, DEEPCAM_REG_OUT_W, [](auto& l) { l.job.out_w = 7; }},
      {"pool", DEEPCAM_FAULT_CODE_POOL, DEEPCAM_REG_POOL, [](auto& l) { l.job.pool = 3; }},
      {"stride", DEEPCAM_FAULT_CODE_STRIDE, DEEPCAM_REG_OUT_PLANE_STRIDE,
       [](auto& l) { l.job.out_plane_stride = 5; }},
      {"hash length", DEEPCAM_FAULT_CODE_HASH_LENGTH, DEEPCAM_REG_HASH_BITS,
       [](auto& l) { l.hash_bits = 300; }},
      {"hash tile", DEEPCAM_FAULT_CODE_HASH_TILE, DEEPCAM_REG_HASH_TILE, [](auto& l) { l.hash_tile = 9; }},
      {"hash layer", DEEPCAM_FAULT_CODE_HASH_LAYER, DEEPCAM_REG_HASH_LAYER,
       [](auto& l) { l.hash_layer = 1 << 20; }},
      {"projection", DEEPCAM_FAULT_CODE_PROJECTION, DEEPCAM_REG_IN_C,
       [](auto& l) {
         l.job.in_c = 600;
         l.job.in_plane_stride = 64;
       }},
      {"norm shift", DEEPCAM_FAULT_CODE_SHIFT_RANGE, DEEPCAM_REG_NORM_SHIFT,
       [](auto& l) { l.norm_shift = 16; }},
      {"product shift", DEEPCAM_FAULT_CODE_SHIFT_RANGE, DEEPCAM_REG_PRODUCT_SHIFT,
       [](auto& l) { l.product_shift = 0; }},
      {"dataflow", DEEPCAM_FAULT_CODE_DATAFLOW, DEEPCAM_REG_DATAFLOW, [](auto& l) { l.dataflow = 5; }},
      {"folding off, too long a hash", DEEPCAM_FAULT_CODE_FOLDING, DEEPCAM_REG_FOLD,
       [](auto& l) {
         l.no_fold = 1;
         l.hash_bits = 1024;
       }},
      {"folding off, too many rows", DEEPCAM_FAULT_CODE_FOLDING, DEEPCAM_REG_FOLD,
       [](auto& l) {
         l.no_fold = 1;
         l.job.out_c = 65;
         l.dataflow = DEEPCAM_WEIGHT_STATIONARY;
       }},
      {"clamp", DEEPCAM_FAULT_CODE_CLAMP, DEEPCAM_REG_OUT_MIN, [](auto& l) { l.job.lo = -129; }},
      {"norms overlap", DEEPCAM_FAULT_CODE_OVERLAP, DEEPCAM_REG_OUT_LO, [](auto& l) { l.job.out = l.norms; }},
      {"overlap", DEEPCAM_FAULT_CODE_OVERLAP, DEEPCAM_REG_OUT_LO, [](auto& l) { l.job.out = l.job.weights; }},
      {"misaligned", DEEPCAM_ERROR_CODE_MISALIGNED, DEEPCAM_REG_SHIFT_LO, [](auto& l) { l.job.shift += 4; }},
      {"overflow", DEEPCAM_ERROR_CODE_OVERFLOW, DEEPCAM_REG_OUT_LO,
       [](auto& l) { l.job.out = ~uint64_t{7}; }},
  };
  Bench bench("{rows: 64, segments: 3}");
  const OwnedJob good = bench.small_job();
  bench.run([&] {
    deepcam_init(&bench.driver, Bench::kBase);
    const Layer layer = bench.place(good);
    const auto before = bench.memory.bytes;
    for (const BadJob& job : jobs) {
      deepcam_layer_t bad = Bench::driver_layer(layer);
      job.spoil(bad);
      ASSERT_EQ(deepcam_submit(&bench.driver, &bad), 0) << job.what;
      EXPECT_EQ(deepcam_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr),
                static_cast<int>(job.code))
          << job.what;
      deepcam_error_t error;
      deepcam_error(&bench.driver, &error);
      EXPECT_EQ(error.code, job.code) << job.what;
      EXPECT_EQ(error.register_offset, job.reg) << job.what;
      EXPECT_EQ(bench.read(job.reg), error.value) << job.what;
      EXPECT_EQ(bench.read(DEEPCAM_REG_FAULT), job.code >= 16 ? job.code : 0) << job.what;
      EXPECT_TRUE(bench.memory.bytes == before) << job.what;
      EXPECT_EQ(deepcam_submit(&bench.driver, &bad), DEEPCAM_EHELD) << job.what;
      deepcam_recover(&bench.driver);
    }
    EXPECT_TRUE(bench.memory.bursts.empty()) << "nothing is fetched for a job that cannot be done";
    const deepcam_layer_t legal = Bench::driver_layer(layer);
    ASSERT_EQ(deepcam_submit(&bench.driver, &legal), 0);
    EXPECT_EQ(deepcam_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr), 0);
    EXPECT_EQ(bench.read(DEEPCAM_REG_JOBS_DONE), 1u);
  });
}

class LogCapture {
 public:
  LogCapture() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(log_)));
    spdlog::set_pattern("%v");
  }
  ~LogCapture() { spdlog::set_default_logger(before_); }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;
  /// What came since the last call.
  std::string take() { return std::exchange(log_, std::ostringstream()).str(); }

 private:
  std::ostringstream log_;
  std::shared_ptr<spdlog::logger> before_;
};

TEST(DeepcamErrors, TheLogNamesRegisterValueAndRule) {
  LogCapture log;
  Bench bench("{rows: 64, segments: 2, projection_inputs: 100}");
  OwnedJob owned = bench.small_job();
  bench.run([&] {
    deepcam_init(&bench.driver, Bench::kBase);
    const auto log_of = [&](const Layer& layer) {
      const auto before = bench.memory.bytes;
      deepcam_layer_t programmed = Bench::driver_layer(layer);
      programmed.no_fold = layer.fold == 0 ? 1 : 0;
      EXPECT_EQ(deepcam_submit(&bench.driver, &programmed), 0);
      EXPECT_GT(deepcam_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr), 0);
      EXPECT_TRUE(bench.memory.bytes == before);
      deepcam_recover(&bench.driver);
      return log.take();
    };
    Layer layer = bench.place(owned);
    layer.out_h = 7;
    EXPECT_EQ(log_of(layer),
              "dut: job 1 failed: OUT_H (offset 0x174) = 7 (0x7): must be 6 = floor((8 + 2*0 - 3) / 1) + 1 "
              "(GEOMETRY)\n");
    layer = bench.place(owned);
    layer.hash_bits = 300;
    EXPECT_EQ(
        log_of(layer),
        "dut: job 2 failed: HASH_BITS (offset 0x1a0) = 300 (0x12c): must be 256, 512, 768 or 1024: whole "
        "segments of 256 bits (HASH_LENGTH)\n");
    layer = bench.place(owned);
    layer.in_c = 12;
    EXPECT_EQ(
        log_of(layer),
        "dut: job 3 failed: IN_C (offset 0x15c) = 12 (0xc): the 108 inputs of an output must not exceed "
        "the projection store's 100 (PROJECTION)\n");
    layer = bench.place(owned);
    layer.out_c = 65;
    layer.dataflow = Layer::kWeightStationary;
    layer.fold = 0;
    EXPECT_EQ(log_of(layer),
              "dut: job 4 failed: FOLD (offset 0x1b8) = 0 (0x0): must be 1: the 65 filters of this job need "
              "more than the array's 64 rows (FOLDING)\n");
    layer = bench.place(owned);
    layer.hash_bits = 768;
    layer.fold = 0;
    EXPECT_EQ(
        log_of(layer),
        "dut: job 5 failed: FOLD (offset 0x1b8) = 0 (0x0): must be 1: a hash of 768 bits is longer than "
        "the array's word of 512 (FOLDING)\n");
    layer = bench.place(owned);
    layer.lo = -129;
    EXPECT_EQ(log_of(layer),
              "dut: job 6 failed: OUT_MIN (offset 0x198) = 4294967167 (0xffffff7f): must be -128 to 127, not "
              "-129 (CLAMP)\n");
    owned.norms[3] = 127;
    EXPECT_EQ(
        log_of(bench.place(owned)),
        "dut: job 7 failed: NORMS_LO (offset 0x130) = 127 (0x7f): value 3 bytes from the address in the "
        "register: must be an unsigned E4M3 number, 0 to 126 (NORM)\n");
  });
}

TEST(DeepcamErrors, ANormThatOverflowsSaturatesIsCountedAndToldOnce) {
  LogCapture log;
  Bench bench;
  OwnedJob owned = bench.small_job();
  owned.layer.norm_shift = 0;  // 18 inputs of 127: 539, more than 448
  std::ranges::fill(owned.in, uint8_t{127});
  const Result model = run(bench.array, owned.job(), bench.noise);
  ASSERT_EQ(model.norm_saturations, 36u) << "every patch";
  bench.run([&] {
    deepcam_init(&bench.driver, Bench::kBase);
    const deepcam_layer_t layer = Bench::driver_layer(bench.place(owned));
    const auto run_it = [&] {
      EXPECT_EQ(deepcam_submit(&bench.driver, &layer), 0);
      EXPECT_EQ(deepcam_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr), 0);
      deepcam_figures_t figures;
      deepcam_figures(&bench.driver, &figures);
      EXPECT_EQ(figures.norm_saturations, 36u);
      return log.take();
    };
    EXPECT_EQ(run_it(),
              "dut: job 1: 36 norms of its input clamped to 448 (NORM_SHIFT = 0); later jobs count in "
              "JOB_NORM_SATURATIONS without a word here\n");
    EXPECT_EQ(run_it(), "");
    EXPECT_TRUE(std::ranges::equal(bench.at(layer.job.out, model.output.size()), model.output));
  });
}

TEST(DeepcamErrors, BadOperandsInMemoryAreFoundWhenTheyAreFetched) {
  Bench bench;
  const OwnedJob good = bench.small_job();
  bench.run([&] {
    deepcam_init(&bench.driver, Bench::kBase);
    const auto fail_with = [&](const OwnedJob& owned, uint32_t code, uint32_t reg, uint64_t offset) {
      const Layer layer = bench.place(owned);
      const auto before = bench.memory.bytes;
      const deepcam_layer_t programmed = Bench::driver_layer(layer);
      ASSERT_EQ(deepcam_submit(&bench.driver, &programmed), 0);
      EXPECT_EQ(deepcam_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr),
                static_cast<int>(code));
      deepcam_error_t error;
      deepcam_error(&bench.driver, &error);
      EXPECT_EQ(error.register_offset, reg);
      EXPECT_EQ(error.address, (bench.read(reg) | uint64_t{bench.read(reg + 4)} << 32) + offset);
      EXPECT_TRUE(bench.memory.bytes == before);
      deepcam_recover(&bench.driver);
    };
    OwnedJob bad = good;
    bad.norms[2] = 0x7f;
    fail_with(bad, DEEPCAM_FAULT_CODE_NORM, DEEPCAM_REG_NORMS_LO, 2);
    bad = good;
    bad.norms[3] |= 0x80;
    fail_with(bad, DEEPCAM_FAULT_CODE_NORM, DEEPCAM_REG_NORMS_LO, 3);
    bad = good;
    bad.shift[4] = 0;
    fail_with(bad, DEEPCAM_FAULT_CODE_REQUANTISATION, DEEPCAM_REG_SHIFT_LO, 4);
    bad = good;
    bad.mult[11] |= 0x80;
    fail_with(bad, DEEPCAM_FAULT_CODE_REQUANTISATION, DEEPCAM_REG_MULT_LO, 8);
  });
}

TEST(DeepcamErrors, AMapTooWideForTheInputBuffer) {
  Bench bench("{input_buffer: 1 KiB}");
  bench.run([&] {
    deepcam_init(&bench.driver, Bench::kBase);
    Layer layer;
    layer.in_c = 4;
    layer.in_h = 8;
    layer.in_w = 100;
    layer.kh = layer.kw = 3;
    layer.hi = 127;
    complete_geometry(layer);
    const deepcam_layer_t programmed = Bench::driver_layer(layer);
    EXPECT_EQ(deepcam_submit(&bench.driver, &programmed), 0);
    EXPECT_EQ(deepcam_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr),
              static_cast<int>(DEEPCAM_FAULT_CODE_INPUT_TOO_LARGE));
  });
  EXPECT_TRUE(bench.memory.bursts.empty());
}

TEST(DeepcamErrors, ABusErrorEndsTheJobAndNamesTheAddress) {
  Bench bench;
  const OwnedJob good = bench.small_job();
  bench.run([&] {
    deepcam_init(&bench.driver, Bench::kBase);
    const Layer layer = bench.place(good);
    const auto before = bench.memory.bytes;
    deepcam_error_t error;

    deepcam_layer_t unmapped = Bench::driver_layer(layer);
    unmapped.job.in = 0x1000;
    ASSERT_EQ(deepcam_submit(&bench.driver, &unmapped), 0);
    EXPECT_EQ(deepcam_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr),
              static_cast<int>(DEEPCAM_ERROR_CODE_BUS_READ));
    deepcam_error(&bench.driver, &error);
    EXPECT_EQ(error.address, 0x1000u);
    EXPECT_TRUE(bench.memory.bytes == before);
    deepcam_recover(&bench.driver);

    // The output leaves the memory after its second map: the first two are written, nothing else.
    deepcam_layer_t leaving = Bench::driver_layer(layer);
    leaving.job.out = test::MemoryStub::kBase + test::MemoryStub::kBytes - 2 * 64;
    leaving.job.out_plane_stride = 64;
    ASSERT_EQ(deepcam_submit(&bench.driver, &leaving), 0);
    EXPECT_EQ(deepcam_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr),
              static_cast<int>(DEEPCAM_ERROR_CODE_BUS_WRITE));
    deepcam_error(&bench.driver, &error);
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

}  // namespace
}  // namespace ganglion::deepcam
