#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/base/error.h"

namespace ganglion {

/// A window of the bus address space.
struct AddressRange {
  std::string name;
  uint64_t base = 0;
  uint64_t size = 0;     ///< bytes
  SourceLocation where;  ///< of the address in the scenario, for messages
  [[nodiscard]] uint64_t last() const { return base + size - 1; }
};

/// Disjoint windows, found by address.
class AddressMap {
 public:
  static constexpr unsigned kUnmapped = ~0U;
  /// Windows begin and end on whole beats.
  static constexpr uint64_t kGranule = 8;

  /// Adds a window and returns its index (0, 1, ... in order of adding). ConfigError when it is empty, not
  /// made of whole 64-bit beats, runs over the end of the address space, or overlaps another window.
  unsigned add(const AddressRange& range);
  /// Index of the window that holds all `length` (at least 1) bytes from `address`, or kUnmapped.
  [[nodiscard]] unsigned find(uint64_t address, uint64_t length) const;
  [[nodiscard]] const AddressRange& range(unsigned index) const { return ranges_[index]; }
  [[nodiscard]] unsigned size() const { return static_cast<unsigned>(ranges_.size()); }
  /// One line for error messages: the nearest windows below and above an address that none holds.
  [[nodiscard]] std::string describe_gap(uint64_t address) const;

 private:
  struct Slot {
    uint64_t base;
    uint64_t last;
    unsigned index;
  };
  /// The last slot that begins at or before `address`; end() when there is none.
  [[nodiscard]] std::vector<Slot>::const_iterator at_or_below(uint64_t address) const;

  std::vector<AddressRange> ranges_;
  std::vector<Slot> by_base_;
};

}  // namespace ganglion
