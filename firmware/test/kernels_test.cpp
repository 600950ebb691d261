#include <ganglion/kernels.h>
#include <gtest/gtest.h>

#include "firmware/test/reference.h"

namespace ganglion::firmware_test {
namespace {

/// Runs a kernel with exactly the scratch memory it asked for, everything in it set beforehand.
template <typename Kernel>
void run(Kernel kernel, std::size_t scratch_bytes, RandomLayer& random) {
  std::vector<uint64_t> scratch((scratch_bytes + 7) / 8 + 1, 0xa5a5a5a5a5a5a5a5);
  kernel(&random.layer, scratch.data());
  EXPECT_EQ(scratch.back(), 0xa5a5a5a5a5a5a5a5) << "wrote behind its scratch memory";
}

void expect_convolution(const gn_layer_t& shape, int bits, uint32_t seed) {
  RandomLayer random(shape, bits, seed);
  run(gn_conv2d, gn_conv2d_scratch_bytes(&random.layer), random);

  const std::vector<int64_t> expected = random.expected();
  EXPECT_EQ(random.stored(expected.size()), expected)
      << shape.in_c << "x" << shape.in_h << "x" << shape.in_w << " -> " << shape.out_c << ", kernel "
      << shape.kh << "x" << shape.kw << ", stride " << shape.stride << ", pad " << shape.pad << ", pool "
      << shape.pool << ", bits " << bits;
  EXPECT_TRUE(random.untouched_behind(expected.size()));
}

TEST(FirmwareConv2d, AgreesWithTheDefinitionOnEveryTileShape) {
  // Output channels 1..17 meet every number of channel pairs, widths 1..9 every tail of the pixel tiles.
  uint32_t seed = 1;
  for (uint32_t out_c = 1; out_c <= 17; ++out_c) {
    for (uint32_t width = 1; width <= 9; ++width) {
      expect_convolution(convolution(2, 4, width + 2, out_c, 3, 3, 1, 0, 0), 8, seed++);
    }
  }
}

TEST(FirmwareConv2d, AgreesWithTheDefinitionOnKernelsStridesPaddingAndPool) {
  uint32_t seed = 1;
  for (uint32_t kh : {1u, 2u, 3u, 5u}) {
    for (uint32_t kw : {1u, 3u, 5u, 7u}) {
      for (uint32_t stride : {1u, 2u, 3u}) {
        for (uint32_t pad : {0u, 1u, 2u}) {
          for (uint32_t pool : {0u, 1u}) {
            expect_convolution(convolution(3, 11, 13, 5, kh, kw, stride, pad, pool), 8, seed++);
          }
        }
      }
    }
  }
}

TEST(FirmwareConv2d, AgreesWithTheDefinitionOnSixteenBitElements) {
  uint32_t seed = 1;
  for (int bits : {9, 10}) {
    for (uint32_t pool : {0u, 1u})
      expect_convolution(convolution(4, 9, 10, 11, 3, 3, 1, 1, pool), bits, seed++);
    expect_convolution(convolution(2, 9, 10, 3, 5, 5, 2, 2, 0), bits, seed++);
  }
}

TEST(FirmwareConv2d, KeepsPairsApartAtTheRails) {
  // All products at +2^14 in one channel of a pair and at -2^14 + 2^7 in the other: the largest borrow there
  // is.
  gn_layer_t shape = convolution(64, 3, 3, 2, 3, 3, 1, 0, 0);
  RandomLayer random(shape, 8, 1);
  std::fill(random.in.begin(), random.in.end(), -128);
  for (std::size_t i = 0; i < random.weights.size(); ++i) {
    random.weights[i] = i < random.weights.size() / 2 ? -128 : 127;
  }
  random.in_memory = random.packed(random.in);
  random.weights_memory = random.packed(random.weights);
  random.layer.in = random.in_memory.data();
  random.layer.weights = random.weights_memory.data();
  for (uint32_t& shift : random.shift) shift = 47;

  run(gn_conv2d, gn_conv2d_scratch_bytes(&random.layer), random);

  EXPECT_EQ(random.stored(2), random.expected());
}

TEST(FirmwareFullyConnected, AgreesWithTheDefinitionOnEveryLengthAndTail) {
  uint32_t seed = 1;
  for (uint32_t inputs = 1; inputs <= 41; ++inputs) {
    for (uint32_t outputs : {1u, 2u, 3u, 4u, 5u, 10u}) {
      for (int bits : {8, 10}) {
        RandomLayer random(fully_connected(inputs, outputs), bits, seed++);

        run(gn_fully_connected, gn_fully_connected_scratch_bytes(&random.layer), random);

        EXPECT_EQ(random.stored(outputs), random.expected())
            << inputs << " -> " << outputs << ", bits " << bits;
        EXPECT_TRUE(random.untouched_behind(outputs));
      }
    }
  }
}

TEST(FirmwareFullyConnected, HoldsTheLongestPairedRowAtTheRails) {
  for (uint32_t inputs : {65532u, 65536u}) {
    RandomLayer random(fully_connected(inputs, 1), 8, 1);
    std::fill(random.in.begin(), random.in.end(), -128);
    std::fill(random.weights.begin(), random.weights.end(), 127);
    random.in_memory = random.packed(random.in);
    random.weights_memory = random.packed(random.weights);
    random.layer.in = random.in_memory.data();
    random.layer.weights = random.weights_memory.data();
    random.shift[0] = 58;

    run(gn_fully_connected, gn_fully_connected_scratch_bytes(&random.layer), random);

    EXPECT_EQ(random.stored(1), random.expected()) << inputs;
  }
}

TEST(FirmwareMaxPool, TakesTheMaximumOfFourAndDropsOddEdges) {
  for (int bits : {8, 10}) {
    for (uint32_t height : {2u, 5u}) {
      gn_layer_t shape = convolution(3, height, 7, 3, 1, 1, 1, 0, 1);
      RandomLayer random(shape, bits, height);

      gn_max_pool(&random.layer);

      const std::vector<int64_t> expected = RandomLayer::pooled(random.in, 3, height, 7);
      EXPECT_EQ(random.stored(expected.size()), expected);
      EXPECT_TRUE(random.untouched_behind(expected.size()));
    }
  }
}

}  // namespace
}  // namespace ganglion::firmware_test
