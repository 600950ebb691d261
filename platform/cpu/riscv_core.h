#pragma once

#include <type_traits>
#include <unordered_map>

#include "platform/cpu/hart_core.h"

namespace ganglion {

/// HartCore for one XLEN. The parts: translator.cpp makes blocks, interpreter.cpp executes them,
/// memory_path.cpp is what loads, stores and AMOs do beyond the TLB, csr.cpp, trap.cpp, accounting.cpp.
template <int kXlen>
class RiscvCore final : public HartCore {
 public:
  using Unsigned = std::conditional_t<kXlen == 64, uint64_t, uint32_t>;
  using Signed = std::make_signed_t<Unsigned>;

  RiscvCore(const HartCoreConfig& config, HartPort& port);

  Outcome run() override;
  void reset() override;
  void set_interrupt(InterruptBit bit, bool level) override;
  [[nodiscard]] uint64_t cycle() const override;
  [[nodiscard]] uint64_t instructions() const override;
  [[nodiscard]] uint64_t pc() const override;
  void set_max_instructions(uint64_t instructions) override { config_.max_instructions = instructions; }
  void set_pc(uint64_t pc) override { pc_ = static_cast<Unsigned>(pc); }
  [[nodiscard]] uint64_t integer_register(unsigned index) const override { return x_[index & 31]; }
  void set_integer_register(unsigned index, uint64_t value) override {
    if (index % 32 != 0) x_[index & 31] = static_cast<Unsigned>(value);
  }
  [[nodiscard]] uint64_t float_register(unsigned index) const override { return f_[index & 31]; }
  void set_float_register(unsigned index, uint64_t value) override { f_[index & 31] = value; }
  [[nodiscard]] std::optional<uint64_t> csr(unsigned number) const override { return read_csr(number); }
  [[nodiscard]] bool waiting() const override { return waiting_; }
  HartTotals fold() override;
  [[nodiscard]] const std::optional<FirmwareTrap>& firmware_trap() const override { return firmware_trap_; }
  [[nodiscard]] std::vector<FirmwareTrap::Executed> last_instructions() const override;
  void invalidate_regions(uint64_t first, uint64_t last) override;
  [[nodiscard]] int xlen() const override { return kXlen; }
  void attach_debugger(HartDebugger* debugger) override;
  void stops_changed() override;
  bool set_csr(unsigned number, uint64_t value) override;

 private:
  /// How the interpreter goes on after it left the fast path.
  enum class Step {
    kNext,   ///< with the next operation of the block
    kEnter,  ///< at pc_
    kStop,   ///< not at all: outcome_ says why
  };
  enum class Privilege : uint8_t { kUser = 0, kMachine = 3 };

  struct DataTlbEntry {
    Unsigned read_tag = kNoTag;
    Unsigned write_tag = kNoTag;
    uintptr_t addend = 0;  ///< host address - guest address
  };
  struct HashEntry {
    uint64_t pc = 1;  ///< odd: never a PC
    Block* block = nullptr;
    const Operation* operations = nullptr;
  };
  struct RegionAccount {
    uint64_t fetch_lines = 0;
    uint64_t fetch_lines_booked = 0;
  };

  static constexpr unsigned kPageBits = 12;
  static constexpr Unsigned kPageMask = ~static_cast<Unsigned>((1u << kPageBits) - 1);
  static constexpr Unsigned kNoTag =
      8;  ///< a compared address keeps its page and its bits 2..0 only: never equal
  static constexpr unsigned kTlbEntries = 256;
  static constexpr unsigned kHashEntries = 16384;
  static constexpr unsigned kRing = 32;
  static constexpr std::size_t kArenaOperations = 1 << 17;
  static constexpr std::size_t kArenaExits = 1 << 16;
  static constexpr std::size_t kMaxBlockInstructions = 64;
  static constexpr unsigned kDummy = 32;

  // interpreter.cpp
  Step execute(bool collect_labels);
  Block* find_or_translate(uint64_t pc);

  // translator.cpp
  friend class Translator;
  Block* translate(uint64_t pc);
  [[nodiscard]] unsigned fetch(uint64_t pc, uint32_t& word, uint32_t& region);
  void mark_code(uint64_t pc, unsigned bytes);
  void flush_blocks();
  void renew_regions();

