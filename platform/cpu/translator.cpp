#include "platform/cpu/translator.h"

#include <algorithm>

namespace ganglion {
namespace {

constexpr uint64_t kLineBits = 5;  // 32-byte lines of instruction fetch
constexpr uint64_t kPage = 4096;
constexpr uint64_t kNoLine = ~uint64_t{0};

bool same_page(uint64_t a, uint64_t b) { return a / kPage == b / kPage; }

bool ends_block(Instruction id) {
  switch (id) {
    case Instruction::kJalr:
    case Instruction::kCsrrw:
    case Instruction::kCsrrs:
    case Instruction::kCsrrc:
    case Instruction::kCsrrwi:
    case Instruction::kCsrrsi:
    case Instruction::kCsrrci:
    case Instruction::kFenceI:
    case Instruction::kEcall:
    case Instruction::kEbreak:
    case Instruction::kMret:
    case Instruction::kSret:
    case Instruction::kSfenceVma:
    case Instruction::kWfi:
      return true;
    default:
      return false;
  }
}

}  // namespace

/// Makes one block: walks the program from its PC, keeps the tally, emits operations and exits.
class Translator {
 public:
  template <int kXlen>
  static Block* run(RiscvCore<kXlen>& core, const BlockKey& key) {
    Walk<kXlen> walk(core);
    return walk.block_at(key);
  }

 private:
  template <int kXlen>
  struct Walk {
    using Core = RiscvCore<kXlen>;
    explicit Walk(Core& interpreter) : core(interpreter) {}
    Core& core;
    Block* block = nullptr;
    BlockTally tally;
    uint64_t pc = 0;
    uint64_t line = kNoLine;
    Operation* first = nullptr;
    Instruction last_id = Instruction::kFence;  ///< of the operation emitted last
    bool fusable = false;                       ///< that operation is the previous instruction
    bool straddles = false;                     ///< the instruction lies on two pages: the block ends with it

    Block* block_at(const BlockKey& key) {
      auto owned = std::make_unique<Block>();
      block = owned.get();
      block->key = key;
      block->epoch = core.code_epoch_;
      block->pc = pc = key.pc;
      first = core.operations_.data() + core.operations_.size();
      block->operations = first;
      if (key.faults()) {
        fault(key);
      } else {
        while (step()) {
        }
      }
      block->operation_count =
          static_cast<uint32_t>(core.operations_.data() + core.operations_.size() - first);
      if (core.config_.block_instructions > 1) pair_up();
      core.blocks_[key] = std::move(owned);
      return block;
    }

    /// Gives neighbours one dispatch; see operation_pairs.h.
    void pair_up() {
      for (uint32_t i = 0; i + 1 < block->operation_count; ++i) {
        const auto pair = core.pairs_.find({first[i].handler, first[i + 1].handler});
        if (pair != core.pairs_.end()) first[i++].handler = pair->second;
      }
    }

    Operation& emit(Handler handler) {
      Operation& operation = core.operations_.emplace_back();
      operation.handler = core.handlers_[static_cast<std::size_t>(handler)];
      block->instruction_of_operation.push_back(static_cast<uint16_t>(block->instructions.size() - 1));
      fusable = false;
      return operation;
    }
    Operation& last() { return core.operations_.back(); }
    /// Indices in the register files; only the integer one has a dummy.
    static uint8_t destination(uint8_t rd) { return rd == 0 ? Core::kDummy : source(rd); }
    static uint8_t source(uint8_t r) { return r & (kFirstFloatRegister - 1); }

