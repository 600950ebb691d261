#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "platform/cpu/elf_image.h"
#include "platform/soc/soc.h"

namespace ganglion {

/// Notices that firmware will get no further, by looking at the SoC between two slices of simulated time.
///
/// models: progress is UART output, a job done or under way, a region mark, an interrupt that came to code
///   (not at the return from the one before), a wake-up, or a state of the hart (PC and integer registers)
///   not seen at a look since the last progress. A hart that sleeps and has a timer due within an hour of
///   simulated time is not stuck; neither is one whose UART may get input from the host.
/// leaves out: loops that change registers for ever, such as a count or the time compared with a limit; what
///   memory alone has changed.
/// checked against: tests/cli/test_hang.py.
class HangDoctor {
 public:
  /// `patience_ps` of simulated time without progress are a hang; 0: never. `soc` outlives it.
  HangDoctor(Soc& soc, uint64_t patience_ps) : soc_(soc), patience_ps_(patience_ps) {}
  /// True when firmware hangs.
  [[nodiscard]] bool look(uint64_t now_ps);
  /// Exceptions taken since the last progress.
  [[nodiscard]] uint64_t exceptions() const { return soc_.hart().exceptions() - exceptions_; }
  /// Interrupts since then that left firmware no instruction between two of them.
  [[nodiscard]] uint64_t interrupts_at_once() const {
    return soc_.hart().interrupts_at_once() - interrupts_at_once_;
  }

 private:
  using Progress = std::array<uint64_t, 6>;
  [[nodiscard]] Progress progress() const;
  [[nodiscard]] uint64_t hart_state() const;
  [[nodiscard]] bool may_go_on(uint64_t now_ps) const;

  Soc& soc_;
  uint64_t patience_ps_;
  Progress last_{};
  uint64_t last_progress_ps_ = 0;
  uint64_t exceptions_ = 0, interrupts_at_once_ = 0;  ///< until the last progress
  std::unordered_set<uint64_t> states_;
};

/// What the hart does and what it waits for: place, call stack, interrupts, blocks, bus transactions and, if
/// a rule fits, the probable cause. `call_stack` is innermost first. Lines begin with a line break.
struct Diagnosis {
  /// The hart is known to get no further: the last transactions are shown, and what changes no more is said
  /// so. False: a limit or the user ended a run that may have been on its way.
  bool hangs = true;
  uint64_t exceptions = 0;  ///< taken since the last progress, if it is known
  uint64_t interrupts_at_once = 0;
  [[nodiscard]] std::string text(Soc& soc, const ElfImage& elf,
                                 const std::vector<uint64_t>& call_stack) const;
};

}  // namespace ganglion
