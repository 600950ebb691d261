#pragma once

#include <map>
#include <type_traits>
#include <unordered_map>

#include "platform/cpu/hart_core.h"
#include "platform/cpu/mmu.h"
#include "platform/cpu/pmp.h"

namespace ganglion {

/// HartCore for one XLEN. The parts: translator.cpp makes blocks, block_cache.cpp keeps them, interpreter.cpp
/// executes them, memory_path.cpp is what loads, stores and AMOs do beyond the TLB, translation.cpp (virtual
/// addresses, PMP), csr.cpp, supervisor.cpp, trap.cpp, accounting.cpp.
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
  [[nodiscard]] std::vector<FirmwareTrap::Executed> last_instructions(std::size_t most) const override;
  void invalidate_regions(uint64_t first, uint64_t last) override;
  [[nodiscard]] int xlen() const override { return kXlen; }
  [[nodiscard]] unsigned privilege() const override { return static_cast<unsigned>(privilege_); }
  void attach_observer(HartObserver* observer) override;
  void attach_debugger(HartDebugger* debugger) override;
  void stops_changed() override;
  bool set_csr(unsigned number, uint64_t value) override;
  [[nodiscard]] std::optional<uint64_t> physical_address(uint64_t address) override;

 private:
  /// How the interpreter goes on after it left the fast path.
  enum class Step {
    kNext,   ///< with the next operation of the block
    kEnter,  ///< at pc_
    kStop,   ///< not at all: outcome_ says why
  };

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
  /// Blocks found by virtual PC in one mode; emptied when translations may have changed.
  struct HashTable {
    std::vector<HashEntry> entries = std::vector<HashEntry>(kHashEntries);
    std::vector<uint16_t> used;
  };
  struct BlockKeyHash {
    std::size_t operator()(const BlockKey& key) const {
      return std::hash<uint64_t>{}(key.pc ^ (key.physical * 0x9e3779b97f4a7c15u) ^ (key.second << 17) ^
                                   static_cast<uint64_t>(key.kind));
    }
  };
  using DataTlb = std::array<DataTlbEntry, 256>;
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
  static constexpr unsigned kRing = kInstructionsKept;
  static constexpr std::size_t kArenaOperations = 1 << 17;
  static constexpr std::size_t kArenaExits = 1 << 16;
  static constexpr std::size_t kMaxBlockInstructions = 64;
  static constexpr unsigned kDummy = 32;

  // interpreter.cpp
  Step execute(bool collect_labels);

  // translator.cpp
  friend class Translator;
  Block* translate(const BlockKey& key);

  // block_cache.cpp
  Block* find_or_translate(uint64_t pc);
  void mark_code(uint64_t pc, unsigned bytes);
  [[nodiscard]] bool holds_code(uint64_t address, unsigned bytes) const;
  void flush_blocks();
  void doubt_blocks();
  [[nodiscard]] bool is_current(const Block& block);
  void unlink(std::vector<Exit*>& exits);
  void chain(Exit& exit, Block& target);
  void clear_hash(HashTable& table);
  void protect_code_page(uint64_t physical);

  // memory_path.cpp
  void renew_regions();
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
  /// `second` is where the bytes behind the first beat lie.
  Access access(uint64_t address, uint64_t second, void* data, unsigned bytes, bool write, uint64_t now);
  bool access_piece(uint64_t address, uint8_t* data, unsigned bytes, bool write, uint64_t now,
                    Access& result);
  /// Index of the memory region with `address`, or nullopt when a device or nothing is there.
  std::optional<uint32_t> memory_region(uint64_t address);
  void refill_tlb(uint64_t address, uint64_t physical, uint32_t region, bool write);
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
  // translation.cpp
  /// Physical place of a load or store, or the exception it raises.
  struct Located {
    std::optional<TrapCause> fault;
    uint64_t fault_address = 0;
    uint64_t first = 0;
    uint64_t second = 0;  ///< of the bytes behind the first 64-bit beat
  };
  Located locate(uint64_t address, unsigned bytes, AccessKind kind);
  Translation page_walk(uint64_t address, AccessKind kind, Privilege privilege);
  class Tables;
  [[nodiscard]] uint64_t root_table() const { return (satp_ & ((uint64_t{1} << 44) - 1)) << kPageBits; }
  [[nodiscard]] bool paged(Privilege privilege) const {
    return kXlen == 64 && privilege != Privilege::kMachine && satp_ >> 60 == 8;
  }
  [[nodiscard]] Privilege data_privilege() const {
    return privilege_ == Privilege::kMachine && mprv_ ? mpp_ : privilege_;
  }
  [[nodiscard]] bool pmp_allows(uint64_t address, uint64_t bytes, AccessKind kind,
                                Privilege privilege) const {
    return !supervisor_ || pmp_.allows(address, bytes, kind, privilege);
  }
  BlockKey block_key(uint64_t pc);
  [[nodiscard]] unsigned fetch(uint64_t pc, uint32_t& word, uint32_t& region);
  [[nodiscard]] uint64_t physical_of_code(uint64_t address) const {
    if (!code_.paged) return static_cast<Unsigned>(address);
    return (address ^ code_.pc) >> kPageBits == 0 ? (code_.physical & ~uint64_t{0xfff}) | (address & 0xfff)
                                                  : (code_.second & ~uint64_t{0xfff}) | (address & 0xfff);
  }
  /// To be called after every change of what addresses mean: mode, mstatus.
  void update_context();
  void forget_translations();
  void clear_data_tlbs();

