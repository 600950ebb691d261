#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "platform/accel/accelerator_shell.h"
#include "platform/cpu/hart_observer.h"
#include "platform/cpu/shadow_stack.h"
#include "platform/soc/soc.h"

namespace ganglion {

/// Cycles and energy by call stack.
///
/// models: every cycle of the hart belongs to the stack that spent it (ShadowStack); a sleep is a frame
///   `[wfi]` of the function that sleeps, a trap a frame of its own, a job of an accelerator the frame
///   `[<instance>]` below the stack that wrote START. Dynamic energy goes to the stack that caused it: the
///   hart's instructions, beats and fetched lines of memories and bus (an accelerator's DMA to its frame),
///   accesses of devices, an accelerator's actions. Static energy (clock, leakage) of all components stands
///   in frames `[static];<component>` of their own.
/// leaves out: what is under way when the run ends in a sleep or in a job.
/// checked against: the report (tests/cli/test_profile.py): cycles add up to cycles_busy of hart and
///   accelerators, energies to the total, to the femtojoule.
/// error bound: none for cycles; of energy, an action that several stacks caused is divided by exact counts
///   and rounded to a femtojoule.
class Profiler : public HartObserver {
 public:
  /// Attaches itself to the hart and the accelerators of `soc`; both outlive it.
  Profiler(Soc& soc, const ElfImage& elf);
  ~Profiler() override;

  void before_instruction(uint32_t word, unsigned length) override;
  void trapped(uint64_t cause, bool interrupt, uint64_t pc) override;
  void before_reset() override;

  /// Books what is open and prices it; once, at the end of the run.
  void finish();

  struct Row {
    uint32_t node = 0;    ///< of tree()
    uint64_t cycles = 0;  ///< of the hart, or of the accelerator in its own clock
    int64_t energy_fj = 0;
    bool accelerator = false;
  };
  /// After finish(): what each stack itself spent, in the order of the tree.
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] const CallTree& tree() const { return stack_.tree(); }
  [[nodiscard]] std::vector<uint64_t> call_stack(uint64_t pc) const { return stack_.call_stack(pc); }

 private:
  /// An action of a component.
  struct Column {
    ComponentId component = 0;
    std::string key;
    const ActionCounter* live = nullptr;  ///< of a device that counts its accesses itself
  };
  struct Spent {
    uint64_t cycles = 0;
    bool accelerator = false;
    std::vector<uint64_t> counts;  ///< by column; empty: none
  };
  struct MemoryColumns {
    const Memory* memory = nullptr;
    std::size_t read = 0, write = 0, fetch = 0;
    MemoryCounters dma;  ///< of accelerators
  };
  class Shell;

  std::size_t column(ComponentId component, const std::string& key);
  void charge();
  void measure(std::vector<uint64_t>& counts, uint64_t& busy, uint64_t& idle);
  Spent& spent(uint32_t node);
  MemoryColumns* memory_at(uint64_t address);
  void price(std::size_t column, int64_t energy_fj);
  uint32_t fixed_frame(std::string_view group, ComponentId component);
  uint32_t frame(uint32_t parent, const std::string& name);

  Soc& soc_;
  ShadowStack stack_;
  std::vector<Column> columns_;
  std::vector<MemoryColumns> memories_;
  std::vector<std::size_t> class_columns_;
  std::size_t instruction_column_ = 0, bus_beat_column_ = 0, bus_fetch_column_ = 0;
  std::deque<Shell> shells_;
  std::vector<Spent> spent_;  ///< by node

  uint32_t current_ = 0;
  uint32_t wfi_name_ = 0;
  std::vector<uint64_t> last_, now_, before_reset_;
  uint64_t last_busy_ = 0, last_idle_ = 0;
  std::vector<Row> rows_;
};

}  // namespace ganglion
