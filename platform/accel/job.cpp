#include "platform/accel/job.h"

#include <fmt/format.h>

namespace ganglion {

JobError broken_rule(AcceleratorError code, const Register* reg, int64_t value, std::string rule,
                     std::optional<uint64_t> offset) {
  JobError error;
  error.code = code;
  error.reg = reg == nullptr ? nullptr : &reg->info();
  const bool negative = value < 0 && value >= INT32_MIN;
  error.value = negative ? static_cast<uint32_t>(value) : static_cast<uint64_t>(value);
  error.rule = std::move(rule);
  if (negative) error.rule += ", not " + std::to_string(value);
  if (offset)
    error.rule =
        "value " + std::to_string(*offset) + " bytes from the address in the register: " + error.rule;
  return error;
}

std::string name_of(AcceleratorError code, const RegisterBank* bank) {
  const auto value = static_cast<uint32_t>(code);
  std::string_view name = accelerator_common::register_info::kErrorFields[0].name_of(value);
  const Register* const fault = bank == nullptr ? nullptr : bank->find("FAULT");
  if (name.empty() && fault != nullptr) name = fault->info().fields.front().name_of(value);
  return name.empty() ? fmt::format("code {}", value) : std::string(name);
}

std::string JobError::to_string(const RegisterBank* bank) const {
  if (reg == nullptr) return fmt::format("{} ({})", rule, name_of(code, bank));
  return fmt::format("{} (offset {:#05x}) = {} ({:#x}): {} ({})", reg->name, reg->offset, value, value, rule,
                     name_of(code, bank));
}

std::optional<JobError> require(bool holds, AcceleratorError code, const RegisterInfo& reg, uint64_t value,
                                std::string rule) {
  if (holds) return std::nullopt;
  return JobError{.code = code, .reg = &reg, .value = value, .rule = std::move(rule)};
}

std::optional<JobError> require_multiple(const RegisterInfo& reg, uint64_t value, uint64_t multiple) {
  if (value % multiple == 0) return std::nullopt;
  return require(false, AcceleratorError::kMisaligned, reg, value,
                 fmt::format("must be a multiple of {}", multiple));
}

std::optional<JobError> require_range(const RegisterInfo& reg, uint64_t value, uint64_t low, uint64_t high) {
  if (value >= low && value <= high) return std::nullopt;
  return require(false, AcceleratorError::kOutOfRange, reg, value,
                 low == high ? fmt::format("must be {}", low) : fmt::format("must be {} to {}", low, high));
}

std::optional<JobError> first_error(std::initializer_list<std::optional<JobError>> checks) {
  for (const std::optional<JobError>& check : checks) {
    if (check.has_value()) return check;
  }
  return std::nullopt;
}

}  // namespace ganglion
