#pragma once

#include <gtest/gtest.h>

#include <map>

#include "ip/common/test/rtl_layer_bench.h"

// Registers, queue, interrupt, rules of a job: the shell of a block in RTL against what the model's shell
// does. A block's test says
//   INSTANTIATE_TYPED_TEST_SUITE_P(MyBlock, LayerRtlShell, my_block::RtlBlock);

namespace ganglion::layers {

template <class Block>
class LayerRtlShell : public testing::Test {};
TYPED_TEST_SUITE_P(LayerRtlShell);

template <class Block>
using SmallRtlBench = RtlLayerBench<Block, typename Block::Small>;
constexpr unsigned kOkay = 0, kSlvErr = 2, kDecErr = 3;

template <class Block>
OwnedJob<typename Block::Layer> small_rtl_job(unsigned seed = 1) {
  const auto config = Block::Small::config();
  std::mt19937 random(seed);
  typename Block::Layer layer;
  layer.in_c = 2;
  layer.in_h = layer.in_w = 8;
  layer.kh = layer.kw = 3;
  layer.out_c = 4;
  layer.hi = static_cast<int32_t>(signed_max(config.operand_bits));
  if constexpr (requires { layer.weight_bits; })
    layer.weight_bits = static_cast<uint32_t>(config.operand_bits);
  complete_geometry(config, layer);
  return Block::with_random_operands(config, layer, random);
}

/// A bank as the TLM block shows it after reset.
template <class Block>
void state_capabilities(typename Block::Registers& r, const typename Block::Config& c) {
  Block::set_arithmetic(r, c);
  r.caps_array.set_lanes(c.lanes);
  r.caps_array.set_mvms(c.mvms);
  r.caps_input_buffer.set_value(c.input_buffer_bytes);
  r.caps_weight_buffer.set_value(c.weight_buffer_bytes);
  r.caps_output_buffer.set_value(c.output_buffer_bytes);
  r.caps_requantisers.set_value(c.requantisers);
}

TYPED_TEST_P(LayerRtlShell, ComeOutOfResetAndTakeWritesAsTheModelsBank) {
  SmallRtlBench<TypeParam> bench;
  typename TypeParam::Registers bank("expected");
  state_capabilities<TypeParam>(bank, bench.config);
  std::mt19937 random(1);
  for (int pass = 0; pass < 3; ++pass) {
    for (const Register* reg : bank.registers()) {
      const uint32_t offset = reg->info().offset;
      uint32_t expected = 0;
      unsigned response = 9;
      ASSERT_EQ(bank.read(offset, 4, expected), RegisterStatus::kOk);
      EXPECT_EQ(bench.read(offset, &response), expected) << reg->info().name << " in pass " << pass;
      EXPECT_EQ(response, kOkay);
      if (reg->info().name == "CTRL") continue;  // commands have tests of their own
      const auto value = static_cast<uint32_t>(random());
      ASSERT_EQ(bank.write(offset, 4, value), RegisterStatus::kOk);
      EXPECT_EQ(bench.write(offset, value), kOkay) << reg->info().name;
    }
  }
  bench.write(LAYER_CORE_REG_CTRL, LAYER_CORE_CTRL_RESET_MASK);
  typename TypeParam::Registers fresh("fresh");
  state_capabilities<TypeParam>(fresh, bench.config);
  for (const Register* reg : fresh.registers()) {
    uint32_t expected = 0;
    ASSERT_EQ(fresh.read(reg->info().offset, 4, expected), RegisterStatus::kOk);
    EXPECT_EQ(bench.read(reg->info().offset), expected) << reg->info().name << " after RESET";
  }
}

TYPED_TEST_P(LayerRtlShell, RefuseWhatIsNoWholeWordOrNoRegister) {
  SmallRtlBench<TypeParam> bench;
  EXPECT_EQ(bench.write(LAYER_CORE_REG_IN_C, 7, 0x3), kSlvErr);
  EXPECT_EQ(bench.write(LAYER_CORE_REG_IN_C + 2, 7), kSlvErr);
  EXPECT_EQ(bench.read(LAYER_CORE_REG_IN_C), 1u) << "nothing was written";
  for (const uint32_t offset : {0x3cu, 0x11cu, 0x1f0u, 0xfffcu}) {
    unsigned response = 9;
    EXPECT_EQ(bench.write(offset, 1), kDecErr) << offset;
    (void)bench.read(offset, &response);
    EXPECT_EQ(response, kDecErr) << offset;
  }
  unsigned response = 9;
  (void)bench.read(LAYER_CORE_REG_IN_C + 1, &response);
  EXPECT_EQ(response, kSlvErr);
}

/// A random register of a legal job gets a random value.
template <class Block>
void spoil(typename Block::Layer& l, std::mt19937& random) {
  std::vector<uint32_t*> small = {&l.kind,
                                  &l.in_c,
                                  &l.in_h,
                                  &l.in_w,
                                  &l.out_c,
                                  &l.out_h,
                                  &l.out_w,
                                  &l.kh,
                                  &l.kw,
                                  &l.stride,
                                  &l.pad,
                                  &l.pool,
                                  &l.in_row_stride,
                                  &l.in_plane_stride,
                                  &l.out_row_stride,
                                  &l.out_plane_stride};
  for (const auto& [name, value] : Block::own_registers(l)) small.push_back(value);
  uint64_t* const wide[] = {&l.in, &l.weights, &l.bias, &l.mult, &l.shift, &l.out};
  const uint32_t values[] = {0, 1, 2, 3, 7, 31, 32, 33, 255, 4096, 65535, 65536, 0x7fffffff, 0xffffffff};
  switch (random() % 8) {
    case 0:
      *wide[random() % 6] += 1 + random() % 7;
      break;
    case 1:
      *wide[random() % 6] = ~uint64_t{0} - random() % 64 * 8 - 7;
      break;
    case 2:
      l.out = *wide[random() % 5] + random() % 64 * 8 - 256;
      break;
    case 3:
      (random() % 2 != 0 ? l.lo : l.hi) = static_cast<int32_t>(random() % 200) - 100;
      break;
    case 4:  // too large for the buffers
      l.in_c = 1 + random() % 300;
      l.in_h = 1 + random() % 100;
      l.in_w = 1 + random() % 700;
      l.out_c = 1 + random() % 5;
      l.kh = 1 + random() % std::min(l.in_h, 32u);
      l.kw = 1 + random() % std::min(l.in_w, 32u);
      if (random() % 4 == 0) l.in_c = 1;
      complete_geometry(Block::Small::config(), l);
      break;
    default:
      *small[random() % small.size()] = values[random() % std::size(values)];
  }
}

TYPED_TEST_P(LayerRtlShell, ABadJobNamesTheSameRegisterAndCodeAsTheModel) {
  SmallRtlBench<TypeParam> bench;
  std::mt19937 random(2);
  const typename TypeParam::Registers registers("expected");
  std::map<uint32_t, int> codes;
  for (int i = 0; i < 6000;) {
    auto layer = bench.place(small_rtl_job<TypeParam>(random() % 8));
    const auto legal = layer;
    if (random() % 3 == 0) {
      layer = TypeParam::random_convolution(bench.config, random);
      if (random() % 4 == 0) layer = as_fully_connected(bench.config, layer, random);
      layer.in = legal.in, layer.weights = legal.weights, layer.bias = legal.bias;
      layer.mult = legal.mult, layer.shift = legal.shift, layer.out = legal.out;
    }
    const auto addressed = layer;
    spoil<TypeParam>(layer, random);
    if (layer.in >> 60 == 1)
      layer.in = addressed.in, layer.weights = addressed.weights, layer.bias = addressed.bias,
      layer.mult = addressed.mult, layer.shift = addressed.shift, layer.out = addressed.out;
    const auto fault = TypeParam::find_job_fault(bench.config, layer);
    if (!fault) continue;
    // The driver takes a stride of 0 as dense: such a job does not reach the core as it is.
    if (layer.in_row_stride == 0 || layer.in_plane_stride == 0 || layer.out_row_stride == 0 ||
        layer.out_plane_stride == 0)
      continue;
    ++i;
    const JobError error = to_job_error(*fault, layer, registers);
    const std::string what = error.to_string() + " of " + text_of<TypeParam>(layer);
    const std::size_t bursts = bench.bursts.size();
    ASSERT_EQ(bench.submit(layer), 0) << what;
    bench.finish();
    ASSERT_EQ(bench.read(LAYER_CORE_REG_ERROR), static_cast<uint32_t>(error.code) | error.reg->offset << 16)
        << what;
    ASSERT_EQ(bench.read(LAYER_CORE_REG_ERROR_VALUE), static_cast<uint32_t>(error.value)) << what;
    ASSERT_EQ(bench.read64(LAYER_CORE_REG_ERROR_ADDRESS_LO), 0u) << what;
    const auto code = static_cast<uint32_t>(error.code);
    ASSERT_EQ(bench.read(LAYER_CORE_REG_FAULT), code >= 16 ? code : 0) << what;
    ASSERT_EQ(bench.bursts.size(), bursts) << "nothing is fetched for " << what;
    bench.write(LAYER_CORE_REG_CTRL, LAYER_CORE_CTRL_RESUME_MASK);
    ++codes[code];
  }
  for (const uint32_t fault : TypeParam::kFaults) EXPECT_GE(codes[fault], 3) << "code " << fault;
}

TYPED_TEST_P(LayerRtlShell, OneRunsOneWaitsAThirdIsRefused) {
  SmallRtlBench<TypeParam> bench;
  bench.read_latency = 30;
  const auto owned = small_rtl_job<TypeParam>();
  const auto layer = bench.place(owned);
  const Outcome expected = expected_outcome<TypeParam>(bench, owned, layer);
  bench.write(LAYER_CORE_REG_IRQ_ENABLE, LAYER_CORE_IRQ_ENABLE_DONE_MASK);

  ASSERT_EQ(bench.submit(layer), 0);
  ASSERT_EQ(bench.submit(layer), 0);
  EXPECT_EQ(bench.read(LAYER_CORE_REG_STATUS), LAYER_CORE_STATUS_BUSY_MASK | LAYER_CORE_STATUS_WAITING_MASK);
  EXPECT_FALSE(bench.dut->irq);
  bench.write(LAYER_CORE_REG_CTRL, LAYER_CORE_CTRL_START_MASK);
  EXPECT_EQ(bench.read(LAYER_CORE_REG_IRQ_STATUS), LAYER_CORE_IRQ_STATUS_REJECTED_MASK);
  EXPECT_EQ(bench.read(LAYER_CORE_REG_ERROR), 1u | 0x0cu << 16) << "REJECTED, CTRL";
  EXPECT_EQ(bench.read(LAYER_CORE_REG_JOBS_ACCEPTED), 2u);
  bench.run_until([&] { return bench.dut->irq != 0; });
  EXPECT_EQ(bench.read(LAYER_CORE_REG_JOB_ID), 1u);
  bench.write(LAYER_CORE_REG_IRQ_STATUS, 0x7);
  EXPECT_FALSE(bench.dut->irq);
  bench.finish();

  EXPECT_TRUE(bench.dut->irq);
  EXPECT_EQ(bench.read(LAYER_CORE_REG_JOB_ID), 2u);
  EXPECT_EQ(bench.read(LAYER_CORE_REG_JOBS_DONE), 2u);
  EXPECT_EQ(bench.read(LAYER_CORE_REG_ERROR), 1u | 0x0cu << 16) << "kept until RESUME or FLUSH";
  EXPECT_TRUE(bench.memory == expected.memory);
}

TYPED_TEST_P(LayerRtlShell, AFailedJobHoldsTheWaitingOneUntilResume) {
  SmallRtlBench<TypeParam> bench;
  const auto owned = small_rtl_job<TypeParam>();
  const auto good = bench.place(owned);
  auto bad = good;
  bad.out_h = 99;
  const Outcome expected = expected_outcome<TypeParam>(bench, owned, good);

  ASSERT_EQ(bench.submit(bad), 0);
  ASSERT_EQ(bench.submit(good), 0);
  bench.finish();
  EXPECT_EQ(bench.read(LAYER_CORE_REG_STATUS),
            LAYER_CORE_STATUS_WAITING_MASK | LAYER_CORE_STATUS_HELD_MASK | LAYER_CORE_STATUS_ERROR_MASK);
  EXPECT_EQ(bench.read(LAYER_CORE_REG_ERROR_JOB), 1u);
  for (int i = 0; i < 500; ++i) bench.tick();
  EXPECT_EQ(bench.read(LAYER_CORE_REG_JOBS_DONE), 0u);
  bench.write(LAYER_CORE_REG_CTRL, LAYER_CORE_CTRL_RESUME_MASK);
  bench.finish();
  EXPECT_EQ(bench.read(LAYER_CORE_REG_JOBS_DONE), 1u);
  EXPECT_EQ(bench.read(LAYER_CORE_REG_JOB_ID), 2u);
  EXPECT_EQ(bench.read(LAYER_CORE_REG_STATUS), 0u);
  EXPECT_EQ(bench.read(LAYER_CORE_REG_ERROR_JOB), 0u);
  EXPECT_TRUE(bench.memory == expected.memory);

  ASSERT_EQ(bench.submit(bad), 0);
  ASSERT_EQ(bench.submit(good), 0);
  bench.finish();
  bench.write(LAYER_CORE_REG_CTRL, LAYER_CORE_CTRL_FLUSH_MASK);
  EXPECT_EQ(bench.read(LAYER_CORE_REG_STATUS), 0u);
  for (int i = 0; i < 500; ++i) bench.tick();
  EXPECT_EQ(bench.read(LAYER_CORE_REG_JOBS_DONE), 1u) << "the waiting job is gone";
  EXPECT_EQ(bench.read(LAYER_CORE_REG_JOBS_ACCEPTED), 4u);
}

TYPED_TEST_P(LayerRtlShell, ResetAtAnyMomentLeavesAFreshCore) {
  const auto owned = small_rtl_job<TypeParam>();
  SmallRtlBench<TypeParam> bench;
  const auto layer = bench.place(owned);
  const Outcome expected = expected_outcome<TypeParam>(bench, owned, layer);
  bench.read_latency = 9;
  bench.write_latency = 7;
  for (int moment = 0; moment < 1200; moment += 7) {
    ASSERT_EQ(bench.submit(layer), 0);
    ASSERT_EQ(bench.submit(layer), 0);
    for (int i = 0; i < moment; ++i) bench.tick();
    bench.write(LAYER_CORE_REG_CTRL, LAYER_CORE_CTRL_RESET_MASK);
    ASSERT_EQ(bench.read(LAYER_CORE_REG_STATUS), 0u) << moment;
    ASSERT_EQ(bench.read(LAYER_CORE_REG_JOBS_ACCEPTED), 0u) << moment;
    ASSERT_EQ(bench.read(LAYER_CORE_REG_KIND), 0u) << moment;
    ASSERT_EQ(bench.submit(layer), 0) << "at once, with a burst perhaps still on the bus";
    bench.finish();
    ASSERT_EQ(bench.read(LAYER_CORE_REG_ERROR), 0u) << moment;
    ASSERT_EQ(bench.read(LAYER_CORE_REG_JOBS_DONE), 1u) << moment;
    ASSERT_TRUE(bench.memory == expected.memory) << moment;
    std::fill_n(bench.memory.begin() + static_cast<std::ptrdiff_t>(layer.out - bench.kBase), 36 * 4,
                uint8_t{0});
  }
}

REGISTER_TYPED_TEST_SUITE_P(LayerRtlShell, ComeOutOfResetAndTakeWritesAsTheModelsBank,
                            RefuseWhatIsNoWholeWordOrNoRegister, ABadJobNamesTheSameRegisterAndCodeAsTheModel,
                            OneRunsOneWaitsAThirdIsRefused, AFailedJobHoldsTheWaitingOneUntilResume,
                            ResetAtAnyMomentLeavesAFreshCore);

}  // namespace ganglion::layers
