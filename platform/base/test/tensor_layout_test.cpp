#include "platform/base/tensor_layout.h"

#include <ganglion_vectors.h>
#include <gtest/gtest.h>

namespace ganglion {
namespace {

TEST(TensorLayout, OffsetsAgreeWithTheSharedVectors) {
  ASSERT_GT(GANGLION_LAYOUT_VECTOR_COUNT, 20);
  for (const auto& v : ganglion_layout_vectors) {
    const FeatureMapLayout map{v.c + 1, v.y + 1, v.x + 1, v.row_stride, v.plane_stride, v.element_bytes};

    EXPECT_EQ(map.offset(v.c, v.y, v.x), v.offset);
    EXPECT_EQ(weight_index(v.o, v.i, v.ky, v.kx, v.in_c, v.kh, v.kw), v.weight_index);
    EXPECT_EQ(weight_index(0, v.i, v.ky, v.kx, v.in_c, v.kh, v.kw), v.patch_index);
  }
}

TEST(TensorLayout, ADenseMapHasNoGaps) {
  const auto map = FeatureMapLayout::dense(3, 5, 7, 2);

  EXPECT_EQ(map.span_bytes(), 3u * 5 * 7 * 2);
  uint64_t next = 0;
  for (uint32_t c = 0; c < 3; ++c) {
    for (uint32_t y = 0; y < 5; ++y) {
      for (uint32_t x = 0; x < 7; ++x, next += 2) EXPECT_EQ(map.offset(c, y, x), next);
    }
  }
}

TEST(TensorLayout, AnEmptyMapSpansNothing) {
  EXPECT_EQ(FeatureMapLayout::dense(0, 5, 7, 1).span_bytes(), 0u);
}

TEST(TensorLayout, LargeMapsDoNotWrap) {
  const FeatureMapLayout map{2, 1, 1, 0, 0xFFFFFFFF, 1};
  EXPECT_EQ(map.offset(2, 0, 0), uint64_t{0xFFFFFFFF} * 2);
}

TEST(TensorLayout, ConvolutionOutputCountsPlacesOfTheKernel) {
  for (uint32_t input = 1; input < 12; ++input) {
    for (uint32_t kernel = 1; kernel < 7; ++kernel) {
      for (uint32_t stride = 1; stride < 4; ++stride) {
        for (uint32_t padding = 0; padding < 3; ++padding) {
          uint32_t places = 0;
          for (uint32_t at = 0; at + kernel <= input + 2 * padding; at += stride) ++places;
          EXPECT_EQ(convolution_output(input, kernel, stride, padding), places);
        }
      }
    }
  }
  EXPECT_EQ(convolution_output(8, 3, 0, 0), 0u);
}

}  // namespace
}  // namespace ganglion
