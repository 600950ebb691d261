// What loads, stores and atomics do when the data TLB does not serve them.
#include <algorithm>
#include <cstring>

#include "platform/cpu/hart_debugger.h"
#include "platform/cpu/riscv_core.h"

namespace ganglion {
namespace {

constexpr uint64_t kBeat = 8;

unsigned width_of(Instruction id) {
  switch (id) {
    case Instruction::kLb:
    case Instruction::kLbu:
    case Instruction::kSb:
      return 1;
    case Instruction::kLh:
    case Instruction::kLhu:
    case Instruction::kSh:
      return 2;
    case Instruction::kLw:
    case Instruction::kLwu:
    case Instruction::kSw:
    case Instruction::kFlw:
    case Instruction::kFsw:
      return 4;
    default:
      return 8;
  }
}

uint64_t extend(Instruction id, uint64_t raw) {
  switch (id) {
    case Instruction::kLb:
      return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int8_t>(raw)));
    case Instruction::kLh:
      return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int16_t>(raw)));
    case Instruction::kLw:
      return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(raw)));
    default:
      return raw;
  }
}

/// Memory cycles that the block's tally holds for the instruction.
uint32_t memory_cycles_of(const Block& block, uint32_t index) {
  const BlockInstruction& at = block.instructions[index];
  return at.after.memory_cycles - at.before.memory_cycles;
}

/// The value an AMO writes; operands are zero-extended for .w.
uint64_t combine(Instruction id, uint64_t memory, uint64_t operand) {
  const auto sm32 = static_cast<int32_t>(memory), so32 = static_cast<int32_t>(operand);
  const auto sm = static_cast<int64_t>(memory), so = static_cast<int64_t>(operand);
  switch (id) {
    case Instruction::kAmoswapW:
    case Instruction::kAmoswapD:
      return operand;
    case Instruction::kAmoaddW:
    case Instruction::kAmoaddD:
      return memory + operand;
    case Instruction::kAmoxorW:
    case Instruction::kAmoxorD:
      return memory ^ operand;
    case Instruction::kAmoandW:
    case Instruction::kAmoandD:
      return memory & operand;
    case Instruction::kAmoorW:
    case Instruction::kAmoorD:
      return memory | operand;
    case Instruction::kAmominW:
      return sm32 < so32 ? memory : operand;
    case Instruction::kAmomaxW:
      return sm32 > so32 ? memory : operand;
    case Instruction::kAmominD:
      return sm < so ? memory : operand;
    case Instruction::kAmomaxD:
      return sm > so ? memory : operand;
    case Instruction::kAmominuW:
    case Instruction::kAmominuD:
      return std::min(memory, operand);
    case Instruction::kAmomaxuW:
    case Instruction::kAmomaxuD:
      return std::max(memory, operand);
    default:
      return memory;
  }
}

}  // namespace

template <int kXlen>
std::optional<uint32_t> RiscvCore<kXlen>::memory_region(uint64_t address) {
  if (last_region_ < regions_.size() && regions_[last_region_].contains(address)) return last_region_;
  for (uint32_t i = 0; i < regions_.size(); ++i)
    if (regions_[i].contains(address)) return last_region_ = i;
  MemoryRegion region = port_.probe(address);
  if (!region.is_memory) return std::nullopt;
  if (!config_.use_dmi) region.host = nullptr;
  regions_.push_back(region);
  region_accounts_.emplace_back();
  return static_cast<uint32_t>(regions_.size() - 1);
}

