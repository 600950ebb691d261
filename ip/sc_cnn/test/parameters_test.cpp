#include "ip/sc_cnn/tlm/parameters.h"

#include <gtest/gtest.h>

#include <string>

#include "ip/sc_cnn/tlm/sc_cnn.h"

namespace ganglion::sc_cnn {
namespace {

CostTable costs() {
  ComponentRegistry registry;
  register_sc_cnn(registry);
  return cost_table_of(registry.find("sc_cnn", {}));
}

double um2(const std::string& part) { return costs().area.at(part).value; }

TEST(ScCnnLeakage, IsWhatTheCostTableStatesForTheDefaultArray) {
  EXPECT_DOUBLE_EQ(leakage_scale(Config{}, costs()), 1.0);
  // 256 lanes, 16 MVM controls, 4 requantisers at 0.14 nW a um2; 144 KiB at 0.01 nW a bit.
  const double nw =
      (256 * um2("lane_b8") + 16 * um2("mvm_control") + 4 * 9500.0) * 0.14 + 144.0 * 1024 * 8 * 0.01;
  EXPECT_NEAR(costs().leakage->value, nw, 0.02 * nw);
}

TEST(ScCnnLeakage, FollowsLanesAndBuffers) {
  Config twice;
  twice.lanes *= 2;
  Config roomy;
  roomy.input_buffer_bytes += 144 * 1024;

  const double lanes_nw = 256 * um2("lane_b8") * 0.14;
  const double buffers_nw = 144.0 * 1024 * 8 * 0.01;
  const double base_nw = lanes_nw + (16 * um2("mvm_control") + 4 * 9500.0) * 0.14 + buffers_nw;
  EXPECT_NEAR(leakage_scale(twice, costs()), 1.0 + lanes_nw / base_nw, 1e-9);
  EXPECT_NEAR(leakage_scale(roomy, costs()), 1.0 + buffers_nw / base_nw, 1e-9);
}

}  // namespace
}  // namespace ganglion::sc_cnn