    /// An exit after the instruction counted last; `extra_stall` if the exit is taken.
    int32_t make_exit(uint64_t target, bool transfer, uint32_t extra_stall = 0) {
      const std::size_t index = core.exits_.size();
      Exit& exit = core.exits_.emplace_back();
      exit.tally = tally;
      exit.tally.stall_cycles += extra_stall;
      exit.transfer = transfer;
      exit.continues_line = !transfer && (target >> kLineBits) == line;
      if (exit.continues_line) exit.tally.fetch_lines -= 1;
      exit.instructions = tally.instructions;
      exit.cycles = static_cast<uint32_t>(exit.tally.cycles());
      exit.target_pc = static_cast<typename Core::Unsigned>(target);
      exit.block = block;
      exit.source = block->instructions.empty() ? 0 : static_cast<uint32_t>(block->instructions.size() - 1);
      exit.target_operations = &core.unresolved_;
      return static_cast<int32_t>(index);
    }
    void fall_through() {
      const int32_t exit = make_exit(pc, false);
      emit(Handler::kFallThrough).immediate = exit;
    }
    void constant(uint8_t rd, uint64_t value) {
      if (rd == 0) return;
      const auto signed_value = static_cast<typename Core::Signed>(value);
      if (signed_value == static_cast<int32_t>(signed_value)) {
        Operation& operation = emit(Handler::kConstant);
        operation.rd = rd;
        operation.immediate = static_cast<int32_t>(signed_value);
      } else {
        Operation& operation = emit(Handler::kConstantPool);
        operation.rd = rd;
        operation.immediate = static_cast<int32_t>(core.constants_.size());
        core.constants_.push_back(value);
      }
    }
    std::optional<uint64_t> constant_of(const Operation& operation) const {
      if (operation.handler == core.handlers_[static_cast<std::size_t>(Handler::kConstant)])
        return static_cast<uint64_t>(static_cast<int64_t>(operation.immediate));
      if (operation.handler == core.handlers_[static_cast<std::size_t>(Handler::kConstantPool)])
        return core.constants_[static_cast<std::size_t>(operation.immediate)];
      return std::nullopt;
    }

    /// A block whose fetch raises the exception.
    void fault(const BlockKey& key) {
      BlockInstruction record;
      record.pc = pc;
      record.length = 2;
      block->instructions.push_back(record);
      illegal(static_cast<TrapCause>(key.second));
      last().small = key.kind == BlockKey::Kind::kSecondHalfFault ? 2 : 0;
    }
    void illegal(TrapCause cause) { emit(Handler::kIllegal).immediate = static_cast<int32_t>(cause); }

    /// Handles the instruction at `pc`; false when the block is complete.
    bool step() {
      const std::size_t limit = std::min<std::size_t>(core.longest_block(), Core::kMaxBlockInstructions);
      if (!block->instructions.empty() && core.debug_stops_at(pc)) return fall_through(), false;
      if (block->instructions.size() >= limit || !same_page(pc, block->pc)) return fall_through(), false;
      uint32_t word = 0;
      const unsigned length = core.fetch(pc, word, block->region);
      straddles = length == 4 && !same_page(pc, pc + 3);
      if (straddles && !block->instructions.empty()) return fall_through(), false;

      BlockInstruction record;
      record.pc = pc;
      record.word = word;
      record.length = static_cast<uint8_t>(length == 0 ? 2 : length);
      record.before = record.after = tally;
      if (length == 0) {
        if (!block->instructions.empty()) return fall_through(), false;
        append(record);
        illegal(TrapCause::kInstructionAccessFault);
        return false;
      }
      core.mark_code(pc, length);
      const uint64_t first_line = pc >> kLineBits;
      const uint64_t last_line = (pc + length - 1) >> kLineBits;
      tally.fetch_lines += (first_line != line ? 1u : 0u) + (last_line != first_line ? 1u : 0u);
      line = last_line;

      const auto decoded = decode(word, kXlen);
      if (!decoded || !core.config_.isa.has(info_of(decoded->id).extension)) {
        record.after.fetch_lines = tally.fetch_lines;
        append(record);
        illegal(TrapCause::kIllegalInstruction);
        return false;
      }
      count(*decoded);
      record.after = tally;
      append(record);
      const bool more = translate(*decoded) && !straddles;
      if (!more && !ends_block(decoded->id) && decoded->id != Instruction::kJal) fall_through();
      return more;
    }