  // memory_path.cpp
  Step load_slow(const Block& block, const Operation& operation, Unsigned address, Instruction id);
  Step store_slow(const Block& block, const Operation& operation, Unsigned address, Instruction id);
  Step amo(const Block& block, const Operation& operation, Instruction id);
  struct Access {
    bool ok = false;
    bool device = false;
    bool stopped = false;
    uint32_t cycles = 0;
    uint32_t region = 0;  ///< of memory
    unsigned pieces = 1;
  };
  Access access(uint64_t address, void* data, unsigned bytes, bool write, uint64_t now);
  bool access_piece(uint64_t address, uint8_t* data, unsigned bytes, bool write, uint64_t now,
                    Access& result);
  /// Index of the memory region with `address`, or nullopt when a device or nothing is there.
  std::optional<uint32_t> memory_region(uint64_t address);
  void refill_tlb(uint64_t address, uint32_t region, bool write);
  [[nodiscard]] bool holds_code(uint64_t address, unsigned bytes) const;
  Step finish_access(const Block& block, uint32_t index, const Access& result, uint32_t static_cycles);
  [[nodiscard]] uint32_t index_of(const Block& block, const Operation& operation) const {
    return block.instruction_of_operation[static_cast<std::size_t>(&operation - block.operations)];
  }

  // fp_core.cpp
  static constexpr unsigned kFloatOff = 0, kFloatDirty = 3;  ///< values of mstatus.FS
  static constexpr unsigned kGateDirty = 5, kGateOn = 6;
  void set_float_state(unsigned state);
  void set_float_control(uint32_t flags, uint32_t rounding);
  void update_float_gates();
  void dirty_float_state();
  Step float_slow(const Block& block, const Operation& operation, Instruction id);
  Step float_load_slow(const Block& block, const Operation& operation, Unsigned address, Instruction id);
  Step float_store_slow(const Block& block, const Operation& operation, Unsigned address, Instruction id);
  void write_loaded(const Operation& operation, Instruction id, uint64_t value);
  [[nodiscard]] uint64_t stored_value(const Operation& operation, Instruction id) const;

  // csr.cpp
  Step csr_instruction(const Block& block, Exit& exit, Instruction id, unsigned rd, unsigned rs1);
  [[nodiscard]] std::optional<uint64_t> read_csr(unsigned number) const;
  bool write_csr(unsigned number, uint64_t value);
  [[nodiscard]] bool csr_accessible(unsigned number, bool write) const;
  [[nodiscard]] uint64_t mstatus() const;
  void set_mstatus(uint64_t value);

  // trap.cpp
  Step raise(const Block& block, uint32_t index, TrapCause cause, uint64_t tval);
  Step take_trap(uint64_t cause, bool interrupt, uint64_t pc, uint64_t tval);
  [[nodiscard]] std::optional<uint64_t> pending_interrupt() const;
  Step check();
  Step environment_call(const Block& block, uint32_t index, Instruction id);
  Step trap_return(const Block& block, Exit& exit);
  Step wait_for_interrupt(const Block& block, Exit& exit);
  void update_limit();
  [[nodiscard]] bool executable(uint64_t pc);

  // debug.cpp
  Step debug_break(const Block& block);
  [[nodiscard]] bool debug_stops_at(uint64_t pc) const;
  [[nodiscard]] uint32_t longest_block() const;
  struct AccessKind {
    bool read = false;
    bool write = false;
  };
  bool debug_watch(const Block& block, uint32_t index, uint64_t address, unsigned bytes, AccessKind kind);

  // accounting.cpp
  void leave_before(const Block& block, uint32_t index);
  void leave_after(const Block& block, uint32_t index);
  void leave_by(Exit& exit);
  void record(Exit* exit) { ring_[ring_next_++ % kRing] = exit; }
  void record_partial(const Block& block, uint32_t index);
  void fold_exits();
  void book_tally(const BlockTally& tally, uint32_t region, uint64_t times);
  [[nodiscard]] std::optional<uint64_t> last_jump(const Block* block, uint32_t index) const;

  HartCoreConfig config_;
  HartPort& port_;
  TimingTable timing_;

