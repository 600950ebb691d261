// What the block cache must not change: overflow, invalidation, the end of a region, refused DMI.
#include <gmock/gmock.h>

#include "platform/cpu/test/flat_port.h"

namespace ganglion {
namespace {

using test::FlatPort;

constexpr uint32_t kIncrement = 0x0012'8293;  // addi t0, t0, 1
constexpr uint32_t jump(int32_t offset) {
  const auto o = static_cast<uint32_t>(offset);
  return 0x6f | (o & 0xff000) | (o >> 11 & 1) << 20 | (o >> 1 & 0x3ff) << 21 | (o >> 20 & 1) << 31;
}

TEST(BlockCache, OverflowsWithoutLosingCounts) {
  // 200,000 instructions in a row, twice: more than the cache holds.
  constexpr uint32_t kLength = 200'000;
  FlatPort port;
  std::vector<uint32_t> code(kLength, kIncrement);
  code.push_back(jump(-static_cast<int32_t>(4 * kLength)));
  port.load(FlatPort::kRam, code);
  HartCoreConfig config;
  config.reset_pc = FlatPort::kRam;
  config.max_instructions = 2 * (kLength + 1);
  const auto core = HartCore::make(config, port);

  EXPECT_EQ(core->run(), HartCore::Outcome::kInstructionLimit);

  const HartTotals totals = core->fold();
  EXPECT_EQ(core->integer_register(5), 2u * kLength);
  EXPECT_EQ(totals.tally.classes[static_cast<std::size_t>(InstructionClass::kAlu)], 2u * kLength);
  EXPECT_EQ(totals.tally.classes[static_cast<std::size_t>(InstructionClass::kJump)], 2u);
  EXPECT_EQ(totals.tally.cycles(), core->cycle());
  // 25,000 lines and the one with the jump, each time round.
  EXPECT_EQ(port.ram_counters.fetch_lines, 2u * (kLength / 8 + 1));
  EXPECT_EQ(core->last_instructions(kInstructionsKept).size(), 32u);
}

TEST(BlockCache, SeesCodeFromAnotherMasterAfterFenceI) {
  class Writer : public FlatPort {
   public:
    void synchronise(uint64_t cycle) override {
      FlatPort::synchronise(cycle);
      const uint32_t changed[] = {0x0640'0513};  // li a0, 100
      load(kRam, changed);
    }
  } port;
  const uint32_t code[] = {
      0x0010'0513,  // li a0, 1
      0x00a5'8593,  // addi a1, a1, 10
      0x0000'100f,  // fence.i
      jump(-12),
  };
  port.load(FlatPort::kRam, code);
  port.quantum = 1;
  HartCoreConfig config;
  config.reset_pc = FlatPort::kRam;
  config.max_instructions = 40;
  const auto core = HartCore::make(config, port);

  core->run();

  EXPECT_EQ(core->integer_register(10), 100u);
}

/// The load's stall depends on the instruction behind it, which stands in another block (block_instructions:
/// 1) and is changed from outside.
TEST(BlockCache, AfterFenceIAlsoTheCostOfAnUnchangedBlockIsThatOfTheNewCode) {
  class Writer : public FlatPort {
   public:
    void synchronise(uint64_t cycle) override {
      FlatPort::synchronise(cycle);
      if (cycle < 200) return;
      const uint32_t changed[] = {0x0000'0013};  // nop
      load(kRam + 8, changed);
    }
  };
  const auto cycles = [](uint32_t block_instructions) {
    Writer port;
    const uint32_t code[] = {
        0x0000'1517,  // auipc a0, 1
        0x0005'3283,  // ld t0, 0(a0)
        0x0012'8293,  // addi t0, t0, 1
        0x0000'100f,  // fence.i
        jump(-16),
    };
    port.load(FlatPort::kRam, code);
    port.quantum = 1;
    HartCoreConfig config;
    config.reset_pc = FlatPort::kRam;
    config.timing = find_timing_table("small_in_order");
    config.block_instructions = block_instructions;
    config.max_instructions = 500;
    const auto core = HartCore::make(config, port);
    core->run();
    return core->cycle();
  };

  EXPECT_EQ(cycles(1), cycles(64));
}

TEST(BlockCache, FaultsBehindTheEndOfMemory) {
  FlatPort port;
  const uint64_t last = FlatPort::kRam + FlatPort::kRamBytes - 4;
  const uint32_t code[] = {kIncrement};
  port.load(last, code);
  HartCoreConfig config;
  config.reset_pc = last;
  const auto core = HartCore::make(config, port);

  EXPECT_EQ(core->run(), HartCore::Outcome::kFirmwareTrap);

  EXPECT_EQ(core->firmware_trap()->cause, static_cast<uint64_t>(TrapCause::kInstructionAccessFault));
  EXPECT_EQ(core->firmware_trap()->pc, last + 4);
  EXPECT_EQ(core->integer_register(5), 1u);
  EXPECT_EQ(core->instructions(), 1u);
}

TEST(BlockCache, GoesOnWhenDmiIsTakenAway) {
  class Withdrawing : public FlatPort {
   public:
    MemoryRegion probe(uint64_t address) override {
      MemoryRegion region = FlatPort::probe(address);
      if (withdrawn) region.host = nullptr;
      return region;
    }
    void synchronise(uint64_t cycle) override {
      FlatPort::synchronise(cycle);
      if (cycle > 500 && !withdrawn) {
        withdrawn = true;
        core->invalidate_regions(kRam, kRam + 0xfff);
      }
    }
    bool withdrawn = false;
  };
  const auto run = [](FlatPort& port) {
    const uint32_t code[] = {
        0x0000'1517,  // auipc a0, 1
        kIncrement,
        0x0055'3023,  // sd t0, 0(a0)
        0x0005'3283,  // ld t0, 0(a0)
        jump(-12),
    };
    port.load(FlatPort::kRam, code);
    port.quantum = 50;
    HartCoreConfig config;
    config.reset_pc = FlatPort::kRam;
    config.max_instructions = 4001;
    const auto core = HartCore::make(config, port);
    port.core = core.get();
    core->run();
    const HartTotals totals = core->fold();
    return std::vector<uint64_t>{core->cycle(),
                                 core->integer_register(5),
                                 totals.tally.memory_cycles,
                                 totals.issued_reads,
                                 totals.issued_writes,
                                 port.ram_counters.read_beats,
                                 port.ram_counters.write_beats,
                                 port.ram_counters.fetch_lines};
  };
  FlatPort plain;
  Withdrawing withdrawing;

  EXPECT_EQ(run(withdrawing), run(plain));
  EXPECT_TRUE(withdrawing.withdrawn);
}

}  // namespace
}  // namespace ganglion
