// Exceptions, interrupts, xRET, WFI and the check at the end of a block.
#include <algorithm>
#include <array>

#include "platform/cpu/riscv_core.h"

namespace ganglion {

std::string trap_name(uint64_t cause, bool interrupt) {
  if (interrupt) {
    switch (cause) {
      case 1:
        return "supervisor software interrupt";
      case 3:
        return "machine software interrupt";
      case 5:
        return "supervisor timer interrupt";
      case 7:
        return "machine timer interrupt";
      case 9:
        return "supervisor external interrupt";
      case 11:
        return "machine external interrupt";
      default:
        return "interrupt " + std::to_string(cause);
    }
  }
  switch (static_cast<TrapCause>(cause)) {
    case TrapCause::kInstructionMisaligned:
      return "instruction address misaligned";
    case TrapCause::kInstructionAccessFault:
      return "instruction access fault";
    case TrapCause::kIllegalInstruction:
      return "illegal instruction";
    case TrapCause::kBreakpoint:
      return "breakpoint";
    case TrapCause::kLoadMisaligned:
      return "load address misaligned";
    case TrapCause::kLoadAccessFault:
      return "load access fault";
    case TrapCause::kStoreMisaligned:
      return "store/AMO address misaligned";
    case TrapCause::kStoreAccessFault:
      return "store/AMO access fault";
    case TrapCause::kEcallFromU:
      return "environment call from U mode";
    case TrapCause::kEcallFromS:
      return "environment call from S mode";
    case TrapCause::kInstructionPageFault:
      return "instruction page fault";
    case TrapCause::kLoadPageFault:
      return "load page fault";
    case TrapCause::kStorePageFault:
      return "store/AMO page fault";
    case TrapCause::kEcallFromM:
      return "environment call from M mode";
  }
  return "exception " + std::to_string(cause);
}

template <int kXlen>
void RiscvCore<kXlen>::reset() {
  x_.fill(0);
  f_.fill(0);
  fflags_ = frm_ = 0;
  set_float_state(kFloatOff);
  pc_ = static_cast<Unsigned>(config_.reset_pc);
  cycles_ = instret_ = limit_ = port_limit_ = 0;
  privilege_ = Privilege::kMachine;
  mie_bit_ = mpie_bit_ = mprv_ = tw_ = false;
  mpp_ = Privilege::kUser;
  mtvec_ = mepc_ = mcause_ = mtval_ = mscratch_ = 0;
  mie_ = mip_ = 0;
  mcounteren_ = mcountinhibit_ = 0;
  mcycle_offset_ = minstret_offset_ = 0;
  reservation_.reset();
  firmware_trap_.reset();
  observed_.reset();
  debug_resumed_.reset();
  debug_watched_.reset();
  waiting_ = false;
  returned_at_ = ~uint64_t{0};
  in_flight_ = nullptr;
  reset_privileged();
  clear_data_tlbs();
  flush_blocks();
  history_.clear();
  regions_stale_ = false;
  ring_next_ = 0;
  regions_.clear();
  region_accounts_.clear();
  primary_.reset();
  static_read_cycles_ = static_write_cycles_ = 0;
  base_ = TotalTally{};
  bus_cycles_ = idle_cycles_ = 0;
  slow_loads_ = slow_stores_ = slow_reads_ = slow_writes_ = 0;
  primary_reads_booked_ = primary_writes_booked_ = 0;
}

template <int kXlen>
void RiscvCore<kXlen>::set_interrupt(InterruptBit bit, bool level) {
  if (bit == InterruptBit::kSupervisorExternal || bit == InterruptBit::kSupervisorTimer) {
    (bit == InterruptBit::kSupervisorExternal ? seip_line_ : stip_line_) = level;
    update_pending();
    return;
  }
  const uint64_t mask = uint64_t{1} << static_cast<unsigned>(bit);
  mip_ = level ? mip_ | mask : mip_ & ~mask;
}

/// Number of the enabled interrupt to take now; those for M mode first. Order: external, software, timer,
/// those of M before those of S (Volume II, 3.1.9).
template <int kXlen>
std::optional<uint64_t> RiscvCore<kXlen>::pending_interrupt() const {
  const uint64_t enabled = mip_ & mie_;
  if (enabled == 0) return std::nullopt;
  const bool machine = privilege_ != Privilege::kMachine || mie_bit_;
  const bool supervisor =
      privilege_ == Privilege::kUser || (privilege_ == Privilege::kSupervisor && sie_bit_);
  uint64_t pending = machine ? enabled & ~mideleg_ : 0;
  if (pending == 0 && supervisor) pending = enabled & mideleg_;
  for (const auto bit :
       {InterruptBit::kMachineExternal, InterruptBit::kMachineSoftware, InterruptBit::kMachineTimer,
        InterruptBit::kSupervisorExternal, InterruptBit::kSupervisorSoftware, InterruptBit::kSupervisorTimer})
    if ((pending >> static_cast<unsigned>(bit)) & 1) return static_cast<uint64_t>(bit);
  return std::nullopt;
}

template <int kXlen>
void RiscvCore<kXlen>::update_limit() {
  // An instruction takes at least a cycle: the instruction limit cannot be passed before this many cycles.
  const uint64_t left = config_.max_instructions - std::min(config_.max_instructions, instret_);
  limit_ = std::min(port_limit_, left > ~uint64_t{0} - cycles_ ? ~uint64_t{0} : cycles_ + left);
}

/// A checking transfer has reached pc_: synchronises when it is time, takes a pending interrupt.
template <int kXlen>
auto RiscvCore<kXlen>::check() -> Step {
  in_flight_ = nullptr;
  if (instret_ >= config_.max_instructions) {
    outcome_ = Outcome::kInstructionLimit;
    return Step::kStop;
  }
  if (cycles_ >= port_limit_) {
    port_.synchronise(cycles_);
    if (port_.stopping()) {
      outcome_ = Outcome::kStopped;
      return Step::kStop;
    }
    port_limit_ = port_.run_ahead_limit(cycles_);
  }
  if (flush_pending_) flush_blocks();
  update_limit();
  if (const auto interrupt = pending_interrupt()) return take_trap(*interrupt, true, pc_, 0);
  return Step::kEnter;
}

template <int kXlen>
bool RiscvCore<kXlen>::executable(uint64_t pc) {
  uint32_t word = 0;
  uint32_t region = 0;
  code_.paged = false;  // the caller asks for M mode; the next block sets it anew
  code_.privilege = Privilege::kMachine;
  return fetch(pc, word, region) != 0;
}

template <int kXlen>
auto RiscvCore<kXlen>::raise(const Block& block, uint32_t index, TrapCause cause, uint64_t tval) -> Step {
  const BlockInstruction& at = block.instructions[index];
  leave_before(block, index);
  // It was fetched although it did not retire.
  const uint64_t lines = at.after.fetch_lines - static_cast<uint64_t>(at.before.fetch_lines);
  base_.fetch_lines += lines;
  if (block.region < region_accounts_.size()) region_accounts_[block.region].fetch_lines += lines;
  trap_block_ = &block;
  trap_index_ = index;
  const Step step = take_trap(static_cast<uint64_t>(cause), false, at.pc, tval);
  trap_block_ = nullptr;
  return step;
}

template <int kXlen>
auto RiscvCore<kXlen>::take_trap(uint64_t cause, bool interrupt, uint64_t pc, uint64_t tval) -> Step {
  const uint64_t delegated = interrupt ? mideleg_ : medeleg_;
  const bool to_supervisor = privilege_ != Privilege::kMachine && (delegated >> cause & 1) != 0;
  const Privilege target = to_supervisor ? Privilege::kSupervisor : Privilege::kMachine;
  const Unsigned tvec = to_supervisor ? stvec_ : mtvec_;
  const uint64_t base = tvec & ~Unsigned{3};
  const bool vectored = (tvec & 3) == 1;
  const auto vector = static_cast<Unsigned>(base + (vectored && interrupt ? 4 * cause : 0));
  // A vector of S mode that cannot be fetched is an exception like any other.
  const bool is_executable = to_supervisor || executable(vector);
  const bool recursive = !interrupt && privilege_ == target && pc == vector;
  if (!is_executable || recursive) {
    FirmwareTrap trap;
    trap.cause = cause;
    trap.interrupt = interrupt;
    trap.pc = pc;
    trap.tval = static_cast<Unsigned>(tval);
    trap.vector = vector;
    trap.vector_executable = is_executable;
    trap.jump_source = last_jump(trap_block_, trap_index_);
    for (unsigned i = 0; i < 32; ++i) trap.registers[i] = x_[i];
    trap.last_instructions = last_instructions(kInstructionsKept);
    firmware_trap_ = std::move(trap);
    outcome_ = Outcome::kFirmwareTrap;
    return Step::kStop;
  }
  port_.trapped(
      {cycles_, cause, interrupt, pc, static_cast<Unsigned>(tval), interrupt && returned_at_ == instret_});
  observed_.reset();
  (to_supervisor ? sepc_ : mepc_) = static_cast<Unsigned>(pc);
  (to_supervisor ? scause_ : mcause_) =
      static_cast<Unsigned>(cause) | (interrupt ? Unsigned{1} << (kXlen - 1) : Unsigned{0});
  (to_supervisor ? stval_ : mtval_) = static_cast<Unsigned>(tval);
  if (to_supervisor) {
    spie_bit_ = sie_bit_;
    sie_bit_ = false;
    spp_ = privilege_ == Privilege::kSupervisor;
  } else {
    mpie_bit_ = mie_bit_;
    mie_bit_ = false;
    mpp_ = privilege_;
  }
  privilege_ = target;
  update_context();
  pc_ = vector;
  cycles_ += timing_.trap_entry;
  base_.stall_cycles += timing_.trap_entry;
  if (!interrupt) return check();
  update_limit();
  return Step::kEnter;
}

template <int kXlen>
auto RiscvCore<kXlen>::environment_call(const Block& block, uint32_t index, Instruction id) -> Step {
  if (id == Instruction::kEbreak)
    return raise(block, index, TrapCause::kBreakpoint, block.instructions[index].pc);
  return raise(block, index,
               privilege_ == Privilege::kUser         ? TrapCause::kEcallFromU
               : privilege_ == Privilege::kSupervisor ? TrapCause::kEcallFromS
                                                      : TrapCause::kEcallFromM,
               0);
}

template <int kXlen>
auto RiscvCore<kXlen>::trap_return(const Block& block, Exit& exit) -> Step {
  if (privilege_ != Privilege::kMachine)
    return raise(block, exit.source, TrapCause::kIllegalInstruction, block.instructions[exit.source].word);
  leave_by(exit);
  returned_at_ = instret_;
  pc_ = mepc_;
  privilege_ = mpp_;
  if (privilege_ != Privilege::kMachine) mprv_ = false;
  mie_bit_ = mpie_bit_;
  mpie_bit_ = true;
  mpp_ = Privilege::kUser;
  update_context();
  return check();
}

template <int kXlen>
auto RiscvCore<kXlen>::wait_for_interrupt(const Block& block, Exit& exit) -> Step {
  // With S mode, waiting in U mode is illegal whatever TW says.
  const bool allowed =
      privilege_ == Privilege::kMachine || (!tw_ && (privilege_ == Privilege::kSupervisor || !supervisor_));
  if (!allowed)
    return raise(block, exit.source, TrapCause::kIllegalInstruction, block.instructions[exit.source].word);
  leave_by(exit);
  const uint32_t region = block.region;  // the block may be gone after a call
  const auto awake = [this] { return (mip_ & mie_) != 0; };
  port_.synchronise(cycles_);
  if (!port_.stopping() && !awake()) {
    waiting_ = true;
    const uint64_t woken = port_.wait_for_interrupt(cycles_, awake);
    waiting_ = false;
    idle_cycles_ += woken - cycles_;
    cycles_ = woken;
  }
  if (port_.stopping()) {
    outcome_ = Outcome::kStopped;
    return Step::kStop;
  }
  port_limit_ = port_.run_ahead_limit(cycles_);
  if (pending_interrupt() && exit.continues_line) {  // the handler comes between the two uses of the line
    ++base_.fetch_lines;
    ++region_accounts_[region].fetch_lines;
  }
  return check();
}

template class RiscvCore<32>;
template class RiscvCore<64>;

}  // namespace ganglion
