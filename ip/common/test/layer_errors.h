#pragma once

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <functional>
#include <sstream>
#include <utility>
#include <vector>

#include "ip/common/test/layer_bench.h"

// What every block with the rules of layer_fault must do with bad jobs; queue and reset: layer_queue.h. A
// block's test says
//   INSTANTIATE_TYPED_TEST_SUITE_P(MyBlock, LayerErrors, my_block::Traits);

namespace ganglion::layers {

template <class Traits>
class LayerErrors : public testing::Test {};
TYPED_TEST_SUITE_P(LayerErrors);

using Code = layer::LayerFault;
[[nodiscard]] constexpr uint32_t code(Code fault) { return static_cast<uint32_t>(fault); }

/// Memory without the output of `layer`.
template <class Bench>
std::vector<uint8_t> outside_of(Bench& bench, const Layer& layer) {
  std::vector<uint8_t> bytes = bench.memory.bytes;
  const auto out = bytes.begin() + static_cast<std::ptrdiff_t>(layer.out - test::MemoryStub::kBase);
  std::fill_n(out, layer.output_layout(bench.array.element_bytes()).span_bytes(), uint8_t{0});
  return bytes;
}

struct BadJob {
  const char* what;
  uint32_t code;
  const char* reg;
  std::function<void(Layer&)> spoil;
};

TYPED_TEST_P(LayerErrors, EveryBadRegisterHasItsCodeAndTouchesNoMemory) {
  using Bench = LayerBench<TypeParam>;
  using BlockLayer = typename TypeParam::Layer;
  using Owned = OwnedJob<BlockLayer>;
  const std::vector<BadJob> jobs{
      {"kind", code(Code::kKind), "KIND", [](auto& l) { l.kind = 7; }},
      {"size", code(Code::kDimension), "IN_C", [](auto& l) { l.in_c = 70000; }},
      {"kernel", code(Code::kKernel), "KERNEL_H", [](auto& l) { l.kh = 0; }},
      {"geometry", code(Code::kGeometry), "OUT_W", [](auto& l) { l.out_w = 7; }},
      {"pool", code(Code::kPool), "POOL", [](auto& l) { l.pool = 3; }},
      {"stride", code(Code::kStride), "OUT_PLANE_STRIDE", [](auto& l) { l.out_plane_stride = 5; }},
      {"clamp", code(Code::kClamp), "OUT_MIN", [](auto& l) { l.lo = -129; }},
      {"overlap", code(Code::kOverlap), "OUT_LO", [](auto& l) { l.out = l.weights; }},
      {"misaligned", ACCELERATOR_COMMON_ERROR_CODE_MISALIGNED, "SHIFT_LO", [](auto& l) { l.shift += 4; }},
      {"overflow", ACCELERATOR_COMMON_ERROR_CODE_OVERFLOW, "OUT_LO", [](auto& l) { l.out = ~uint64_t{7}; }},
  };
  Bench bench;
  const Owned good = small_job<TypeParam>(bench.array);
  bench.run([&] {
    bench.init();
    const BlockLayer layer = bench.place(good);
    const auto before = bench.memory.bytes;
    for (const BadJob& job : jobs) {
      BlockLayer bad = layer;
      job.spoil(bad);
      ASSERT_EQ(bench.submit(bad), 0) << job.what;
      EXPECT_EQ(bench.wait(), static_cast<int>(job.code)) << job.what;
      accelerator_error_t error;
      accelerator_error(&bench.driver, &error);
      EXPECT_EQ(error.code, job.code) << job.what;
      EXPECT_EQ(error.register_offset, Bench::reg(job.reg)) << job.what;
      EXPECT_EQ(bench.read_register(job.reg), error.value) << job.what;
      EXPECT_EQ(bench.read_register("FAULT"), job.code >= 16 ? job.code : 0) << job.what;
      EXPECT_TRUE(bench.memory.bytes == before) << job.what;
      EXPECT_EQ(bench.submit(bad), ACCELERATOR_EHELD) << job.what;
      accelerator_recover(&bench.driver);
    }
    EXPECT_TRUE(bench.memory.bursts.empty()) << "nothing is fetched for a job that cannot be done";
    ASSERT_EQ(bench.submit(layer), 0);
    EXPECT_EQ(bench.wait(), 0);
    EXPECT_EQ(bench.read_register("JOBS_DONE"), 1u);
  });
}

TYPED_TEST_P(LayerErrors, TheLogNamesRegisterValueAndRule) {
  using Bench = LayerBench<TypeParam>;
  using BlockLayer = typename TypeParam::Layer;
  using Owned = OwnedJob<BlockLayer>;
  std::ostringstream log;
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(log)));
  spdlog::set_pattern("%v");
  Bench bench("{operand_bits: 6}");
  Owned owned = small_job<TypeParam>(bench.array);
  bench.run([&] {
    bench.init();
    const auto log_of = [&](const BlockLayer& layer) {
      EXPECT_EQ(bench.submit(layer), 0);
      EXPECT_GT(bench.wait(), 0);
      accelerator_recover(&bench.driver);
      return std::exchange(log, std::ostringstream()).str();
    };
    BlockLayer layer = bench.place(owned);
    layer.out_h = 7;
    EXPECT_EQ(log_of(layer),
              "dut: job 1 failed: OUT_H (offset 0x16c) = 7 (0x7): must be 6 = floor((8 + 2*0 - 3) / 1) + 1 "
              "(GEOMETRY)\n");
    layer = bench.place(owned);
    layer.lo = -33;
    EXPECT_EQ(log_of(layer),
              "dut: job 2 failed: OUT_MIN (offset 0x190) = 4294967263 (0xffffffdf): must be -32 to 31, not "
              "-33 (CLAMP)\n");
    owned.weights[3] = 99;
    EXPECT_EQ(log_of(bench.place(owned)),
              "dut: job 3 failed: WEIGHTS_LO (offset 0x128) = 99 (0x63): value 3 bytes from the address in "
              "the register: "
              "must be -32 to 31 for N = 6 (OPERAND_RANGE)\n");
  });
}