    void append(const BlockInstruction& record) {
      block->instructions.push_back(record);
      if (block->instructions.size() == 1 && core.debug_stops_at(record.pc)) emit(Handler::kDebug);
    }

    void count(const DecodedInstruction& instruction) {
      const InstructionClass instruction_class = info_of(instruction.id).instruction_class;
      ++tally.classes[static_cast<std::size_t>(instruction_class)];
      ++tally.instructions;
      ++tally.issue_cycles;
      tally.stall_cycles += core.timing_.extra_cycles(instruction) + hazard(instruction);
      if (instruction_class == InstructionClass::kLoad) tally.memory_cycles += core.static_read_cycles_;
      if (instruction_class == InstructionClass::kStore) tally.memory_cycles += core.static_write_cycles_;
    }

    /// Stall that the sequential successor causes, charged here so that it does not depend on block borders.
    uint32_t hazard(const DecodedInstruction& instruction) {
      if (!core.timing_.has_hazards()) return 0;
      if (instruction.rd == 0 || ends_block(instruction.id) || instruction.id == Instruction::kJal) return 0;
      const uint64_t next = pc + instruction.length;
      if (!same_page(next, pc)) return 0;
      uint32_t word = 0;
      uint32_t region = 0;
      const unsigned length = core.fetch(next, word, region);
      if (length == 0 || !same_page(next, next + length - 1)) return 0;
      core.mark_code(next, length);
      block->successor = {next, word, static_cast<uint8_t>(length)};
      const auto successor = decode(word, kXlen);
      return successor ? core.timing_.hazard_cycles(instruction, *successor) : 0;
    }

    /// Emits operations for an instruction; false when nothing may follow it in this block.
    bool translate(const DecodedInstruction& in) {
      const InstructionFormat format = info_of(in.id).format;
      const uint64_t next = pc + in.length;
      switch (in.id) {
        case Instruction::kLui:
          constant(in.rd, static_cast<uint64_t>(static_cast<int64_t>(in.immediate)));
          return remember(in, next);
        case Instruction::kAuipc:
          constant(in.rd, pc + static_cast<uint64_t>(static_cast<int64_t>(in.immediate)));
          return remember(in, next);
        case Instruction::kJal:
          return jump(in, next);
        case Instruction::kFence:
          fusable = false;
          pc = next;
          return true;
        default:
          break;
      }
      if (format == InstructionFormat::kBranch) return branch(in, next);
      if (ends_block(in.id)) return terminal(in, next), false;
      const InstructionClass instruction_class = info_of(in.id).instruction_class;
      const bool pure =
          instruction_class == InstructionClass::kAlu || instruction_class == InstructionClass::kMul;
      if (pure && in.rd == 0) {  // no effect but its count
        fusable = false;
        pc = next;
        return true;
      }
      if (core.config_.block_instructions > 1 && fuse(in)) {
        pc = next;
        return true;
      }
      Operation& operation = emit(handler_of(in.id));
      operation.rd = destination(in.rd);
      operation.rs1 = source(in.rs1);
      operation.rs2 = source(in.rs2);
      operation.small = static_cast<int8_t>(source(in.rs3));
      operation.immediate = in.immediate;
      return remember(in, next);
    }

    bool remember(const DecodedInstruction& in, uint64_t next) {
      last_id = in.id;
      fusable = in.rd != 0;
      pc = next;
      return true;
    }

