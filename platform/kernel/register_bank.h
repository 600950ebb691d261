#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ganglion {

/// What software may do with a field. A pulse acts when 1 is written and reads as 0.
enum class FieldAccess : uint8_t { kReadWrite, kReadOnly, kWriteOnly, kWriteOneToClear, kPulse };
/// Whether a hart synchronises time before an access.
enum class TimeSync : uint8_t { kAlways, kNever };
/// What co-simulation compares of a register.
enum class Comparison : uint8_t { kExact, kAtJobEnd, kNever };

/// A value of a field that has a name.
struct NamedValue {
  std::string_view name;
  uint32_t value;
};

struct FieldInfo {
  std::string_view name;
  uint8_t lsb;
  uint8_t width;
  FieldAccess access;
  uint32_t reset;
  std::span<const NamedValue> values{};  ///< of a field that the RDL encodes by an enumeration

  /// Name of `value`; "" when it has none.
  [[nodiscard]] constexpr std::string_view name_of(uint32_t value) const {
    for (const NamedValue& named : values)
      if (named.value == value) return named.name;
    return {};
  }
  [[nodiscard]] constexpr uint32_t mask() const {
    return (width == 32 ? ~uint32_t{0} : (uint32_t{1} << width) - 1) << lsb;
  }
};

struct RegisterInfo {
  std::string_view name;
  uint32_t offset;
  std::span<const FieldInfo> fields;
  TimeSync time_sync = TimeSync::kAlways;
  Comparison compare = Comparison::kExact;
  bool shadowed = false;
  bool instance_constant = false;

  /// Bits of all fields with this access.
  [[nodiscard]] constexpr uint32_t mask_of(FieldAccess access) const {
    uint32_t mask = 0;
    for (const FieldInfo& field : fields) mask |= field.access == access ? field.mask() : 0;
    return mask;
  }
  [[nodiscard]] constexpr uint32_t defined_mask() const {
    uint32_t mask = 0;
    for (const FieldInfo& field : fields) mask |= field.mask();
    return mask;
  }
  [[nodiscard]] constexpr uint32_t reset_value() const {
    uint32_t value = 0;
    for (const FieldInfo& field : fields) value |= field.reset << field.lsb;
    return value;
  }
};

class RegisterBank;

/// One 32-bit register. raw() and set_raw() are the hardware's side and know no access rules; software comes
/// through RegisterBank::read and write.
class Register {
 public:
  /// Adds itself to `bank`; `info` outlives the register.
  Register(RegisterBank& bank, const RegisterInfo& info);
  Register(const Register&) = delete;
  Register& operator=(const Register&) = delete;

  [[nodiscard]] const RegisterInfo& info() const { return info_; }
  [[nodiscard]] uint32_t raw() const { return raw_; }
  /// Bits outside the register's fields are dropped.
  void set_raw(uint32_t value) { raw_ = value & defined_; }
  [[nodiscard]] uint32_t reset_value() const { return reset_; }
  /// For instance constants: value now and after every reset.
  void set_reset_value(uint32_t value);
  void reset();

  /// Called before software reads, to bring a computed value up to date.
  void on_read(std::function<void()> refresh) { refresh_ = std::move(refresh); }
  /// Called after software wrote and the access rules took effect, with the bits as written (pulses
  /// included).
  void on_write(std::function<void(uint32_t written)> act) { act_ = std::move(act); }
  /// Makes a software read of this NAME_LO copy the upper half last given to RegisterBank::set_wide to
  /// `high`.
  void latch_into(Register& high) { high_ = &high; }

 protected:
  void set_field(uint32_t mask, uint32_t lsb, uint32_t value) {
    raw_ = (raw_ & ~mask) | ((value << lsb) & mask);
  }

 private:
  friend class RegisterBank;
  const RegisterInfo& info_;
  uint32_t defined_;
  uint32_t readable_;
  uint32_t reset_;
  uint32_t raw_;
  uint32_t live_high_ = 0;
  Register* high_ = nullptr;
  std::function<void()> refresh_;
  std::function<void(uint32_t)> act_;
};

enum class RegisterStatus {
  kOk,
  kUndefined,  ///< no register there: address error
  kBadShape,   ///< not an aligned 32-bit access: burst error
};

/// The registers of one block; generated classes derive from it and add the typed members.
///
/// Software's side follows the RDL: writes to read-only fields and undefined bits are logged and ignored.
/// Pure C++; errors are statuses, nothing is thrown after construction.
class RegisterBank {
 public:
  /// `name` is the instance's, for messages.
  explicit RegisterBank(std::string name) : name_(std::move(name)) {}
  RegisterBank(const RegisterBank&) = delete;
  RegisterBank& operator=(const RegisterBank&) = delete;
  virtual ~RegisterBank() = default;

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Software's access of `bytes` at `offset` of the window, with all its effects.
  [[nodiscard]] RegisterStatus read(uint64_t offset, std::size_t bytes, uint32_t& value);
  [[nodiscard]] RegisterStatus write(uint64_t offset, std::size_t bytes, uint32_t value);
  /// What a read would give, without its effects (debuggers). A computed value is not brought up to date.
  [[nodiscard]] RegisterStatus peek(uint64_t offset, uint32_t& value) const;

  /// Every register to its reset value; hooks are not called.
  void reset();

  /// In order of their construction.
  [[nodiscard]] const std::vector<Register*>& registers() const { return registers_; }
  /// nullptr when there is none.
  [[nodiscard]] const Register* find(uint64_t offset) const;
  [[nodiscard]] const Register* find(std::string_view name) const;

  /// Raw values of the shadowed registers in their order: what START latches.
  [[nodiscard]] std::vector<uint32_t> shadow() const;
  /// Every bit of state, for comparing two banks.
  [[nodiscard]] std::vector<uint32_t> state() const;

 protected:
  /// A 64-bit value kept in NAME_LO and NAME_HI. With latch_into, HI follows only when software reads LO.
  static void set_wide(Register& low, Register& high, uint64_t value);
  [[nodiscard]] static uint64_t wide(const Register& low, const Register& high);

 private:
  friend class Register;
  void add(Register& reg);
  [[nodiscard]] Register* at(uint64_t offset) const;
  void log_ignored(const Register& reg, uint32_t value) const;

  std::string name_;
  std::vector<Register*> registers_;
  std::vector<Register*> by_word_;
};

}  // namespace ganglion
