#include "ip/deepcam/model/layer.h"

#include <gtest/gtest.h>

#include <functional>

#include "ip/deepcam/test/networks.h"

namespace ganglion::deepcam {
namespace {

struct Spoiled {
  Fault fault;
  const char* register_name;
  std::function<void(Layer&)> spoil;
};

TEST(DeepcamLayer, EveryRuleHasItsFault) {
  const Config config;
  const Layer good = convolution(3, 16, 20, 3, 1);
  ASSERT_FALSE(find_job_fault(config, good));
  const std::vector<Spoiled> cases{
      {Fault::kKind, "KIND", [](Layer& l) { l.kind = 2; }},
      {Fault::kDimension, "OUT_C", [](Layer& l) { l.out_c = 0; }},
      {Fault::kDimension, "IN_W", [](Layer& l) { l.in_w = 65536; }},
      {Fault::kKernel, "KERNEL_W", [](Layer& l) { l.kw = 33; }},
      {Fault::kKernel, "PAD", [](Layer& l) { l.pad = 32; }},
      {Fault::kGeometry, "OUT_H", [](Layer& l) { l.out_h = 15; }},
      {Fault::kPool, "POOL", [](Layer& l) { l.pool = 2; }},
      {Fault::kStride, "IN_ROW_STRIDE", [](Layer& l) { l.in_row_stride = 15; }},
      {Fault::kStride, "OUT_PLANE_STRIDE", [](Layer& l) { l.out_plane_stride = 255; }},
      {Fault::kHashLength, "HASH_BITS", [](Layer& l) { l.hash_bits = 0; }},
      {Fault::kHashLength, "HASH_BITS", [](Layer& l) { l.hash_bits = 300; }},
      {Fault::kHashLength, "HASH_BITS", [](Layer& l) { l.hash_bits = 1280; }},
      {Fault::kHashTile, "HASH_TILE", [](Layer& l) { l.hash_tile = 12; }},
      {Fault::kHashLayer, "HASH_LAYER", [](Layer& l) { l.hash_layer = 65536; }},
      {Fault::kShift, "NORM_SHIFT", [](Layer& l) { l.norm_shift = 16; }},
      {Fault::kShift, "PRODUCT_SHIFT", [](Layer& l) { l.product_shift = 0; }},
      {Fault::kShift, "PRODUCT_SHIFT", [](Layer& l) { l.product_shift = 49; }},
      {Fault::kDataflow, "DATAFLOW", [](Layer& l) { l.dataflow = 2; }},
      {Fault::kFolding, "FOLD", [](Layer& l) { l.fold = 2; }},
      {Fault::kClamp, "OUT_MIN", [](Layer& l) { l.lo = 128; }},
      {Fault::kClamp, "OUT_MAX", [](Layer& l) { l.hi = 128; }},
      {Fault::kClamp, "OUT_MIN", [](Layer& l) { l.lo = 3, l.hi = 2; }},
      {Fault::kMisaligned, "NORMS_LO", [](Layer& l) { l.norms += 4; }},
      {Fault::kAddressRange, "WEIGHTS_LO", [](Layer& l) { l.weights = ~uint64_t{7}; }},
      {Fault::kOverlap, "OUT_LO", [](Layer& l) { l.out = l.norms; }},
  };
  for (const Spoiled& bad : cases) {
    Layer layer = good;
    bad.spoil(layer);
    const auto fault = find_job_fault(config, layer);
    ASSERT_TRUE(fault) << bad.register_name;
    EXPECT_EQ(fault->fault, bad.fault) << fault->to_string();
    EXPECT_EQ(fault->register_name, bad.register_name) << fault->to_string();
    EXPECT_FALSE(fault->rule.empty());
  }
}

TEST(DeepcamLayer, TheProjectionStoreBoundsTheWidth) {
  Config config;
  config.projection_inputs = 100;
  EXPECT_FALSE(find_job_fault(config, dense(100, 4)));
  const auto fault = find_job_fault(config, dense(101, 4));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->to_string(),
            "IN_C = 101: the 101 inputs of an output must not exceed the projection store's 100");
}

TEST(DeepcamLayer, WithoutFoldingAJobMustFitTheArray) {
  Config config;
  config.rows = 64;
  config.segments = 2;
  Layer layer = convolution(1, 10, 70, 3, 0);  // 64 patches, 70 filters
  layer.hash_bits = 512;
  layer.fold = 0;
  EXPECT_FALSE(find_job_fault(config, layer));
  layer.dataflow = Layer::kWeightStationary;
  auto fault = find_job_fault(config, layer);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->fault, Fault::kFolding);
  EXPECT_EQ(fault->to_string(),
            "FOLD = 0: must be 1: the 70 filters of this job need more than the array's 64 rows");
  layer.dataflow = Layer::kActivationStationary;
  layer.hash_bits = 768;
  fault = find_job_fault(config, layer);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->fault, Fault::kFolding);
  layer.hash_bits = 512;
  layer.hash_tile = 8;
  ASSERT_TRUE(find_job_fault(config, layer));
  layer.fold = 1;
  EXPECT_FALSE(find_job_fault(config, layer));
}

TEST(DeepcamLayer, AWideMapNeedsItsRowsInTheInputBuffer) {
  Config config;
  config.input_buffer_bytes = 16 * 1024;
  EXPECT_FALSE(find_job_fault(config, convolution(1, 400, 4, 3, 1))) << "a few rows of a large map";
  const auto fault = find_job_fault(config, convolution(16, 400, 4, 3, 1));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->fault, Fault::kInputTooLarge) << fault->to_string();
}

TEST(DeepcamLayer, SixteenTilesAtMost) {
  Layer layer = dense(128, 4);
  layer.hash_tile = 8;
  EXPECT_FALSE(find_job_fault({}, layer));
  layer = dense(129, 4);
  layer.hash_tile = 8;
  const auto fault = find_job_fault({}, layer);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->fault, Fault::kHashTile);
}

TEST(DeepcamConfig, ParametersOutOfRangeAreNamed) {
  EXPECT_FALSE(find_config_fault({}));
  Config config;
  config.rows = 100;
  EXPECT_EQ(find_config_fault(config)->to_string(), "rows = 100: must be 64, 128, 256 or 512");
  config = {};
  config.segments = 5;
  EXPECT_EQ(find_config_fault(config)->parameter, "segments");
  config = {};
  config.noise.conductance_sixteenths = 16;
  config.projection_inputs = 5000;
  EXPECT_EQ(find_config_fault(config)->parameter, "projection_inputs");
}

}  // namespace
}  // namespace ganglion::deepcam