    bool fuse(const DecodedInstruction& in) {
      if (!fusable) return false;
      Operation& previous = last();
      if (previous.rd != in.rd) return false;
      const auto value = constant_of(previous);
      if (value && in.rs1 == in.rd && (in.id == Instruction::kAddi || in.id == Instruction::kAddiw)) {
        uint64_t sum = *value + static_cast<uint64_t>(static_cast<int64_t>(in.immediate));
        if (in.id == Instruction::kAddiw)
          sum = static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(sum)));
        core.operations_.pop_back();
        const uint16_t index = block->instruction_of_operation.back();
        block->instruction_of_operation.pop_back();
        constant(in.rd, sum);
        block->instruction_of_operation.back() = index;
        fusable = true;
        last_id = in.id;
        return true;
      }
      if (last_id != Instruction::kSlli || fused_shift()) return false;
      if (in.id == Instruction::kAdd && (in.rs1 == in.rd) != (in.rs2 == in.rd)) {
        previous.handler = core.handlers_[static_cast<std::size_t>(Handler::kSlliAdd)];
        previous.rs2 = in.rs1 == in.rd ? in.rs2 : in.rs1;
        fusable = false;
        return true;
      }
      if (in.id == Instruction::kSrli && in.rs1 == in.rd) {
        previous.handler = core.handlers_[static_cast<std::size_t>(Handler::kSlliSrli)];
        previous.small = static_cast<int8_t>(in.immediate);
        fusable = false;
        return true;
      }
      return false;
    }
    bool fused_shift() { return last().handler != core.handlers_[static_cast<std::size_t>(Handler::kSlli)]; }

    bool branch(const DecodedInstruction& in, uint64_t next) {
      const uint64_t target = pc + static_cast<uint64_t>(static_cast<int64_t>(in.immediate));
      const int32_t exit = make_exit(target, true, core.timing_.taken_cycles(in));
      tally.stall_cycles += core.timing_.not_taken_cycles(in);
      block->instructions.back().after = tally;
      const bool countdown = core.config_.block_instructions > 1 && fusable &&
                             last_id == Instruction::kAddi && in.id == Instruction::kBne &&
                             last().rd == in.rs1 && last().rs1 == in.rs1 && in.rs2 != in.rs1 &&
                             last().immediate >= -128 && last().immediate < 128 &&
                             last().handler == core.handlers_[static_cast<std::size_t>(Handler::kAddi)];
      if (countdown) {
        Operation& operation = last();
        operation.handler = core.handlers_[static_cast<std::size_t>(Handler::kAddiBne)];
        operation.small = static_cast<int8_t>(operation.immediate);
        operation.rs2 = in.rs2;
        operation.immediate = exit;
      } else {
        Operation& operation = emit(handler_of(in.id));
        operation.rs1 = in.rs1;
        operation.rs2 = in.rs2;
        operation.immediate = exit;
      }
      fusable = false;
      pc = next;
      return true;
    }

    bool jump(const DecodedInstruction& in, uint64_t next) {
      const uint64_t target = static_cast<typename Core::Unsigned>(
          pc + static_cast<uint64_t>(static_cast<int64_t>(in.immediate)));
      constant(in.rd, next);
      fusable = false;
      const bool forward = target > pc;
      if (forward && !straddles && same_page(target, pc) &&
          block->instructions.size() < core.longest_block() && !core.debug_stops_at(target)) {
        line = kNoLine;
        pc = target;
        return true;
      }
      const int32_t exit = make_exit(target, true);
      emit(forward ? Handler::kJumpForward : Handler::kJumpBackward).immediate = exit;
      return false;
    }

    void terminal(const DecodedInstruction& in, uint64_t next) {
      const bool indirect = in.id == Instruction::kJalr;
      const int32_t index =
          make_exit(next, indirect || in.id == Instruction::kMret || in.id == Instruction::kSret);
      Exit& exit = core.exits_[static_cast<std::size_t>(index)];
      exit.link =
          static_cast<uint64_t>(static_cast<int64_t>(in.immediate));  // offset of jalr, number of a CSR
      Operation& operation = emit(handler_of(in.id));
      operation.rd = destination(in.rd);
      operation.rs1 = in.rs1;
      operation.immediate = index;
    }
  };
};

template <int kXlen>
Block* RiscvCore<kXlen>::translate(const BlockKey& key) {
  if (operations_.size() + 2 * kMaxBlockInstructions + 2 > kArenaOperations ||
      exits_.size() + kMaxBlockInstructions + 2 > kArenaExits)
    flush_blocks();
  return Translator::run(*this, key);
}

template class RiscvCore<32>;
template class RiscvCore<64>;

}  // namespace ganglion
