#include "tests/isa/random_program.h"

#include <array>

#include "tests/isa/generator.h"

namespace ganglion::isa_test {
namespace {

constexpr int32_t kReach = 3500;  ///< bytes that a branch and an address computation can skip, with a margin

}  // namespace

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
  if (kind < 34) return plain(code);
  if (kind < 46) return float_operation(code);
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
  for (unsigned i = 0; i < 32; ++i) program_.floats.push_back(float_value());
  for (unsigned i = 0; i < FLOAT_POOL_ENTRIES; ++i) program_.float_pool.push_back(float_value());
  program_.fcsr =
      static_cast<uint32_t>((random_.bits() & 0x1f) | random_.below(random_.percent(95) ? 5 : 8) << 5);
  program_.mstatus = random_.percent(40) ? 0x1800 : random_.percent(60) ? 0x800 : 0;  // M, S, U
  program_.mstatus |= (random_.percent(85) ? 3 : random_.below(3)) << 13;             // FS
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

uint64_t Random::bits() {
  uint64_t z = state_ += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

RandomProgram make_random_program(const ProgramRecipe& recipe) { return Generator(recipe).make(); }

}  // namespace ganglion::isa_test