template <int kXlen>
bool RiscvCore<kXlen>::access_piece(uint64_t address, uint8_t* data, unsigned bytes, bool write, uint64_t now,
                                    Access& result) {
  const auto index = memory_region(address);
  if (index) {
    result.region = *index;
    const MemoryRegion& region = regions_[*index];
    if (!region.contains(address, bytes)) return false;
    if (region.host != nullptr && (!write || region.host_writable)) {
      uint8_t* const host = region.host + (address - region.first);
      if (write) {
        std::memcpy(host, data, bytes);
      } else {
        std::memcpy(data, host, bytes);
      }
      result.cycles += write ? region.write_cycles : region.read_cycles;
      if (region.counters != nullptr) ++(write ? region.counters->write_beats : region.counters->read_beats);
      ++(write ? slow_writes_ : slow_reads_);
      return true;
    }
  } else {
    result.device = true;
    port_.synchronise(now);
    if (port_.stopping()) {
      result.stopped = true;
      return false;
    }
  }
  const BusResult bus =
      write ? port_.write(address, data, bytes, now) : port_.read(address, data, bytes, now);
  if (!bus.ok) return false;
  result.cycles += bus.cycles;
  ++(write ? slow_writes_ : slow_reads_);
  return true;
}

template <int kXlen>
auto RiscvCore<kXlen>::access(uint64_t address, uint64_t second, void* data, unsigned bytes, bool write,
                              uint64_t now) -> Access {
  Access result;
  auto* const bytes_at = static_cast<uint8_t*>(data);
  const auto in_first_beat = static_cast<unsigned>(std::min<uint64_t>(bytes, kBeat - address % kBeat));
  if (in_first_beat == bytes) {
    result.ok = access_piece(address, bytes_at, bytes, write, now, result);
    return result;
  }
  result.pieces = 2;
  // Both halves must be memory before the first one is written: the trap must find nothing changed.
  const auto other = memory_region(second);
  if (!memory_region(address) || !other || !regions_[*other].contains(second, bytes - in_first_beat))
    return result;
  result.ok = access_piece(address, bytes_at, in_first_beat, write, now, result) &&
              access_piece(second, bytes_at + in_first_beat, bytes - in_first_beat, write, now, result);
  return result;
}

template <int kXlen>
void RiscvCore<kXlen>::refill_tlb(uint64_t address, uint64_t physical, uint32_t index, bool write) {
  const MemoryRegion& region = regions_[index];
  if (region.host == nullptr) return;
  if (!primary_ && region.host_writable) {
    primary_ = index;
    if (region.read_cycles != 0 || region.write_cycles != 0) {
      static_read_cycles_ = region.read_cycles;
      static_write_cycles_ = region.write_cycles;
      flush_pending_ = true;  // the blocks so far were translated without that latency
      return;
    }
  }
  if (primary_ != index || (debugger_ != nullptr && debugger_->watches_page(address))) return;
  constexpr uint64_t kPage = uint64_t{1} << kPageBits;
  const uint64_t page = address & ~(kPage - 1);
  const uint64_t physical_page = physical & ~(kPage - 1);
  if (!region.contains(physical_page, kPage)) return;
  if (!pmp_allows(physical_page, kPage, write ? AccessKind::kStore : AccessKind::kLoad, data_privilege()))
    return;
  DataTlbEntry& entry = tlb_[(address >> kPageBits) % kTlbEntries];
  const auto tag = static_cast<Unsigned>(page);
  const uintptr_t addend = reinterpret_cast<uintptr_t>(region.host) - region.first + physical_page - page;
  if (entry.addend != addend || (entry.read_tag != tag && entry.write_tag != tag)) entry = DataTlbEntry{};
  entry.addend = addend;
  tlb_used_[tlb_mode_] = true;
  if (!write) entry.read_tag = tag;
  if (write && region.host_writable && code_lines_.find(physical >> kPageBits) == code_lines_.end())
    entry.write_tag = tag;
}

