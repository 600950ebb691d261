#include "platform/kernel/test/register_expectation.h"

namespace ganglion::test {

namespace {

constexpr uint32_t kOnes = ~uint32_t{0};

Register& find(RegisterBank& bank, const RegisterExpectation& expected) {
  for (Register* reg : bank.registers()) {
    if (reg->info().offset == expected.offset) return *reg;
  }
  throw std::logic_error("no register at the offset of " + expected.name);
}

uint32_t read(RegisterBank& bank, uint32_t offset) {
  uint32_t value = 0xDEADBEEF;
  EXPECT_EQ(bank.read(offset, 4, value), RegisterStatus::kOk) << std::hex << offset;
  return value;
}

void write(RegisterBank& bank, uint32_t offset, uint32_t value) {
  EXPECT_EQ(bank.write(offset, 4, value), RegisterStatus::kOk) << std::hex << offset;
}

}  // namespace

void expect_reset_values(RegisterBank& bank, const std::vector<RegisterExpectation>& registers) {
  EXPECT_EQ(bank.registers().size(), registers.size());
  for (const RegisterExpectation& expected : registers) {
    SCOPED_TRACE(expected.name);
    EXPECT_EQ(read(bank, expected.offset), expected.reset);
    ASSERT_NE(bank.find(expected.name), nullptr);
    EXPECT_EQ(bank.find(expected.name)->info().offset, expected.offset);
  }
}

void expect_access_rules(RegisterBank& bank, const std::vector<RegisterExpectation>& registers) {
  for (const RegisterExpectation& expected : registers) {
    SCOPED_TRACE(expected.name);
    for (const uint32_t start : {uint32_t{0}, kOnes}) {
      for (int bit = -1; bit <= 32; ++bit) {
        const uint32_t written = bit < 0 ? 0 : bit == 32 ? kOnes : uint32_t{1} << bit;
        Register& reg = find(bank, expected);
        reg.set_raw(start);
        const uint32_t before = read(bank, expected.offset);
        EXPECT_EQ(before, start & expected.readable);

        write(bank, expected.offset, written);

        uint32_t after = (before & ~expected.writable) | (written & expected.writable);
        after &= ~(written & expected.clearable);
        EXPECT_EQ(read(bank, expected.offset), after) << "wrote " << std::hex << written;
      }
    }
  }
}

void expect_reset_from_any_value(RegisterBank& bank, const RegisterBank& fresh,
                                 const std::vector<RegisterExpectation>& registers) {
  for (Register* reg : bank.registers()) reg->set_raw(kOnes);
  for (const RegisterExpectation& expected : registers) write(bank, expected.offset, expected.writable);
  EXPECT_NE(bank.state(), fresh.state());

  bank.reset();

  EXPECT_EQ(bank.state(), fresh.state());
}

void expect_refused_accesses(RegisterBank& bank, const std::vector<RegisterExpectation>& registers,
                             const std::vector<uint64_t>& undefined_offsets) {
  const std::vector<uint32_t> before = bank.state();
  uint32_t value = 0;
  for (const uint64_t offset : undefined_offsets) {
    EXPECT_EQ(bank.read(offset, 4, value), RegisterStatus::kUndefined) << std::hex << offset;
    EXPECT_EQ(bank.write(offset, 4, kOnes), RegisterStatus::kUndefined) << std::hex << offset;
  }
  for (const RegisterExpectation& expected : registers) {
    SCOPED_TRACE(expected.name);
    for (const std::size_t bytes : {1, 2, 8}) {
      EXPECT_EQ(bank.read(expected.offset, bytes, value), RegisterStatus::kBadShape);
      EXPECT_EQ(bank.write(expected.offset, bytes, kOnes), RegisterStatus::kBadShape);
    }
    for (const uint32_t skew : {1U, 2U, 3U}) {
      EXPECT_EQ(bank.read(expected.offset + skew, 4, value), RegisterStatus::kBadShape);
      EXPECT_EQ(bank.write(expected.offset + skew, 4, kOnes), RegisterStatus::kBadShape);
    }
  }
  EXPECT_EQ(bank.state(), before);
}

}  // namespace ganglion::test
