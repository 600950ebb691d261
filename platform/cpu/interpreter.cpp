// The fast path: direct-threaded execution of decoded blocks. Everything that is not a plain register
// operation, a load or store that hits the data TLB, or a taken exit before the run-ahead limit, leaves
// through a Step.
#include <algorithm>
#include <bit>
#include <cstring>

#include "platform/cpu/fp_host.h"
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

/// A host address computed by the data TLB.
void* host_at(uintptr_t address) {
  return reinterpret_cast<void*>(address);  // NOLINT(performance-no-int-to-ptr)
}

uint64_t reverse_bytes(uint64_t value) { return __builtin_bswap64(value); }
uint32_t reverse_bytes(uint32_t value) { return __builtin_bswap32(value); }

}  // namespace

template <int kXlen>
RiscvCore<kXlen>::RiscvCore(const HartCoreConfig& config, HartPort& port)
    : config_(config),
      port_(port),
      timing_(config.timing != nullptr ? *config.timing : timing_tables()[0]),
      supervisor_(config.isa.has(InstructionExtension::kS)) {
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
auto RiscvCore<kXlen>::execute(bool collect_labels) -> Step {
  if (collect_labels) {
    static const void* const labels[] = {
#define X(name, ...) &&do_##name,
#define P(first, second) &&do_##first##Then##second,
        GANGLION_RISCV_INSTRUCTIONS(X) GANGLION_HART_DERIVED_OPERATIONS(X) GANGLION_HART_OPERATION_PAIRS(P)
#undef P
#undef X
    };
    static_assert(std::size(labels) == static_cast<std::size_t>(Handler::kCount));
    static_assert(std::size(labels) <= std::tuple_size_v<decltype(handlers_)>);
    std::copy(std::begin(labels), std::end(labels), handlers_.begin());
    [[maybe_unused]] const auto handler = [this](Handler name) {
      return handlers_[static_cast<std::size_t>(name)];
    };
#define P(first, second)                                              \
  pairs_[{handler(Handler::k##first), handler(Handler::k##second)}] = \
      handler(Handler::k##first##Then##second);
    GANGLION_HART_OPERATION_PAIRS(P)
#undef P
    return Step::kStop;
  }

  using U = Unsigned;
  using S = Signed;
  constexpr unsigned kShiftMask = kXlen - 1;
  constexpr S kMin = static_cast<S>(U{1} << (kXlen - 1));
  U* const x = x_.data();
  const Operation* op = nullptr;
  Block* block = nullptr;
  Exit* exit = nullptr;
  Step step = Step::kEnter;
  uint64_t cycles = cycles_;
  uint64_t instret = instret_;
  uint32_t ring = ring_next_;

#define DISPATCH() goto*(op->handler)  // NOLINT(bugprone-macro-parentheses)
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
#define LOAD(name, type)                                                             \
  do_##name : {                                                                      \
    const U address = RS1 + IMM;                                                     \
    const DataTlbEntry& entry = tlb_[(address >> kPageBits) % kTlbEntries];          \
    if ((address & (kPageMask | (sizeof(type) - 1))) == entry.read_tag) [[likely]] { \
      type value;                                                                    \
      std::memcpy(&value, host_at(entry.addend + address), sizeof value);            \
      RD = static_cast<U>(static_cast<S>(value));                                    \
      NEXT();                                                                        \
    }                                                                                \
    OUT_OF_LINE(load_slow(*block, *op, address, Instruction::k##name));              \
  }
#define STORE(name, type)                                                             \
  do_##name : {                                                                       \
    const U address = RS1 + IMM;                                                      \
    const DataTlbEntry& entry = tlb_[(address >> kPageBits) % kTlbEntries];           \
    if ((address & (kPageMask | (sizeof(type) - 1))) == entry.write_tag) [[likely]] { \
      const type value = static_cast<type>(RS2);                                      \
      std::memcpy(host_at(entry.addend + address), &value, sizeof value);             \
      NEXT();                                                                         \
    }                                                                                 \
    OUT_OF_LINE(store_slow(*block, *op, address, Instruction::k##name));              \
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
  if (generation == generation_) chain(*exit, *block);
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
#include "platform/cpu/register_operations.inc"

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
#include "platform/cpu/float_operations.inc"
#include "platform/cpu/pair_operations.inc"

  // clang-format off
  AMO(LrW) AMO(ScW) AMO(AmoswapW) AMO(AmoaddW) AMO(AmoxorW) AMO(AmoandW)
  AMO(AmoorW) AMO(AmominW) AMO(AmomaxW) AMO(AmominuW) AMO(AmomaxuW) AMO(LrD)
  AMO(ScD) AMO(AmoswapD) AMO(AmoaddD) AMO(AmoxorD) AMO(AmoandD) AMO(AmoorD)
  AMO(AmominD) AMO(AmomaxD) AMO(AmominuD) AMO(AmomaxuD)
  CSR(Csrrw) CSR(Csrrs) CSR(Csrrc) CSR(Csrrwi) CSR(Csrrsi) CSR(Csrrci)
do_Fence:
  NEXT();
  // clang-format on
do_FenceI:
  SAVE();
  exit = &exits_[static_cast<uint32_t>(op->immediate)];
  leave_by(*exit);
  doubt_blocks();
  RESTORE();
  goto enter;
do_Ecall:
  OUT_OF_LINE(environment_call(*block, index_of(*block, *op), Instruction::kEcall));
do_Ebreak:
  OUT_OF_LINE(environment_call(*block, index_of(*block, *op), Instruction::kEbreak));
do_Mret:
  OUT_OF_LINE(trap_return(*block, exits_[static_cast<uint32_t>(op->immediate)]));
do_Sret:
  OUT_OF_LINE(supervisor_return(*block, exits_[static_cast<uint32_t>(op->immediate)]));
do_SfenceVma:
  OUT_OF_LINE(sfence_vma(*block, exits_[static_cast<uint32_t>(op->immediate)]));
do_Wfi:
  OUT_OF_LINE(wait_for_interrupt(*block, exits_[static_cast<uint32_t>(op->immediate)]));
do_Debug:
  OUT_OF_LINE(debug_break(*block));
do_Illegal : {
  const uint32_t index = index_of(*block, *op);
  const auto cause = static_cast<TrapCause>(op->immediate);
  const BlockInstruction& at = block->instructions[index];
  OUT_OF_LINE(
      raise(*block, index, cause,
            cause == TrapCause::kIllegalInstruction ? at.word : at.pc + static_cast<uint64_t>(op->small)));
}
}

template class RiscvCore<32>;
template class RiscvCore<64>;

std::unique_ptr<HartCore> HartCore::make(const HartCoreConfig& config, HartPort& port) {
  if (config.isa.xlen == 32) return std::make_unique<RiscvCore<32>>(config, port);
  return std::make_unique<RiscvCore<64>>(config, port);
}

}  // namespace ganglion
