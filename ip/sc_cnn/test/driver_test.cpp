#include <gtest/gtest.h>

#include "ip/sc_cnn/test/bench.h"

namespace ganglion::sc_cnn {
namespace {

TEST(ScCnnDriver, StridesOfZeroMeanDense) {
  Bench bench("{operand_bits: 9}");
  std::mt19937 random(1);
  Layer layer;
  layer.in_c = 2;
  layer.in_h = 9;
  layer.in_w = 7;
  layer.kh = layer.kw = 2;
  layer.out_c = 3;
  layer.hi = 255;
  layer.weight_bits = 9;
  complete_geometry(bench.array, layer);
  layer.pool = 1;
  complete_geometry(bench.array, layer);
  const OwnedJob owned = with_random_operands(bench.array, layer, random);
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    sc_cnn_layer_t programmed = Bench::driver_layer(bench.place(owned));
    programmed.job.in_row_stride = programmed.job.in_plane_stride = 0;
    programmed.job.out_row_stride = programmed.job.out_plane_stride = 0;
    ASSERT_EQ(sc_cnn_submit(&bench.driver, &programmed), 0);
    ASSERT_EQ(sc_cnn_wait(&bench.driver, 1, Bench::idle, nullptr), 0);
    EXPECT_EQ(bench.read(SC_CNN_REG_OUT_ROW_STRIDE), 6u);
    const Result model = run(bench.array, owned.job());
    EXPECT_TRUE(std::ranges::equal(bench.at(programmed.job.out, model.output.size()), model.output));
  });
}

TEST(ScCnnDriver, RefusesAnotherDevice) {
  Bench bench;
  EXPECT_EQ(sc_cnn_probe(Bench::kBase), 0);
  EXPECT_EQ(sc_cnn_probe(Bench::kBase + SC_CNN_REG_IRQ_ENABLE), SC_CNN_ENODEV) << "no ID there";
}

TEST(ScCnnDriver, SleepsUntilTheInterrupt) {
  Bench bench;
  std::mt19937 random(2);
  Layer layer;
  layer.in_h = layer.in_w = 16;
  layer.kh = layer.kw = 3;
  layer.out_c = 4;
  layer.hi = 127;
  complete_geometry(bench.array, layer);
  const OwnedJob owned = with_random_operands(bench.array, layer, random);
  struct Sleeper {
    sc_core::sc_event wake;
    int times = 0;
    uint64_t last_wake_ps = 0;
  } sleeper;
  bench.dut->interrupt().connect([&](bool level) {
    if (level) sleeper.wake.notify(sc_core::SC_ZERO_TIME);
  });
  bench.run([&] {
    sc_cnn_init(&bench.driver, Bench::kBase);
    sc_cnn_interrupt(&bench.driver, 1);
    const sc_cnn_layer_t programmed = Bench::driver_layer(bench.place(owned));
    const auto sleep = [](void* context) {
      auto* s = static_cast<Sleeper*>(context);
      ++s->times;
      sc_core::wait(s->wake);
      s->last_wake_ps = Bench::now();
    };
    for (uint32_t job = 1; job <= 3; ++job) {
      const uint64_t begin = Bench::now();
      ASSERT_EQ(sc_cnn_submit(&bench.driver, &programmed), 0);
      ASSERT_EQ(sc_cnn_wait(&bench.driver, job, sleep, &sleeper), 0);
      EXPECT_EQ(sleeper.last_wake_ps - begin, sc_cnn_job_cycles(&bench.driver) * Bench::kCyclePs);
      EXPECT_FALSE(bench.dut->interrupt().level());
    }
    EXPECT_EQ(sleeper.times, 3) << "once a job";
  });
}

}  // namespace
}  // namespace ganglion::sc_cnn
