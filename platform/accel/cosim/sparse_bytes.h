#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>

namespace ganglion {

/// Bytes at scattered addresses of a 64-bit space, in pages.
class SparseBytes {
 public:
  /// Number of bytes held.
  [[nodiscard]] uint64_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::optional<std::byte> at(uint64_t address) const {
    const auto page = pages_.find(address / kPage);
    if (page == pages_.end() || !page->second.held[address % kPage]) return std::nullopt;
    return page->second.bytes[address % kPage];
  }
  void put(uint64_t address, std::byte value) {
    Page& page = pages_[address / kPage];
    if (!page.held[address % kPage]) ++size_;
    page.held[address % kPage] = true;
    page.bytes[address % kPage] = value;
  }
  void put(uint64_t address, std::span<const std::byte> values) {
    for (std::size_t i = 0; i < values.size(); ++i) put(address + i, values[i]);
  }
  /// Calls `visit(address, value)` in order of addresses until it returns false.
  void for_each(const std::function<bool(uint64_t, std::byte)>& visit) const {
    for (const auto& [number, page] : pages_) {
      for (std::size_t i = 0; i < kPage; ++i) {
        if (page.held[i] && !visit(number * kPage + i, page.bytes[i])) return;
      }
    }
  }
  void clear() {
    pages_.clear();
    size_ = 0;
  }

 private:
  static constexpr std::size_t kPage = 4096;
  struct Page {
    std::bitset<kPage> held;
    std::array<std::byte, kPage> bytes;
  };
  std::map<uint64_t, Page> pages_;
  uint64_t size_ = 0;
};

}  // namespace ganglion
