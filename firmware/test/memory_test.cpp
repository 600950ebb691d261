#include <gtest/gtest.h>

#include <array>
#include <cstdint>

// runtime/memory.c compiled under other names, so that the host keeps its own.
extern "C" {
void* firmware_memset(void* destination, int value, size_t bytes);
void* firmware_memcpy(void* destination, const void* source, size_t bytes);
}

namespace {

TEST(FirmwareMemory, CopiesAndFillsAtEveryAlignmentAndTouchesNothingBeside) {
  alignas(8) std::array<uint8_t, 64> source, target;
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<uint8_t>(i * 7 + 1);
  for (std::size_t to = 8; to < 16; ++to) {
    for (std::size_t from = 0; from < 8; ++from) {
      for (std::size_t bytes = 0; bytes <= 40; ++bytes) {
        target.fill(0xee);
        EXPECT_EQ(firmware_memset(target.data() + to, 0x111, bytes), target.data() + to);
        for (std::size_t i = 0; i < target.size(); ++i) {
          ASSERT_EQ(target[i], i >= to && i < to + bytes ? 0x11 : 0xee) << to << ", " << bytes;
        }
        EXPECT_EQ(firmware_memcpy(target.data() + to, source.data() + from, bytes), target.data() + to);
        for (std::size_t i = 0; i < target.size(); ++i) {
          ASSERT_EQ(target[i], i >= to && i < to + bytes ? source[from + i - to] : 0xee)
              << to << ", " << from << ", " << bytes;
        }
      }
    }
  }
}

}  // namespace
