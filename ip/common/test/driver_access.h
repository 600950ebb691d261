#pragma once

#include <cstdint>
#include <functional>

namespace ganglion::test {

/// While it lives, a C driver's accesses are calls of `read` and `write` with offsets from kBase. One at a
/// time in a process.
class DriverAccess {
 public:
  static constexpr uintptr_t kBase = 0x24000000;

  using Read = std::function<uint32_t(uint64_t offset)>;
  using Write = std::function<void(uint64_t offset, uint32_t value)>;
  DriverAccess(Read read, Write write);
  ~DriverAccess();
  DriverAccess(const DriverAccess&) = delete;
  DriverAccess& operator=(const DriverAccess&) = delete;

  const Read read;
  const Write write;
};

}  // namespace ganglion::test
