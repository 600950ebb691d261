#include "platform/soc/profiler.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/base/cycles.h"
#include "platform/kernel/bus_timing.h"

namespace ganglion {

/// Watches the jobs of one accelerator.
class Profiler::Shell : public ShellObserver {
 public:
  Shell(Profiler& profiler, AcceleratorShell& shell)
      : profiler_(profiler), name_("[" + shell.instance_name() + "]") {
    EnergyLedger& energy = profiler.soc_.services().energy;
    for (const auto& [key, cost] : energy.costs(shell.id()).actions) {
      counters_.push_back({profiler.column(shell.id(), key), &energy.action(shell.id(), key), 0});
    }
    shell.observe(*this);
  }

  void on_start(uint32_t job, std::span<const uint32_t>) override {
    if (job != 0) frames_[job] = profiler_.frame(profiler_.stack_.node(), name_);
  }
  void on_job_begin(uint32_t job, std::span<const uint32_t>) override {
    running_ = frames_.contains(job) ? frames_[job] : profiler_.frame(0, name_);
    for (Counter& counter : counters_) counter.at_begin = counter.live->count;
  }
  void on_dma_read(uint32_t, uint64_t address, std::span<const std::byte> data) override {
    book(address, data.size(), false);
  }
  void on_dma_write(uint32_t, uint64_t address, std::span<const std::byte> data) override {
    book(address, data.size(), true);
  }
  void on_job_end(uint32_t job, const JobError*, uint64_t cycles) override {
    Spent& spent = profiler_.spent(running_);
    spent.cycles += cycles;
    for (const Counter& counter : counters_)
      spent.counts[counter.column] += counter.live->count - counter.at_begin;
    profiler_.stack_.tree().count_call(running_);
    frames_.erase(job);
  }

 private:
  struct Counter {
    std::size_t column;
    const ActionCounter* live;
    uint64_t at_begin;
  };

  void book(uint64_t address, uint64_t bytes, bool write) {
    MemoryColumns* const memory = profiler_.memory_at(address);
    if (memory == nullptr) return;
    const uint64_t beats = beats_of(address, bytes);
    (write ? memory->dma.write_beats : memory->dma.read_beats) += beats;
    Spent& spent = profiler_.spent(running_);
    spent.counts[write ? memory->write : memory->read] += beats;
    spent.counts[profiler_.bus_beat_column_] += beats;
  }

