#pragma once

#include <cstdint>
#include <vector>

namespace ganglion {

/// Sees every instruction of a hart. Blocks are one instruction long then, which moves no cycle and no count;
/// a hart without an observer knows nothing of it. Must not change the hart.
class HartObserver {
 public:
  virtual ~HartObserver() = default;
  /// The instruction at the core's pc() is about to execute: registers, cycle() and instructions() are those
  /// before it. `word` is 0 and `length` 2 when nothing can be fetched there. Once for each execution, also
  /// of an instruction that traps.
  virtual void before_instruction(uint32_t word, unsigned length) = 0;
  /// A trap was taken at `pc`: of an exception the instruction that caused it, of an interrupt the one that
  /// comes after the handler. The core's state is not yet that of the handler.
  virtual void trapped(uint64_t cause, bool interrupt, uint64_t pc) = 0;
  /// The hart is about to be reset: counts and cycles start at 0 again.
  virtual void before_reset() = 0;
};

/// Several observers as one.
class HartObservers : public HartObserver {
 public:
  void add(HartObserver& observer) { observers_.push_back(&observer); }
  [[nodiscard]] bool empty() const { return observers_.empty(); }
  void before_instruction(uint32_t word, unsigned length) override {
    for (HartObserver* observer : observers_) observer->before_instruction(word, length);
  }
  void trapped(uint64_t cause, bool interrupt, uint64_t pc) override {
    for (HartObserver* observer : observers_) observer->trapped(cause, interrupt, pc);
  }
  void before_reset() override {
    for (HartObserver* observer : observers_) observer->before_reset();
  }

 private:
  std::vector<HartObserver*> observers_;
};

}  // namespace ganglion