TYPED_TEST_P(LayerErrors, BadOperandsInMemoryAreFoundWhenTheyAreFetched) {
  using Bench = LayerBench<TypeParam>;
  using BlockLayer = typename TypeParam::Layer;
  using Owned = OwnedJob<BlockLayer>;
  Bench bench("{operand_bits: 6}");
  const Owned good = small_job<TypeParam>(bench.array);
  bench.run([&] {
    bench.init();
    const auto fail_with = [&](const Owned& owned, uint32_t code, const char* reg, uint64_t offset) {
      const BlockLayer layer = bench.place(owned);
      const auto before = bench.memory.bytes;
      ASSERT_EQ(bench.submit(layer), 0);
      EXPECT_EQ(bench.wait(), static_cast<int>(code));
      accelerator_error_t error;
      accelerator_error(&bench.driver, &error);
      EXPECT_EQ(error.register_offset, Bench::reg(reg));
      EXPECT_EQ(error.address, bench.read_wide(reg) + offset);
      EXPECT_TRUE(bench.memory.bytes == before);
      accelerator_recover(&bench.driver);
    };
    Owned bad = good;
    bad.in[77] = 32;
    fail_with(bad, code(Code::kOperandRange), "IN_LO", 77);
    bad = good;
    bad.weights[10] = static_cast<uint8_t>(-33);
    fail_with(bad, code(Code::kOperandRange), "WEIGHTS_LO", 10);
    bad = good;
    bad.shift[4] = 0;
    fail_with(bad, code(Code::kRequantisation), "SHIFT_LO", 4);
    bad = good;
    bad.mult[11] |= 0x80;
    fail_with(bad, code(Code::kRequantisation), "MULT_LO", 8);
  });
}

TYPED_TEST_P(LayerErrors, LayersTooLargeForTheBuffers) {
  using Bench = LayerBench<TypeParam>;
  using BlockLayer = typename TypeParam::Layer;
  Bench bench("{lanes: 8, mvms: 4, input_buffer: 1 KiB, weight_buffer: 1 KiB, output_buffer: 1 KiB}");
  bench.run([&] {
    bench.init();
    const auto code_of = [&](uint32_t in_c, uint32_t in_w, uint32_t out_c, uint32_t kernel) {
      BlockLayer layer;
      layer.in_c = in_c;
      layer.in_h = 8;
      layer.in_w = in_w;
      layer.kh = layer.kw = kernel;
      layer.out_c = out_c;
      complete_geometry(bench.array, layer);
      EXPECT_EQ(bench.submit(layer), 0);
      const int code = bench.wait();
      accelerator_recover(&bench.driver);
      return static_cast<uint32_t>(code);
    };
    EXPECT_EQ(code_of(1, 300, 1, 3), code(Code::kInputTooLarge));
    EXPECT_EQ(code_of(20, 4, 4, 3), code(Code::kWeightsTooLarge));
    EXPECT_EQ(code_of(1, 200, 4, 1), code(Code::kOutputTooLarge));
  });
}

TYPED_TEST_P(LayerErrors, ABusErrorEndsTheJobAndNamesTheAddress) {
  using Bench = LayerBench<TypeParam>;
  using BlockLayer = typename TypeParam::Layer;
  using Owned = OwnedJob<BlockLayer>;
  Bench bench("{mvms: 1}");
  const Owned good = small_job<TypeParam>(bench.array);
  bench.run([&] {
    bench.init();
    const BlockLayer layer = bench.place(good);
    const auto before = bench.memory.bytes;
    accelerator_error_t error;

    BlockLayer unmapped = layer;
    unmapped.in = 0x1000;
    ASSERT_EQ(bench.submit(unmapped), 0);
    EXPECT_EQ(bench.wait(), static_cast<int>(ACCELERATOR_COMMON_ERROR_CODE_BUS_READ));
    accelerator_error(&bench.driver, &error);
    EXPECT_EQ(error.address, 0x1000u);
    EXPECT_TRUE(bench.memory.bytes == before);
    accelerator_recover(&bench.driver);

    // The output leaves the memory after its second map: the first two are written, nothing else.
    BlockLayer leaving = layer;
    leaving.out = test::MemoryStub::kBase + test::MemoryStub::kBytes - 2 * 64;
    leaving.out_plane_stride = 64;
    ASSERT_EQ(bench.submit(leaving), 0);
    EXPECT_EQ(bench.wait(), static_cast<int>(ACCELERATOR_COMMON_ERROR_CODE_BUS_WRITE));
    accelerator_error(&bench.driver, &error);
    EXPECT_EQ(error.address, test::MemoryStub::kBase + test::MemoryStub::kBytes);
    BlockLayer written = layer;
    written.out = leaving.out;
    written.out_c = 2;
    EXPECT_EQ(bench.memory.bytes != before, true);
    EXPECT_TRUE(outside_of(bench, written) == [&] {
      bench.memory.bytes = before;
      return outside_of(bench, written);
    }());
  });
  EXPECT_TRUE(bench.energy.traffic_balance().holds());
}

REGISTER_TYPED_TEST_SUITE_P(LayerErrors, EveryBadRegisterHasItsCodeAndTouchesNoMemory,
                            TheLogNamesRegisterValueAndRule, BadOperandsInMemoryAreFoundWhenTheyAreFetched,
                            LayersTooLargeForTheBuffers, ABusErrorEndsTheJobAndNamesTheAddress);

}  // namespace ganglion::layers
