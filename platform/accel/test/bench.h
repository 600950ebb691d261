#pragma once

#include "platform/accel/test/block_bench.h"
#include "vector_add.h"
#include "vector_add_regs.h"

namespace ganglion::test {

/// Costs of a VectorAdd.
inline CostTable vector_add_costs() {
  CostTable costs;
  costs.component = "vector_add";
  for (const char* key : {"dma_beat", "addition"}) {
    CostEntry& entry = costs.actions[key];
    entry.value = entry.low = entry.high = 2.0;
    entry.node_nm = 40.0;
    entry.voltage_v = 1.1;
    entry.cost_class = CostClass::kSynthesis;
  }
  return costs;
}

/// The bench of a VectorAdd.
class Bench : public BlockBench<VectorAdd> {
 public:
  static constexpr uint64_t kA = MemoryStub::kBase + 0x1000;
  static constexpr uint64_t kB = MemoryStub::kBase + 0x2000;
  static constexpr uint64_t kOut = MemoryStub::kBase + 0x3000;

  Bench() : BlockBench(vector_add_costs(), Params{}) {}

  uint64_t read_wide(uint64_t low_offset) {
    const uint64_t low = read(low_offset);
    return uint64_t{read(low_offset + 4)} << 32U | low;
  }

  /// Programs a job of `length` bytes from kA and kB to `out`.
  void program(uint32_t length, uint64_t out = kOut, uint32_t tile = 64, uint32_t cycles = 10) {
    write_wide(VECTOR_ADD_REG_A_LO, kA);
    write_wide(VECTOR_ADD_REG_B_LO, kB);
    write_wide(VECTOR_ADD_REG_OUT_LO, out);
    write(VECTOR_ADD_REG_LENGTH, length);
    write(VECTOR_ADD_REG_TIMING, tile | cycles << VECTOR_ADD_TIMING_CYCLES_SHIFT);
  }
  void write_wide(uint64_t low_offset, uint64_t value) {
    write(low_offset, static_cast<uint32_t>(value));
    write(low_offset + 4, static_cast<uint32_t>(value >> 32U));
  }
  void command(uint32_t mask) { write(VECTOR_ADD_REG_CTRL, mask); }
  void start() { command(VECTOR_ADD_CTRL_START_MASK); }
  /// Lets time pass until no job runs; fails the test after a millisecond.
  void wait_idle() {
    for (int i = 0; i < 10'000 && (read(VECTOR_ADD_REG_STATUS) & VECTOR_ADD_STATUS_BUSY_MASK) != 0; ++i) {
      wait_ps(100'000);
    }
    EXPECT_EQ(read(VECTOR_ADD_REG_STATUS) & VECTOR_ADD_STATUS_BUSY_MASK, 0U);
  }

  [[nodiscard]] unsigned char* at(uint64_t address) { return &memory.bytes[address - MemoryStub::kBase]; }
  /// Whether `length` sums stand at `out`.
  [[nodiscard]] bool summed(uint64_t out, uint32_t length, int bias = 0) {
    for (uint32_t i = 0; i < length; ++i) {
      if (at(out)[i] != static_cast<unsigned char>(at(kA)[i] + at(kB)[i] + bias)) return false;
    }
    return true;
  }
};

}  // namespace ganglion::test
