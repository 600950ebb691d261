#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "platform/cpu/hart_core.h"
#include "platform/cpu/isa.h"
#include "tests/isa/program_image.h"

namespace ganglion::isa_test {

/// RAM, the exit device, a UART that is always ready, a CLINT that never fires; everything else is unmapped.
class FlatMemory : public HartPort {
 public:
  explicit FlatMemory(const Memory& image) : ram(image) {}

  /// As constructed with `image`, which is no longer than the one before.
  void restart(const Memory& image) {
    std::copy(image.begin(), image.end(), ram.begin());
    uart.clear();
    done_ = false;
  }

  MemoryRegion probe(uint64_t address) override {
    if (!in_ram(address, 1)) return {};
    return {kRamBase, kRamBase + ram.size() - 1, true, ram.data(), true, 1, 1, &counters_};
  }
  BusResult read(uint64_t address, void* data, unsigned bytes, uint64_t) override {
    if (in_ram(address, bytes)) {
      std::memcpy(data, &ram[address - kRamBase], bytes);
      return {true, 1};
    }
    std::memset(data, 0x60, bytes);  // line status: transmitter empty
    return {address == 0x10000005, 1};
  }
  BusResult write(uint64_t address, const void* data, unsigned bytes, uint64_t) override {
    if (in_ram(address, bytes)) {
      std::memcpy(&ram[address - kRamBase], data, bytes);
      return {true, 1};
    }
    if (address == 0x10000000) uart.push_back(*static_cast<const char*>(data));
    if (address == 0x100000) done_ = true;
    return {address == 0x10000000 || address == 0x100000 || address == 0x02004000 || address == 0x02004004,
            1};
  }
  bool debug_read(uint64_t address, void* data, unsigned bytes) override {
    if (!in_ram(address, bytes)) return false;
    std::memcpy(data, &ram[address - kRamBase], bytes);
    return true;
  }
  bool debug_write(uint64_t address, const void* data, unsigned bytes) override {
    if (!in_ram(address, bytes)) return false;
    std::memcpy(&ram[address - kRamBase], data, bytes);
    return true;
  }
  void supervisor_timer(uint64_t) override {}
  void synchronise(uint64_t) override {}
  uint64_t run_ahead_limit(uint64_t cycle) override { return cycle + 10000; }
  uint64_t wait_for_interrupt(uint64_t cycle, const std::function<bool()>&) override {
    done_ = true;
    return cycle;
  }
  uint64_t time_value(uint64_t cycle) override { return cycle; }
  void trapped(const TrapTaken&) override {}
  bool stopping() const override { return done_; }

  Memory ram;
  std::string uart;

 private:
  [[nodiscard]] bool in_ram(uint64_t address, uint64_t bytes) const {
    return address >= kRamBase && address - kRamBase <= ram.size() - bytes;
  }
  MemoryCounters counters_;
  bool done_ = false;
};

/// The largest instruction set of that XLEN.
inline InstructionSet full_instruction_set(int xlen) {
  std::optional<InstructionSet> best;
  for (const std::string_view name : instruction_set_names()) {
    const auto set = InstructionSet::named(name);
    if (set->xlen == xlen &&
        (!best || __builtin_popcount(set->extensions) > __builtin_popcount(best->extensions)))
      best = set;
  }
  return *best;
}

}  // namespace ganglion::isa_test
