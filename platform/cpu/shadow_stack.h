#pragma once

#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "platform/cpu/call_tree.h"
#include "platform/cpu/elf_image.h"

namespace ganglion {

/// The call stack of a hart, followed from instruction to instruction.
///
/// models: calls and returns by the link registers ra and t0 (Volume I, table 2.1: jal and jalr that write
/// one
///   push, jalr from one pops, both at once swap); code of another function that was not called (tail call,
///   fall-through) takes the frame's place; a return that matches an outer frame leaves all inner ones
///   (longjmp); a trap is a frame of its own, above the interrupted stack, until xRET. An xRET to another
///   stack pointer than the trapped one switches threads: the interrupted stack waits until one returns to
///   it.
/// leaves out: threads that switch without a trap (the other thread's frames stand below the switching
///   function until it switches back).
/// checked against: tests/cli/test_profile.py.
/// error bound: exact for code that follows the ABI.
class ShadowStack {
 public:
  using FunctionAt = std::function<std::optional<ElfImage::Function>(uint64_t pc)>;
  ShadowStack(FunctionAt function_at, int xlen) : function_at_(std::move(function_at)), xlen_(xlen) {}

  /// The instruction at `pc` is about to execute; to be called for every one.
  void advance(uint64_t pc, uint64_t stack_pointer, uint32_t word, unsigned length);
  /// A trap of this name was taken at `pc`: that of the instruction that caused it, or the one after the
  /// interrupt.
  void trap(std::string_view name, bool interrupt, uint64_t pc, uint64_t stack_pointer);
  /// Nothing is on the stack.
  void clear();

  /// Node of the innermost frame; 0 when there is none.
  [[nodiscard]] uint32_t node() const { return frames_.empty() ? 0 : frames_.back().node; }
  [[nodiscard]] CallTree& tree() { return tree_; }
  [[nodiscard]] const CallTree& tree() const { return tree_; }
  /// PCs of the call stack, innermost first: `pc`, then those of the calls and the trapped instructions.
  [[nodiscard]] std::vector<uint64_t> call_stack(uint64_t pc) const;

 private:
  struct Function {
    uint64_t begin = 0;
    uint64_t end = 0;
    uint32_t name = 0;
  };
  struct Frame {
    uint32_t node = 0;
    uint64_t begin = 0, end = 0;            ///< of the function; empty for a trap
    uint64_t return_address = 0, call = 0;  ///< 0: was not called
    bool is_trap = false;
    uint64_t trap_pc = 0, trap_stack_pointer = 0;
  };
  struct Suspended {
    uint64_t stack_pointer = 0;
    std::vector<Frame> frames;
  };
  enum class Transfer { kNone, kCall, kReturn, kSwap, kTrapReturn };

  [[nodiscard]] Transfer transfer_of(uint32_t word) const;
  const Function& function_of(uint64_t pc);
  void settle(uint64_t pc, uint64_t stack_pointer);
  void push(uint64_t pc, bool called);
  void pop(uint64_t pc);
  void leave_trap(uint64_t stack_pointer);
  void enter(uint64_t pc);

  FunctionAt function_at_;
  int xlen_;
  CallTree tree_;
  std::vector<Frame> frames_;
  std::vector<Suspended> suspended_;
  std::unordered_map<uint64_t, Function> functions_;  ///< by every pc looked up
  Transfer pending_ = Transfer::kNone;                ///< of the instruction before
  uint64_t pending_call_ = 0, pending_return_ = 0;
};

}  // namespace ganglion
