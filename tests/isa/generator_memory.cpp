// Loads, stores and AMOs of random programs.
#include "tests/isa/generator.h"

namespace ganglion::isa_test {

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
    emit(code, i_type(info.match, loaded(info), base, imm));
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
    emit(code, i_type(info.match, loaded(info), base, offset));
}

}  // namespace ganglion::isa_test
