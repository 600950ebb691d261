#pragma once

#include <cstdint>

namespace ganglion {

/// Zeroed host memory of which only touched pages cost anything.
class HostPages {
 public:
  /// std::bad_alloc when the host cannot reserve the addresses.
  explicit HostPages(uint64_t bytes);
  ~HostPages();
  HostPages(const HostPages&) = delete;
  HostPages& operator=(const HostPages&) = delete;

  [[nodiscard]] uint8_t* data() { return data_; }
  [[nodiscard]] const uint8_t* data() const { return data_; }
  [[nodiscard]] uint64_t size() const { return bytes_; }
  /// Zeroes a span; whole pages go back to the host.
  void clear(uint64_t offset, uint64_t length);
  /// Bytes of host memory in use.
  [[nodiscard]] uint64_t resident_bytes() const;

 private:
  uint64_t bytes_;
  uint8_t* data_;
};

}  // namespace ganglion
