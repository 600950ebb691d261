#pragma once

#include <cstdint>

namespace ganglion {

struct FirmwareTrap;

/// What a hart asks a debugger. Stops cost host time only: cycles, counts and the points where interrupts are
/// taken stay as they are, because blocks may end anywhere without changing them.
class HartDebugger {
 public:
  virtual ~HartDebugger() = default;

  /// The hart shall call before_instruction() at `pc`; asked when code is translated.
  [[nodiscard]] virtual bool stops_at(uint64_t pc) const = 0;
  /// At every instruction; blocks are one instruction long then.
  [[nodiscard]] virtual bool stepping() const = 0;
  /// Some watchpoint lies on the page of `address` (4 KiB): its accesses may not take the fast path.
  [[nodiscard]] virtual bool watches_page(uint64_t address) const = 0;
  /// An instruction is about to access. True: stop before it; stepping() holds from then on.
  virtual bool accesses(uint64_t address, unsigned bytes, bool read, bool write) = 0;
  /// The instruction at pc() is about to execute. Returns when the hart shall go on;
  /// HartCore::stops_changed() is called when other answers are given afterwards.
  virtual void before_instruction() = 0;
  /// The hart has synchronised with simulated time: a chance to look at the host. True: answers have changed.
  [[nodiscard]] virtual bool poll() = 0;
  /// Nothing handles this trap; the run ends after the call.
  virtual void unhandled_trap(const FirmwareTrap& trap) = 0;
};

}  // namespace ganglion