/// After a completed access: its cycles, and for devices the checking transfer.
template <int kXlen>
auto RiscvCore<kXlen>::finish_access(const Block& block, uint32_t index, const Access& result,
                                     uint32_t static_cycles) -> Step {
  cycles_ += result.cycles - static_cast<uint64_t>(static_cycles);
  base_.memory_cycles -= static_cycles;
  (result.device ? bus_cycles_ : base_.memory_cycles) += result.cycles;
  if (result.pieces > 1) {
    cycles_ += timing_.misaligned;
    base_.stall_cycles += timing_.misaligned;
  }
  if (result.device) {
    // The device may have changed what happens next.
    port_limit_ = port_.run_ahead_limit(cycles_ + block.instructions[index].after.cycles());
    update_limit();
    const bool stopping = port_.stopping();
    if (stopping || pending_interrupt()) {
      leave_after(block, index);
      if (!stopping) return check();
      outcome_ = Outcome::kStopped;
      return Step::kStop;
    }
  }
  if (flush_pending_) {
    leave_after(block, index);
    const BlockInstruction& at = block.instructions[index];
    // The next block would book the line it starts in again.
    if ((at.pc + at.length) >> 5 == (at.pc + at.length - 1) >> 5)
      --region_accounts_[block.region].fetch_lines;
    flush_blocks();
    return Step::kEnter;
  }
  in_flight_ = nullptr;
  return Step::kNext;
}

template <int kXlen>
auto RiscvCore<kXlen>::load_slow(const Block& block, const Operation& operation, Unsigned address,
                                 Instruction id) -> Step {
  const uint32_t index = index_of(block, operation);
  const unsigned bytes = width_of(id);
  const bool misaligned = address % bytes != 0;
  if (misaligned && !config_.misaligned_access)
    return raise(block, index, TrapCause::kLoadMisaligned, address);
  const Located at = locate(address, bytes, AccessKind::kLoad);
  if (at.fault) return raise(block, index, *at.fault, at.fault_address);
  if (misaligned && !memory_region(at.first)) return raise(block, index, TrapCause::kLoadMisaligned, address);
  if (debugger_ != nullptr && debug_watch(block, index, address, bytes, {true, false})) return Step::kEnter;
  in_flight_ = &block.instructions[index];
  in_flight_region_ = block.region;
  uint64_t raw = 0;
  const Access result =
      access(at.first, at.second, &raw, bytes, false, cycles_ + in_flight_->before.cycles());
  if (result.stopped) {
    leave_before(block, index);
    outcome_ = Outcome::kStopped;
    return Step::kStop;
  }
  if (!result.ok) return raise(block, index, TrapCause::kLoadAccessFault, address);
  write_loaded(operation, id, extend(id, raw));
  ++slow_loads_;
  if (!result.device && !misaligned) refill_tlb(address, at.first, result.region, false);
  return finish_access(block, index, result, memory_cycles_of(block, index));
}

template <int kXlen>
auto RiscvCore<kXlen>::store_slow(const Block& block, const Operation& operation, Unsigned address,
                                  Instruction id) -> Step {
  const uint32_t index = index_of(block, operation);
  const unsigned bytes = width_of(id);
  const bool misaligned = address % bytes != 0;
  if (misaligned && !config_.misaligned_access)
    return raise(block, index, TrapCause::kStoreMisaligned, address);
  const Located at = locate(address, bytes, AccessKind::kStore);
  if (at.fault) return raise(block, index, *at.fault, at.fault_address);
  if (misaligned && !memory_region(at.first))
    return raise(block, index, TrapCause::kStoreMisaligned, address);
  if (debugger_ != nullptr && debug_watch(block, index, address, bytes, {false, true})) return Step::kEnter;
  in_flight_ = &block.instructions[index];
  in_flight_region_ = block.region;
  uint64_t value = stored_value(operation, id);
  const Access result =
      access(at.first, at.second, &value, bytes, true, cycles_ + in_flight_->before.cycles());
  if (result.stopped) {
    leave_before(block, index);
    outcome_ = Outcome::kStopped;
    return Step::kStop;
  }
  if (!result.ok) return raise(block, index, TrapCause::kStoreAccessFault, address);
  ++slow_stores_;
  if (!result.device &&
      (holds_code(at.first, 1) || holds_code(result.pieces > 1 ? at.second : at.first, bytes)))
    flush_pending_ = true;
  if (!result.device && !misaligned) refill_tlb(address, at.first, result.region, true);
  return finish_access(block, index, result, memory_cycles_of(block, index));
}

