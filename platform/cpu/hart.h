#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tlm_utils/simple_initiator_socket.h>

#include "platform/cpu/hart_core.h"
#include "platform/cpu/hart_observer.h"
#include "platform/kernel/access_origin.h"
#include "platform/kernel/component.h"
#include "platform/kernel/component_registry.h"

namespace ganglion {

/// A RISC-V hart on the bus: HartCore in an SC_THREAD, loosely timed with exact annotation.
///
/// models: see HartCore; run-ahead = min(quantum, time to pending activity), recomputed after each
///   synchronisation and device access; device accesses synchronise first; ties at one time are drained
///   before the hart goes on; energy actions per instruction class, beats, fetch lines; time by cause.
/// leaves out: contention of DMI traffic; see HartCore and TimingTable.
/// checked against: byte-identical counts at several quanta, DMI on and off, one-instruction blocks.
/// error bound: see TimingTable.
///
/// Parameters: schema(). Interrupt lines are driven with set_interrupt(); the boot ROM's code sets a0 and a1.
class Hart : public Component, private HartPort {
 public:
  explicit Hart(const ComponentContext& context);
  ~Hart() override;

  [[nodiscard]] static ParamSchema schema();

  std::vector<tlm::tlm_base_initiator_socket<64>*> initiator_sockets() override { return {&bus_}; }
  /// State of a core out of reset; what was counted stays. Not while the simulation runs.
  void reset() override;
  [[nodiscard]] ComponentFigures figures() const override;

  /// Level of MSI, MTI, MEI, STI or SEI; at kernel time.
  void set_interrupt(InterruptBit bit, bool level);
  /// mtime as a function of simulated ps (`time` CSR). Default: 10 MHz from time 0.
  void set_time_source(std::function<uint64_t(uint64_t ps)> mtime);
  /// Told what `stimecmp` is set to (Sstc); drives kSupervisorTimer accordingly. Default: it never fires.
  void set_supervisor_timer(std::function<void(uint64_t mtime)> compare);
  /// "main+0x12 (main.c:34)" of an address, "" when unknown; for the message of an unhandled trap.
  void set_symboliser(std::function<std::string(uint64_t pc)> symboliser);
  /// Stores to the 8 bytes of memory at `address` (`tohost`, aligned) act: they are transactions at kernel
  /// time, the page around them leaves the fast path, and `act` gets the 64 bits after each store that ends
  /// at their end: one of 64 bits, or of two of 32 bits the upper one; or after the second store of the lower
  /// 32 bits in a row, by programs that know no upper ones. Before time 0.
  void watch_host_interface(uint64_t address, std::function<void(uint64_t value)> act);
  using Registers = std::array<uint64_t, 32>;
  using CallStack = std::function<std::vector<uint64_t>(uint64_t pc, const Registers& registers)>;
  /// PCs of the call stack at a PC with these registers, innermost first; for the same message.
  void set_call_stack(CallStack call_stack) { call_stack_ = std::move(call_stack); }
  /// Run ends with exit code 5 when this many instructions have retired.
  void set_instruction_limit(uint64_t instructions);

  /// Retired since the start of the simulation, resets or not.
  [[nodiscard]] uint64_t instructions() const { return instructions_before_reset_ + core_->instructions(); }
  /// Interrupts and exceptions taken, and resets, so far.
  [[nodiscard]] uint64_t interrupts() const { return interrupts_; }
  [[nodiscard]] uint64_t exceptions() const { return exceptions_; }
  [[nodiscard]] uint64_t resets() const { return resets_; }
  /// Of the interrupts, those taken at the return from a trap, before another instruction: a handler that
  /// does not clear its source makes nothing else.
  [[nodiscard]] uint64_t interrupts_at_once() const { return interrupts_at_once_; }
  /// Cause of the last interrupt taken.
  [[nodiscard]] uint64_t last_interrupt() const { return last_interrupt_; }
  /// "load access fault at pc 0x80000106 main+0x4 (main.c:7), tval 0x8", the call stack and the last
  /// instructions: what the firmware's handler was last entered for since reset; "" when no exception was
  /// taken.
  [[nodiscard]] std::string last_exception() const;
  [[nodiscard]] const InstructionSet& instruction_set() const { return config_.isa; }
  /// x0 to x31.
  [[nodiscard]] Registers registers() const;
  [[nodiscard]] HartCore& core() { return *core_; }
  [[nodiscard]] const HartCore& core() const { return *core_; }
  [[nodiscard]] HartTotals totals() { return core_->fold(); }

  /// Tells `observer` of every instruction from time 0 on; it outlives the run. Before time 0.
  void attach_observer(HartObserver& observer);
  /// Attaches an AccessOrigin with this text to every transaction; asked only by targets that want to know.
  void set_access_origin(std::function<std::string()> place);
  /// Asks `debugger` where to stop from now on; nullptr: none. It must outlive the hart or be taken off.
  void attach_debugger(HartDebugger* debugger);
  /// Simulated time of the core, which may be ahead of the kernel's.
  [[nodiscard]] uint64_t time_ps() { return edge_ps(core_->cycle()); }
  /// Bytes at physical addresses from `address` on without time, bookings or side effects; how many were
  /// transferred.
  unsigned debug_transport(tlm::tlm_command command, uint64_t address, void* data, unsigned bytes);

