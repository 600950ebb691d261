#include <ganglion/kernels.h>
#include <gtest/gtest.h>

#include "firmware/test/reference.h"

namespace ganglion::firmware_test {
namespace {

TEST(FirmwareAdd, AgreesWithTheFormulaOnBothElementSizes) {
  for (int bits : {8, 10, 16}) {
    const gn_layer_t shape = convolution(3, 5, 7, 3, 1, 1, 1, 0, 0);
    for (uint32_t seed = 1; seed <= 10; ++seed) {
      RandomLayer a(shape, bits, seed);
      const RandomLayer b(shape, bits, seed + 100);
      a.layer.in2 = b.in_memory.data();
      const uint32_t multipliers[] = {0x7fffffffu - seed, 0x12345678u * seed % 0x7fffffffu}, shift = 31;
      a.layer.multiplier = multipliers;
      a.layer.shift = &shift;

      gn_add(&a.layer);

      std::vector<int64_t> expected;
      for (std::size_t i = 0; i < a.in.size(); ++i) {
        const int64_t sum = a.in[i] * multipliers[0] + b.in[i] * multipliers[1] + (int64_t{1} << 30);
        expected.push_back(std::clamp(sum >> 31, int64_t{a.layer.lo}, int64_t{a.layer.hi}));
      }
      EXPECT_EQ(a.stored(expected.size()), expected) << bits << " bits, seed " << seed;
      EXPECT_TRUE(a.untouched_behind(expected.size()));
    }
  }
}

TEST(FirmwareGlobalAveragePool, RoundsTheMeanOfEachChannelHalfUp) {
  for (int bits : {8, 10, 16}) {
    for (const auto& [side, multiplier] : {std::pair{1u, 1u << 30}, {2u, 1u << 28}, {7u, (1u << 30) / 49}}) {
      gn_layer_t shape = convolution(5, side, side, 5, 1, 1, 1, 0, 0);
      RandomLayer random(shape, bits, side);
      random.layer.out_h = random.layer.out_w = 1;
      const uint32_t area = side * side, factor = multiplier, shift = 30;
      random.layer.multiplier = &factor;
      random.layer.shift = &shift;

      gn_global_average_pool(&random.layer);

      std::vector<int64_t> expected;
      for (std::size_t c = 0; c < 5; ++c) {
        int64_t sum = 0;
        for (std::size_t i = 0; i < area; ++i) sum += random.in[c * area + i];
        expected.push_back(std::clamp((sum * factor + (int64_t{1} << 29)) >> 30, int64_t{random.layer.lo},
                                      int64_t{random.layer.hi}));
      }
      EXPECT_EQ(random.stored(5), expected) << bits << " bits, side " << side;
      EXPECT_TRUE(random.untouched_behind(5));
    }
  }
}

TEST(FirmwarePad, PlacesEveryStrideThPixelInsideZeros) {
  for (int bits : {8, 10}) {
    for (uint32_t stride : {1u, 2u, 3u}) {
      for (uint32_t front : {0u, 2u}) {
        for (uint32_t above : {0u, 1u}) {
          const uint32_t channels = 3, height = 5, width = 8, left = 2 * above, behind = 1;
          gn_layer_t shape = convolution(channels, height, width, 1, 1, 1, 1, 0, 0);
          const uint32_t rows = (height - 1) / stride + 1, columns = (width - 1) / stride + 1;
          shape.out_c = front + channels + behind;
          shape.out_h = above + rows + behind;
          shape.out_w = left + columns + behind;
          RandomLayer random(shape, bits, 1);
          random.layer.kh = above, random.layer.kw = left, random.layer.pad = front,
          random.layer.stride = stride;

          gn_pad(&random.layer);

          std::vector<int64_t> expected(std::size_t{shape.out_c} * shape.out_h * shape.out_w);
          for (uint32_t c = 0; c < channels; ++c) {
            for (uint32_t y = 0; y < rows; ++y) {
              for (uint32_t x = 0; x < columns; ++x) {
                expected[((front + c) * shape.out_h + above + y) * shape.out_w + left + x] =
                    random.in[(c * height + y * stride) * width + x * stride];
              }
            }
          }
          EXPECT_EQ(random.stored(expected.size()), expected)
              << "stride " << stride << ", front " << front << ", above " << above << ", bits " << bits;
          EXPECT_TRUE(random.untouched_behind(expected.size()));
        }
      }
    }
  }
}

}  // namespace
}  // namespace ganglion::firmware_test
