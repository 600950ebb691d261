// What addresses mean: modes, page tables, PMP, and which blocks and TLB entries are right in a mode.
#include <cstring>

#include "platform/cpu/riscv_core.h"

namespace ganglion {
namespace {

constexpr uint64_t kPage = 4096;

}  // namespace

/// Entries of page tables are read and written as S mode does, without time; for a debugger only read,
/// whatever PMP says.
template <int kXlen>
class RiscvCore<kXlen>::Tables final : public PageTableMemory {
 public:
  Tables(RiscvCore& core, bool for_debugger) : core_(core), for_debugger_(for_debugger) {}

  std::optional<uint64_t> read_entry(uint64_t at) override {
    const auto region = core_.memory_region(at);
    if (!region ||
        !(for_debugger_ || core_.pmp_allows(at, kBytes, AccessKind::kLoad, Privilege::kSupervisor)))
      return std::nullopt;
    const MemoryRegion& memory = core_.regions_[*region];
    uint64_t entry = 0;
    if (memory.host != nullptr) {
      std::memcpy(&entry, memory.host + (at - memory.first), kBytes);
    } else if (!core_.port_.debug_read(at, &entry, kBytes)) {
      return std::nullopt;
    }
    return entry;
  }
  bool write_entry(uint64_t at, uint64_t entry) override {
    if (for_debugger_) return true;
    const auto region = core_.memory_region(at);
    if (!region || !core_.pmp_allows(at, kBytes, AccessKind::kStore, Privilege::kSupervisor)) return false;
    const MemoryRegion& memory = core_.regions_[*region];
    if (core_.holds_code(at, kBytes)) core_.flush_pending_ = true;
    if (memory.host == nullptr) return core_.port_.debug_write(at, &entry, kBytes);
    if (!memory.host_writable) return false;
    std::memcpy(memory.host + (at - memory.first), &entry, kBytes);
    return true;
  }

