// What a generated self-test cannot know: hooks, latched pairs, instance constants, messages.
#include "platform/kernel/register_bank.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

namespace ganglion {
namespace {

constexpr FieldInfo kWord[] = {{"VALUE", 0, 32, FieldAccess::kReadOnly, 0}};
constexpr FieldInfo kMixed[] = {{"GO", 0, 1, FieldAccess::kPulse, 0},
                                {"MODE", 4, 4, FieldAccess::kReadWrite, 3},
                                {"STATE", 8, 8, FieldAccess::kReadOnly, 7}};
constexpr RegisterInfo kCountLo{"COUNT_LO", 0x00, kWord};
constexpr RegisterInfo kCountHi{"COUNT_HI", 0x04, kWord};
constexpr RegisterInfo kControl{"CONTROL", 0x10, kMixed, TimeSync::kNever, Comparison::kExact, true};

struct Bank : RegisterBank {
  explicit Bank() : RegisterBank("bank") { count_lo.latch_into(count_hi); }
  void set_count(uint64_t value) { set_wide(count_lo, count_hi, value); }
  [[nodiscard]] uint64_t count() const { return wide(count_lo, count_hi); }
  [[nodiscard]] uint32_t get(uint64_t offset) {
    uint32_t value = 0;
    EXPECT_EQ(read(offset, 4, value), RegisterStatus::kOk);
    return value;
  }
  void put(uint64_t offset, uint32_t value) { EXPECT_EQ(write(offset, 4, value), RegisterStatus::kOk); }

  Register count_lo{*this, kCountLo};
  Register count_hi{*this, kCountHi};
  Register control{*this, kControl};
};

class RegisterBankLog : public ::testing::Test {
 protected:
  RegisterBankLog() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("capture", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)));
  }
  ~RegisterBankLog() override { spdlog::set_default_logger(before_); }
  [[nodiscard]] bool says(const std::string& part) const {
    return text_.str().find(part) != std::string::npos;
  }

  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

TEST(RegisterBank, ReadingLoLatchesHi) {
  Bank bank;
  bank.set_count(0x1'FFFF'FFFF);
  EXPECT_EQ(bank.get(0x04), 0U);  // not latched yet

  EXPECT_EQ(bank.get(0x00), 0xFFFF'FFFFU);
  bank.set_count(0x2'0000'0000);  // the counter runs on between the two reads

  EXPECT_EQ(bank.get(0x04), 1U);
  EXPECT_EQ(bank.get(0x00), 0U);
  EXPECT_EQ(bank.get(0x04), 2U);
  EXPECT_EQ(bank.count(), 0x2'0000'0000U);
}

TEST(RegisterBank, ReadHookRunsBeforeTheLatch) {
  Bank bank;
  bank.count_lo.on_read([&] { bank.set_count(bank.count() + 0x1'0000'0001); });

  EXPECT_EQ(bank.get(0x00), 1U);
  EXPECT_EQ(bank.get(0x04), 1U);
  EXPECT_EQ(bank.get(0x00), 2U);
  EXPECT_EQ(bank.get(0x04), 2U);
}

TEST(RegisterBank, PeekHasNoEffects) {
  Bank bank;
  bank.count_lo.on_read([&] { bank.set_count(99); });
  bank.set_count(0x5'0000'0000);
  const auto before = bank.state();
  uint32_t value = 1;

  EXPECT_EQ(bank.peek(0x00, value), RegisterStatus::kOk);
  EXPECT_EQ(value, 0U);
  EXPECT_EQ(bank.peek(0x08, value), RegisterStatus::kUndefined);
  EXPECT_EQ(bank.peek(0x02, value), RegisterStatus::kBadShape);

  EXPECT_EQ(bank.state(), before);
}

TEST(RegisterBank, WriteHookSeesPulsesAfterTheRulesTookEffect) {
  Bank bank;
  std::vector<std::pair<uint32_t, uint32_t>> seen;
  bank.control.on_write([&](uint32_t written) { seen.emplace_back(written, bank.control.raw()); });

  bank.put(0x10, 0x751);

  const std::vector<std::pair<uint32_t, uint32_t>> expected = {{0x751, 0x750}};
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(bank.get(0x10), 0x750U);
}

TEST(RegisterBank, ShadowHoldsTheShadowedRegisters) {
  Bank bank;
  bank.put(0x10, 0x7A0);

  EXPECT_EQ(bank.shadow(), std::vector<uint32_t>{0x7A0});
}

TEST(RegisterBank, InstanceConstantSurvivesReset) {
  Bank bank;
  bank.control.set_reset_value(0xFFFF'F5F0);
  EXPECT_EQ(bank.get(0x10), 0xF5F0U & 0xFFF0U);

  bank.put(0x10, 0);
  bank.reset();

  EXPECT_EQ(bank.get(0x10), 0xF5F0U);
}

TEST(RegisterBank, TwoRegistersAtOneOffsetAreABug) {
  Bank bank;

  EXPECT_THROW(Register(bank, kControl), std::logic_error);
}

TEST_F(RegisterBankLog, NamesUndefinedBits) {
  Bank bank;

  bank.put(0x10, 0x8000'0730);

  EXPECT_TRUE(says("bank: write of 0x80000730 to CONTROL (offset 0x10): bits 0x80000000 are undefined"))
      << text_.str();
}

TEST_F(RegisterBankLog, NamesReadOnlyFieldsThatAWriteWouldChange) {
  Bank bank;

  bank.put(0x10, 0x730);  // STATE brought back as it is: a read-modify-write
  EXPECT_FALSE(says("STATE"));
  bank.put(0x10, 0x130);

  EXPECT_TRUE(says("field STATE is read-only, ignored")) << text_.str();
  EXPECT_EQ(bank.get(0x10), 0x730U);
}

}  // namespace
}  // namespace ganglion