template <int kXlen>
auto RiscvCore<kXlen>::amo(const Block& block, const Operation& operation, Instruction id) -> Step {
  const uint32_t index = index_of(block, operation);
  const unsigned bytes = id >= Instruction::kLrD && id <= Instruction::kAmomaxuD ? 8 : 4;
  const bool load_reserved = id == Instruction::kLrW || id == Instruction::kLrD;
  const bool conditional = id == Instruction::kScW || id == Instruction::kScD;
  const Unsigned address = x_[operation.rs1];
  if (address % bytes != 0)
    return raise(block, index, load_reserved ? TrapCause::kLoadMisaligned : TrapCause::kStoreMisaligned,
                 address);
  const bool writes = conditional ? reservation_ == address : !load_reserved;
  Located at;
  if (!conditional || writes)
    at = locate(address, bytes, load_reserved ? AccessKind::kLoad : AccessKind::kStore);
  if (at.fault) return raise(block, index, *at.fault, at.fault_address);
  if (debugger_ != nullptr && debug_watch(block, index, address, bytes, {!conditional, writes}))
    return Step::kEnter;
  in_flight_ = &block.instructions[index];
  in_flight_region_ = block.region;
  const uint64_t now = cycles_ + in_flight_->before.cycles();
  const auto sign = [&](uint64_t raw) {
    return static_cast<Unsigned>(
        bytes == 4 ? static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(raw))) : raw);
  };
  Access total;
  total.ok = true;
  const auto transfer = [&](uint64_t& data, bool write) {
    const Access one = access(at.first, at.first, &data, bytes, write, now);
    total.ok = one.ok;
    total.stopped = one.stopped;
    total.device = total.device || one.device;
    total.cycles += one.cycles;
    total.region = one.region;
    return one.ok;
  };

  uint64_t memory = 0;
  uint64_t operand = x_[operation.rs2];
  if (bytes == 4) operand = static_cast<uint32_t>(operand);
  bool wrote = false;
  if (load_reserved) {
    if (transfer(memory, false)) {
      reservation_ = address;
      x_[operation.rd] = sign(memory);
    }
  } else if (conditional) {
    const bool success = reservation_ == address;
    reservation_.reset();
    if (success) wrote = transfer(operand, true);
    if (total.ok) x_[operation.rd] = success ? 0 : 1;
  } else if (transfer(memory, false)) {
    uint64_t result = combine(id, memory, operand);
    wrote = transfer(result, true);
    if (wrote) x_[operation.rd] = sign(memory);
  }
  if (total.stopped) {
    leave_before(block, index);
    outcome_ = Outcome::kStopped;
    return Step::kStop;
  }
  if (!total.ok)
    return raise(block, index, load_reserved ? TrapCause::kLoadAccessFault : TrapCause::kStoreAccessFault,
                 address);
  if (wrote && !total.device && holds_code(at.first, bytes)) flush_pending_ = true;
  return finish_access(block, index, total, 0);
}

template <int kXlen>
void RiscvCore<kXlen>::invalidate_regions(uint64_t first, uint64_t last) {
  for (const MemoryRegion& region : regions_) {
    if (region.first > last || first > region.last) continue;
    clear_data_tlbs();
    regions_stale_ = flush_pending_ = true;
  }
}

/// Asks for all known regions again; only at block borders, because static cycles change.
template <int kXlen>
void RiscvCore<kXlen>::renew_regions() {
  regions_stale_ = false;
  for (MemoryRegion& region : regions_) {
    MemoryRegion now = port_.probe(region.first);
    if (!config_.use_dmi) now.host = nullptr;
    const bool same_range = now.is_memory && now.first == region.first && now.last == region.last;
    region.host = same_range ? now.host : nullptr;
    if (!same_range) continue;
    region.host_writable = now.host_writable;
    region.read_cycles = now.read_cycles;
    region.write_cycles = now.write_cycles;
  }
  if (primary_) {
    const bool direct = regions_[*primary_].host != nullptr;
    static_read_cycles_ = direct ? regions_[*primary_].read_cycles : 0;
    static_write_cycles_ = direct ? regions_[*primary_].write_cycles : 0;
  }
}

template class RiscvCore<32>;
template class RiscvCore<64>;

}  // namespace ganglion
