#include "platform/cpu/shadow_stack.h"

#include <algorithm>

#include "platform/cpu/isa.h"

namespace ganglion {
namespace {

constexpr std::size_t kDeepest = 4096;  ///< runaway recursion ends in the frame it has then

bool is_link(unsigned x) { return x == 1 || x == 5; }

/// Major opcodes 0x67 jalr, 0x6f jal, 0x73 system; the compressed ones that may be a jump with a link.
bool may_transfer(uint32_t word) {
  if ((word & 3) == 3) return (word & 0x7f) == 0x67 || (word & 0x7f) == 0x6f || (word & 0x7f) == 0x73;
  return (word & 0xe003) == 0x2001 || (word & 0xe003) == 0x8002;
}

}  // namespace

ShadowStack::Transfer ShadowStack::transfer_of(uint32_t word) const {
  if (!may_transfer(word)) return Transfer::kNone;
  const auto decoded = decode(word, xlen_);
  if (!decoded) return Transfer::kNone;
  switch (decoded->id) {
    case Instruction::kJal:
      return is_link(decoded->rd) ? Transfer::kCall : Transfer::kNone;
    case Instruction::kJalr:
      if (!is_link(decoded->rs1)) return is_link(decoded->rd) ? Transfer::kCall : Transfer::kNone;
      if (!is_link(decoded->rd)) return Transfer::kReturn;
      return decoded->rd == decoded->rs1 ? Transfer::kCall : Transfer::kSwap;
    case Instruction::kMret:
    case Instruction::kSret:
      return Transfer::kTrapReturn;
    default:
      return Transfer::kNone;
  }
}

const ShadowStack::Function& ShadowStack::function_of(uint64_t pc) {
  const auto found = functions_.find(pc);
  if (found != functions_.end()) return found->second;
  const auto function = function_at_(pc);
  const Function known = function ? Function{function->begin, function->end, tree_.name_of(function->name)}
                                  : Function{pc, pc, tree_.name_of("[no symbol]")};
  return functions_.emplace(pc, known).first->second;
}

void ShadowStack::push(uint64_t pc, bool called) {
  if (frames_.size() >= kDeepest) return;
  const Function& function = function_of(pc);
  const uint32_t node_below = tree_.child(node(), function.name);
  tree_.count_call(node_below);
  frames_.push_back({node_below, function.begin, function.end, called ? pending_return_ : 0,
                     called ? pending_call_ : 0, false, 0, 0});
}

void ShadowStack::pop(uint64_t pc) {
  for (std::size_t i = frames_.size(); i-- > 0 && !frames_[i].is_trap;) {
    if (frames_[i].return_address != pc) continue;
    frames_.resize(i);
    return;
  }
}

void ShadowStack::leave_trap(uint64_t stack_pointer) {
  std::size_t trap = frames_.size();
  while (trap > 0 && !frames_[trap - 1].is_trap) --trap;
  if (trap == 0) {  // into a mode that was never left: a stack of its own
    frames_.clear();
    return;
  }
  const uint64_t trapped_at = frames_[trap - 1].trap_stack_pointer;
  frames_.resize(trap - 1);
  if (trapped_at == stack_pointer) return;
  suspended_.push_back({trapped_at, std::move(frames_)});
  frames_.clear();
  const auto found = std::find_if(suspended_.begin(), suspended_.end(), [&](const Suspended& thread) {
    return thread.stack_pointer == stack_pointer;
  });
  if (found == suspended_.end()) return;
  frames_ = std::move(found->frames);
  suspended_.erase(found);
}

/// The code at `pc` belongs to another function than the innermost frame: that takes its place.
void ShadowStack::enter(uint64_t pc) {
  const Function& function = function_of(pc);
  if (frames_.empty() || frames_.back().is_trap) return push(pc, false);
  Frame& top = frames_.back();
  const uint32_t node_now = tree_.child(tree_.node(top.node).parent, function.name);
  if (node_now != top.node) tree_.count_call(node_now);
  top.node = node_now;
  top.begin = function.begin;
  top.end = function.end;
}

/// Carries out the jump of the instruction before, which went to `pc`.
void ShadowStack::settle(uint64_t pc, uint64_t stack_pointer) {
  switch (pending_) {
    case Transfer::kNone:
      break;
    case Transfer::kCall:
      push(pc, true);
      break;
    case Transfer::kReturn:
      pop(pc);
      break;
    case Transfer::kSwap:
      pop(pc);
      push(pc, true);
      break;
    case Transfer::kTrapReturn:
      leave_trap(stack_pointer);
      break;
  }
}

void ShadowStack::advance(uint64_t pc, uint64_t stack_pointer, uint32_t word, unsigned length) {
  settle(pc, stack_pointer);
  if (frames_.empty() || pc < frames_.back().begin || pc >= frames_.back().end) enter(pc);
  pending_ = transfer_of(word);
  pending_call_ = pc;
  pending_return_ = pc + length;
}

void ShadowStack::trap(std::string_view name, bool interrupt, uint64_t pc, uint64_t stack_pointer) {
  // Before an interrupt the last jump has happened, and its effect is the interrupted stack's.
  if (interrupt) settle(pc, stack_pointer);
  pending_ = Transfer::kNone;
  const uint32_t trapped = tree_.child(node(), tree_.name_of(name));
  tree_.count_call(trapped);
  frames_.push_back({trapped, 0, 0, 0, 0, true, pc, stack_pointer});
}

void ShadowStack::clear() {
  frames_.clear();
  suspended_.clear();
  pending_ = Transfer::kNone;
}

std::vector<uint64_t> ShadowStack::call_stack(uint64_t pc) const {
  std::vector<uint64_t> places{pc};
  for (std::size_t i = frames_.size(); i-- > 0;) {
    const Frame& frame = frames_[i];
    if (frame.is_trap) {
      places.push_back(frame.trap_pc);
    } else if (frame.call != 0) {
      places.push_back(frame.call);
    }
  }
  return places;
}

}  // namespace ganglion
