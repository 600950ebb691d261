#include "platform/bus/address_map.h"

#include <fmt/format.h>

#include <algorithm>

namespace ganglion {

namespace {

std::string text_of(const AddressRange& range) {
  return fmt::format("{} [{:#x}, {:#x}]", range.name, range.base, range.last());
}

[[noreturn]] void reject(const AddressRange& range, std::string found, std::string expected,
                         std::string remedy) {
  throw ConfigError({range.where, std::move(found), std::move(expected), std::move(remedy)});
}

}  // namespace

unsigned AddressMap::add(const AddressRange& range) {
  if (range.size == 0) {
    reject(range, fmt::format("{} at {:#x} with size 0", range.name, range.base),
           "a window of at least 8 bytes", "give it a size");
  }
  if (range.base % kGranule != 0 || range.size % kGranule != 0) {
    reject(range, fmt::format("{} at {:#x} with size {:#x}", range.name, range.base, range.size),
           "base and size in multiples of 8 bytes", "");
  }
  if (range.last() < range.base) {
    reject(range, fmt::format("{} at {:#x} with size {:#x}", range.name, range.base, range.size),
           "a window that ends inside the 64-bit address space", "");
  }
  for (const AddressRange& other : ranges_) {
    if (range.base <= other.last() && other.base <= range.last()) {
      reject(range, fmt::format("{} overlaps {}", text_of(range), text_of(other)),
             "windows that do not overlap",
             fmt::format("move one of them; {} was placed at {}", other.name, other.where.to_string()));
    }
  }

  const auto index = static_cast<unsigned>(ranges_.size());
  ranges_.push_back(range);
  const Slot slot{range.base, range.last(), index};
  by_base_.insert(std::upper_bound(by_base_.begin(), by_base_.end(), slot,
                                   [](const Slot& a, const Slot& b) { return a.base < b.base; }),
                  slot);
  return index;
}

std::vector<AddressMap::Slot>::const_iterator AddressMap::at_or_below(uint64_t address) const {
  const auto above = std::upper_bound(by_base_.begin(), by_base_.end(), address,
                                      [](uint64_t a, const Slot& slot) { return a < slot.base; });
  return above == by_base_.begin() ? by_base_.end() : above - 1;
}

unsigned AddressMap::find(uint64_t address, uint64_t length) const {
  const auto slot = at_or_below(address);
  if (slot == by_base_.end() || address > slot->last || length - 1 > slot->last - address) return kUnmapped;
  return slot->index;
}

std::string AddressMap::describe_gap(uint64_t address) const {
  const auto below = at_or_below(address);
  const auto above = below == by_base_.end() ? by_base_.begin() : below + 1;
  std::string text = below == by_base_.end() ? "nothing below" : "below: " + text_of(ranges_[below->index]);
  text += above == by_base_.end() ? ", nothing above" : ", above: " + text_of(ranges_[above->index]);
  return text;
}

}  // namespace ganglion
