#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "accelerator_common_regs.h"
#include "ip/common/test/broken_rules.h"
#include "ip/common/test/random_legal_job.h"
#include "ip/common/test/stimulus.h"
#include "platform/kernel/register_bank.h"

namespace ganglion::layers {

/// Makes programs for a block that computes layers: what its firmware writes and reads, and when, what stands
/// in memory, which of it fails. Knows the programming model, not what a block does with it: it looks at no
/// answer.
///
/// `Traits` is that of the block's bench (layer_bench.h) and says besides
///   choose_arithmetic(array, layer, choice)      registers of the block alone, legal values
///   kOwnRules, break_own_rule(array, layer, rule, choice)
///   own_registers(layer)                         their names and values
template <class Traits>
class StimulusGenerator {
 public:
  using Config = typename Traits::Config;
  using BlockLayer = typename Traits::Layer;
  using Owned = OwnedJob<BlockLayer>;
  /// Jobs that a program of random_program() is about; STARTs that are repeated make more.
  static constexpr unsigned kJobs = 5;

  explicit StimulusGenerator(const Config& array) : array_(array) {
    for (const Register* reg : names_.registers()) offsets_.push_back(reg->info().offset);
  }

  /// Anything firmware can do. What a job is to be goes round with the seed, so that consecutive seeds make
  /// all kinds of them.
  [[nodiscard]] Program random_program(uint64_t seed);
  /// `jobs` legal jobs, one after the other, on a memory of class `memory`.
  [[nodiscard]] Program timed_program(uint64_t seed, const MemoryClass& memory, unsigned jobs);

 private:
  enum class Aim { kManyTiles, kLegal, kBrokenRule, kBadOperand, kBusError, kAnything };
  static constexpr uint64_t kCyclePs = 5'000;  // of BlockBench
  static constexpr uint32_t kStart = ACCELERATOR_COMMON_CTRL_START_MASK,
                            kResume = ACCELERATOR_COMMON_CTRL_RESUME_MASK,
                            kFlush = ACCELERATOR_COMMON_CTRL_FLUSH_MASK,
                            kReset = ACCELERATOR_COMMON_CTRL_RESET_MASK;

  void begin(uint64_t seed, const MemoryClass& memory);
  BlockLayer make_job(Aim aim, unsigned round);
  Owned legal_job(bool many_tiles);
  BlockLayer place(const Owned& owned);
  uint64_t allocate(uint64_t bytes);
  void spoil_operand(Owned& owned, unsigned which);
  void refuse_bursts(BlockLayer& layer, unsigned operand);
  void randomise_register(BlockLayer& layer);
  [[nodiscard]] bool too_costly(const BlockLayer& layer) const;

  void configure(const BlockLayer& layer);
  void start(const std::string& what, uint32_t also = 0);
  void after_legal_start(const std::string& what);
  void after_bad_start(const BlockLayer& next);
  void poke(bool writes = true);
  void bad_access();
  void reset_in_a_phase();
  void settle();

  void step(Step::Kind kind, uint64_t offset = 0, uint32_t value = 0, std::string text = {}) {
    Step s;
    s.kind = kind, s.offset = offset, s.value = value, s.text = std::move(text);
    program_.steps.push_back(std::move(s));
  }
  void write(const char* name, uint32_t value) { step(Step::Kind::kWrite, offset_of(name), value, name); }
  void command(uint32_t mask, std::string text) {
    step(Step::Kind::kWrite, offset_of("CTRL"), mask, std::move(text));
  }
  void wait(uint64_t ps) {
    step(Step::Kind::kWait);
    program_.steps.back().ps = ps;
  }
  /// Cycles of very different lengths, and now and then a part of one.
  void wait_a_little() {
    const uint64_t cycles = choice_.below(choice_.one_of({4U, 40U, 400U, 2500U}));
    wait(cycles * kCyclePs + (choice_.percent(30) ? choice_.below(kCyclePs) : 0));
  }
  void await_idle() {
    step(Step::Kind::kAwaitIdle);
    program_.steps.back().ps = choice_.one_of({100'000U, 250'000U, 733'000U});
  }
  [[nodiscard]] uint32_t offset_of(const char* name) const { return names_.find(name)->info().offset; }
  static std::vector<std::pair<std::string, uint32_t>> registers_of(const BlockLayer& layer);
  static std::string text_of(const BlockLayer& layer);

  Config array_;
  const typename Traits::Registers names_{"names"};
  std::vector<uint32_t> offsets_;
  JobSizes sizes_;
  RandomChoice choice_{0};
  Program program_;
  uint64_t free_ = 0;                      ///< of the memory, from here on
  std::map<std::string, uint32_t> known_;  ///< what the configuration registers hold
  bool held_ = false;                      ///< a job that fails may have stopped the queue
};

}  // namespace ganglion::layers

#include "ip/common/test/stimulus_jobs.h"
#include "ip/common/test/stimulus_steps.h"
