// Call stacks from call frame information (DWARF 5, section 6.4).
#include <dwarf.h>

#include <cstdlib>
#include <memory>

#include "platform/cpu/elf_debug.h"
#include "platform/cpu/isa.h"

namespace ganglion {
namespace {

constexpr unsigned kReturnAddress = 1;
constexpr unsigned kStackPointer = 2;
constexpr unsigned kRegisters = 32;
constexpr std::size_t kDeepest = 64;

/// The expressions that call frame information of RISC-V compilers consists of.
class Expression {
 public:
  Expression(const ElfImage::Unwinding& frame, std::optional<uint64_t> cfa) : frame_(frame), cfa_(cfa) {}

  /// nullopt: uses something that is not known here. `is_value`: the result is the value, not where it is.
  [[nodiscard]] std::optional<uint64_t> evaluate(const Dwarf_Op* operations, std::size_t count,
                                                 bool& is_value) {
    for (std::size_t i = 0; i < count; ++i)
      if (!step(operations[i], is_value)) return std::nullopt;
    return stack_.empty() ? std::nullopt : std::optional(stack_.back());
  }

 private:
  bool push(std::optional<uint64_t> value) {
    if (value) stack_.push_back(*value);
    return value.has_value();
  }
  [[nodiscard]] std::optional<uint64_t> value_of(uint64_t number, uint64_t offset) const {
    return number < kRegisters ? std::optional(frame_.registers[number] + offset) : std::nullopt;
  }

  bool step(const Dwarf_Op& operation, bool& is_value) {
    const unsigned atom = operation.atom;
    if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31)
      return push(value_of(atom - DW_OP_breg0, operation.number));
    if (atom >= DW_OP_reg0 && atom <= DW_OP_reg31) {
      is_value = true;
      return push(value_of(atom - DW_OP_reg0, 0));
    }
    switch (atom) {
      case DW_OP_bregx:
        return push(value_of(operation.number, operation.number2));
      case DW_OP_regx:
        is_value = true;
        return push(value_of(operation.number, 0));
      case DW_OP_call_frame_cfa:
        return push(cfa_);
      case DW_OP_plus_uconst:
        if (stack_.empty()) return false;
        stack_.back() += operation.number;
        return true;
      case DW_OP_stack_value:
        is_value = true;
        return true;
      default:
        return false;
    }
  }

  const ElfImage::Unwinding& frame_;
  std::optional<uint64_t> cfa_;
  std::vector<uint64_t> stack_;
};

struct Free {
  void operator()(Dwarf_Frame* frame) const { std::free(frame); }  // NOLINT: libdw says so
};

}  // namespace

/// The call that returns to `address`; nullopt when the instruction before is none.
std::optional<uint64_t> ElfImage::call_before(uint64_t address) const {
  for (const Segment& segment : segments_) {
    if (address < segment.address + 4 || address - segment.address > segment.data.size()) continue;
    const auto at = static_cast<std::size_t>(address - segment.address);
    const auto half = [&](std::size_t offset) {
      return static_cast<uint32_t>(segment.data[offset] | segment.data[offset + 1] << 8);
    };
    for (const std::size_t length : {4, 2}) {
      const uint32_t word = half(at - length) | (length == 4 ? half(at - 2) << 16 : 0);
      const auto decoded = decode(word, xlen_);
      if (decoded && decoded->length == length && decoded->rd == kReturnAddress &&
          (decoded->id == Instruction::kJal || decoded->id == Instruction::kJalr))
        return address - length;
    }
  }
  return std::nullopt;
}

/// Turns `frame` into its caller's by what is known about code at `place`; false: nothing is.
bool ElfImage::unwind(Unwinding& frame, uint64_t place) const {
  Dwarf_Frame* found = nullptr;
  const auto finds = [&](Dwarf_CFI* cfi) {
    return cfi != nullptr && dwarf_cfi_addrframe(cfi, place, &found) == 0;
  };
  if (!finds(debug_->frames) && !finds(debug_->eh_frames)) return false;
  const std::unique_ptr<Dwarf_Frame, Free> owned(found);
  Dwarf_Op* operations = nullptr;
  std::size_t count = 0;
  bool is_value = false;
  if (dwarf_frame_cfa(found, &operations, &count) != 0 || count == 0) return false;
  const auto cfa = Expression(frame, std::nullopt).evaluate(operations, count, is_value);
  if (!cfa) return false;

  Unwinding caller = frame;
  caller.registers[kStackPointer] = *cfa;
  for (unsigned number = 1; number < kRegisters; ++number) {
    Dwarf_Op memory[3];
    if (dwarf_frame_register(found, static_cast<int>(number), memory, &operations, &count) != 0) return false;
    if (count == 0) {
      if (operations != nullptr && number == kReturnAddress) return false;  // undefined: the outermost frame
      continue;
    }
    is_value = false;
    std::optional<uint64_t> value = Expression(frame, cfa).evaluate(operations, count, is_value);
    if (value && !is_value) value = frame.read(*value);
    if (!value) return false;
    caller.registers[number] = *value;
  }
  caller.pc = caller.registers[kReturnAddress];
  const bool stands_still =
      caller.pc == frame.pc && caller.registers[kStackPointer] == frame.registers[kStackPointer];
  frame = std::move(caller);
  return !stands_still && frame.pc != 0;
}

std::vector<uint64_t> ElfImage::call_stack(const Unwinding& from) const {
  std::vector<uint64_t> places{from.pc};
  Unwinding frame = from;
  while (places.size() < kDeepest) {
    // A return address may be the first one of the next function: the call stands before it.
    const bool innermost = places.size() == 1;
    if (!unwind(frame, innermost ? frame.pc : frame.pc - 1)) {
      const uint64_t link = frame.registers[kReturnAddress];
      if (!innermost || link == frame.pc || !call_before(link)) break;
      frame.pc = link;
    }
    if (!is_loaded(frame.pc)) break;
    places.push_back(call_before(frame.pc).value_or(frame.pc));
  }
  return places;
}

}  // namespace ganglion