 private:
  void run();
  void end_run(HartCore::Outcome outcome);
  void fold();
  void book_time(const HartTotals& now);
  void drain();
  void before_clock_change();
  [[nodiscard]] uint64_t edge_ps(uint64_t cycle) { return clock().edge_ps(cycle + cycle_offset_); }

  // HartPort
  MemoryRegion probe(uint64_t address) override;
  BusResult read(uint64_t address, void* data, unsigned bytes, uint64_t cycle) override;
  BusResult write(uint64_t address, const void* data, unsigned bytes, uint64_t cycle) override;
  bool debug_read(uint64_t address, void* data, unsigned bytes) override;
  bool debug_write(uint64_t address, const void* data, unsigned bytes) override;
  void supervisor_timer(uint64_t compare) override;
  void synchronise(uint64_t cycle) override;
  uint64_t run_ahead_limit(uint64_t cycle) override;
  uint64_t wait_for_interrupt(uint64_t cycle, const std::function<bool()>& awake) override;
  uint64_t time_value(uint64_t cycle) override;
  void trapped(const TrapTaken& trap) override;
  bool stopping() const override;

  [[nodiscard]] std::vector<uint64_t> call_stack(uint64_t pc, const Registers& registers) const;
  void store_to_host(uint64_t address, unsigned bytes);
  BusResult transport(tlm::tlm_command command, uint64_t address, void* data, unsigned bytes);
  void invalidate_dmi(sc_dt::uint64 first, sc_dt::uint64 last);

  struct Exception {
    TrapTaken trap;
    Registers registers{};
    std::vector<FirmwareTrap::Executed> last_instructions;
  };

  tlm_utils::simple_initiator_socket<Hart, 64> bus_;
  HartCoreConfig config_;
  uint64_t quantum_ps_;
  std::unique_ptr<HartCore> core_;
  sc_core::sc_event wake_;
  sc_core::sc_event restart_;  ///< after a reset; the core has ended its run by then
  std::function<uint64_t(uint64_t)> mtime_;
  std::function<void(uint64_t)> supervisor_timer_;
  std::function<std::string(uint64_t)> symboliser_;
  CallStack call_stack_;
  std::optional<Exception> last_exception_;
  uint64_t interrupts_ = 0, interrupts_at_once_ = 0, last_interrupt_ = 0, exceptions_ = 0, resets_ = 0;
  uint64_t host_interface_ = 0;
  bool lower_stored_ = false;                 ///< to the lower half of the host interface, and nothing since
  std::function<void(uint64_t)> host_store_;  ///< empty: no such interface
  StopController& stop_;
  HartDebugger* debugger_ = nullptr;
  AccessOrigin origin_;  ///< without a place: not attached
  HartObservers observers_;
  MemoryCountersExtension counters_extension_;
  tlm::tlm_generic_payload payload_;

  uint64_t cycle_offset_ =
      0;  ///< cycle of the clock domain - cycle of the hart; not 0 after another changed the clock
  uint64_t clock_changes_ = 0;

  // What the ledgers have been told.
  TotalTally booked_;
  uint64_t booked_reads_ = 0, booked_writes_ = 0;
  std::array<ActionCounter*, kInstructionClasses> class_actions_{};
  ActionCounter* instruction_action_ = nullptr;
  std::array<uint64_t, kTimeCauses> seen_cycles_{};      ///< by cause, at the last fold
  std::array<uint64_t, kTimeCauses> unbooked_cycles_{};  ///< executed ahead of simulated time
  uint64_t booked_cycle_ = 0;
  ComponentFigures before_reset_;
  uint64_t instructions_before_reset_ = 0;
  uint64_t instruction_limit_ = 0;  ///< 0: none
  uint64_t booked_ps_ = 0;
};

/// "0x80000010 main+0x4 (main.c:7)".
[[nodiscard]] std::string describe_place(uint64_t pc, const std::function<std::string(uint64_t)>& symboliser);
/// Lines "\n  call stack:\n    #0 ..."; "" for less than two frames.
[[nodiscard]] std::string describe_stack(const std::vector<uint64_t>& call_stack,
                                         const std::function<std::string(uint64_t)>& symboliser);
/// Text of an unhandled trap for a person: cause, PC with symbol, address, jump source, call stack,
/// registers, last instructions.
[[nodiscard]] std::string describe(const FirmwareTrap& trap, int xlen,
                                   const std::function<std::string(uint64_t)>& symboliser,
                                   const std::vector<uint64_t>& call_stack);

/// Makes "hart" known to scenarios.
void register_hart(ComponentRegistry& registry);

}  // namespace ganglion
