#include <gmock/gmock.h>

#include "platform/cpu/test/flat_port.h"
#include "platform/cpu/timing_table.h"

namespace ganglion {
namespace {

/// Cycles of `words`, run from the start of RAM up to an endless loop, without memory latency.
uint64_t cycles_of(std::vector<uint32_t> words, const char* timing, uint32_t latency = 0,
                   uint64_t instructions = 0) {
  test::FlatPort port;
  port.latency = latency;
  HartCoreConfig config;
  config.reset_pc = test::FlatPort::kRam;
  config.timing = find_timing_table(timing);
  config.isa = *InstructionSet::named("rv64gc");
  if (instructions == 0) instructions = words.size();
  config.max_instructions = instructions;
  port.load(test::FlatPort::kRam, words);
  const auto core = HartCore::make(config, port);
  core->set_integer_register(10, test::FlatPort::kRam + 0x1000);
  core->set_integer_register(12, 100);
  core->run();
  EXPECT_EQ(core->instructions(), instructions);
  return core->cycle();
}

constexpr uint32_t kAdd = 0x00c60633;   // add a2, a2, a2
constexpr uint32_t kLoop = 0x0000006f;  // j .
constexpr uint32_t kLoad = 0x00052583;  // lw a1, 0(a0)
constexpr uint32_t kUse = 0x00158593;   // addi a1, a1, 1

TEST(TimingTable, NamesAreUniqueAndHaveASource) {
  EXPECT_EQ(find_timing_table("no_such_core"), nullptr);
  for (const TimingTable& table : timing_tables()) {
    EXPECT_EQ(find_timing_table(table.name), &table);
    EXPECT_FALSE(table.source.empty()) << table.name;
  }
}

TEST(TimingTable, IdealTakesOneCycleAnInstruction) {
  EXPECT_EQ(cycles_of({kAdd, kLoad, kUse, 0x02c64633 /* div a2, a2, a2 */, kLoop}, "ideal"), 5u);
}

// Figures of the CV32E40P manual's table, plus one cycle and a jump (2) for the closing loop.
TEST(TimingTable, SmallInOrderFollowsItsSource) {
  const auto cycles = [](std::vector<uint32_t> words) {
    words.push_back(kLoop);
    return cycles_of(words, "small_in_order") - 2;
  };
  EXPECT_EQ(cycles({kAdd}), 1u);
  EXPECT_EQ(cycles({0x02c60633}), 1u) << "mul";
  EXPECT_EQ(cycles({0x02c61633}), 5u) << "mulh";
  EXPECT_EQ(cycles({0xfff00693 /* li a3, -1 */, 0x02d64633 /* div a2, a2, a3 */}), 1u + 3u)
      << "no leading zeros";
  EXPECT_EQ(cycles({0x00100693 /* li a3, 1 */, 0x02d64633}), 1u + 3u + 63u);
  EXPECT_EQ(cycles({0x00100693, 0x02d6463b /* divw */}), 1u + 3u + 31u);
  EXPECT_EQ(cycles({kLoad, kAdd}), 2u);
  EXPECT_EQ(cycles({kLoad, kUse}), 3u) << "load-use";
  EXPECT_EQ(cycles({0x00c61463 /* bne a2, a2, +8 */}), 1u) << "not taken";
  EXPECT_EQ(cycles({0x34001073 /* csrw mscratch, zero */}), 4u);
  EXPECT_EQ(cycles({0x0000100f /* fence.i */}), 2u);
}

// With FPU_ADDMUL_LAT = FPU_OTHERS_LAT = 1; 2 cycles for lui and 4 for the write of mstatus come first.
TEST(TimingTable, FloatingPointFollowsItsSource) {
  const auto cycles = [](std::vector<uint32_t> words, const char* timing) {
    words.insert(words.begin(), {0x00006fb7, 0x300fa073});  // lui t6, 6; csrs mstatus, t6
    words.push_back(kLoop);
    const uint64_t all = cycles_of(words, timing);
    return std::string_view(timing) == "ideal" ? all - 3 : all - 1 - 4 - 2;
  };
  constexpr uint32_t kFadd = 0x02c5f553;   // fadd.d fa0, fa1, fa2
  constexpr uint32_t kFuse = 0x02c57553;   // fadd.d fa0, fa0, fa2
  constexpr uint32_t kFused = 0x52b6f6c3;  // fmadd.d fa3, fa3, fa1, fa0
  constexpr uint32_t kFdiv = 0x1ac5f553;   // fdiv.d fa0, fa1, fa2
  constexpr uint32_t kFld = 0x00053587;    // fld fa1, 0(a0)
  EXPECT_EQ(cycles({kFadd, kFdiv, kFuse}, "ideal"), 3u);
  EXPECT_EQ(cycles({kFadd}, "small_in_order"), 1u);
  EXPECT_EQ(cycles({kFadd, kFuse}, "small_in_order"), 3u);
  EXPECT_EQ(cycles({kFadd, kAdd, kFuse}, "small_in_order"), 3u) << "hidden by an instruction in between";
  EXPECT_EQ(cycles({kFadd, kFused}, "small_in_order"), 3u) << "as the third operand";
  EXPECT_EQ(cycles({kFdiv, kFuse}, "small_in_order"), 20u);
  EXPECT_EQ(cycles({kFld, kFadd}, "small_in_order"), 3u) << "load-use";
  EXPECT_EQ(cycles({kFld, kUse}, "small_in_order"), 2u) << "fa1 is not a1";
}

TEST(TimingTable, RocketFollowsItsSource) {
  const auto cycles = [](std::vector<uint32_t> words) {
    words.push_back(kLoop);
    return cycles_of(words, "rocket") - 1;
  };
  constexpr uint32_t kMul = 0x02c60633;      // mul a2, a2, a2
  constexpr uint32_t kByte = 0x00050583;     // lb a1, 0(a0)
  constexpr uint32_t kForward = 0x00000263;  // beq zero, zero, +4: taken
  EXPECT_EQ(cycles({kAdd, kAdd}), 2u);
  EXPECT_EQ(cycles({kLoad, kUse}), 1u + 2u) << "a word has a result latency of 2";
  EXPECT_EQ(cycles({kByte, kUse}), 1u + 3u) << "a byte of 3";
  EXPECT_EQ(cycles({kByte, kAdd}), 2u) << "that nobody waits for";
  EXPECT_EQ(cycles({kMul, kUse}), 2u);
  EXPECT_EQ(cycles({kMul, kAdd}), 1u + 5u);
  EXPECT_EQ(cycles({kMul, 0x02d687b3 /* mul a5, a3, a3 */}), 1u + 5u) << "one at a time";
  EXPECT_EQ(cycles({0xfff00693 /* li a3, -1 */, 0x02d64633 /* div */}), 2u);
  EXPECT_EQ(cycles({0x00100693 /* li a3, 1 */, 0x02d64633}), 1u + 64u);
  EXPECT_EQ(cycles({0x34001073 /* csrw mscratch, zero */}), 3u);
  EXPECT_EQ(cycles({kForward}), 1u + 3u) << "forward: predicted not taken";
  EXPECT_EQ(cycles({0x00c61463 /* bne a2, a2, +8: not taken */}), 1u);
  EXPECT_EQ(cycles({0xfec61ee3 /* bne a2, a2, -4: not taken */}), 1u + 3u) << "backward: predicted taken";
  EXPECT_EQ(cycles({0x0040006f /* j +4 */}), 1u);
  // li a2, 3; addi a2, a2, -1; bnez a2, -4: the branch is right twice, wrong once.
  EXPECT_EQ(cycles_of({0x00300613, 0xfff60613, 0xfe061ee3, kLoop}, "rocket", 0, 8), 8u + 3u);
  // auipc ra, 0; ret to behind it: predicted; through a1 not.
  EXPECT_EQ(cycles({0x00000097, 0x00808067 /* jr 8(ra) */}), 2u);
  EXPECT_EQ(cycles({0x00000597, 0x00858067 /* jr 8(a1) */}), 2u + 3u);
}

TEST(TimingTable, RocketFloatingPointFollowsItsSource) {
  const auto cycles = [](std::vector<uint32_t> words) {
    words.insert(words.begin(), {0x00006fb7, 0x300fa073});  // lui t6, 6; csrs mstatus, t6
    words.push_back(kLoop);
    return cycles_of(words, "rocket") - 1 - 3 - 1;
  };
  EXPECT_EQ(cycles({0x02c5f553 /* fadd.d fa0, fa1, fa2 */, 0x02c57553 /* fadd.d fa0, fa0, fa2 */}), 4u + 1u);
  EXPECT_EQ(cycles({0x00c5f553 /* fadd.s */, 0x00c57553}), 3u + 1u);
  EXPECT_EQ(cycles({0x1ac5f553 /* fdiv.d */}), 55u);
  EXPECT_EQ(cycles({0x18c5f553 /* fdiv.s */}), 26u);
}

TEST(TimingTable, TakenTransfersCostTheirBubbles) {
  // beq zero, zero, +4 and j +4: to the next instruction, but taken.
  EXPECT_EQ(cycles_of({0x00000263, kLoop}, "small_in_order"), 3u + 2u);
  EXPECT_EQ(cycles_of({0x0040006f, kLoop}, "small_in_order"), 2u + 2u);
  // auipc a1, 0; jr 8(a1): a jump through a register written just before loses one more.
  EXPECT_EQ(cycles_of({0x00000597, 0x00858067, kLoop}, "small_in_order"), 1u + 3u + 2u);
}

TEST(TimingTable, MemoryLatencyComesOnTop) {
  EXPECT_EQ(cycles_of({kLoad, kLoad, kLoad, kLoop}, "ideal", 5), 4u + 3u * 5u);
  // Misaligned within a beat: one access; across beats: two, and a cycle.
  EXPECT_EQ(cycles_of({0x00152583 /* lw a1, 1(a0) */, kLoop}, "small_in_order", 5), 1u + 5u + 2u);
  EXPECT_EQ(cycles_of({0x00652583 /* lw a1, 6(a0) */, kLoop}, "small_in_order", 5), 1u + 10u + 1u + 2u);
}

}  // namespace
}  // namespace ganglion
