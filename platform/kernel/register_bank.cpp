#include "platform/kernel/register_bank.h"

#include <spdlog/spdlog.h>

#include <stdexcept>

namespace ganglion {

namespace {
constexpr std::size_t kWordBytes = 4;
}

Register::Register(RegisterBank& bank, const RegisterInfo& info)
    : info_(info),
      defined_(info.defined_mask()),
      readable_(info.mask_of(FieldAccess::kReadWrite) | info.mask_of(FieldAccess::kReadOnly) |
                info.mask_of(FieldAccess::kWriteOneToClear)),
      reset_(info.reset_value()),
      raw_(reset_) {
  bank.add(*this);
}

void Register::set_reset_value(uint32_t value) {
  reset_ = value & defined_;
  raw_ = reset_;
}

void Register::reset() {
  raw_ = reset_;
  live_high_ = 0;
}

void RegisterBank::add(Register& reg) {
  const std::size_t word = reg.info().offset / kWordBytes;
  if (by_word_.size() <= word) by_word_.resize(word + 1, nullptr);
  if (by_word_[word] != nullptr) {
    throw std::logic_error(name_ + ": two registers at one offset: " + std::string(reg.info().name));
  }
  by_word_[word] = &reg;
  registers_.push_back(&reg);
}

Register* RegisterBank::at(uint64_t offset) const {
  const uint64_t word = offset / kWordBytes;
  return word < by_word_.size() ? by_word_[word] : nullptr;
}

const Register* RegisterBank::find(uint64_t offset) const {
  return offset % kWordBytes == 0 ? at(offset) : nullptr;
}

const Register* RegisterBank::find(std::string_view name) const {
  for (const Register* reg : registers_) {
    if (reg->info().name == name) return reg;
  }
  return nullptr;
}

RegisterStatus RegisterBank::read(uint64_t offset, std::size_t bytes, uint32_t& value) {
  if (bytes != kWordBytes || offset % kWordBytes != 0) return RegisterStatus::kBadShape;
  Register* reg = at(offset);
  if (reg == nullptr) return RegisterStatus::kUndefined;
  if (reg->refresh_) reg->refresh_();
  if (reg->high_ != nullptr) reg->high_->raw_ = reg->live_high_;
  value = reg->raw_ & reg->readable_;
  return RegisterStatus::kOk;
}

RegisterStatus RegisterBank::peek(uint64_t offset, uint32_t& value) const {
  if (offset % kWordBytes != 0) return RegisterStatus::kBadShape;
  const Register* reg = at(offset);
  if (reg == nullptr) return RegisterStatus::kUndefined;
  value = reg->raw_ & reg->readable_;
  return RegisterStatus::kOk;
}

RegisterStatus RegisterBank::write(uint64_t offset, std::size_t bytes, uint32_t value) {
  if (bytes != kWordBytes || offset % kWordBytes != 0) return RegisterStatus::kBadShape;
  Register* reg = at(offset);
  if (reg == nullptr) return RegisterStatus::kUndefined;
  log_ignored(*reg, value);
  const RegisterInfo& info = reg->info();
  const uint32_t stored = info.mask_of(FieldAccess::kReadWrite) | info.mask_of(FieldAccess::kWriteOnly);
  reg->raw_ = (reg->raw_ & ~stored) | (value & stored);
  reg->raw_ &= ~(value & info.mask_of(FieldAccess::kWriteOneToClear));
  if (reg->act_) reg->act_(value);
  return RegisterStatus::kOk;
}

// A read-modify-write brings read-only bits back as they were: only a changed one is worth a line.
void RegisterBank::log_ignored(const Register& reg, uint32_t value) const {
  const RegisterInfo& info = reg.info();
  for (const FieldInfo& field : info.fields) {
    if (field.access == FieldAccess::kReadOnly && ((value ^ reg.raw_) & field.mask()) != 0) {
      spdlog::warn("{}: write of {:#x} to {} (offset {:#x}): field {} is read-only, ignored", name_, value,
                   info.name, info.offset, field.name);
    }
  }
  if (const uint32_t undefined = value & ~info.defined_mask(); undefined != 0) {
    spdlog::warn("{}: write of {:#x} to {} (offset {:#x}): bits {:#x} are undefined, ignored", name_, value,
                 info.name, info.offset, undefined);
  }
}

void RegisterBank::reset() {
  for (Register* reg : registers_) reg->reset();
}

std::vector<uint32_t> RegisterBank::shadow() const {
  std::vector<uint32_t> values;
  for (const Register* reg : registers_) {
    if (reg->info().shadowed) values.push_back(reg->raw_);
  }
  return values;
}

std::vector<uint32_t> RegisterBank::state() const {
  std::vector<uint32_t> values;
  for (const Register* reg : registers_) {
    values.push_back(reg->raw_);
    values.push_back(reg->live_high_);
  }
  return values;
}

void RegisterBank::set_wide(Register& low, Register& high, uint64_t value) {
  low.raw_ = static_cast<uint32_t>(value);
  low.live_high_ = static_cast<uint32_t>(value >> 32);
  if (low.high_ == nullptr) high.raw_ = low.live_high_;
}

uint64_t RegisterBank::wide(const Register& low, const Register& high) {
  const uint32_t upper = low.high_ == nullptr ? high.raw_ : low.live_high_;
  return uint64_t{upper} << 32 | low.raw_;
}

}  // namespace ganglion
