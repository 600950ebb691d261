#include "ip/common/test/layer_errors.h"
#include "ip/common/test/layer_faults.h"
#include "ip/common/test/layer_queue.h"
#include "ip/sc_cnn/test/bench.h"

namespace ganglion {
namespace layers {

INSTANTIATE_TYPED_TEST_SUITE_P(ScCnn, LayerErrors, sc_cnn::Traits);
INSTANTIATE_TYPED_TEST_SUITE_P(ScCnn, LayerQueue, sc_cnn::Bench);
INSTANTIATE_TYPED_TEST_SUITE_P(ScCnn, LayerFaults, sc_cnn::Traits);

}  // namespace layers

namespace sc_cnn {
namespace {

TEST(ScCnnErrors, BadPrecisionIsNamed) {
  const std::vector<std::tuple<const char*, uint32_t, std::function<void(Layer&)>>> jobs{
      {"WEIGHT_BITS", SC_CNN_FAULT_CODE_PRECISION, [](Layer& l) { l.weight_bits = 1; }},
      {"GUARD_BITS", SC_CNN_FAULT_CODE_GUARD_BITS, [](Layer& l) { l.guard_bits = 100; }},
      {"ZERO_SKIP", SC_CNN_FAULT_CODE_ZERO_SKIP, [](Layer& l) { l.zero_skip = 2; }},
  };
  Bench bench;
  bench.run([&] {
    bench.init();
    for (const auto& [reg, code, spoil] : jobs) {
      Layer bad = bench.place(layers::small_job<Traits>(bench.array));
      spoil(bad);
      ASSERT_EQ(bench.submit(bad), 0) << reg;
      EXPECT_EQ(bench.wait(), static_cast<int>(code)) << reg;
      accelerator_error_t error;
      accelerator_error(&bench.driver, &error);
      EXPECT_EQ(error.register_offset, Bench::reg(reg)) << reg;
      EXPECT_EQ(error.value, bench.read_register(reg)) << reg;
      EXPECT_EQ(bench.read_register("FAULT"), code) << reg;
      accelerator_recover(&bench.driver);
    }
    EXPECT_TRUE(bench.memory.bursts.empty()) << "nothing is fetched for a job that cannot be done";
  });
}

}  // namespace
}  // namespace sc_cnn
}  // namespace ganglion
