#include "platform/cpu/instruction_trace.h"

#include <iterator>

#include "platform/cpu/csr_names.h"

namespace ganglion {
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;

char letter_of(unsigned privilege) { return privilege == 3 ? 'M' : privilege == 1 ? 'S' : 'U'; }

bool is_load(const InstructionInfo& info) { return info.instruction_class == InstructionClass::kLoad; }
bool is_store(const InstructionInfo& info) { return info.instruction_class == InstructionClass::kStore; }
bool is_atomic(const InstructionInfo& info) { return info.instruction_class == InstructionClass::kAmo; }

/// Bytes of a memory access: bits 13 and 12 of every load, store and AMO are its logarithm.
unsigned access_bytes(const InstructionInfo& info) { return 1U << (info.match >> 12 & 3); }

uint64_t low_bytes(uint64_t value, unsigned bytes) {
  return bytes == 8 ? value : value & ((uint64_t{1} << (8 * bytes)) - 1);
}

bool writes_csr(const DecodedInstruction& instruction) {
  const bool always = instruction.id == Instruction::kCsrrw || instruction.id == Instruction::kCsrrwi;
  return always || instruction.rs1 != 0;
}

std::FILE* open_trace(const std::string& path) {
  if (path == "-") return stdout;
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr)
    throw ConfigError(
        {{"--trace-isa " + path, 0, 0}, "a file that cannot be written", "a writable path", ""});
  return file;
}

}  // namespace

InstructionTrace::InstructionTrace(const HartCore& core, const std::string& path, TraceFilter filter,
                                   Symboliser symboliser)
    : core_(core), filter_(std::move(filter)), symboliser_(std::move(symboliser)), file_(open_trace(path)) {}

InstructionTrace::~InstructionTrace() {
  if (file_ != stdout) std::fclose(file_);
}

void InstructionTrace::before_instruction(uint32_t word, unsigned length) {
  complete(true);
  const uint64_t pc = core_.pc();
  if (!filter_.shows(pc)) return;
  Current now{core_.cycle(),
              core_.instructions(),
              pc,
              word,
              length,
              core_.privilege(),
              0,
              0,
              decode(word, core_.xlen())};
  if (now.decoded) {
    const InstructionInfo& info = info_of(now.decoded->id);
    if (is_load(info) || is_store(info) || is_atomic(info)) {
      const uint64_t offset =
          is_atomic(info) ? 0 : static_cast<uint64_t>(static_cast<int64_t>(now.decoded->immediate));
      now.address = low_bytes(core_.integer_register(now.decoded->rs1) + offset,
                              static_cast<unsigned>(core_.xlen()) / 8);
      const uint8_t source = now.decoded->rs2;
      now.stored = source >= kFirstFloatRegister ? core_.float_register(source - kFirstFloatRegister)
                                                 : core_.integer_register(source);
    }
  }
  current_ = now;
}

/// Writes the line of the instruction that was under way.
void InstructionTrace::complete(bool retired) {
  if (!current_) return;
  const Current now = *std::exchange(current_, std::nullopt);
  auto out = std::back_inserter(text_);
  const std::string encoding =
      now.length == 2 ? fmt::format("{:04x}", now.word & 0xffff) : fmt::format("{:08x}", now.word);
  fmt::format_to(out, "{:>12} {} {:#x} {:<8} {:<32}", now.cycle, letter_of(now.privilege), now.pc, encoding,
                 disassemble(now.word, now.pc, core_.xlen()));
  if (retired && now.decoded) effects(now);
  if (const std::string symbol = symboliser_(now.pc); !symbol.empty()) fmt::format_to(out, "  <{}>", symbol);
  text_.push_back('\n');
  if (text_.size() >= kBufferBytes) write_out();
}

void InstructionTrace::effects(const Current& now) {
  auto out = std::back_inserter(text_);
  const DecodedInstruction& instruction = *now.decoded;
  const InstructionInfo& info = info_of(instruction.id);
  if (instruction.rd >= kFirstFloatRegister) {
    fmt::format_to(out, " {}={:#x}", register_name(instruction.rd),
                   core_.float_register(instruction.rd - kFirstFloatRegister));
  } else if (instruction.rd != 0) {
    fmt::format_to(out, " {}={:#x}", register_name(instruction.rd), core_.integer_register(instruction.rd));
  }
  if (info.instruction_class == InstructionClass::kCsr && writes_csr(instruction)) {
    const auto number = static_cast<unsigned>(instruction.immediate);
    if (const auto value = core_.csr(number))
      fmt::format_to(out, " {}={:#x}",
                     csr_name(number).empty() ? fmt::format("csr{:#x}", number) : csr_name(number), *value);
  }
  if (is_store(info)) {
    fmt::format_to(out, " [{:#x}]={:#x}", now.address, low_bytes(now.stored, access_bytes(info)));
  } else if (is_load(info) || is_atomic(info)) {
    fmt::format_to(out, " [{:#x}]", now.address);
  }
}

void InstructionTrace::trapped(uint64_t cause, bool interrupt, uint64_t pc) {
  // An exception's instruction did not retire; before an interrupt the one under way did.
  complete(interrupt);
  if (!filter_.shows(pc)) return;
  const std::string symbol = symboliser_(pc);
  fmt::format_to(std::back_inserter(text_), "{:>12} {} ! {}, cause {}{}, at {:#x}{}\n", core_.cycle(),
                 letter_of(core_.privilege()), trap_name(cause, interrupt), interrupt ? "interrupt " : "",
                 cause, pc, symbol.empty() ? "" : "  <" + symbol + ">");
}

void InstructionTrace::before_reset() {
  complete(true);
  fmt::format_to(std::back_inserter(text_), "{:>12} {} ! reset\n", core_.cycle(),
                 letter_of(core_.privilege()));
}

void InstructionTrace::write_out() {
  failed_ = std::fwrite(text_.data(), 1, text_.size(), file_) != text_.size() || failed_;
  text_.clear();
}

bool InstructionTrace::finish() {
  const bool retired = current_ && core_.instructions() > current_->instructions;
  complete(retired);
  write_out();
  return std::fflush(file_) == 0 && !failed_;
}

}  // namespace ganglion
