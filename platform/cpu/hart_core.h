#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/cpu/block.h"
#include "platform/cpu/hart_port.h"
#include "platform/cpu/timing_table.h"

namespace ganglion {

class HartDebugger;
class HartObserver;

/// Synchronous exceptions (mcause without the interrupt bit). Volume II, table 3.6.
enum class TrapCause : uint64_t {
  kInstructionMisaligned = 0,
  kInstructionAccessFault = 1,
  kIllegalInstruction = 2,
  kBreakpoint = 3,
  kLoadMisaligned = 4,
  kLoadAccessFault = 5,
  kStoreMisaligned = 6,
  kStoreAccessFault = 7,
  kEcallFromU = 8,
  kEcallFromS = 9,
  kEcallFromM = 11,
  kInstructionPageFault = 12,
  kLoadPageFault = 13,
  kStorePageFault = 15,
};
/// "illegal instruction", "machine timer interrupt", ...
[[nodiscard]] std::string trap_name(uint64_t cause, bool interrupt);

/// Bits of mip and mie.
enum class InterruptBit : unsigned {
  kSupervisorSoftware = 1,
  kMachineSoftware = 3,
  kSupervisorTimer = 5,
  kMachineTimer = 7,
  kSupervisorExternal = 9,
  kMachineExternal = 11,
};

struct HartCoreConfig {
  InstructionSet isa;
  uint64_t hart_id = 0;
  uint64_t reset_pc = 0x1000;
  const TimingTable* timing = nullptr;  ///< nullptr: ideal
  bool misaligned_access = true;        ///< handled; false: traps
  bool use_dmi = true;
  uint32_t block_instructions = 64;  ///< longest superblock; 1 executes and books one instruction at a time
  uint64_t max_instructions = std::numeric_limits<uint64_t>::max();
};

/// A trap that no handler can take: its vector is not executable, or it hit the first instruction of its own
/// handler.
struct FirmwareTrap {
  uint64_t cause = 0;
  bool interrupt = false;
  uint64_t pc = 0;      ///< of the trapped instruction
  uint64_t tval = 0;    ///< mtval: address or instruction word
  uint64_t vector = 0;  ///< where the trap should have gone
  bool vector_executable = false;
  std::optional<uint64_t> jump_source;  ///< last control transfer that was taken before
  std::array<uint64_t, 32> registers{};
  struct Executed {
    uint64_t pc = 0;
    uint32_t word = 0;
  };
  std::vector<Executed> last_instructions;  ///< oldest first; without the trapped one
};

inline constexpr std::size_t kInstructionsKept = 32;   ///< of those a core executed last
inline constexpr std::size_t kInstructionsShown = 16;  ///< in a message

/// Everything a hart has spent since reset; exact, folded when read.
struct HartTotals {
  TotalTally tally;           ///< memory_cycles and stall_cycles include what was not known before execution
  uint64_t bus_cycles = 0;    ///< device accesses
  uint64_t idle_cycles = 0;   ///< WFI
  uint64_t issued_reads = 0;  ///< 64-bit beats
  uint64_t issued_writes = 0;
};

/// Instruction interpreter of one hart: state, decoded blocks, CSRs, traps. It has no SystemC in it; time,
/// memory and interrupts come through a HartPort.
///
/// models: RV32/RV64 IMAFDC Zba Zbb Zbs Zicond Zicsr Zifencei Zicntr; M and U mode; with the extension S also
///   S mode, delegation, PMP, Sv39 (RV64) and Sstc; direct and vectored traps, WFI, LR/SC, misaligned data
///   access, self-modifying code, cycles by TimingTable, beats and fetch lines.
/// leaves out: Sv32, debug triggers, caches, time and beats of page-table walks, counters of events (Zihpm:
///   mhpmcounter3 to 31 are read-only zero); a reservation is not broken by another bus
///   initiator; code that another initiator writes is seen after fence.i.
/// checked against: directed programs per instruction and trap (test/), one-instruction blocks.
/// error bound: counts exact; cycles see TimingTable.
class HartCore {
 public:
  enum class Outcome { kStopped, kFirmwareTrap, kInstructionLimit };

  [[nodiscard]] static std::unique_ptr<HartCore> make(const HartCoreConfig& config, HartPort& port);
  virtual ~HartCore() = default;

  /// Executes until the port asks to stop, a trap goes unhandled or the instruction limit is reached.
  virtual Outcome run() = 0;
  virtual void reset() = 0;
  /// Level of an interrupt line; called at any time while the port has control.
  virtual void set_interrupt(InterruptBit bit, bool level) = 0;

  [[nodiscard]] virtual uint64_t cycle() const = 0;  ///< hart time; exact while the port has control
  [[nodiscard]] virtual uint64_t instructions() const = 0;
  [[nodiscard]] virtual uint64_t pc() const = 0;
  virtual void set_pc(uint64_t pc) = 0;
  virtual void set_max_instructions(uint64_t instructions) = 0;
  [[nodiscard]] virtual uint64_t integer_register(unsigned index) const = 0;
  virtual void set_integer_register(unsigned index, uint64_t value) = 0;
  /// f register as 64 bits, a binary32 NaN-boxed.
  [[nodiscard]] virtual uint64_t float_register(unsigned index) const = 0;
  virtual void set_float_register(unsigned index, uint64_t value) = 0;
  /// Value of a CSR as M mode reads it; nullopt when there is none.
  [[nodiscard]] virtual std::optional<uint64_t> csr(unsigned number) const = 0;
  /// Sleeping in WFI.
  [[nodiscard]] virtual bool waiting() const = 0;
  /// Brings all lazy counts up to date and books beats and fetch lines to the memories' counters.
  virtual HartTotals fold() = 0;
  /// Of the trap that ended run().
  [[nodiscard]] virtual const std::optional<FirmwareTrap>& firmware_trap() const = 0;
  /// The most recently executed instructions, at most as many and kInstructionsKept, oldest first.
  [[nodiscard]] virtual std::vector<FirmwareTrap::Executed> last_instructions(std::size_t most) const = 0;
  /// DMI pointers into [first, last] are no longer valid.
  virtual void invalidate_regions(uint64_t first, uint64_t last) = 0;
  [[nodiscard]] virtual int xlen() const = 0;

  /// 0 U, 1 S, 3 M.
  [[nodiscard]] virtual unsigned privilege() const = 0;

  /// Where `address` lies for code of the present mode; nullopt when no page is there. Changes nothing.
  [[nodiscard]] virtual std::optional<uint64_t> physical_address(uint64_t address) = 0;

  /// nullptr: none. It outlives its time here. Before the first run(), or between a reset and it.
  virtual void attach_observer(HartObserver* observer) = 0;
  /// nullptr: none. It outlives its time here.
  virtual void attach_debugger(HartDebugger* debugger) = 0;
  /// The debugger's answers, memory that holds code, or registers have changed; takes effect at the next
  /// border of a block.
  virtual void stops_changed() = 0;
  /// Writes a CSR as M mode does; false when there is none. Read-only ones keep their value.
  virtual bool set_csr(unsigned number, uint64_t value) = 0;
};

}  // namespace ganglion
