#pragma once

#include <gtest/gtest.h>

#include <string>

#include "ip/common/test/layer_errors.h"
#include "ip/common/tlm/array_parameters.h"

// Fault injection in every block that computes layers, as a scenario asks for it. A block's test says
//   INSTANTIATE_TYPED_TEST_SUITE_P(MyBlock, LayerFaults, my_block::Traits);

namespace ganglion::layers {

template <class Traits>
class LayerFaults : public testing::Test {};
TYPED_TEST_SUITE_P(LayerFaults);

TYPED_TEST_P(LayerFaults, TheBlockHasTheModelsFaultsAndCountsThem) {
  LayerBench<TypeParam> bench("{faults: {site: product, rate: 0.01, seed: 7}}");
  const auto owned = small_job<TypeParam>(bench.array);
  bench.run([&] {
    bench.init();
    uint64_t injected = 0;
    for (uint32_t job = 1; job <= 2; ++job) {
      FaultInjector faults({FaultSite::kProduct, 0.01, 7}, "dut");
      faults.begin_job(job);
      const auto model =
          run<typename TypeParam::Core, typename TypeParam::Actions>(bench.array, owned.job(), &faults);
      const auto layer = bench.place(owned);
      ASSERT_EQ(bench.submit(layer), 0);
      ASSERT_EQ(bench.wait(), 0);
      EXPECT_TRUE(bench.holds(layer, model)) << "job " << job;
      injected += faults.injected();
      EXPECT_EQ(bench.energy.counts(bench.dut->id()).at("injected_fault"), injected);
    }
    EXPECT_GT(injected, 0u);
  });
}

TYPED_TEST_P(LayerFaults, ARateOfZeroIsNoFaults) {
  LayerBench<TypeParam> bench("{faults: {site: accumulator, rate: 0}}");
  const auto owned = small_job<TypeParam>(bench.array);
  bench.run([&] {
    bench.init();
    const auto layer = bench.place(owned);
    ASSERT_EQ(bench.submit(layer), 0);
    ASSERT_EQ(bench.wait(), 0);
    EXPECT_TRUE(bench.holds(layer, TypeParam::run(bench.array, owned.job())));
    EXPECT_EQ(bench.energy.counts(bench.dut->id()).at("injected_fault"), 0u);
  });
}

TYPED_TEST_P(LayerFaults, WhatCannotBeInjectedIsRefusedWithWhatCan) {
  const auto refusal = [](const std::string& scenario) -> std::string {
    const ConfigNode node = parse_config(scenario, "test");
    try {
      (void)validate(&node, TypeParam::parameter_schema());
      return "accepted";
    } catch (const ConfigError& error) {
      return error.what();
    }
  };
  const std::string site = refusal("{faults: {site: alpha_particle}}");
  EXPECT_NE(site.find("alpha_particle"), std::string::npos) << site;
  for (const char* legal : {"buffer", "weight_register", "product", "accumulator"})
    EXPECT_NE(site.find(legal), std::string::npos) << site;
  EXPECT_NE(refusal("{faults: {site: product, rate: 1.5}}").find("0..1"), std::string::npos)
      << refusal("{faults: {site: product, rate: 1.5}}");
  const std::string key = refusal("{faults: {sites: product}}");
  EXPECT_NE(key.find("did you mean \"site\""), std::string::npos) << key;
  EXPECT_NE(refusal("{faults: 3}").find("faults"), std::string::npos);
  EXPECT_EQ(refusal("{faults: }"), "accepted");
}

REGISTER_TYPED_TEST_SUITE_P(LayerFaults, TheBlockHasTheModelsFaultsAndCountsThem, ARateOfZeroIsNoFaults,
                            WhatCannotBeInjectedIsRefusedWithWhatCan);

}  // namespace ganglion::layers
