#include "tests/isa/random_program.h"

#include <array>
#include <iterator>
#include <optional>

#include "platform/cpu/isa.h"
#include "tests/isa/encoding.h"
#include "tests/isa/exclusions.h"
#include "tests/isa/layout.h"
#include "tests/isa/vocabulary.h"

namespace ganglion::isa_test {
namespace {

constexpr unsigned kCounter = 29, kSandbox = 30, kArea = 31;
constexpr int32_t kReach = 3500;  ///< bytes that a branch and an address computation can skip, with a margin
constexpr uint32_t bit(unsigned index) { return uint32_t{1} << index; }

class Generator {
 public:
  explicit Generator(const ProgramRecipe& recipe)
      : recipe_(recipe), words_(vocabulary(recipe.xlen)), random_(recipe.seed) {}

  RandomProgram make();

 private:
  using Code = std::vector<uint16_t>;

  // --- text
  // -------------------------------------------------------------------------------------------------------
  void emit(Code& code, uint32_t word) {
    const auto decoded = decode(word, recipe_.xlen);
    if (decoded) ++program_.used[static_cast<std::size_t>(decoded->id)];
    ++program_.instructions;
    code.push_back(static_cast<uint16_t>(word));
    if (is_long_instruction(static_cast<uint16_t>(word))) code.push_back(static_cast<uint16_t>(word >> 16));
  }
  static int32_t bytes(const Code& code) { return static_cast<int32_t>(code.size() * 2); }
  static void append(Code& code, const Code& more) { code.insert(code.end(), more.begin(), more.end()); }

  // --- operands
  // ---------------------------------------------------------------------------------------------------
  [[nodiscard]] bool free(unsigned reg) const { return reg < kCounter && (reserved_ & bit(reg)) == 0; }
  unsigned destination() {
    for (;;)
      if (const auto reg = static_cast<unsigned>(random_.below(kCounter)); free(reg)) return reg;
  }
  unsigned pointer() {  // a destination that can hold something
    for (;;)
      if (const unsigned reg = destination(); reg != 0) return reg;
  }
  unsigned source() { return static_cast<unsigned>(random_.below(32)); }
  void constant(Code& code, unsigned rd, uint32_t value) {
    const int32_t low = static_cast<int32_t>(value << 20) >> 20;
    emit(code, lui(rd, value - static_cast<uint32_t>(low)));
    emit(code, i_type(recipe_.xlen == 64 ? 0x1b : 0x13, rd, rd, low));
  }

  std::optional<uint32_t> plain_word();
  void plain(Code& code);
  void memory(Code& code);
  void short_memory(Code& code);
  void amo(Code& code);
  void csr(Code& code);
  void branch(Code& code, int depth);
  void loop(Code& code, int depth);
  void jump(Code& code, int depth);
  void call(Code& code, int depth);
  void trap(Code& code);
  void wild_access(Code& code);
  void wild_jump(Code& code);
  void trap_return(Code& code);
  void self_modification(Code& code);
  uint32_t illegal_word();
  void chunk(Code& code, int depth);
  Code block(int depth, unsigned chunks) {
    Code code;
    for (unsigned i = 0; i < chunks; ++i) chunk(code, depth);
    return code;
  }

