// The fast path: direct-threaded execution of decoded blocks. Everything that is not a plain register
// operation, a load or store that hits the data TLB, or a taken exit before the run-ahead limit, leaves
// through a Step.
#include <algorithm>
#include <bit>
#include <cstring>

#include "platform/cpu/translator.h"

// Label addresses and computed goto are what -Wpedantic warns about; they are the point of this file.
#pragma GCC diagnostic ignored "-Wpedantic"

namespace ganglion {
namespace {

/// orc.b: each byte that is not 0 becomes 0xff.
template <typename T>
T or_bytes(T value) {
  T result = 0;
  for (unsigned i = 0; i < sizeof(T) * 8; i += 8)
    if ((value >> i & 0xff) != 0) result |= T{0xff} << i;
  return result;
}

uint64_t reverse_bytes(uint64_t value) { return __builtin_bswap64(value); }
uint32_t reverse_bytes(uint32_t value) { return __builtin_bswap32(value); }

}  // namespace

template <int kXlen>
RiscvCore<kXlen>::RiscvCore(const HartCoreConfig& config, HartPort& port)
    : config_(config), port_(port), timing_(config.timing != nullptr ? *config.timing : timing_tables()[0]) {
  operations_.reserve(kArenaOperations);  // never beyond: pointers into both stay valid until a flush
  exits_.reserve(kArenaExits);
  execute(true);
  unresolved_.handler = handlers_[static_cast<std::size_t>(Handler::kUnresolved)];
  reset();
}

template <int kXlen>
auto RiscvCore<kXlen>::run() -> Outcome {
  firmware_trap_.reset();
  if (check() == Step::kStop) return outcome_;
  execute(false);
  return outcome_;
}

template <int kXlen>
Block* RiscvCore<kXlen>::find_or_translate(uint64_t pc) {
  Block* block = nullptr;
  if (const auto found = blocks_.find(pc); found != blocks_.end()) {
    block = found->second.get();
  } else {
    block = translate(pc);
  }
  hash_[(pc >> 1) % kHashEntries] = {pc, block, block->operations};
  return block;
}

template <int kXlen>
auto RiscvCore<kXlen>::execute(bool collect_labels) -> Step {
  if (collect_labels) {
    static const void* const labels[] = {
#define X(name, ...) &&do_##name,
        GANGLION_RISCV_INSTRUCTIONS(X) GANGLION_HART_DERIVED_OPERATIONS(X)
#undef X
    };
    static_assert(std::size(labels) == static_cast<std::size_t>(Handler::kCount));
    static_assert(std::size(labels) <= std::tuple_size_v<decltype(handlers_)>);
    std::copy(std::begin(labels), std::end(labels), handlers_.begin());
    return Step::kStop;
  }

  using U = Unsigned;
  using S = Signed;
  constexpr unsigned kShiftMask = kXlen - 1;
  U* const x = x_.data();
  const Operation* op = nullptr;
  Block* block = nullptr;
  Exit* exit = nullptr;
  Step step = Step::kEnter;
  uint64_t cycles = cycles_;
  uint64_t instret = instret_;
  uint32_t ring = ring_next_;

#define DISPATCH() goto * op->handler
#define NEXT()  \
  do {          \
    ++op;       \
    DISPATCH(); \
  } while (0)
#define RD x[op->rd]
#define RS1 x[op->rs1]
#define RS2 x[op->rs2]
#define IMM static_cast<U>(static_cast<S>(op->immediate))
#define SAVE()          \
  do {                  \
    cycles_ = cycles;   \
    instret_ = instret; \
    ring_next_ = ring;  \
  } while (0)
#define RESTORE()       \
  do {                  \
    cycles = cycles_;   \
    instret = instret_; \
    ring = ring_next_;  \
  } while (0)
// A call that may synchronise, trap or stop; the block may be gone afterwards unless it says kNext.
#define OUT_OF_LINE(call)               \
  do {                                  \
    SAVE();                             \
    step = (call);                      \
    RESTORE();                          \
    if (step == Step::kNext) [[likely]] \
      NEXT();                           \
    goto left;                          \
  } while (0)
#define COUNT_EXIT()               \
  do {                             \
    ring_[ring++ % kRing] = exit;  \
    ++exit->taken;                 \
    instret += exit->instructions; \
    cycles += exit->cycles;        \
  } while (0)
#define TAKE_EXIT(checks)                                 \
  do {                                                    \
    exit = &exits_[static_cast<uint32_t>(op->immediate)]; \
    COUNT_EXIT();                                         \
    if ((checks) && cycles >= limit_) [[unlikely]]        \
      goto check_direct;                                  \
    block = exit->target;                                 \
    op = exit->target_operations;                         \
    DISPATCH();                                           \
  } while (0)
#define BRANCH(name, condition)               \
  do_##name : if (condition) TAKE_EXIT(true); \
  NEXT();
#define ALU(name, ...)                          \
  do_##name : RD = static_cast<U>(__VA_ARGS__); \
  NEXT();
#define LOAD(name, type)                                                                        \
  do_##name : {                                                                                 \
    const U address = RS1 + IMM;                                                                \
    const DataTlbEntry& entry = tlb_[(address >> kPageBits) % kTlbEntries];                     \
    if ((address & (kPageMask | (sizeof(type) - 1))) == entry.read_tag) [[likely]] {            \
      type value;                                                                               \
      std::memcpy(&value, reinterpret_cast<const void*>(entry.addend + address), sizeof value); \
      RD = static_cast<U>(static_cast<S>(value));                                               \
      NEXT();                                                                                   \
    }                                                                                           \
    OUT_OF_LINE(load_slow(*block, *op, address, Instruction::k##name));                         \
  }
#define STORE(name, type)                                                                 \
  do_##name : {                                                                           \
    const U address = RS1 + IMM;                                                          \
    const DataTlbEntry& entry = tlb_[(address >> kPageBits) % kTlbEntries];               \
    if ((address & (kPageMask | (sizeof(type) - 1))) == entry.write_tag) [[likely]] {     \
      const type value = static_cast<type>(RS2);                                          \
      std::memcpy(reinterpret_cast<void*>(entry.addend + address), &value, sizeof value); \
      NEXT();                                                                             \
    }                                                                                     \
    OUT_OF_LINE(store_slow(*block, *op, address, Instruction::k##name));                  \
  }
#define AMO(name) do_##name : OUT_OF_LINE(amo(*block, *op, Instruction::k##name));
#define CSR(name)                                                               \
  do_##name : SAVE();                                                           \
  exit = &exits_[static_cast<uint32_t>(op->immediate)];                         \
  step = csr_instruction(*block, *exit, Instruction::k##name, op->rd, op->rs1); \
  RESTORE();                                                                    \
  if (step != Step::kNext) goto left;                                           \
  block = exit->target;                                                         \
  op = exit->target_operations;                                                 \
  DISPATCH();
#define DIVIDE_EXTRA(divisor, bits)                                      \
  if (timing_.div_leading_zeros) {                                       \
    const auto extra = static_cast<uint64_t>(std::countl_zero(divisor)); \
    static_assert(sizeof(divisor) * 8 == (bits));                        \
    cycles += extra;                                                     \
    base_.stall_cycles += extra;                                         \
  }

left:
  if (step == Step::kStop) {
    SAVE();
    return step;
  }
  goto enter;

check_direct:  // a taken exit at or after the run-ahead limit
  SAVE();
  pc_ = static_cast<U>(exit->target_pc);
  step = check();
  RESTORE();
  goto left;

enter : {
  const HashEntry& entry = hash_[(static_cast<uint64_t>(pc_) >> 1) % kHashEntries];
  if (entry.pc == pc_) {
    block = entry.block;
    op = entry.operations;
    DISPATCH();
  }
  SAVE();
  block = find_or_translate(pc_);
  op = block->operations;
  DISPATCH();
}

do_Unresolved : {
  SAVE();
  const uint64_t generation = generation_;
  block = find_or_translate(exit->target_pc);
  op = block->operations;
  if (generation == generation_) {
    exit->target = block;
    exit->target_operations = op;
  }
  DISPATCH();
}

do_Jalr : {
  exit = &exits_[static_cast<uint32_t>(op->immediate)];
  const U target = (RS1 + static_cast<U>(exit->link)) & ~U{1};
  RD = static_cast<U>(exit->target_pc);
  COUNT_EXIT();
  pc_ = target;
  if (cycles >= limit_) [[unlikely]] {
    SAVE();
    step = check();
    RESTORE();
    goto left;
  }
  const HashEntry& entry = hash_[(target >> 1) % kHashEntries];
  if (entry.pc != target) [[unlikely]]
    goto enter;
  block = entry.block;
  op = entry.operations;
  DISPATCH();
}

do_JumpForward:
do_FallThrough:
do_Jal:
  TAKE_EXIT(false);
do_JumpBackward:
  TAKE_EXIT(true);

  BRANCH(Beq, RS1 == RS2)
  BRANCH(Bne, RS1 != RS2)
  BRANCH(Blt, static_cast<S>(RS1) < static_cast<S>(RS2))
  BRANCH(Bge, static_cast<S>(RS1) >= static_cast<S>(RS2))
  BRANCH(Bltu, RS1 < RS2)
  BRANCH(Bgeu, RS1 >= RS2)
do_AddiBne : {
  const U value = RS1 + static_cast<U>(static_cast<S>(op->small));
  RD = value;
  if (value != RS2) TAKE_EXIT(true);
  NEXT();
}

do_Lui:
do_Auipc:
do_Constant:
  RD = IMM;
  NEXT();
do_ConstantPool:
  RD = static_cast<U>(constants_[static_cast<uint32_t>(op->immediate)]);
  NEXT();
  ALU(SlliAdd, (RS1 << op->immediate) + RS2)
  ALU(SlliSrli, static_cast<U>(RS1 << op->immediate) >> op->small)

  ALU(Addi, RS1 + IMM)
  ALU(Slti, static_cast<S>(RS1) < static_cast<S>(op->immediate) ? 1 : 0)
  ALU(Sltiu, RS1 < IMM ? 1 : 0)
  ALU(Xori, RS1 ^ IMM)
  ALU(Ori, RS1 | IMM)
  ALU(Andi, RS1 & IMM)
  ALU(Slli, RS1 << op->immediate)
  ALU(Srli, RS1 >> op->immediate)
  ALU(Srai, static_cast<S>(RS1) >> op->immediate)
  ALU(Add, RS1 + RS2)
  ALU(Sub, RS1 - RS2)
  ALU(Sll, RS1 << (RS2 & kShiftMask))
  ALU(Slt, static_cast<S>(RS1) < static_cast<S>(RS2) ? 1 : 0)
  ALU(Sltu, RS1 < RS2 ? 1 : 0)
  ALU(Xor, RS1 ^ RS2)
  ALU(Srl, RS1 >> (RS2 & kShiftMask))
  ALU(Sra, static_cast<S>(RS1) >> (RS2 & kShiftMask))
  ALU(Or, RS1 | RS2)
  ALU(And, RS1 & RS2)
#define WORD(...) static_cast<S>(static_cast<int32_t>(static_cast<uint32_t>(__VA_ARGS__)))
  ALU(Addiw, WORD(RS1 + IMM))
  ALU(Slliw, WORD(static_cast<uint32_t>(RS1) << op->immediate))
  ALU(Srliw, WORD(static_cast<uint32_t>(RS1) >> op->immediate))
  ALU(Sraiw, WORD(static_cast<int32_t>(RS1) >> op->immediate))
  ALU(Addw, WORD(RS1 + RS2))
  ALU(Subw, WORD(RS1 - RS2))
  ALU(Sllw, WORD(static_cast<uint32_t>(RS1) << (RS2 & 31)))
  ALU(Srlw, WORD(static_cast<uint32_t>(RS1) >> (RS2 & 31)))
  ALU(Sraw, WORD(static_cast<int32_t>(RS1) >> (RS2 & 31)))

  // Zba, Zbb, Zbs.
  ALU(Sh1add, (RS1 << 1) + RS2)
  ALU(Sh2add, (RS1 << 2) + RS2)
  ALU(Sh3add, (RS1 << 3) + RS2)
#define LOW_WORD static_cast<U>(static_cast<uint32_t>(RS1))
  ALU(AddUw, LOW_WORD + RS2)
  ALU(Sh1addUw, (LOW_WORD << 1) + RS2)
  ALU(Sh2addUw, (LOW_WORD << 2) + RS2)
  ALU(Sh3addUw, (LOW_WORD << 3) + RS2)
  ALU(SlliUw, LOW_WORD << op->immediate)
  ALU(Andn, RS1 & ~RS2)
  ALU(Orn, RS1 | ~RS2)
  ALU(Xnor, ~(RS1 ^ RS2))
  ALU(Max, std::max(static_cast<S>(RS1), static_cast<S>(RS2)))
  ALU(Maxu, std::max(RS1, RS2))
  ALU(Min, std::min(static_cast<S>(RS1), static_cast<S>(RS2)))
  ALU(Minu, std::min(RS1, RS2))
  ALU(Rol, std::rotl(RS1, static_cast<int>(RS2 & kShiftMask)))
  ALU(Ror, std::rotr(RS1, static_cast<int>(RS2 & kShiftMask)))
  ALU(Rori, std::rotr(RS1, op->immediate))
  ALU(Rolw, WORD(std::rotl(static_cast<uint32_t>(RS1), static_cast<int>(RS2 & 31))))
  ALU(Rorw, WORD(std::rotr(static_cast<uint32_t>(RS1), static_cast<int>(RS2 & 31))))
  ALU(Roriw, WORD(std::rotr(static_cast<uint32_t>(RS1), op->immediate)))
  ALU(Clz, std::countl_zero(RS1))
  ALU(Ctz, std::countr_zero(RS1))
  ALU(Cpop, std::popcount(RS1))
  ALU(Clzw, std::countl_zero(static_cast<uint32_t>(RS1)))
  ALU(Ctzw, std::countr_zero(static_cast<uint32_t>(RS1)))
  ALU(Cpopw, std::popcount(static_cast<uint32_t>(RS1)))
  ALU(SextB, static_cast<S>(static_cast<int8_t>(RS1)))
  ALU(SextH, static_cast<S>(static_cast<int16_t>(RS1)))
do_ZextHRv32:
  ALU(ZextH, static_cast<uint16_t>(RS1))
  ALU(OrcB, or_bytes(RS1))
do_Rev8Rv32:
  ALU(Rev8, reverse_bytes(RS1))
#define BIT(index) (U{1} << ((index)&kShiftMask))
  ALU(Bclr, RS1 & ~BIT(RS2))
  ALU(Bext, (RS1 >> (RS2 & kShiftMask)) & 1)
  ALU(Binv, RS1 ^ BIT(RS2))
  ALU(Bset, RS1 | BIT(RS2))
  ALU(Bclri, RS1 & ~BIT(op->immediate))
  ALU(Bexti, (RS1 >> op->immediate) & 1)
  ALU(Binvi, RS1 ^ BIT(op->immediate))
  ALU(Bseti, RS1 | BIT(op->immediate))

  using Wide = std::conditional_t<kXlen == 64, __int128, int64_t>;
  using UnsignedWide = std::conditional_t<kXlen == 64, unsigned __int128, uint64_t>;
  constexpr S kMin = static_cast<S>(U{1} << (kXlen - 1));
  ALU(Mul, RS1 * RS2)
  ALU(Mulh, (static_cast<Wide>(static_cast<S>(RS1)) * static_cast<Wide>(static_cast<S>(RS2))) >> kXlen)
  ALU(Mulhsu,
      static_cast<UnsignedWide>(static_cast<Wide>(static_cast<S>(RS1))) * static_cast<UnsignedWide>(RS2) >>
          kXlen)
  ALU(Mulhu, (static_cast<UnsignedWide>(RS1) * static_cast<UnsignedWide>(RS2)) >> kXlen)
  ALU(Mulw, WORD(static_cast<uint32_t>(RS1) * static_cast<uint32_t>(RS2)))

do_Div : {
  const S a = static_cast<S>(RS1), b = static_cast<S>(RS2);
  DIVIDE_EXTRA(static_cast<U>(b), kXlen)
  RD = b == 0 ? ~U{0} : (a == kMin && b == -1) ? static_cast<U>(a) : static_cast<U>(a / b);
  NEXT();
}
do_Rem : {
  const S a = static_cast<S>(RS1), b = static_cast<S>(RS2);
  DIVIDE_EXTRA(static_cast<U>(b), kXlen)
  RD = b == 0 ? static_cast<U>(a) : (b == -1) ? U{0} : static_cast<U>(a % b);
  NEXT();
}
do_Divu : {
  const U a = RS1, b = RS2;
  DIVIDE_EXTRA(b, kXlen)
  RD = b == 0 ? ~U{0} : a / b;
  NEXT();
}
do_Remu : {
  const U a = RS1, b = RS2;
  DIVIDE_EXTRA(b, kXlen)
  RD = b == 0 ? a : a % b;
  NEXT();
}
do_Divw : {
  const auto a = static_cast<int32_t>(RS1), b = static_cast<int32_t>(RS2);
  DIVIDE_EXTRA(static_cast<uint32_t>(b), 32)
  RD = static_cast<U>(static_cast<S>(b == 0      ? -1
                                     : (b == -1) ? static_cast<int32_t>(0u - static_cast<uint32_t>(a))
                                                 : a / b));
  NEXT();
}
do_Remw : {
  const auto a = static_cast<int32_t>(RS1), b = static_cast<int32_t>(RS2);
  DIVIDE_EXTRA(static_cast<uint32_t>(b), 32)
  RD = static_cast<U>(static_cast<S>(b == 0 ? a : (b == -1) ? 0 : a % b));
  NEXT();
}
do_Divuw : {
  const auto a = static_cast<uint32_t>(RS1), b = static_cast<uint32_t>(RS2);
  DIVIDE_EXTRA(b, 32)
  RD = static_cast<U>(WORD(b == 0 ? ~0u : a / b));
  NEXT();
}
do_Remuw : {
  const auto a = static_cast<uint32_t>(RS1), b = static_cast<uint32_t>(RS2);
  DIVIDE_EXTRA(b, 32)
  RD = static_cast<U>(WORD(b == 0 ? a : a % b));
  NEXT();
}

  LOAD(Lb, int8_t)
  LOAD(Lh, int16_t)
  LOAD(Lw, int32_t)
  LOAD(Ld, int64_t)
  LOAD(Lbu, uint8_t)
  LOAD(Lhu, uint16_t)
  LOAD(Lwu, uint32_t)
  STORE(Sb, uint8_t)
  STORE(Sh, uint16_t)
  STORE(Sw, uint32_t)
  STORE(Sd, uint64_t)

  AMO(LrW)
  AMO(ScW)
  AMO(AmoswapW)
  AMO(AmoaddW)
  AMO(AmoxorW)
  AMO(AmoandW)
  AMO(AmoorW)
  AMO(AmominW) AMO(AmomaxW) AMO(AmominuW) AMO(AmomaxuW) AMO(LrD) AMO(ScD) AMO(AmoswapD) AMO(AmoaddD)
      AMO(AmoxorD) AMO(AmoandD) AMO(AmoorD) AMO(AmominD) AMO(AmomaxD) AMO(AmominuD) AMO(AmomaxuD)

          CSR(Csrrw) CSR(Csrrs) CSR(Csrrc) CSR(Csrrwi) CSR(Csrrsi) CSR(Csrrci)

              do_Fence : NEXT();
do_FenceI:
  SAVE();
  exit = &exits_[static_cast<uint32_t>(op->immediate)];
  leave_by(*exit);
  flush_blocks();
  RESTORE();
  goto enter;
do_Ecall:
  OUT_OF_LINE(environment_call(*block, index_of(*block, *op), Instruction::kEcall));
do_Ebreak:
  OUT_OF_LINE(environment_call(*block, index_of(*block, *op), Instruction::kEbreak));
do_Mret:
  OUT_OF_LINE(trap_return(*block, exits_[static_cast<uint32_t>(op->immediate)]));
do_Wfi:
  OUT_OF_LINE(wait_for_interrupt(*block, exits_[static_cast<uint32_t>(op->immediate)]));
do_Illegal : {
  const uint32_t index = index_of(*block, *op);
  const auto cause = static_cast<TrapCause>(op->immediate);
  const BlockInstruction& at = block->instructions[index];
  OUT_OF_LINE(raise(*block, index, cause, cause == TrapCause::kIllegalInstruction ? at.word : at.pc));
}
}

template class RiscvCore<32>;
template class RiscvCore<64>;

std::unique_ptr<HartCore> HartCore::make(const HartCoreConfig& config, HartPort& port) {
  if (config.isa.xlen == 32) return std::make_unique<RiscvCore<32>>(config, port);
  return std::make_unique<RiscvCore<64>>(config, port);
}

}  // namespace ganglion
