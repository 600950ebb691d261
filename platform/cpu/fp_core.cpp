// Floating point of the hart beyond the fast path: mstatus.FS, rounding modes, flags, and what the host's FPU
// does not decide.
#include "platform/cpu/fp_execute.h"
#include "platform/cpu/riscv_core.h"

namespace ganglion {

template <int kXlen>
void RiscvCore<kXlen>::set_float_state(unsigned state) {
  fs_ = config_.isa.has(InstructionExtension::kF) ? state & 3 : kFloatOff;
  update_float_gates();
}

/// See float_gates_ for what each one guards.
template <int kXlen>
void RiscvCore<kXlen>::update_float_gates() {
  const bool host_rounds = fs_ == kFloatDirty && (fflags_ & fp::kInexact) != 0;
  float_gates_.fill(1);
  if (host_rounds) float_gates_[0] = 0;
  if (host_rounds && frm_ == 0) float_gates_[7] = 0;
  if (fs_ == kFloatDirty) float_gates_[kGateDirty] = 0;
  if (fs_ != kFloatOff) float_gates_[kGateOn] = 0;
}

template <int kXlen>
void RiscvCore<kXlen>::dirty_float_state() {
  if (fs_ == kFloatDirty) return;
  fs_ = kFloatDirty;
  update_float_gates();
}

template <int kXlen>
void RiscvCore<kXlen>::set_float_control(uint32_t flags, uint32_t rounding) {
  fflags_ = flags & 0x1f;
  frm_ = rounding & 7;
  fs_ = kFloatDirty;
  update_float_gates();
}

template <int kXlen>
auto RiscvCore<kXlen>::float_slow(const Block& block, const Operation& operation, Instruction id) -> Step {
  const auto illegal = [&] {
    const uint32_t index = index_of(block, operation);
    return raise(block, index, TrapCause::kIllegalInstruction, block.instructions[index].word);
  };
  if (fs_ == kFloatOff) return illegal();
  const InstructionInfo& info = info_of(id);
  auto mode = fp::Rounding::kNearestEven;
  if ((info.mask & 0x7000) == 0) {
    const uint32_t rounding = operation.immediate == 7 ? frm_ : static_cast<uint32_t>(operation.immediate);
    if (rounding > 4) return illegal();
    mode = static_cast<fp::Rounding>(rounding);
  }
  const fp::Operands in = {
      f_[operation.rs1 & 31], f_[operation.rs2 & 31], f_[static_cast<uint8_t>(operation.small) & 31],
      static_cast<uint64_t>(static_cast<int64_t>(static_cast<Signed>(x_[operation.rs1])))};
  uint32_t flags = 0;
  const uint64_t result = fp::execute(id, in, mode, flags);
  if (info.format == InstructionFormat::kFloatCompare || info.format == InstructionFormat::kFloatToInt) {
    x_[operation.rd] = static_cast<Unsigned>(result);
  } else {
    f_[operation.rd] = result;
    dirty_float_state();
  }
  if ((flags & ~fflags_) != 0) {
    fflags_ |= flags;
    fs_ = kFloatDirty;
    update_float_gates();
  }
  return Step::kNext;
}

template <int kXlen>
auto RiscvCore<kXlen>::float_load_slow(const Block& block, const Operation& operation, Unsigned address,
                                       Instruction id) -> Step {
  if (fs_ == kFloatOff) return float_slow(block, operation, id);
  return load_slow(block, operation, address, id);
}

template <int kXlen>
auto RiscvCore<kXlen>::float_store_slow(const Block& block, const Operation& operation, Unsigned address,
                                        Instruction id) -> Step {
  if (fs_ == kFloatOff) return float_slow(block, operation, id);
  return store_slow(block, operation, address, id);
}

/// Register that a load fills with what came from memory, extended.
template <int kXlen>
void RiscvCore<kXlen>::write_loaded(const Operation& operation, Instruction id, uint64_t value) {
  if (id == Instruction::kFlw || id == Instruction::kFld) {
    f_[operation.rd] = id == Instruction::kFlw ? fp::boxed(static_cast<uint32_t>(value)) : value;
    dirty_float_state();
  } else {
    x_[operation.rd] = static_cast<Unsigned>(value);
  }
}

template <int kXlen>
uint64_t RiscvCore<kXlen>::stored_value(const Operation& operation, Instruction id) const {
  return id == Instruction::kFsw || id == Instruction::kFsd ? f_[operation.rs2] : x_[operation.rs2];
}

template class RiscvCore<32>;
template class RiscvCore<64>;

}  // namespace ganglion
