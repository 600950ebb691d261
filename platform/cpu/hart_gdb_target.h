#pragma once

#include <functional>

#include "platform/cpu/gdb_registers.h"
#include "platform/cpu/gdb_target.h"
#include "platform/cpu/hart.h"

namespace ganglion {

/// A hart as a GDB session sees it. Addresses are those of the hart's mode, its page tables included; memory
/// goes through the debug transport:
/// devices show their registers without side effects and cannot be written.
class HartGdbTarget : public GdbTarget {
 public:
  using Monitor = std::function<std::string(std::string_view command)>;
  HartGdbTarget(Hart& hart, Monitor monitor) : hart_(hart), monitor_(std::move(monitor)) {}

  [[nodiscard]] std::string description() const override;
  [[nodiscard]] unsigned general_registers() const override { return kGdbPc + 1; }
  [[nodiscard]] std::optional<std::vector<uint8_t>> read_register(unsigned number) const override;
  bool write_register(unsigned number, std::span<const uint8_t> value) override;
  [[nodiscard]] std::vector<uint8_t> read_memory(uint64_t address, std::size_t bytes) override;
  bool write_memory(uint64_t address, std::span<const uint8_t> bytes) override;
  [[nodiscard]] std::string monitor(std::string_view command) override { return monitor_(command); }

 private:
  Hart& hart_;
  Monitor monitor_;
};

}  // namespace ganglion
