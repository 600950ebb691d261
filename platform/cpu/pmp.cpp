#include "platform/cpu/pmp.h"

#include <bit>

namespace ganglion {
namespace {

constexpr uint8_t kRead = 1, kWrite = 2, kExecute = 4, kLock = 0x80, kStored = 0x9f;
constexpr unsigned kOff = 0, kTor = 1, kNa4 = 2;

unsigned mode_of(uint8_t config) { return config >> 3 & 3; }

uint8_t needed(AccessKind kind) {
  switch (kind) {
    case AccessKind::kFetch:
      return kExecute;
    case AccessKind::kLoad:
      return kRead;
    case AccessKind::kStore:
      return kWrite;
  }
  return 0;
}

}  // namespace

bool Pmp::set_config(unsigned entry, uint8_t value) {
  if ((config_[entry] & kLock) != 0) return false;
  value &= kStored;
  if ((value & (kRead | kWrite)) == kWrite) value &= static_cast<uint8_t>(~kWrite);
  if (value == config_[entry]) return false;
  config_[entry] = value;
  update();
  return true;
}

bool Pmp::set_address(unsigned entry, uint64_t value) {
  const auto locked = [this](unsigned index) { return (config_[index] & kLock) != 0; };
  if (locked(entry)) return false;
  if (entry + 1 < kEntries && locked(entry + 1) && mode_of(config_[entry + 1]) == kTor) return false;
  value &= (uint64_t{1} << 54) - 1;
  if (value == address_[entry]) return false;
  address_[entry] = value;
  update();
  return true;
}

void Pmp::update() {
  any_active_ = false;
  for (unsigned i = 0; i < kEntries; ++i) {
    any_active_ = any_active_ || mode_of(config_[i]) != kOff;
    const uint64_t address = address_[i];
    Range& range = ranges_[i] = Range{};
    switch (mode_of(config_[i])) {
      case kOff:
        break;
      case kTor: {
        const uint64_t base = i == 0 ? 0 : address_[i - 1];
        if (address > base) range = {base << 2, (address << 2) - 1};
        break;
      }
      case kNa4:
        range = {address << 2, (address << 2) + 3};
        break;
      default: {
        const auto ones = static_cast<unsigned>(std::countr_one(address));
        const uint64_t size = uint64_t{8} << ones;  // ones <= 54
        const uint64_t first = address << 2 & ~(size - 1);
        range = {first, first + (size - 1)};
        break;
      }
    }
  }
}

bool Pmp::allows(uint64_t address, uint64_t bytes, AccessKind kind, Privilege privilege) const {
  const bool machine = privilege == Privilege::kMachine;
  if (machine && !any_active_) return true;
  const uint64_t last = address + (bytes - 1);
  for (unsigned i = 0; i < kEntries; ++i) {
    const Range& range = ranges_[i];
    if (range.first > range.last || last < range.first || address > range.last) continue;
    if (address < range.first || last > range.last) return false;  // a partial match fails
    if (machine && (config_[i] & kLock) == 0) return true;
    return (config_[i] & needed(kind)) != 0;
  }
  return machine;
}

}  // namespace ganglion
