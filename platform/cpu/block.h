#pragma once

#include <array>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "platform/cpu/isa.h"

namespace ganglion {

/// One step of the interpreter, 16 bytes; the next one is `this + 1`.
struct Operation {
  const void* handler = nullptr;  ///< address of the label that executes it
  uint8_t rd = 0;                 ///< index in the register file; 32 swallows writes to x0
  uint8_t rs1 = 0;
  uint8_t rs2 = 0;
  int8_t small = 0;       ///< second immediate of fused pairs
  int32_t immediate = 0;  ///< or the index of the exit, of the constant, ...
};
static_assert(sizeof(Operation) == 16);

/// What executing a stretch of instructions costs: all static.
template <typename Count, typename ClassCount = Count>
struct Tally {
  std::array<ClassCount, kInstructionClasses> classes{};
  Count instructions = 0;
  Count issue_cycles = 0;
  Count memory_cycles = 0;
  Count stall_cycles = 0;
  Count fetch_lines = 0;  ///< 32-byte lines of code entered

  [[nodiscard]] uint64_t cycles() const {
    return static_cast<uint64_t>(issue_cycles) + static_cast<uint64_t>(memory_cycles) +
           static_cast<uint64_t>(stall_cycles);
  }
  /// Adds `times` executions of `other`.
  template <typename Other, typename OtherClass>
  void add(const Tally<Other, OtherClass>& other, uint64_t times = 1) {
    for (std::size_t i = 0; i < kInstructionClasses; ++i)
      classes[i] += static_cast<ClassCount>(times * other.classes[i]);
    instructions += static_cast<Count>(times * other.instructions);
    issue_cycles += static_cast<Count>(times * other.issue_cycles);
    memory_cycles += static_cast<Count>(times * other.memory_cycles);
    stall_cycles += static_cast<Count>(times * other.stall_cycles);
    // A line that a block shares with its predecessor counts as -1 line: two's complement makes it come out.
    fetch_lines +=
        static_cast<Count>(times * static_cast<uint64_t>(static_cast<int64_t>(
                                       static_cast<std::make_signed_t<Other>>(other.fetch_lines))));
  }
};
using BlockTally = Tally<uint32_t, uint16_t>;
using TotalTally = Tally<uint64_t>;

/// An instruction of a block, for precise traps and for diagnosis.
struct BlockInstruction {
  uint64_t pc = 0;
  uint32_t word = 0;
  uint8_t length = 4;
  BlockTally before;  ///< of the block's instructions before this one
  BlockTally after;   ///< this one included, when it is not a taken transfer
};

struct Block;

/// A way out of a block. The first line of the cache is what a taken exit touches.
struct alignas(64) Exit {
  const Operation* target_operations = nullptr;  ///< of `target`, or the kUnresolved operation
  Block* target = nullptr;
  uint64_t taken = 0;
  uint32_t instructions = 0;  ///< of the block up to and including this exit
  uint32_t cycles = 0;
  uint64_t target_pc = 0;  ///< of direct exits
  uint64_t link = 0;       ///< return address of a call
  Block* block = nullptr;
  uint32_t source = 0;    ///< index of the leaving instruction in the block
  bool transfer = false;  ///< a control transfer, not the next instruction
  bool continues_line =
      false;  ///< the next instruction is fetched with the same line: `tally` counts one less
  BlockTally tally;
};
static_assert(sizeof(Exit) == 128, "taking an exit scales its index by the size");

/// What a block was made from. Its operations depend on nothing else but memory and PMP, so a block stays
/// right when translations change; only the way to it must be looked up again.
struct BlockKey {
  enum class Kind : uint8_t {
    kMachine,          ///< fetched in M mode
    kLower,            ///< in S or U mode
    kFault,            ///< no instruction: fetching raises the exception with cause `second`
    kSecondHalfFault,  ///< as kFault, for the second half of an instruction on two pages
  };
  uint64_t pc = 0;
  uint64_t physical = 0;  ///< of pc
  uint64_t second = 0;    ///< of the next page, for an instruction on two pages
  Kind kind = Kind::kMachine;

  bool operator==(const BlockKey&) const = default;
  [[nodiscard]] bool faults() const { return kind == Kind::kFault || kind == Kind::kSecondHalfFault; }
};

/// A superblock: instructions from `pc` on that follow each other through not-taken branches and forward
/// direct jumps, all on one page.
struct Block {
  uint64_t pc = 0;
  BlockKey key;
  const Operation* operations = nullptr;
  uint32_t operation_count = 0;
  uint32_t region = 0;  ///< of memory, for the fetches
  uint64_t epoch = 0;   ///< of the code in memory that it was last compared with
  std::vector<BlockInstruction> instructions;
  struct {
    uint64_t pc = 0;
    uint32_t word = 0;
    uint8_t length = 0;  ///< 0: none
  } successor;           ///< looked at for the hazards of the last instruction
  std::vector<uint16_t> instruction_of_operation;
};

}  // namespace ganglion
