// Where counts go: exits are counted when taken and folded when somebody reads.
#include <algorithm>

#include "platform/cpu/riscv_core.h"

namespace ganglion {

template <int kXlen>
void RiscvCore<kXlen>::book_tally(const BlockTally& tally, uint32_t region, uint64_t times) {
  base_.add(tally, times);
  if (region < region_accounts_.size())
    region_accounts_[region].fetch_lines +=
        times * static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(tally.fetch_lines)));
}

template <int kXlen>
void RiscvCore<kXlen>::record_partial(const Block& block, uint32_t index) {
  Exit& exit = partial_exits_[partial_next_++ % partial_exits_.size()];
  exit = Exit{};
  exit.block = const_cast<Block*>(&block);  // the ring only reads it
  exit.source = index;
  record(&exit);
}

/// Books the instructions of `block` before `index`; that one did not retire.
template <int kXlen>
void RiscvCore<kXlen>::leave_before(const Block& block, uint32_t index) {
  const BlockInstruction& at = block.instructions[index];
  book_tally(at.before, block.region, 1);
  cycles_ += at.before.cycles();
  instret_ += at.before.instructions;
  pc_ = static_cast<Unsigned>(at.pc);
  in_flight_ = nullptr;
  if (index > 0) record_partial(block, index - 1);
}

/// Books the instructions of `block` up to and including `index` and goes on behind it.
template <int kXlen>
void RiscvCore<kXlen>::leave_after(const Block& block, uint32_t index) {
  const BlockInstruction& at = block.instructions[index];
  book_tally(at.after, block.region, 1);
  cycles_ += at.after.cycles();
  instret_ += at.after.instructions;
  pc_ = static_cast<Unsigned>(at.pc + at.length);
  in_flight_ = nullptr;
  record_partial(block, index);
}

/// Counts `exit` as the fast path does.
template <int kXlen>
void RiscvCore<kXlen>::leave_by(Exit& exit) {
  record(&exit);
  ++exit.taken;
  instret_ += exit.instructions;
  cycles_ += exit.cycles;
  pc_ = static_cast<Unsigned>(exit.target_pc);
  in_flight_ = nullptr;
}

template <int kXlen>
void RiscvCore<kXlen>::fold_exits() {
  if (observer_ != nullptr) return fold_last_exit();
  for (Exit& exit : exits_) {
    if (exit.taken == 0) continue;
    book_tally(exit.tally, exit.block->region, exit.taken);
    exit.taken = 0;
  }
}

template <int kXlen>
HartTotals RiscvCore<kXlen>::fold() {
  fold_exits();
  HartTotals totals;
  totals.tally = base_;
  totals.bus_cycles = bus_cycles_;
  totals.idle_cycles = idle_cycles_;
  std::vector<uint64_t> lines;
  for (const RegionAccount& account : region_accounts_) lines.push_back(account.fetch_lines);
  if (in_flight_ != nullptr) {
    totals.tally.add(in_flight_->before);
    // The instruction under way has been fetched.
    const uint64_t fetched =
        static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(in_flight_->after.fetch_lines)));
    totals.tally.fetch_lines += fetched - in_flight_->before.fetch_lines;
    lines[in_flight_region_] += fetched;
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (regions_[i].counters != nullptr)
      regions_[i].counters->fetch_lines += lines[i] - region_accounts_[i].fetch_lines_booked;
    region_accounts_[i].fetch_lines_booked = lines[i];
  }
  const auto loads = totals.tally.classes[static_cast<std::size_t>(InstructionClass::kLoad)];
  const auto stores = totals.tally.classes[static_cast<std::size_t>(InstructionClass::kStore)];
  const uint64_t fast_reads = loads - slow_loads_;
  const uint64_t fast_writes = stores - slow_stores_;
  if (primary_ && regions_[*primary_].counters != nullptr) {
    regions_[*primary_].counters->read_beats += fast_reads - primary_reads_booked_;
    regions_[*primary_].counters->write_beats += fast_writes - primary_writes_booked_;
  }
  primary_reads_booked_ = fast_reads;
  primary_writes_booked_ = fast_writes;
  totals.issued_reads = fast_reads + slow_reads_;
  totals.issued_writes = fast_writes + slow_writes_;
  return totals;
}

template <int kXlen>
uint64_t RiscvCore<kXlen>::cycle() const {
  return cycles_ + (in_flight_ != nullptr ? in_flight_->before.cycles() : 0);
}

template <int kXlen>
uint64_t RiscvCore<kXlen>::instructions() const {
  return instret_ + (in_flight_ != nullptr ? in_flight_->before.instructions : 0);
}

template <int kXlen>
uint64_t RiscvCore<kXlen>::pc() const {
  return in_flight_ != nullptr ? in_flight_->pc : pc_;
}

template <int kXlen>
auto RiscvCore<kXlen>::last_instructions(std::size_t most) const -> std::vector<FirmwareTrap::Executed> {
  std::vector<FirmwareTrap::Executed> latest;  // the newest first
  latest.reserve(most);
  for (uint32_t i = 0; i < kRing && latest.size() < most; ++i) {
    const Exit* exit = ring_[(ring_next_ - 1 - i) % kRing];
    if (exit == nullptr) continue;
    const auto& instructions = exit->block->instructions;
    for (std::size_t k = std::min<std::size_t>(exit->source + 1, instructions.size());
         k-- > 0 && latest.size() < most;)
      latest.push_back({instructions[k].pc, instructions[k].word});
  }
  for (auto old = history_.rbegin(); old != history_.rend() && latest.size() < most; ++old)
    latest.push_back(*old);
  std::reverse(latest.begin(), latest.end());
  return latest;
}

/// Source of the last taken control transfer before instruction `index` of `block`; nullptr: before pc_.
template <int kXlen>
std::optional<uint64_t> RiscvCore<kXlen>::last_jump(const Block* block, uint32_t index) const {
  const auto jump_within = [](const Block& in, uint32_t from) -> std::optional<uint64_t> {
    for (uint32_t k = std::min<uint32_t>(from, static_cast<uint32_t>(in.instructions.size() - 1)); k > 0;
         --k) {
      const BlockInstruction& before = in.instructions[k - 1];
      if (before.pc + before.length != in.instructions[k].pc) return before.pc;
    }
    return std::nullopt;
  };
  uint32_t skip = 0;
  if (block != nullptr) {
    if (const auto found = jump_within(*block, index)) return found;
    skip = index > 0 ? 1 : 0;  // leave_before recorded this very block
  }
  for (uint32_t i = skip; i < kRing; ++i) {
    const Exit* exit = ring_[(ring_next_ - 1 - i) % kRing];
    if (exit == nullptr) break;
    if (exit->transfer) return exit->block->instructions[exit->source].pc;
    if (const auto found = jump_within(*exit->block, exit->source)) return found;
  }
  return std::nullopt;
}

template class RiscvCore<32>;
template class RiscvCore<64>;

}  // namespace ganglion