  Profiler& profiler_;
  std::string name_;
  std::vector<Counter> counters_;
  std::map<uint32_t, uint32_t> frames_;  ///< by job
  uint32_t running_ = 0;
};

Profiler::Profiler(Soc& soc, const ElfImage& elf)
    : soc_(soc), stack_([&elf](uint64_t pc) { return elf.function_at(pc); }, soc.xlen()) {
  EnergyLedger& energy = soc_.services().energy;
  wfi_name_ = stack_.tree().name_of("[wfi]");
  const ComponentId hart = soc_.hart().id();
  for (std::size_t i = 0; i < kInstructionClasses; ++i)
    class_columns_.push_back(column(hart, std::string(name_of(static_cast<InstructionClass>(i)))));
  instruction_column_ = column(hart, "instruction");
  std::vector<AcceleratorShell*> accelerators;
  for (Component* component : soc_.components()) {
    if (component == &soc_.hart()) continue;
    if (auto* memory = dynamic_cast<Memory*>(component)) {
      const bool writable = energy.costs(memory->id()).actions.contains("write");
      memories_.push_back({memory,
                           column(memory->id(), "read"),
                           column(memory->id(), writable ? "write" : "read"),
                           column(memory->id(), "fetch"),
                           {}});
    } else if (dynamic_cast<Router*>(component) != nullptr) {
      bus_beat_column_ = column(component->id(), "beat");
      bus_fetch_column_ = column(component->id(), "fetch");
    } else if (auto* shell = dynamic_cast<AcceleratorShell*>(component)) {
      accelerators.push_back(shell);
    } else {
      for (const auto& [key, cost] : energy.costs(component->id()).actions)
        columns_[column(component->id(), key)].live = &energy.action(component->id(), key);
    }
  }
  for (AcceleratorShell* shell : accelerators) shells_.emplace_back(*this, *shell);
  last_.resize(columns_.size());
  now_.resize(columns_.size());
  before_reset_.resize(columns_.size());
  soc_.hart().attach_observer(*this);
}

Profiler::~Profiler() = default;

std::size_t Profiler::column(ComponentId component, const std::string& key) {
  const auto found = std::find_if(columns_.begin(), columns_.end(), [&](const Column& candidate) {
    return candidate.component == component && candidate.key == key;
  });
  if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
  columns_.push_back({component, key, nullptr});
  return columns_.size() - 1;
}

Profiler::Spent& Profiler::spent(uint32_t node) {
  if (spent_.size() <= node) spent_.resize(node + 1);
  if (spent_[node].counts.empty()) spent_[node].counts.resize(columns_.size());
  return spent_[node];
}

uint32_t Profiler::frame(uint32_t parent, const std::string& name) {
  const uint32_t node = stack_.tree().child(parent, stack_.tree().name_of(name));
  spent(node).accelerator = true;
  return node;
}

/// A frame for a component outside of all stacks.
uint32_t Profiler::fixed_frame(std::string_view group, ComponentId component) {
  CallTree& tree = stack_.tree();
  return tree.child(tree.child(0, tree.name_of(group)), tree.name_of(soc_.services().energy.name(component)));
}

Profiler::MemoryColumns* Profiler::memory_at(uint64_t address) {
  const Component* component = soc_.component_at(address);
  const auto found = std::find_if(memories_.begin(), memories_.end(),
                                  [&](const MemoryColumns& memory) { return memory.memory == component; });
  return component == nullptr || found == memories_.end() ? nullptr : &*found;
}

/// Everything the hart has caused since time 0, by column; its cycles since its reset.
void Profiler::measure(std::vector<uint64_t>& counts, uint64_t& busy, uint64_t& idle) {
  const HartTotals totals = soc_.hart().totals();
  for (std::size_t i = 0; i < columns_.size(); ++i)
    counts[i] = columns_[i].live != nullptr ? columns_[i].live->count : 0;
  for (std::size_t i = 0; i < kInstructionClasses; ++i)
    counts[class_columns_[i]] = before_reset_[class_columns_[i]] + totals.tally.classes[i];
  counts[instruction_column_] = before_reset_[instruction_column_] + totals.tally.instructions;
  counts[bus_beat_column_] = before_reset_[bus_beat_column_] + totals.issued_reads + totals.issued_writes;
  for (const MemoryColumns& memory : memories_) {
    const MemoryCounters& booked = memory.memory->counters();
    counts[memory.read] += booked.read_beats - memory.dma.read_beats;
    counts[memory.write] += booked.write_beats - memory.dma.write_beats;
    counts[memory.fetch] += booked.fetch_lines;
    counts[bus_fetch_column_] += booked.fetch_lines;
  }
  busy = totals.tally.cycles() + totals.bus_cycles;
  idle = totals.idle_cycles;
}

/// Books what was spent since the last call to the stack that spent it.
void Profiler::charge() {
  uint64_t busy = 0;
  uint64_t idle = 0;
  measure(now_, busy, idle);
  Spent& here = spent(current_);
  here.cycles += busy - last_busy_;
  for (std::size_t i = 0; i < columns_.size(); ++i) here.counts[i] += now_[i] - last_[i];
  if (idle != last_idle_) spent(stack_.tree().child(current_, wfi_name_)).cycles += idle - last_idle_;
  last_.swap(now_);
  last_busy_ = busy;
  last_idle_ = idle;
}

void Profiler::before_instruction(uint32_t word, unsigned length) {
  const HartCore& core = soc_.hart().core();
  constexpr unsigned kStackPointer = 2;
  stack_.advance(core.pc(), core.integer_register(kStackPointer), word, length);
  if (stack_.node() == current_) return;
  charge();
  current_ = stack_.node();
}

void Profiler::trapped(uint64_t cause, bool interrupt, uint64_t pc) {
  constexpr unsigned kStackPointer = 2;
  charge();
  stack_.trap(fmt::format("[{}]", trap_name(cause, interrupt)), interrupt, pc,
              soc_.hart().core().integer_register(kStackPointer));
  current_ = stack_.node();
}

void Profiler::before_reset() {
  charge();
  before_reset_ = last_;
  last_busy_ = last_idle_ = 0;
  stack_.clear();
  current_ = 0;
}

/// Divides the energy of a column among the stacks by their counts: running sums are rounded, so that the
/// parts add up.
void Profiler::price(std::size_t index, int64_t energy_fj) {
  if (energy_fj == 0) return;
  uint64_t total = 0;
  for (const Spent& spent : spent_) total += spent.counts.empty() ? 0 : spent.counts[index];
  if (total == 0) {
    rows_.push_back({fixed_frame("[unattributed]", columns_[index].component), 0, energy_fj, false});
    return;
  }
  uint64_t sum = 0;
  int64_t given = 0;
  for (uint32_t node = 0; node < spent_.size(); ++node) {
    const uint64_t count = spent_[node].counts.empty() ? 0 : spent_[node].counts[index];
    if (count == 0) continue;
    sum += count;
    const auto until = static_cast<int64_t>(static_cast<uint128_t>(energy_fj) * sum / total);
    rows_[node].energy_fj += until - given;
    given = until;
  }
}

void Profiler::finish() {
  charge();
  rows_.clear();
  for (uint32_t node = 0; node < spent_.size(); ++node)
    rows_.push_back({node, spent_[node].cycles, 0, spent_[node].accelerator});
  const EnergyLedger& energy = soc_.services().energy;
  for (const Component* component : soc_.components()) {
    for (const auto& [key, fj] : energy.breakdown(component->id()).by_action_fj) {
      if (fj == 0) continue;
      if (key == "clock" || key == "leakage") {
        rows_.push_back({fixed_frame("[static]", component->id()), 0, fj, false});
      } else {
        price(column(component->id(), key), fj);
      }
    }
  }
}

}  // namespace ganglion
