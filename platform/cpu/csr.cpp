// Control and status registers. A number without a case here does not exist and traps.
#include "platform/cpu/csr_numbers.h"
#include "platform/cpu/riscv_core.h"

namespace ganglion {
namespace {

constexpr uint64_t kMachineInterrupts = 0x888, kAllInterrupts = 0xaaa;

constexpr uint64_t extension(char letter) { return uint64_t{1} << (letter - 'A'); }

uint64_t with_low(uint64_t old, uint64_t low) { return (old & 0xffffffff00000000u) | (low & 0xffffffffu); }
uint64_t with_high(uint64_t old, uint64_t high) { return (old & 0xffffffffu) | high << 32; }

}  // namespace

template <int kXlen>
uint64_t RiscvCore<kXlen>::mstatus() const {
  uint64_t value = uint64_t{mie_bit_} << 3 | uint64_t{mpie_bit_} << 7 | static_cast<uint64_t>(mpp_) << 11 |
                   uint64_t{mprv_} << 17 | uint64_t{tw_} << 21 | supervisor_status();
  if (kXlen == 64) value |= uint64_t{2} << 32 | (supervisor_ ? uint64_t{2} << 34 : 0);  // UXL, SXL: 64
  value |= uint64_t{fs_} << 13;
  if (fs_ == kFloatDirty) value |= uint64_t{1} << (kXlen - 1);  // SD
  return value;
}

template <int kXlen>
void RiscvCore<kXlen>::set_mstatus(uint64_t value) {
  mie_bit_ = (value >> 3 & 1) != 0;
  mpie_bit_ = (value >> 7 & 1) != 0;
  mprv_ = (value >> 17 & 1) != 0;
  tw_ = (value >> 21 & 1) != 0;
  set_float_state(static_cast<unsigned>(value >> 13 & 3));
  const uint64_t mpp = value >> 11 & 3;
  const bool exists = mpp == 0 || mpp == 3 || (mpp == 1 && supervisor_);
  if (exists) mpp_ = static_cast<Privilege>(mpp);  // WARL: another value leaves it as it is
  set_supervisor_status(value);
}

template <int kXlen>
bool RiscvCore<kXlen>::csr_accessible(unsigned number, bool write) const {
  if (write && (number >> 10) == 3) return false;
  if ((number >> 8 & 3) > static_cast<unsigned>(privilege_)) return false;
  if (number <= kFcsr && fs_ == kFloatOff) return false;
  const bool counter =
      (number >= kCycle && number <= kHpmCounter31) || (number >= kCycleHigh && number <= kCycleHigh + 31);
  if (counter && privilege_ != Privilege::kMachine && (mcounteren_ >> (number & 31) & 1) == 0) return false;
  return privileged_csr_accessible(number) && read_csr(number).has_value();
}

template <int kXlen>
std::optional<uint64_t> RiscvCore<kXlen>::read_csr(unsigned number) const {
  const bool high_halves = kXlen == 32;
  if ((number >= kMhpmcounter3 && number <= kMhpmcounter31) ||
      (number >= kMhpmevent3 && number <= kMhpmevent31) ||
      (number >= kHpmCounter3 && number <= kHpmCounter31))
    return 0;
  if (number >= kMhpmcounter3High && number <= kMhpmcounter31High)
    return high_halves ? std::optional<uint64_t>(0) : std::nullopt;
  const auto low = [](uint64_t value) { return static_cast<uint64_t>(static_cast<Unsigned>(value)); };
  const auto high = [&](uint64_t value) {
    return high_halves ? std::optional<uint64_t>(value >> 32) : std::nullopt;
  };
  if (number >= kFflags && number <= kFcsr && !config_.isa.has(InstructionExtension::kF)) return std::nullopt;
  switch (number) {
    case kFflags:
      return fflags_;
    case kFrm:
      return frm_;
    case kFcsr:
      return frm_ << 5 | fflags_;
    case kMstatus:
      return low(mstatus());
    case kMstatusHigh:
      return high(0);
    case kMisa:
      return static_cast<Unsigned>(Unsigned{kXlen == 64 ? 2 : 1} << (kXlen - 2)) | extension('I') |
             extension('M') | extension('A') | extension('C') | extension('U') |
             (config_.isa.has(InstructionExtension::kF) ? extension('F') : 0) |
             (config_.isa.has(InstructionExtension::kD) ? extension('D') : 0) |
             (supervisor_ ? extension('S') : 0);
    case kMie:
      return mie_;
    case kMip:
      return mip_;
    case kMtvec:
      return mtvec_;
    case kMcounteren:
      return mcounteren_;
    case kMcountinhibit:
      return mcountinhibit_;
    case kMscratch:
      return mscratch_;
    case kMepc:
      return mepc_;
    case kMcause:
      return mcause_;
    case kMtval:
      return mtval_;
    case kMcycle:
    case kCycle:
      return low((mcountinhibit_ & 1 ? 0 : cycle()) + mcycle_offset_);
    case kMinstret:
    case kInstret:
      return low((mcountinhibit_ & 4 ? 0 : instructions()) + minstret_offset_);
    case kMcycleHigh:
    case kCycleHigh:
      return high((mcountinhibit_ & 1 ? 0 : cycle()) + mcycle_offset_);
    case kMinstretHigh:
    case kInstretHigh:
      return high((mcountinhibit_ & 4 ? 0 : instructions()) + minstret_offset_);
    case kTime:
      return low(port_.time_value(cycle()));
    case kTimeHigh:
      return high(port_.time_value(cycle()));
    case kMhartid:
      return config_.hart_id;
    case kMvendorid:
    case kMarchid:
    case kMimpid:
    case kMconfigptr:
      return 0;
    default:
      return read_privileged_csr(number);
  }
}

/// False when there is no such CSR. Called after the writing instruction was counted.
template <int kXlen>
bool RiscvCore<kXlen>::write_csr(unsigned number, uint64_t value) {
  const auto counter_base = [&](unsigned bit, uint64_t count) {
    return mcountinhibit_ >> bit & 1 ? 0 : count;
  };
  const uint64_t cycle_base = counter_base(0, cycles_);
  const uint64_t instret_base = counter_base(2, instret_);
  const auto set_counter = [&](uint64_t& offset, uint64_t base, bool high) {
    const uint64_t old = base + offset;
    offset = (kXlen == 64 ? value : high ? with_high(old, value) : with_low(old, value)) - base;
  };
  switch (number) {
    case kFflags:
      set_float_control(static_cast<uint32_t>(value), frm_);
      return true;
    case kFrm:
      set_float_control(fflags_, static_cast<uint32_t>(value));
      return true;
    case kFcsr:
      set_float_control(static_cast<uint32_t>(value), static_cast<uint32_t>(value) >> 5);
      return true;
    case kMstatus:
      set_mstatus(value);
      return true;
    case kMie:
      mie_ = value & (supervisor_ ? kAllInterrupts : kMachineInterrupts);
      return true;
    case kMtvec:
      if ((value & 3) <= 1) mtvec_ = static_cast<Unsigned>(value);
      return true;
    case kMcounteren:
      mcounteren_ = static_cast<uint32_t>(value);
      return true;
    case kMcountinhibit: {
      // An inhibited counter keeps its value in the offset alone.
      const uint32_t next = static_cast<uint32_t>(value) & 5;
      const uint32_t changed = next ^ mcountinhibit_;
      if (changed & 1) mcycle_offset_ += next & 1 ? cycles_ : 0 - cycles_;
      if (changed & 4) minstret_offset_ += next & 4 ? instret_ : 0 - instret_;
      mcountinhibit_ = next;
      return true;
    }
    case kMscratch:
      mscratch_ = static_cast<Unsigned>(value);
      return true;
    case kMepc:
      mepc_ = static_cast<Unsigned>(value) & ~Unsigned{1};
      return true;
    case kMcause:
      mcause_ = static_cast<Unsigned>(value);
      return true;
    case kMtval:
      mtval_ = static_cast<Unsigned>(value);
      return true;
    case kMcycle:
      set_counter(mcycle_offset_, cycle_base, false);
      return true;
    case kMinstret:
      set_counter(minstret_offset_, instret_base, false);
      return true;
    case kMcycleHigh:
      set_counter(mcycle_offset_, cycle_base, true);
      return true;
    case kMinstretHigh:
      set_counter(minstret_offset_, instret_base, true);
      return true;
    default:
      if (write_privileged_csr(number, value)) return true;
      return read_csr(number).has_value();  // read-only zero or WARL fields that keep their value
  }
}

template <int kXlen>
auto RiscvCore<kXlen>::csr_instruction(const Block& block, Exit& exit, Instruction id, unsigned rd,
                                       unsigned rs1) -> Step {
  const auto number = static_cast<unsigned>(exit.link);
  const bool immediate =
      id == Instruction::kCsrrwi || id == Instruction::kCsrrsi || id == Instruction::kCsrrci;
  const bool write_always = id == Instruction::kCsrrw || id == Instruction::kCsrrwi;
  const bool clears = id == Instruction::kCsrrc || id == Instruction::kCsrrci;
  const bool writes = write_always || rs1 != 0;
  if (!csr_accessible(number, writes))
    return raise(block, exit.source, TrapCause::kIllegalInstruction, block.instructions[exit.source].word);

  in_flight_ = &block.instructions[exit.source];
  in_flight_region_ = block.region;
  const uint64_t old = *read_csr(number);
  const uint64_t operand = immediate ? rs1 : x_[rs1];
  leave_by(exit);
  x_[rd] = static_cast<Unsigned>(old);
  if (!writes) return Step::kNext;
  // What sets or clears bits of mip works on the software's SEIP, not on the line (Volume II, 3.1.9).
  constexpr uint64_t kSeip = uint64_t{1} << 9;
  const uint64_t base = number == kMip ? (old & ~kSeip) | (seip_software_ ? kSeip : 0) : old;
  write_csr(number, write_always ? operand : clears ? base & ~operand : base | operand);
  if (cycles_ < limit_ && !pending_interrupt() && !refetch_) return Step::kNext;
  refetch_ = false;
  const uint32_t region = block.region;  // the block may be gone after the check
  const bool continues_line = exit.continues_line;
  const uint64_t vector_before = pc_;
  const Step step = check();
  if (pc_ != vector_before && continues_line) {  // an interrupt came between the two uses of the line
    ++base_.fetch_lines;
    ++region_accounts_[region].fetch_lines;
  }
  return step;
}

template class RiscvCore<32>;
template class RiscvCore<64>;

}  // namespace ganglion
