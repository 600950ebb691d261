// Stops for a debugger. A block that starts where the debugger wants to be asked begins with the operation
// Debug; nothing else of the fast path knows of it.
#include "platform/cpu/hart_debugger.h"
#include "platform/cpu/hart_observer.h"
#include "platform/cpu/riscv_core.h"

namespace ganglion {

template <int kXlen>
void RiscvCore<kXlen>::attach_observer(HartObserver* observer) {
  fold_exits();
  observer_ = observer;
  stops_changed();
}

/// Counts of the exit taken last. While there is an observer no other exit holds any.
template <int kXlen>
void RiscvCore<kXlen>::fold_last_exit() {
  Exit* exit = ring_[(ring_next_ - 1) % kRing];
  if (exit == nullptr || exit->taken == 0) return;
  book_tally(exit->tally, exit->block->region, exit->taken);
  exit->taken = 0;
}

template <int kXlen>
void RiscvCore<kXlen>::observe(const Block& block) {
  const Resumed here{static_cast<Unsigned>(block.pc), instret_};
  fold_last_exit();
  // The block may be translated anew between the debugger's stop and its execution.
  if (observed_ && observed_->pc == here.pc && observed_->instret == here.instret) return;
  observed_ = here;
  const BlockInstruction& at = block.instructions.front();
  observer_->before_instruction(at.word, at.length);
}

template <int kXlen>
void RiscvCore<kXlen>::attach_debugger(HartDebugger* debugger) {
  debugger_ = debugger;
  stops_changed();
}

template <int kXlen>
void RiscvCore<kXlen>::stops_changed() {
  clear_data_tlbs();
  flush_pending_ = true;
}

template <int kXlen>
bool RiscvCore<kXlen>::set_csr(unsigned number, uint64_t value) {
  if (!read_csr(number) || !write_csr(number, value)) return false;
  stops_changed();  // whatever was derived from the old value goes
  return true;
}

template <int kXlen>
bool RiscvCore<kXlen>::debug_stops_at(uint64_t pc) const {
  return observer_ != nullptr || (debugger_ != nullptr && (debugger_->stepping() || debugger_->stops_at(pc)));
}

template <int kXlen>
uint32_t RiscvCore<kXlen>::longest_block() const {
  const bool single = observer_ != nullptr || (debugger_ != nullptr && debugger_->stepping());
  return single ? 1 : config_.block_instructions;
}

/// An access is about to happen. True: a watchpoint is hit, and the hart is before the instruction again,
/// with a block to come that asks the debugger first.
template <int kXlen>
bool RiscvCore<kXlen>::debug_watch(const Block& block, uint32_t index, uint64_t address, unsigned bytes,
                                   WatchedAccess kind) {
  const BlockInstruction at = block.instructions[index];
  const uint64_t instret = instret_ + at.before.instructions;
  if (debug_watched_ && debug_watched_->pc == at.pc && debug_watched_->instret == instret) return false;
  if (!debugger_->accesses(address, bytes, kind.read, kind.write)) return false;
  leave_before(block, index);
  debug_resumed_.reset();  // this stop is another one
  debug_watched_ = Resumed{pc_, instret};
  // The block to come books the line it starts in; this one may have booked it.
  const uint64_t lines = at.after.fetch_lines - static_cast<uint64_t>(at.before.fetch_lines);
  const uint64_t lines_again = 1 + (at.pc >> 5 != (at.pc + at.length - 1) >> 5 ? 1 : 0);
  base_.fetch_lines += lines - lines_again;
  region_accounts_[block.region].fetch_lines += lines - lines_again;
  flush_blocks();
  return true;
}

/// First operation of `block`, before its first instruction: nothing of the block is booked yet, so it can be
/// translated anew.
template <int kXlen>
auto RiscvCore<kXlen>::debug_break(const Block& block) -> Step {
  pc_ = static_cast<Unsigned>(block.pc);
  in_flight_ = nullptr;
  const Step step = debugger_ != nullptr ? ask_debugger(block) : Step::kNext;
  if (observer_ != nullptr && step == Step::kNext) observe(block);
  return step;
}

template <int kXlen>
auto RiscvCore<kXlen>::ask_debugger(const Block& block) -> Step {
  const auto here = static_cast<Unsigned>(block.pc);
  const bool reported = debug_resumed_ && debug_resumed_->pc == here && debug_resumed_->instret == instret_;
  debug_resumed_.reset();
  if (reported) return Step::kNext;
  debugger_->before_instruction();
  if (port_.stopping()) {
    outcome_ = Outcome::kStopped;
    return Step::kStop;
  }
  if (!flush_pending_ && pc_ == here) return Step::kNext;
  debug_resumed_ = Resumed{pc_, instret_};
  if (flush_pending_) flush_blocks();
  return Step::kEnter;
}

template class RiscvCore<32>;
template class RiscvCore<64>;

}  // namespace ganglion
