// Decoded blocks: how they are found, chained, doubted and forgotten, and which memory holds their code.
#include "platform/cpu/riscv_core.h"

namespace ganglion {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kCodeLineBits = 6;

}  // namespace

template <int kXlen>
Block* RiscvCore<kXlen>::find_or_translate(uint64_t pc) {
  const std::size_t slot = (pc >> 1) % kHashEntries;
  if (hash_[slot].pc == pc) return hash_[slot].block;
  const BlockKey key = block_key(pc);
  Block* block = nullptr;
  const auto found = blocks_.find(key);
  if (found != blocks_.end() && (found->second->epoch == code_epoch_ || is_current(*found->second))) {
    block = found->second.get();
    block->epoch = code_epoch_;
  } else {
    if (found != blocks_.end()) {
      retired_blocks_.push_back(std::move(found->second));
      blocks_.erase(found);
    }
    block = translate(key);
  }
  if (key.faults()) return block;  // the page may be there the next time
  if (hash_[slot].block == nullptr) hashes_[hash_mode_].used.push_back(static_cast<uint16_t>(slot));
  hash_[slot] = {pc, block, block->operations};
  return block;
}

/// Lets `exit` go straight to `target` from now on. On one page both stand or fall together; a way to another
/// page (an instruction on two pages depends on the second as well) holds until translations are forgotten.
template <int kXlen>
void RiscvCore<kXlen>::chain(Exit& exit, Block& target) {
  if (target.key.faults()) return;  // the page may be there the next time
  exit.target = &target;
  exit.target_operations = target.operations;
  const bool by_page = target.key.kind == BlockKey::Kind::kLower &&
                       (target.pc / kPage != exit.block->pc / kPage || target.pc % kPage == kPage - 2);
  (by_page ? chained_across_pages_ : chained_on_page_).push_back(&exit);
}

template <int kXlen>
void RiscvCore<kXlen>::mark_code(uint64_t pc, unsigned bytes) {
  for (const uint64_t virtual_address : {pc, pc + bytes - 1}) {
    const uint64_t address = physical_of_code(virtual_address);
    const auto [lines, fresh] = code_lines_.try_emplace(address >> kPageBits, 0);
    lines->second |= uint64_t{1} << ((address >> kCodeLineBits) & 63);
    if (fresh) protect_code_page(address);
  }
}

/// After fence.i: stores of this hart have been followed all along, but another bus master may have written
/// code as well, so each block is compared with memory before it is entered again.
template <int kXlen>
void RiscvCore<kXlen>::doubt_blocks() {
  if (flush_pending_ || regions_stale_) return flush_blocks();
  for (HashTable& table : hashes_) clear_hash(table);
  unlink(chained_on_page_);
  unlink(chained_across_pages_);
  ++code_epoch_;
}

/// True when memory holds what the block was made from; fetch() looks where block_key() said last.
template <int kXlen>
bool RiscvCore<kXlen>::is_current(const Block& block) {
  const auto same = [this](uint64_t pc, uint32_t word, unsigned length) {
    uint32_t now = 0;
    uint32_t region = 0;
    return fetch(pc, now, region) == length && now == word;
  };
  for (const BlockInstruction& at : block.instructions)
    if (!same(at.pc, at.word, at.length)) return false;
  return block.successor.length == 0 ||
         same(block.successor.pc, block.successor.word, block.successor.length);
}

template <int kXlen>
void RiscvCore<kXlen>::unlink(std::vector<Exit*>& exits) {
  for (Exit* exit : exits) {
    exit->target = nullptr;
    exit->target_operations = &unresolved_;
  }
  exits.clear();
}

template <int kXlen>
void RiscvCore<kXlen>::flush_blocks() {
  fold_exits();
  history_ = last_instructions(kInstructionsKept);
  ring_.fill(nullptr);
  for (HashTable& table : hashes_) clear_hash(table);
  blocks_.clear();
  retired_blocks_.clear();
  constants_.clear();
  code_lines_.clear();
  operations_.clear();
  exits_.clear();
  chained_on_page_.clear();
  chained_across_pages_.clear();
  trap_block_ = nullptr;
  flush_pending_ = false;
  ++generation_;
  if (regions_stale_) renew_regions();
}

template <int kXlen>
void RiscvCore<kXlen>::clear_hash(HashTable& table) {
  for (const uint16_t slot : table.used) table.entries[slot] = HashEntry{};
  table.used.clear();
}

/// Stores to a page that now holds decoded code take the slow path, whatever their virtual address.
template <int kXlen>
void RiscvCore<kXlen>::protect_code_page(uint64_t physical) {
  const auto region = memory_region(physical);
  if (!region || regions_[*region].host == nullptr) return;
  const MemoryRegion& memory = regions_[*region];
  const uintptr_t page = reinterpret_cast<uintptr_t>(memory.host) - memory.first + physical / kPage * kPage;
  const auto protect = [&](DataTlb& tlb) {
    for (DataTlbEntry& entry : tlb)
      if (entry.write_tag != kNoTag && entry.addend + entry.write_tag == page) entry.write_tag = kNoTag;
  };
  protect(tlb_);
  for (unsigned mode = 0; mode < tlbs_.size(); ++mode)
    if (mode != tlb_mode_ && tlb_used_[mode]) protect(tlbs_[mode]);
}

template <int kXlen>
bool RiscvCore<kXlen>::holds_code(uint64_t address, unsigned bytes) const {
  if (code_lines_.empty()) return false;
  for (const uint64_t at : {address, address + bytes - 1}) {
    const auto page = code_lines_.find(at >> kPageBits);
    if (page != code_lines_.end() && ((page->second >> ((at >> 6) & 63)) & 1) != 0) return true;
  }
  return false;
}

template class RiscvCore<32>;
template class RiscvCore<64>;

}  // namespace ganglion
