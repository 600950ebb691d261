// CSRs of supervisor mode, delegation, PMP and Sstc; sret and sfence.vma.
#include "platform/cpu/csr_numbers.h"
#include "platform/cpu/riscv_core.h"

namespace ganglion {
namespace {

constexpr uint64_t kSsip = 1u << 1, kStip = 1u << 5, kSeip = 1u << 9;
constexpr uint64_t kDelegableInterrupts = kSsip | kStip | kSeip;
constexpr uint64_t kDelegableExceptions = 0xb3ff;  // all but ecall from M mode
constexpr uint64_t kFiom = 1, kStce = uint64_t{1} << 63;
constexpr unsigned kTimeBit = 1;
// SIE SPIE UBE SPP VS FS XS SUM MXR; UXL and SD are added by XLEN.
constexpr uint64_t kSstatusFields = 0xde762;
constexpr unsigned kConfigsInRegister = 4;

uint64_t with_low(uint64_t old, uint64_t low) { return (old & 0xffffffff00000000u) | (low & 0xffffffffu); }
uint64_t with_high(uint64_t old, uint64_t high) { return (old & 0xffffffffu) | high << 32; }

}  // namespace

template <int kXlen>
uint64_t RiscvCore<kXlen>::supervisor_status() const {
  return uint64_t{sie_bit_} << 1 | uint64_t{spie_bit_} << 5 | uint64_t{spp_} << 8 | uint64_t{sum_} << 18 |
         uint64_t{mxr_} << 19 | uint64_t{tvm_} << 20 | uint64_t{tsr_} << 22;
}

/// The fields of mstatus that S mode brings; after the others, so that the context fits all of them.
template <int kXlen>
void RiscvCore<kXlen>::set_supervisor_status(uint64_t value) {
  if (!supervisor_) return update_context();
  const auto bit = [value](unsigned number) { return (value >> number & 1) != 0; };
  sie_bit_ = bit(1);
  spie_bit_ = bit(5);
  spp_ = bit(8);
  sum_ = bit(18);
  tvm_ = bit(20);
  tsr_ = bit(22);
  if (mxr_ != bit(19)) forget_translations();
  mxr_ = bit(19);
  update_context();
}

template <int kXlen>
void RiscvCore<kXlen>::reset_privileged() {
  sie_bit_ = spie_bit_ = spp_ = sum_ = mxr_ = tvm_ = tsr_ = false;
  stvec_ = sepc_ = scause_ = stval_ = sscratch_ = 0;
  satp_ = medeleg_ = mideleg_ = menvcfg_ = senvcfg_ = 0;
  stimecmp_ = ~uint64_t{0};
  scounteren_ = 0;
  seip_software_ = stip_line_ = stip_software_ = refetch_ = false;
  pmp_.reset();
  update_pending();
  update_context();
}

/// mip.SEIP and mip.STIP from what makes them.
template <int kXlen>
void RiscvCore<kXlen>::update_pending() {
  if (!supervisor_) return;
  const bool timer = (menvcfg_ & kStce) != 0 ? stip_line_ : stip_software_;
  mip_ = (mip_ & ~(kSeip | kStip)) | (seip_line_ || seip_software_ ? kSeip : 0) | (timer ? kStip : 0);
}

template <int kXlen>
bool RiscvCore<kXlen>::privileged_csr_accessible(unsigned number) const {
  const bool counter =
      (number >= kCycle && number <= kHpmCounter31) || (number >= kCycleHigh && number <= kHpmCounter31High);
  if (counter)
    return !supervisor_ || privilege_ != Privilege::kUser || (scounteren_ >> (number & 31) & 1) != 0;
  if (privilege_ != Privilege::kSupervisor) return true;
  if (number == kSatp) return !tvm_;
  if (number == kStimecmp || number == kStimecmpHigh)
    return (menvcfg_ & kStce) != 0 && (mcounteren_ >> kTimeBit & 1) != 0;
  return true;
}

template <int kXlen>
std::optional<uint64_t> RiscvCore<kXlen>::read_privileged_csr(unsigned number) const {
  if (!supervisor_) return std::nullopt;
  const auto high = [](uint64_t value) {
    return kXlen == 32 ? std::optional<uint64_t>(value >> 32) : std::nullopt;
  };
  const auto low = [](uint64_t value) { return static_cast<uint64_t>(static_cast<Unsigned>(value)); };
  if (number >= kPmpaddr0 && number <= kPmpaddr15) return low(pmp_.address(number - kPmpaddr0));
  if (number >= kPmpcfg0 && number <= kPmpcfg3) {
    if (kXlen == 64 && number % 2 != 0) return std::nullopt;
    uint64_t value = 0;
    for (unsigned i = 0; i < kXlen / 8; ++i)
      value |= uint64_t{pmp_.config((number - kPmpcfg0) * kConfigsInRegister + i)} << 8 * i;
    return value;
  }
  switch (number) {
    case kSstatus: {
      constexpr uint64_t kUxl = kXlen == 64 ? uint64_t{3} << 32 : 0;
      constexpr uint64_t kSd = uint64_t{1} << (kXlen - 1);
      return mstatus() & (kSstatusFields | kUxl | kSd);
    }
    case kSie:
      return mie_ & mideleg_;
    case kSip:
      return mip_ & mideleg_;
    case kStvec:
      return stvec_;
    case kScounteren:
      return scounteren_;
    case kSenvcfg:
      return senvcfg_;
    case kSscratch:
      return sscratch_;
    case kSepc:
      return sepc_;
    case kScause:
      return scause_;
    case kStval:
      return stval_;
    case kSatp:
      return satp_;
    case kStimecmp:
      return low(stimecmp_);
    case kStimecmpHigh:
      return high(stimecmp_);
    case kMedeleg:
      return medeleg_;
    case kMideleg:
      return mideleg_;
    case kMenvcfg:
      return low(menvcfg_);
    case kMenvcfgHigh:
      return high(menvcfg_);
    default:
      return std::nullopt;
  }
}

/// False when there is no such CSR here.
template <int kXlen>
bool RiscvCore<kXlen>::write_privileged_csr(unsigned number, uint64_t value) {
  if (!supervisor_) return false;
  const auto merge = [value](uint64_t old, bool upper) {
    return kXlen == 64 ? value : upper ? with_high(old, value) : with_low(old, value);
  };
  if (number >= kPmpaddr0 && number <= kPmpaddr15) {
    if (pmp_.set_address(number - kPmpaddr0, value)) {
      clear_data_tlbs();
      flush_pending_ = refetch_ = true;
    }
    return true;
  }
  if (number >= kPmpcfg0 && number <= kPmpcfg3) {
    bool changed = false;
    for (unsigned i = 0; i < kXlen / 8; ++i)
      changed |=
          pmp_.set_config((number - kPmpcfg0) * kConfigsInRegister + i, static_cast<uint8_t>(value >> 8 * i));
    if (changed) {
      clear_data_tlbs();
      flush_pending_ = refetch_ = true;
    }
    return true;
  }
  switch (number) {
    case kSstatus:
      set_mstatus((mstatus() & ~kSstatusFields) | (value & kSstatusFields));
      return true;
    case kSie:
      mie_ = (mie_ & ~mideleg_) | (value & mideleg_);
      return true;
    case kSip: {
      const uint64_t writable = mideleg_ & kSsip;
      mip_ = (mip_ & ~writable) | (value & writable);
      return true;
    }
    case kMip:
      mip_ = (mip_ & ~kSsip) | (value & kSsip);
      seip_software_ = (value & kSeip) != 0;
      if ((menvcfg_ & kStce) == 0) stip_software_ = (value & kStip) != 0;
      update_pending();
      return true;
    case kStvec:
      if ((value & 3) <= 1) stvec_ = static_cast<Unsigned>(value);
      return true;
    case kScounteren:
      scounteren_ = static_cast<uint32_t>(value);
      return true;
    case kSenvcfg:
      senvcfg_ = value & kFiom;
      return true;
    case kSscratch:
      sscratch_ = static_cast<Unsigned>(value);
      return true;
    case kSepc:
      sepc_ = static_cast<Unsigned>(value) & ~Unsigned{1};
      return true;
    case kScause:
      scause_ = static_cast<Unsigned>(value);
      return true;
    case kStval:
      stval_ = static_cast<Unsigned>(value);
      return true;
    case kSatp: {
      const bool supported = kXlen == 64 ? value >> 60 == 0 || value >> 60 == 8 : value >> 31 == 0;
      if (!supported || value == satp_) return true;
      satp_ = value;
      forget_translations();
      refetch_ = true;
      return true;
    }
    case kStimecmp:
    case kStimecmpHigh:
      stimecmp_ = merge(stimecmp_, number == kStimecmpHigh);
      port_.synchronise(cycles_);
      port_.supervisor_timer(stimecmp_);
      port_limit_ = cycles_;  // something may happen earlier now: a checking transfer
      refetch_ = true;
      return true;
    case kMedeleg:
      medeleg_ = value & kDelegableExceptions;
      return true;
    case kMideleg:
      mideleg_ = value & kDelegableInterrupts;
      return true;
    case kMenvcfg:
    case kMenvcfgHigh:
      menvcfg_ = merge(menvcfg_, number == kMenvcfgHigh) & (kFiom | kStce);
      update_pending();
      return true;
    default:
      return false;
  }
}

template <int kXlen>
auto RiscvCore<kXlen>::supervisor_return(const Block& block, Exit& exit) -> Step {
  const bool here = privilege_ == Privilege::kMachine || (privilege_ == Privilege::kSupervisor && !tsr_);
  if (!here)
    return raise(block, exit.source, TrapCause::kIllegalInstruction, block.instructions[exit.source].word);
  leave_by(exit);
  returned_at_ = instret_;
  pc_ = sepc_;
  privilege_ = spp_ ? Privilege::kSupervisor : Privilege::kUser;
  mprv_ = false;
  sie_bit_ = spie_bit_;
  spie_bit_ = true;
  spp_ = false;
  update_context();
  return check();
}

/// Forgets every translation, whatever the operands: allowed, and rarely worth more.
template <int kXlen>
auto RiscvCore<kXlen>::sfence_vma(const Block& block, Exit& exit) -> Step {
  const bool here = privilege_ == Privilege::kMachine || (privilege_ == Privilege::kSupervisor && !tvm_);
  if (!here)
    return raise(block, exit.source, TrapCause::kIllegalInstruction, block.instructions[exit.source].word);
  leave_by(exit);
  forget_translations();
  return Step::kEnter;
}

template class RiscvCore<32>;
template class RiscvCore<64>;

}  // namespace ganglion
