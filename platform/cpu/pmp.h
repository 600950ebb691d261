#pragma once

#include <array>
#include <cstdint>

namespace ganglion {

/// What an access is for; the order gives the exception causes of a fault.
enum class AccessKind : uint8_t { kFetch, kLoad, kStore };

enum class Privilege : uint8_t { kUser = 0, kSupervisor = 1, kMachine = 3 };

/// Physical memory protection: 16 entries, 4-byte granules. Source: Volume II (20211203), section 3.7.
///
/// models: OFF, TOR, NA4, NAPOT, lock (also of the TOR base), priority of the lowest entry, partial matches.
/// leaves out: Smepmp (mseccfg). The reserved combination W without R is stored as neither.
class Pmp {
 public:
  static constexpr unsigned kEntries = 16;

  void reset() { *this = Pmp{}; }
  [[nodiscard]] uint8_t config(unsigned entry) const { return config_[entry]; }
  [[nodiscard]] uint64_t address(unsigned entry) const { return address_[entry]; }
  /// A write that the lock forbids changes nothing. True: something changed.
  bool set_config(unsigned entry, uint8_t value);
  bool set_address(unsigned entry, uint64_t value);

  /// True when every byte of [address, address + bytes) may be accessed.
  [[nodiscard]] bool allows(uint64_t address, uint64_t bytes, AccessKind kind, Privilege privilege) const;
  /// Accesses of M mode may fail too: a locked entry, or a partial match, which fails whatever its bits.
  [[nodiscard]] bool restricts_machine() const { return any_active_; }

 private:
  /// Last byte included; first > last: matches nothing.
  struct Range {
    uint64_t first = 1;
    uint64_t last = 0;
  };
  void update();

  std::array<uint8_t, kEntries> config_{};
  std::array<uint64_t, kEntries> address_{};  ///< as in pmpaddr: address >> 2
  std::array<Range, kEntries> ranges_{};
  bool any_active_ = false;
};

}  // namespace ganglion