  // supervisor.cpp
  [[nodiscard]] std::optional<uint64_t> read_privileged_csr(unsigned number) const;
  bool write_privileged_csr(unsigned number, uint64_t value);
  [[nodiscard]] bool privileged_csr_accessible(unsigned number) const;
  [[nodiscard]] uint64_t supervisor_status() const;
  void set_supervisor_status(uint64_t value);
  void reset_privileged();
  void update_pending();
  Step supervisor_return(const Block& block, Exit& exit);
  Step sfence_vma(const Block& block, Exit& exit);

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
  void observe(const Block& block);
  void fold_last_exit();
  Step debug_break(const Block& block);
  Step ask_debugger(const Block& block);
  [[nodiscard]] bool debug_stops_at(uint64_t pc) const;
  [[nodiscard]] uint32_t longest_block() const;
  struct WatchedAccess {
    bool read = false;
    bool write = false;
  };
  bool debug_watch(const Block& block, uint32_t index, uint64_t address, unsigned bytes, WatchedAccess kind);

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
  const bool supervisor_;  ///< the extension S: S mode, PMP, Sv39, Sstc

  // State the fast path touches.
  alignas(64) std::array<Unsigned, 33> x_{};  ///< x_[32] swallows writes to x0
  uint64_t limit_ = 0;                        ///< cycle at which a checking transfer leaves the fast path
  uint64_t cycles_ = 0;   ///< at the entry of the current block, corrected by dynamic penalties
  uint64_t instret_ = 0;  ///< at the entry of the current block
  uint32_t ring_next_ = 0;
  HashEntry* hash_ = nullptr;  ///< of the mode that instructions are fetched in
  std::vector<Exit> exits_;
  alignas(64) DataTlb tlb_{};  ///< of the mode that loads and stores are in
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
  HartObserver* observer_ = nullptr;
  std::optional<Resumed> observed_;       ///< told to the observer last
  uint64_t returned_at_ = ~uint64_t{0};   ///< instructions retired at the last return from a trap
  std::optional<Resumed> debug_resumed_;  ///< the stop that was reported last, when its block is gone
  std::optional<Resumed> debug_watched_;  ///< where a watchpoint was hit last: now it may pass
  // Supervisor mode, delegation, protection.
  bool sie_bit_ = false, spie_bit_ = false, spp_ = false, sum_ = false, mxr_ = false;
  bool tvm_ = false, tsr_ = false;
  Unsigned stvec_ = 0, sepc_ = 0, scause_ = 0, stval_ = 0, sscratch_ = 0;
  uint64_t satp_ = 0, medeleg_ = 0, mideleg_ = 0, menvcfg_ = 0, senvcfg_ = 0;
  uint64_t stimecmp_ = ~uint64_t{0};
  uint32_t scounteren_ = 0;
  bool seip_line_ = false, seip_software_ = false;  ///< either makes mip.SEIP
  bool stip_line_ = false, stip_software_ = false;  ///< menvcfg.STCE chooses
  Pmp pmp_;
  bool refetch_ = false;  ///< a CSR write changed what the next instruction is

  // Modes of addresses, see hashes_ and tlbs_.
  unsigned hash_mode_ = 0;
  unsigned tlb_mode_ = 0;
  std::array<bool, 4> tlb_used_{};
  struct {
    bool paged = false;
    Privilege privilege = Privilege::kMachine;
    uint64_t pc = 0, physical = 0, second = 0;
  } code_;  ///< what fetch() reads

  // Blocks.
  std::array<const void*, 512> handlers_{};
  std::map<std::pair<const void*, const void*>, const void*> pairs_;  ///< handlers of operation_pairs.h
  Operation unresolved_;
  std::vector<Operation> operations_;
  std::unordered_map<BlockKey, std::unique_ptr<Block>, BlockKeyHash> blocks_;
  std::vector<uint64_t> constants_;
  std::unordered_map<uint64_t, uint64_t>
      code_lines_;  ///< page number -> bit per 64 bytes that hold decoded code
  std::vector<std::unique_ptr<Block>> retired_blocks_;         ///< replaced, but still named by exits
  uint64_t code_epoch_ = 0;                                    ///< fence.i so far
  std::vector<Exit*> chained_on_page_, chained_across_pages_;  ///< the latter only below M mode
  uint64_t generation_ = 0;                                    ///< of the block cache
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

  // Hash tables by mode: M, S, U. Data TLBs: M, S, U, S with SUM. Large, so behind everything else.
  static_assert(std::tuple_size_v<DataTlb> == kTlbEntries);
  std::array<HashTable, 3> hashes_;
  std::array<DataTlb, 4> tlbs_{};  ///< the one in use lies in tlb_
};

}  // namespace ganglion