  const ProgramRecipe& recipe_;
  const Vocabulary& words_;
  Random random_;
  RandomProgram program_;
  uint32_t reserved_ = 0;  ///< registers that must keep their value for now
};

/// A row without control flow or memory, all its free bits random; nullopt: the draw is not to be used.
std::optional<uint32_t> Generator::plain_word() {
  const InstructionInfo& info = *random_.of(words_.plain);
  uint32_t word = info.match | (static_cast<uint32_t>(random_.bits()) & ~info.mask);
  if ((info.mask & 0xf80) == 0) word = (word & ~0xf80u) | destination() << 7;
  const auto decoded = decode(word, recipe_.xlen);
  if (!decoded) return std::nullopt;
  return word;
}

void Generator::plain(Code& code) {
  if (random_.percent(35)) {
    const uint16_t half = random_.of(words_.short_plain);
    const auto decoded = decode(half, recipe_.xlen);
    if (free(decoded->rd) || decoded->rd == 0) emit(code, half);
    return;
  }
  const auto word = plain_word();
  if (!word) return;
  if (decode(*word, recipe_.xlen)->id == Instruction::kCtzw) {  // exclusions.cpp
    const unsigned operand = pointer();
    emit(code, 0x0800003bu | operand << 7 | source() << 15);  // zext.w
    return emit(code, (*word & ~0xf8000u) | operand << 15);
  }
  emit(code, *word);
}

void Generator::memory(Code& code) {
  const bool store = random_.percent(45);
  const InstructionInfo& info = *random_.of(store ? words_.stores : words_.loads);
  const unsigned width = 1u << (info.match >> 12 & 3);
  int64_t target = random_.between(-2048, 2048 - static_cast<int64_t>(width));
  if (random_.percent(8)) target = random_.between(-8, 8);  // around the page border
  if (random_.percent(65)) target &= -static_cast<int64_t>(width);
  unsigned base = kSandbox;
  int64_t offset = target;
  if (random_.percent(70)) {
    base = pointer();
    offset = random_.between(-2048, 2047);
    if (target - offset < -2048 || target - offset > 2047) offset = target / 2;
    emit(code, addi(base, kSandbox, static_cast<int32_t>(target - offset)));
  }
  const auto imm = static_cast<int32_t>(offset);
  if (store)
    emit(code, s_type(info.match, base, source(), imm));
  else
    emit(code, i_type(info.match, destination(), base, imm));
}

void Generator::short_memory(Code& code) {
  const uint16_t half = random_.of(words_.short_memory);
  const auto decoded = decode(half, recipe_.xlen);
  if (!free(decoded->rs1) || decoded->rs1 == 0) return;
  const bool store = is_store_encoding(info_of(decoded->id).match);
  if (!store && !free(decoded->rd)) return;
  emit(code, addi(decoded->rs1, kSandbox, static_cast<int32_t>(random_.between(-2048, 1500))));
  emit(code, half);
}

void Generator::amo(Code& code) {
  const InstructionInfo& info = *random_.of(words_.amos);
  const unsigned width = 1u << (info.match >> 12 & 3);
  const uint32_t operation = info.match >> 27;
  const bool is_lr = operation == 2;
  const unsigned base = pointer();
  const uint32_t order = static_cast<uint32_t>(random_.below(4)) << 25;
  auto target = static_cast<int32_t>(random_.between(-256, 255) * 8);
  if (width == 4 && random_.percent(50)) target += target < 2040 ? 4 : 0;
  const bool misaligned = is_lr && random_.percent(8);
  if (misaligned && target < 2040) target += static_cast<int32_t>(random_.between(1, width - 1));
  emit(code, addi(base, kSandbox, target));
  if (!is_lr) {
    emit(code, info.match | order | destination() << 7 | base << 15 | source() << 20);
    return;
  }
  reserved_ |= bit(base);
  emit(code, info.match | order | destination() << 7 | base << 15);
  if (misaligned) {  // nothing is reserved
    reserved_ &= ~bit(base);
    return;
  }
  for (uint64_t i = random_.below(3); i > 0; --i) plain(code);
  reserved_ &= ~bit(base);
  emit(code, (info.match ^ 0x08000000) | order | destination() << 7 | base << 15 | source() << 20);
}

void Generator::csr(Code& code) {
  static constexpr std::array kUsual = {0x300u, 0x301u, 0x304u, 0x305u, 0x306u, 0x320u, 0x340u,
                                        0x341u, 0x342u, 0x343u, 0x344u, 0xb00u, 0xb02u, 0xc00u,
                                        0xc01u, 0xc02u, 0xf11u, 0xf12u, 0xf13u, 0xf14u, 0xf15u,
                                        0x310u, 0xb80u, 0xb82u, 0xc80u, 0xc81u, 0xc82u};
  const unsigned number =
      random_.percent(85) ? random_.of(kUsual) : static_cast<unsigned>(random_.below(4096));
  const CsrRule* rule = rule_of(number);
  if (rule != nullptr && rule->left_out) return;
  const uint64_t writable = rule == nullptr ? ~uint64_t{0} : rule->writable;
  const InstructionInfo& info = *random_.of(words_.csrs);
  const bool immediate = (info.match >> 14 & 1) != 0;
  const unsigned kind = info.match >> 12 & 3;  // 1 write, 2 set, 3 clear
  const unsigned rd = rule != nullptr && rule->value_unseen ? 0 : destination();
  uint32_t value = static_cast<uint32_t>(random_.bits()) & static_cast<uint32_t>(writable);
  if (number == 0x300) value = random_.percent(50) ? value | 0x1800 : value & ~0x1800u;
  if (number == 0x305 && kind != 2) value = 0;
  if (number >> 10 == 3) value |= 1;
  unsigned rs1 = 0;
  if (immediate) {
    rs1 = value & 31;
    if (number == 0x300 && kind == 1 && random_.percent(90)) return;  // clears MPP with the rest: rarely
  } else if (random_.percent(80) && !(number == 0x305 && kind == 3)) {
    rs1 = pointer();
    constant(code, rs1, value);
  }
  if (number == 0x305 && kind == 1) return;                                  // the harness's vector
  if (number == 0x305 && kind == 2 && immediate && (rs1 & 2) == 0) rs1 = 0;  // mode 1 would stick
  if (number == 0x305 && kind == 2 && !immediate && (value & 2) == 0) return;
  if (number == 0x305 && kind == 3) rs1 = 0;
  emit(code, info.match | rd << 7 | rs1 << 15 | number << 20);
  if (number == 0x300 && recipe_.xlen == 64) emit(code, i_type(0x1013, rd, rd, 32));  // SXL is not compared
}

void Generator::branch(Code& code, int depth) {
  const Code body = block(depth + 1, static_cast<unsigned>(random_.between(1, 5)));
  if (bytes(body) > kReach) return append(code, body);
  if (random_.percent(35) && bytes(body) < 200) {
    const uint16_t half = random_.of(words_.short_branches);
    const auto kept = static_cast<uint16_t>(half & 0xe383);
    emit(code, static_cast<uint16_t>(kept | cb_offset(bytes(body) + 2)));
  } else {
    const InstructionInfo& info = *random_.of(words_.branches);
    emit(code, info.match | source() << 15 | source() << 20 | b_offset(bytes(body) + 4));
  }
  append(code, body);
}

void Generator::loop(Code& code, int depth) {
  if ((reserved_ & bit(kCounter)) != 0) return;
  emit(code, addi(kCounter, 0, static_cast<int32_t>(random_.between(1, 6))));
  reserved_ |= bit(kCounter);
  const Code body = block(depth + 1, static_cast<unsigned>(random_.between(1, 6)));
  reserved_ &= ~bit(kCounter);
  append(code, body);
  if (bytes(body) > kReach) return;
  emit(code, addi(kCounter, kCounter, -1));
  emit(code, 0x00001063u | kCounter << 15 | b_offset(-(bytes(body) + 4)));
}

void Generator::jump(Code& code, int depth) {
  const Code body = block(depth + 1, static_cast<unsigned>(random_.between(0, 3)));
  const uint64_t kind = bytes(body) > 900 ? 0 : random_.below(4);
  if (kind == 0) {
    emit(code, j_type(destination(), bytes(body) + 4));
  } else if (kind == 1) {  // c.j, the offset's bits as the manual shuffles them
    const auto o = static_cast<uint32_t>(bytes(body) + 2);
    emit(code, 0xa001u | (o >> 11 & 1) << 12 | (o >> 4 & 1) << 11 | (o >> 8 & 3) << 9 | (o >> 10 & 1) << 8 |
                   (o >> 6 & 1) << 7 | (o >> 7 & 1) << 6 | (o >> 1 & 7) << 3 | (o >> 5 & 1) << 2);
  } else if (kind == 2) {
    const unsigned target = pointer();
    const auto split = static_cast<int32_t>(random_.between(-1000, 1000));
    emit(code, auipc(target));
    emit(code, addi(target, target, bytes(body) + 12 + split));
    const int32_t odd = random_.percent(30) && split % 2 == 0 ? 1 : 0;  // jalr drops bit 0
    emit(code, i_type(0x67, destination(), target, odd - split));
  } else {
    const uint16_t half = random_.of(words_.short_jumps);
    const unsigned target = decode(half, recipe_.xlen)->rs1;
    if (!free(target) || target == 0 || ((half & 0x1000) != 0 && !free(1))) return;
    emit(code, auipc(target));
    emit(code, addi(target, target, bytes(body) + 10));
    emit(code, half);
  }
  append(code, body);
}

void Generator::call(Code& code, int depth) {
  const unsigned link = random_.percent(70) ? (random_.percent(50) ? 1 : 5) : pointer();
  if (!free(link)) return;
  reserved_ |= bit(link);
  Code function = block(depth + 1, static_cast<unsigned>(random_.between(1, 6)));
  reserved_ &= ~bit(link);
  if (random_.percent(50))
    emit(function, 0x8002u | link << 7);  // c.jr
  else
    emit(function, i_type(0x67, 0, link, 0));
  emit(code, j_type(0, bytes(function) + 4));
  append(code, function);
  emit(code, j_type(link, -bytes(function)));
}

uint32_t Generator::illegal_word() {
  for (;;) {
    uint32_t word = static_cast<uint32_t>(random_.bits()) | 3;
    if (random_.percent(70)) {  // nearly an instruction
      const InstructionInfo& info = *random_.of(words_.plain);
      word = (info.match | (word & ~info.mask)) ^ uint32_t { 1 } << random_.between(2, 31);
    }
    if (!is_long_instruction(static_cast<uint16_t>(word)) || (word & 0x1f) == 0x1f) continue;  // longer ones
    if (!decode(word, recipe_.xlen) && !excluded_word(word)) return word;
  }
}

void Generator::wild_access(Code& code) {
  const bool store = random_.percent(50);
  const InstructionInfo& info = *random_.of(store ? words_.stores : words_.loads);
  const unsigned width = 1u << (info.match >> 12 & 3);
  const unsigned base = pointer();
  const auto upper = static_cast<uint32_t>(random_.percent(50) ? random_.between(0x00201, 0x01ffe)
                                                               : random_.between(0x1c001, 0x1fffe));
  emit(code, lui(base, upper << 12));
  const auto offset = static_cast<int32_t>(random_.between(-2048 / 8, 2040 / 8) * 8 / width * width);
  if (store)
    emit(code, s_type(info.match, base, source(), offset));
  else
    emit(code, i_type(info.match, destination(), base, offset));
}

void Generator::wild_jump(Code& code) {
  const unsigned target = pointer();
  const bool wide = recipe_.xlen == 64;
  emit(code, auipc(target));
  emit(code, addi(target, target, 20));
  emit(code, s_type(wide ? 0x3023 : 0x2023, kArea, target, AREA_RECOVERY));
  emit(code, lui(target, static_cast<uint32_t>(random_.between(0x1c001, 0x1fffe)) << 12));
  emit(code, i_type(0x67, destination(), target, static_cast<int32_t>(random_.between(-1024, 1023) * 2)));
}

void Generator::trap(Code& code) {
  switch (random_.below(7)) {
    case 0:
      return emit(code, 0x00000073);
    case 1:
      return emit(code, 0x00100073);
    case 2:
      return emit(code, 0x9002);
    case 3:
      return emit(code, illegal_word());
    case 4:
      return emit(code, random_.of(words_.short_illegal));
    case 5:
      return wild_access(code);
    default:
      return wild_jump(code);
  }
}

/// mret to the next instruction: in the mode of MPP; illegal in U mode, with the same way on.
void Generator::trap_return(Code& code) {
  const unsigned target = pointer();
  if (random_.percent(75)) {
    emit(code, lui(target, 0x2000));
    emit(code, addi(target, target, -0x800));
    emit(code, 0x30002073u | target << 15);  // MPP = M
  }
  emit(code, auipc(target));
  emit(code, addi(target, target, 16));
  emit(code, 0x34101073u | target << 15);
  emit(code, 0x30200073);
}

void Generator::self_modification(Code& code) {
  const auto word = plain_word();
  if (!word || decode(*word, recipe_.xlen)->id == Instruction::kCtzw) return;
  const unsigned base = pointer();
  const unsigned value = pointer();
  if (base == value) return;
  Code load;
  constant(load, value, *word);
  emit(code, auipc(base));
  append(code, load);
  emit(code, s_type(0x2023, base, value, bytes(load) + 12));
  emit(code, 0x0000100f);  // fence.i
  emit(code, 0x00000013);  // replaced
}

void Generator::chunk(Code& code, int depth) {
  const uint64_t kind = random_.below(100);
  const bool may_nest = depth < 3;
  if (kind < 46) return plain(code);
  if (kind < 60) return memory(code);
  if (kind < 65) return short_memory(code);
  if (kind < 70) return amo(code);
  if (kind < 76) return csr(code);
  if (kind < 79) return trap(code);
  if (kind < 80) return trap_return(code);
  if (kind < 81) return self_modification(code);
  if (!may_nest) return plain(code);
  if (kind < 90) return branch(code, depth);
  if (kind < 93) return loop(code, depth);
  if (kind < 97) return jump(code, depth);
  return call(code, depth);
}

RandomProgram Generator::make() {
  static constexpr std::array<uint64_t, 10> kCorners = {0,
                                                        1,
                                                        ~uint64_t{0},
                                                        0x80000000,
                                                        0x7fffffff,
                                                        0xffffffff,
                                                        uint64_t{1} << 63,
                                                        (uint64_t{1} << 63) - 1,
                                                        31,
                                                        0xffffffff80000000};
  program_.used.assign(instruction_table().size(), 0);
  for (unsigned i = 0; i < 32; ++i) {
    uint64_t value = random_.percent(50) ? random_.bits() : random_.of(kCorners);
    if (random_.percent(20)) value = static_cast<uint64_t>(random_.between(-64, 64));
    program_.registers.push_back(value);
  }
  for (unsigned i = 0; i < SANDBOX_BYTES; ++i)
    program_.sandbox.push_back(static_cast<uint8_t>(random_.percent(80)   ? random_.bits()
                                                    : random_.percent(50) ? 0
                                                                          : 0xff));
  program_.mstatus = random_.percent(60) ? 0x1800 : 0;
  program_.mcounteren = static_cast<uint32_t>(random_.bits()) & 0x7fffffff;
  while (program_.instructions < recipe_.instructions) {
    const unsigned index = program_.chunks++;
    random_ =
        Random(recipe_.seed * 0x9e3779b97f4a7c15u + index + 1);  // a chunk does not depend on those before it
    Code code;
    chunk(code, 0);
    if (!recipe_.left_out.contains(index)) append(program_.code, code);
  }
  emit(program_.code, addi(kCounter, 0, 1));
  emit(program_.code, s_type(0x2023, kArea, kCounter, AREA_FINISH));
  emit(program_.code, 0x00000073);
  return std::move(program_);
}

}  // namespace

uint64_t Random::bits() {
  uint64_t z = state_ += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

RandomProgram make_random_program(const ProgramRecipe& recipe) { return Generator(recipe).make(); }

}  // namespace ganglion::isa_test
