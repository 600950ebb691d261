#include <gtest/gtest.h>

#include <map>

#include "VScCnnSmall_model.h"
#include "ip/sc_cnn/test/rtl_core_bench.h"
#include "sc_cnn_register_bank.h"

// Registers, queue, interrupt, rules of a job: the shell of the core in RTL against what the model's shell
// does.

namespace ganglion::sc_cnn {
namespace {

using SmallBench = RtlCoreBench<VScCnnSmall>;
constexpr unsigned kOkay = 0, kSlvErr = 2, kDecErr = 3;

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

/// A bank as the TLM block shows it after reset.
void state_capabilities(Registers& r, const Config& c) {
  r.caps_arithmetic.set_operand_bits(static_cast<uint32_t>(c.operand_bits));
  r.caps_arithmetic.set_bit_parallel(c.bit_parallel);
  r.caps_arithmetic.set_acc_max(static_cast<uint32_t>(c.accumulator_max_bits));
  r.caps_arithmetic.set_zero_skip(c.zero_skip);
  r.caps_arithmetic.set_fifo(false);
  r.caps_array.set_lanes(c.lanes);
  r.caps_array.set_mvms(c.mvms);
  r.caps_input_buffer.set_value(c.input_buffer_bytes);
  r.caps_weight_buffer.set_value(c.weight_buffer_bytes);
  r.caps_output_buffer.set_value(c.output_buffer_bytes);
  r.caps_requantisers.set_value(c.requantisers);
}

TEST(ScCnnRtlRegisters, ComeOutOfResetAndTakeWritesAsTheModelsBank) {
  SmallBench bench(small_array());
  Registers bank("expected");
  state_capabilities(bank, bench.config);
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
  bench.write(SC_CNN_REG_CTRL, SC_CNN_CTRL_RESET_MASK);
  Registers fresh("fresh");
  state_capabilities(fresh, bench.config);
  for (const Register* reg : fresh.registers()) {
    uint32_t expected = 0;
    ASSERT_EQ(fresh.read(reg->info().offset, 4, expected), RegisterStatus::kOk);
    EXPECT_EQ(bench.read(reg->info().offset), expected) << reg->info().name << " after RESET";
  }
}

TEST(ScCnnRtlRegisters, RefuseWhatIsNoWholeWordOrNoRegister) {
  SmallBench bench(small_array());
  EXPECT_EQ(bench.write(SC_CNN_REG_IN_C, 7, 0x3), kSlvErr);
  EXPECT_EQ(bench.write(SC_CNN_REG_IN_C + 2, 7), kSlvErr);
  EXPECT_EQ(bench.read(SC_CNN_REG_IN_C), 1u) << "nothing was written";
  for (const uint32_t offset : {0x3cu, 0x11cu, 0x1f0u, 0xfffcu}) {
    unsigned response = 9;
    EXPECT_EQ(bench.write(offset, 1), kDecErr) << offset;
    (void)bench.read(offset, &response);
    EXPECT_EQ(response, kDecErr) << offset;
  }
  unsigned response = 9;
  (void)bench.read(SC_CNN_REG_IN_C + 1, &response);
  EXPECT_EQ(response, kSlvErr);
}

/// A random register of a legal job gets a random value.
void spoil(Layer& l, std::mt19937& random) {
  uint32_t* const small[] = {&l.kind,
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
                             &l.weight_bits,
                             &l.guard_bits,
                             &l.zero_skip,
                             &l.in_row_stride,
                             &l.in_plane_stride,
                             &l.out_row_stride,
                             &l.out_plane_stride};
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
      layers::complete_geometry(small_array(), l);
      break;
    default:
      *small[random() % std::size(small)] = values[random() % std::size(values)];
  }
}

TEST(ScCnnRtlRules, ABadJobNamesTheSameRegisterAndCodeAsTheModel) {
  SmallBench bench(small_array());
  std::mt19937 random(2);
  Registers registers("expected");
  std::map<uint32_t, int> codes;
  for (int i = 0; i < 6000;) {
    Layer layer = bench.place(small_job(bench.config, random() % 8));
    const Layer legal = layer;
    if (random() % 3 == 0) {
      layer = random_convolution(bench.config, random);
      if (random() % 4 == 0) layer = layers::as_fully_connected(bench.config, layer, random);
      layer.in = legal.in, layer.weights = legal.weights, layer.bias = legal.bias;
      layer.mult = legal.mult, layer.shift = legal.shift, layer.out = legal.out;
    }
    const Layer addressed = layer;
    spoil(layer, random);
    if (layer.in >> 60 == 1)
      layer.in = addressed.in, layer.weights = addressed.weights, layer.bias = addressed.bias,
      layer.mult = addressed.mult, layer.shift = addressed.shift, layer.out = addressed.out;
    const auto fault = find_job_fault(bench.config, layer);
    if (!fault) continue;
    // The driver takes a stride of 0 as dense: such a job does not reach the core as it is.
    if (layer.in_row_stride == 0 || layer.in_plane_stride == 0 || layer.out_row_stride == 0 ||
        layer.out_plane_stride == 0)
      continue;
    ++i;
    const JobError error = layers::to_job_error(*fault, layer, registers);
    const std::string what = error.to_string() + " of " + text_of(layer);
    const std::size_t bursts = bench.bursts.size();
    ASSERT_EQ(bench.submit(layer), 0) << what;
    bench.finish();
    ASSERT_EQ(bench.read(SC_CNN_REG_ERROR), static_cast<uint32_t>(error.code) | error.reg->offset << 16)
        << what;
    ASSERT_EQ(bench.read(SC_CNN_REG_ERROR_VALUE), static_cast<uint32_t>(error.value)) << what;
    ASSERT_EQ(bench.read64(SC_CNN_REG_ERROR_ADDRESS_LO), 0u) << what;
    const auto code = static_cast<uint32_t>(error.code);
    ASSERT_EQ(bench.read(SC_CNN_REG_FAULT), code >= 16 ? code : 0) << what;
    ASSERT_EQ(bench.bursts.size(), bursts) << "nothing is fetched for " << what;
    bench.write(SC_CNN_REG_CTRL, SC_CNN_CTRL_RESUME_MASK);
    ++codes[code];
  }
  for (const uint32_t code : {4, 7, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29})
    EXPECT_GE(codes[code], 3) << "code " << code;
}

TEST(ScCnnRtlQueue, OneRunsOneWaitsAThirdIsRefused) {
  SmallBench bench(small_array());
  bench.read_latency = 30;
  const OwnedJob owned = small_job(bench.config);
  const Layer layer = bench.place(owned);
  const Outcome expected = expected_outcome(bench, owned, layer);
  bench.write(SC_CNN_REG_IRQ_ENABLE, SC_CNN_IRQ_ENABLE_DONE_MASK);

  ASSERT_EQ(bench.submit(layer), 0);
  ASSERT_EQ(bench.submit(layer), 0);
  EXPECT_EQ(bench.read(SC_CNN_REG_STATUS), SC_CNN_STATUS_BUSY_MASK | SC_CNN_STATUS_WAITING_MASK);
  EXPECT_FALSE(bench.dut->irq);
  bench.write(SC_CNN_REG_CTRL, SC_CNN_CTRL_START_MASK);
  EXPECT_EQ(bench.read(SC_CNN_REG_IRQ_STATUS), SC_CNN_IRQ_STATUS_REJECTED_MASK);
  EXPECT_EQ(bench.read(SC_CNN_REG_ERROR), 1u | 0x0cu << 16) << "REJECTED, CTRL";
  EXPECT_EQ(bench.read(SC_CNN_REG_JOBS_ACCEPTED), 2u);
  bench.run_until([&] { return bench.dut->irq != 0; });
  EXPECT_EQ(bench.read(SC_CNN_REG_JOB_ID), 1u);
  bench.write(SC_CNN_REG_IRQ_STATUS, 0x7);
  EXPECT_FALSE(bench.dut->irq);
  bench.finish();

  EXPECT_TRUE(bench.dut->irq);
  EXPECT_EQ(bench.read(SC_CNN_REG_JOB_ID), 2u);
  EXPECT_EQ(bench.read(SC_CNN_REG_JOBS_DONE), 2u);
  EXPECT_EQ(bench.read(SC_CNN_REG_ERROR), 1u | 0x0cu << 16) << "kept until RESUME or FLUSH";
  EXPECT_TRUE(bench.memory == expected.memory);
}

TEST(ScCnnRtlQueue, AFailedJobHoldsTheWaitingOneUntilResume) {
  SmallBench bench(small_array());
  const OwnedJob owned = small_job(bench.config);
  const Layer good = bench.place(owned);
  Layer bad = good;
  bad.out_h = 99;
  const Outcome expected = expected_outcome(bench, owned, good);

  ASSERT_EQ(bench.submit(bad), 0);
  ASSERT_EQ(bench.submit(good), 0);
  bench.finish();
  EXPECT_EQ(bench.read(SC_CNN_REG_STATUS),
            SC_CNN_STATUS_WAITING_MASK | SC_CNN_STATUS_HELD_MASK | SC_CNN_STATUS_ERROR_MASK);
  EXPECT_EQ(bench.read(SC_CNN_REG_ERROR_JOB), 1u);
  for (int i = 0; i < 500; ++i) bench.tick();
  EXPECT_EQ(bench.read(SC_CNN_REG_JOBS_DONE), 0u);
  bench.write(SC_CNN_REG_CTRL, SC_CNN_CTRL_RESUME_MASK);
  bench.finish();
  EXPECT_EQ(bench.read(SC_CNN_REG_JOBS_DONE), 1u);
  EXPECT_EQ(bench.read(SC_CNN_REG_JOB_ID), 2u);
  EXPECT_EQ(bench.read(SC_CNN_REG_STATUS), 0u);
  EXPECT_EQ(bench.read(SC_CNN_REG_ERROR_JOB), 0u);
  EXPECT_TRUE(bench.memory == expected.memory);

  ASSERT_EQ(bench.submit(bad), 0);
  ASSERT_EQ(bench.submit(good), 0);
  bench.finish();
  bench.write(SC_CNN_REG_CTRL, SC_CNN_CTRL_FLUSH_MASK);
  EXPECT_EQ(bench.read(SC_CNN_REG_STATUS), 0u);
  for (int i = 0; i < 500; ++i) bench.tick();
  EXPECT_EQ(bench.read(SC_CNN_REG_JOBS_DONE), 1u) << "the waiting job is gone";
  EXPECT_EQ(bench.read(SC_CNN_REG_JOBS_ACCEPTED), 4u);
}

TEST(ScCnnRtlQueue, ResetAtAnyMomentLeavesAFreshCore) {
  const OwnedJob owned = small_job(small_array());
  SmallBench bench(small_array());
  const Layer layer = bench.place(owned);
  const Outcome expected = expected_outcome(bench, owned, layer);
  bench.read_latency = 9;
  bench.write_latency = 7;
  for (int moment = 0; moment < 1200; moment += 7) {
    ASSERT_EQ(bench.submit(layer), 0);
    ASSERT_EQ(bench.submit(layer), 0);
    for (int i = 0; i < moment; ++i) bench.tick();
    bench.write(SC_CNN_REG_CTRL, SC_CNN_CTRL_RESET_MASK);
    ASSERT_EQ(bench.read(SC_CNN_REG_STATUS), 0u) << moment;
    ASSERT_EQ(bench.read(SC_CNN_REG_JOBS_ACCEPTED), 0u) << moment;
    ASSERT_EQ(bench.read(SC_CNN_REG_KIND), 0u) << moment;
    ASSERT_EQ(bench.submit(layer), 0) << "at once, with a burst perhaps still on the bus";
    bench.finish();
    ASSERT_EQ(bench.read(SC_CNN_REG_ERROR), 0u) << moment;
    ASSERT_EQ(bench.read(SC_CNN_REG_JOBS_DONE), 1u) << moment;
    ASSERT_TRUE(bench.memory == expected.memory) << moment;
    std::fill_n(bench.memory.begin() + static_cast<std::ptrdiff_t>(layer.out - SmallBench::kBase), 36 * 4,
                uint8_t{0});
  }
}

}  // namespace
}  // namespace ganglion::sc_cnn
