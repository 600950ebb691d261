#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/cpu/elf_image.h"

namespace ganglion {

/// Which instructions a trace shows: functions by name and ranges of addresses.
class TraceFilter {
 public:
  /// Everything.
  TraceFilter() = default;
  /// `text`: items between commas, each the name of a function or label, or FIRST-LAST, two hexadecimal or
  /// decimal addresses, both included. "" shows everything. ConfigError, with the nearest name, when an item
  /// is neither.
  static TraceFilter parse(const std::string& text, const ElfImage& elf);

  [[nodiscard]] bool shows(uint64_t pc) const {
    for (const Range& range : ranges_)
      if (pc >= range.first && pc <= range.last) return true;
    return ranges_.empty();
  }

 private:
  struct Range {
    uint64_t first = 0;
    uint64_t last = 0;
  };
  std::vector<Range> ranges_;
};

}  // namespace ganglion