 private:
  static constexpr unsigned kBytes = 8;
  RiscvCore& core_;
  bool for_debugger_;
};

template <int kXlen>
Translation RiscvCore<kXlen>::page_walk(uint64_t address, AccessKind kind, Privilege privilege) {
  Tables tables(*this, false);
  return translate_sv39(address, kind, {root_table(), privilege, sum_, mxr_}, tables);
}

template <int kXlen>
std::optional<uint64_t> RiscvCore<kXlen>::physical_address(uint64_t address) {
  if (!paged(privilege_)) return static_cast<Unsigned>(address);
  Tables tables(*this, true);
  const Translation found =
      translate_sv39(address, AccessKind::kLoad, {root_table(), Privilege::kSupervisor, true, true}, tables);
  if (found.outcome != Translation::Outcome::kOk) return std::nullopt;
  return found.physical;
}

template <int kXlen>
auto RiscvCore<kXlen>::locate(uint64_t address, unsigned bytes, AccessKind kind) -> Located {
  const auto in_first_beat = 8 - address % 8;
  Located result;
  result.first = address;
  result.second = static_cast<Unsigned>(address + in_first_beat);
  const Privilege privilege = data_privilege();
  if (!supervisor_ || (privilege == Privilege::kMachine && !pmp_.restricts_machine())) return result;

  const bool store = kind == AccessKind::kStore;
  const auto fault = [&](uint64_t at, bool of_page) {
    result.fault = of_page ? (store ? TrapCause::kStorePageFault : TrapCause::kLoadPageFault)
                           : (store ? TrapCause::kStoreAccessFault : TrapCause::kLoadAccessFault);
    result.fault_address = at;
    return result;
  };
  const uint64_t second = result.second;
  const bool two_pages = bytes > in_first_beat && second % kPage == 0;
  if (paged(privilege)) {
    const Translation first = page_walk(address, kind, privilege);
    if (first.outcome != Translation::Outcome::kOk)
      return fault(address, first.outcome == Translation::Outcome::kPageFault);
    result.first = first.physical;
    result.second = first.physical + in_first_beat;
    if (two_pages) {
      const Translation next = page_walk(second, kind, privilege);
      if (next.outcome != Translation::Outcome::kOk)
        return fault(second, next.outcome == Translation::Outcome::kPageFault);
      result.second = next.physical;
    }
  }
  const uint64_t in_first = two_pages ? in_first_beat : bytes;
  if (!pmp_allows(result.first, in_first, kind, privilege)) return fault(address, false);
  if (two_pages && !pmp_allows(result.second, bytes - in_first_beat, kind, privilege))
    return fault(second, false);
  return result;
}

/// Walks the tables for the page(s) of the instruction at `pc`; also says to fetch() where they are.
template <int kXlen>
BlockKey RiscvCore<kXlen>::block_key(uint64_t pc) {
  BlockKey key{pc, pc, 0,
               privilege_ == Privilege::kMachine ? BlockKey::Kind::kMachine : BlockKey::Kind::kLower};
  code_.privilege = privilege_;
  code_.paged = false;
  if (!paged(privilege_)) return key;

  const auto fault = [&](Translation::Outcome outcome, BlockKey::Kind kind) {
    const TrapCause cause = outcome == Translation::Outcome::kPageFault ? TrapCause::kInstructionPageFault
                                                                        : TrapCause::kInstructionAccessFault;
    return BlockKey{pc, 0, static_cast<uint64_t>(cause), kind};
  };
  const Translation first = page_walk(pc, AccessKind::kFetch, privilege_);
  if (first.outcome != Translation::Outcome::kOk) return fault(first.outcome, BlockKey::Kind::kFault);
  key.physical = first.physical;
  code_.pc = pc;
  code_.physical = first.physical;
  code_.second = 0;
  code_.paged = true;
  if (pc % kPage != kPage - 2) return key;

  const uint64_t next_pc = pc + 2;
  uint16_t low = 0;
  const auto region = memory_region(first.physical);
  if (!region) return key;
  const MemoryRegion& memory = regions_[*region];
  if (memory.host != nullptr) {
    std::memcpy(&low, memory.host + (first.physical - memory.first), sizeof low);
  } else if (!port_.debug_read(first.physical, &low, sizeof low)) {
    return key;
  }
  if (!is_long_instruction(low)) return key;
  const Translation second = page_walk(next_pc, AccessKind::kFetch, privilege_);
  if (second.outcome != Translation::Outcome::kOk)
    return fault(second.outcome, BlockKey::Kind::kSecondHalfFault);
  key.second = code_.second = second.physical;
  return key;
}

template <int kXlen>
unsigned RiscvCore<kXlen>::fetch(uint64_t pc, uint32_t& word, uint32_t& region) {
  const auto half_at = [this](uint64_t virtual_address, uint16_t& half, uint32_t& index) {
    const uint64_t address = physical_of_code(virtual_address);
    if (!pmp_allows(address, 2, AccessKind::kFetch, code_.privilege)) return false;
    const auto found = memory_region(address);
    if (!found || !regions_[*found].contains(address, 2)) return false;
    index = *found;
    const MemoryRegion& memory = regions_[index];
    if (memory.host == nullptr) return port_.debug_read(address, &half, 2);
    std::memcpy(&half, memory.host + (address - memory.first), 2);
    return true;
  };
  uint16_t low = 0;
  uint16_t high = 0;
  if (!half_at(pc, low, region)) return 0;
  word = low;
  if (!is_long_instruction(low)) return 2;
  uint32_t second_region = 0;
  if (!half_at(static_cast<Unsigned>(pc + 2), high, second_region)) return 0;
  word |= static_cast<uint32_t>(high) << 16;
  return 4;
}

template <int kXlen>
void RiscvCore<kXlen>::update_context() {
  const auto mode_of = [](Privilege privilege) {
    return privilege == Privilege::kMachine ? 0u : privilege == Privilege::kSupervisor ? 1u : 2u;
  };
  hash_mode_ = mode_of(privilege_);
  hash_ = hashes_[hash_mode_].entries.data();
  const unsigned data_mode = mode_of(data_privilege());
  const unsigned tlb_mode = data_mode == 1 && sum_ ? 3 : data_mode;
  if (tlb_mode == tlb_mode_) return;
  tlbs_[tlb_mode_] = tlb_;
  tlb_ = tlbs_[tlb_mode];
  tlb_mode_ = tlb_mode;
}

/// Translations of S and U mode are walked for again.
template <int kXlen>
void RiscvCore<kXlen>::forget_translations() {
  for (unsigned mode = 1; mode < tlbs_.size(); ++mode) {
    if (!tlb_used_[mode]) continue;
    tlb_used_[mode] = false;
    (mode == tlb_mode_ ? tlb_ : tlbs_[mode]).fill(DataTlbEntry{});
  }
  clear_hash(hashes_[1]);
  clear_hash(hashes_[2]);
  unlink(chained_across_pages_);
}

template <int kXlen>
void RiscvCore<kXlen>::clear_data_tlbs() {
  tlb_.fill(DataTlbEntry{});
  for (DataTlb& tlb : tlbs_) tlb.fill(DataTlbEntry{});
  tlb_used_.fill(false);
}

template class RiscvCore<32>;
template class RiscvCore<64>;

}  // namespace ganglion