  // State the fast path touches.
  std::array<Unsigned, 33> x_{};  ///< x_[32] swallows writes to x0
  uint64_t limit_ = 0;            ///< cycle at which a checking transfer leaves the fast path
  uint64_t cycles_ = 0;           ///< at the entry of the current block, corrected by dynamic penalties
  uint64_t instret_ = 0;          ///< at the entry of the current block
  uint32_t ring_next_ = 0;
  std::array<DataTlbEntry, kTlbEntries> tlb_{};
  std::vector<HashEntry> hash_{kHashEntries};
  std::array<Exit*, kRing> ring_{};

  std::array<uint64_t, 32> f_{};  ///< a binary32 is NaN-boxed
  /// 0: the fast path may go on. By rounding mode (0..4, 7): FS is dirty, the inexact flag stands and the
  /// mode is nearest even. kGateDirty: FS is dirty. kGateOn: FS is not off.
  std::array<uint8_t, 8> float_gates_{};
  uint32_t fflags_ = 0, frm_ = 0;
  unsigned fs_ = kFloatOff;

  Unsigned pc_ = 0;  ///< valid at block borders
  uint64_t port_limit_ = 0;
  Outcome outcome_ = Outcome::kStopped;
  bool waiting_ = false;
  const BlockInstruction* in_flight_ = nullptr;  ///< while an instruction in the middle of a block calls out
  uint32_t in_flight_region_ = 0;

  // Machine state.
  Privilege privilege_ = Privilege::kMachine;
  bool mie_bit_ = false, mpie_bit_ = false, mprv_ = false, tw_ = false;
  Privilege mpp_ = Privilege::kUser;
  Unsigned mtvec_ = 0, mepc_ = 0, mcause_ = 0, mtval_ = 0, mscratch_ = 0;
  uint64_t mie_ = 0, mip_ = 0;
  uint32_t mcounteren_ = 0, mcountinhibit_ = 0;
  uint64_t mcycle_offset_ = 0, minstret_offset_ = 0;  ///< CSR value - count
  std::optional<uint64_t> reservation_;
  std::optional<FirmwareTrap> firmware_trap_;
  const Block* trap_block_ = nullptr;  ///< where the trap being taken comes from
  uint32_t trap_index_ = 0;

  HartDebugger* debugger_ = nullptr;
  struct Resumed {
    Unsigned pc = 0;
    uint64_t instret = 0;
  };
  std::optional<Resumed> debug_resumed_;  ///< the stop that was reported last, when its block is gone
  std::optional<Resumed> debug_watched_;  ///< where a watchpoint was hit last: now it may pass

  // Blocks.
  std::array<const void*, 512> handlers_{};
  Operation unresolved_;
  std::vector<Operation> operations_;
  std::vector<Exit> exits_;
  std::unordered_map<uint64_t, std::unique_ptr<Block>> blocks_;
  std::vector<uint64_t> constants_;
  std::unordered_map<uint64_t, uint64_t>
      code_lines_;           ///< page number -> bit per 64 bytes that hold decoded code
  uint64_t generation_ = 0;  ///< of the block cache
  bool flush_pending_ = false;
  bool regions_stale_ = false;
  std::array<Exit, kRing * 2> partial_exits_{};
  uint32_t partial_next_ = 0;
  std::vector<FirmwareTrap::Executed> history_;  ///< from blocks that were flushed

  // Memory.
  std::vector<MemoryRegion> regions_;
  std::vector<RegionAccount> region_accounts_;
  uint32_t last_region_ = 0;         ///< found last
  std::optional<uint32_t> primary_;  ///< the region the data TLB serves; its latency is part of static cycles
  uint32_t static_read_cycles_ = 0, static_write_cycles_ = 0;

  // Accounts.
  TotalTally base_;
  uint64_t bus_cycles_ = 0, idle_cycles_ = 0;
  uint64_t slow_loads_ = 0, slow_stores_ = 0;  ///< retired ones that the data TLB did not serve
  uint64_t slow_reads_ = 0, slow_writes_ = 0;  ///< beats they issued
  uint64_t primary_reads_booked_ = 0, primary_writes_booked_ = 0;
};

}  // namespace ganglion
