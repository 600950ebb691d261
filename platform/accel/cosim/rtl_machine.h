#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/accel/cosim/rtl_model.h"
#include "platform/bus/axi/checker.h"
#include "platform/bus/axi/lite_manager.h"
#include "platform/bus/axi/subordinate.h"
#include "platform/kernel/built_constant.h"

namespace ganglion {

/// RTL with the platform's bridges at its pins and checkers beside them, stepped one clock cycle at a time.
/// No SystemC and no time: who owns it numbers the edges and serves the memory requests.
///
/// models: every pin of the interface at every edge; the order in which Verilog sees them (inputs change
/// behind an
///   edge, outputs are sampled before the next one); registers that reset leaves undefined, as random values
/// leaves out: X and Z (Verilator knows two states). In their place a second instance with other random
/// values runs
///   beside the first for `unknown_cycles`: an output that differs depends on an undefined value
/// checked against: cosim/test/rtl_machine_test.cpp
/// error bound: exact to the cycle
class RtlMachine {
 public:
  struct Options {
    uint64_t seed = 1;
    axi::Subordinate::Options memory{};
    uint64_t timeout_cycles = 10'000;  ///< a handshake that takes longer is a fault
    uint64_t unknown_cycles = 2'000;   ///< clock cycles with a second instance; 0 for none
  };
  static constexpr uint64_t kResetCycles = 8;

  /// In reset's state. ConfigError for ports that do not fit.
  RtlMachine(std::shared_ptr<const RtlLibrary> library, const Options& options);

  /// Holds rst_n low for kResetCycles edges, which are not counted. Faults stay.
  void reset();
  /// The next clock edge; nothing when there is a fault.
  void step();
  /// Number of the next edge.
  [[nodiscard]] uint64_t edge() const { return edge_; }
  /// Leaves edges out while nothing needs them; `edge` not before edge().
  void skip_to(uint64_t edge) { edge_ = edge; }

  /// Begin a register access here, then step until take() of it gives the outcome.
  [[nodiscard]] axi::LiteManager& registers() { return lite_; }
  [[nodiscard]] axi::Subordinate& memory() { return memory_; }
  [[nodiscard]] const RtlModel& model() const { return *model_; }
  [[nodiscard]] bool irq() const { return irq_; }
  [[nodiscard]] bool active() const { return active_; }
  /// The clock is needed: a transaction or a job is under way, or was a few cycles ago. Always, without an
  /// `active`.
  [[nodiscard]] bool busy() const;

  /// Why the RTL cannot go on: a broken rule, a handshake that is stuck, an unknown value, a stop of its own.
  [[nodiscard]] const std::optional<std::string>& fault() const { return fault_; }
  /// The fault is an output that depends on a value that nothing has written.
  [[nodiscard]] bool unknown() const { return unknown_; }
  void set_fault(const std::string& text) {
    if (!fault_) fault_ = text;
  }

  /// Reads a register with as many steps as it takes; nothing after a fault.
  [[nodiscard]] std::optional<axi::LiteManager::Outcome> read_register(uint64_t offset);
  [[nodiscard]] std::optional<axi::LiteManager::Outcome> write_register(uint64_t offset, uint32_t value);
  /// Called after every step of read_register and write_register, for who serves memory meanwhile.
  void on_step(std::function<void()> serve) { serve_ = std::move(serve); }

  /// ConfigError when the RTL's ID or VERSION is not `id` or `version` (those of the library's own RDL when
  /// not given).
  void check_identity(std::optional<uint32_t> id, std::optional<uint32_t> version);

  /// ConfigError naming the parameter when a field of the RTL's registers shows another one of the parameters
  /// it was built with.
  void check_constant(const BuiltConstant& constant);

  /// VCD with the time that `time_ps` gives an edge; false when it cannot be written.
  [[nodiscard]] bool open_trace(const std::string& file, std::function<uint64_t(uint64_t)> time_ps);
  void close_trace();

 private:
  // How long the clock goes on when all is quiet: a START may take a few edges to show as `active`.
  static constexpr uint64_t kSettleCycles = 16;

  void clock_models(bool in_reset);
  void check_rules(bool in_reset);
  void check_unknown();
  void check_progress();
  void check_register(const char* name, std::optional<uint32_t> expected);
  std::optional<axi::LiteManager::Outcome> finish_access(uint64_t offset, const char* what);

  std::shared_ptr<const RtlLibrary> library_;
  Options options_;
  std::unique_ptr<RtlModel> model_;
  std::unique_ptr<RtlModel> twin_;  ///< other initial values
  std::vector<int> valid_of_;       ///< for each output, that of its channel's VALID; -1: always meaningful
  int strobes_index_ = -1, data_index_ = -1;
  axi::LiteManager lite_;
  axi::Subordinate memory_;
  axi::Checker checker_;
  axi::LiteChecker lite_checker_;
  axi::LitePins lite_pins_;
  axi::Pins pins_;
  uint64_t edge_ = 0;
  uint64_t stepped_ = 0;
  uint64_t last_busy_ = 0;  ///< in steps
  bool irq_ = false;
  bool active_ = false;
  std::optional<std::string> fault_;
  bool unknown_ = false;
  std::function<void()> serve_;
  std::function<uint64_t(uint64_t)> trace_time_;
};

}  // namespace ganglion
