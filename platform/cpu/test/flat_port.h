#pragma once

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "platform/cpu/hart_core.h"

namespace ganglion::test {

/// Surroundings of a hart without SystemC: RAM, a read-only page, the exit device and a CLINT whose mtime is
/// the hart's own cycle number.
class FlatPort : public HartPort {
 public:
  static constexpr uint64_t kRam = 0x80000000, kRamBytes = 4 << 20;
  static constexpr uint64_t kRom = 0x1000, kRomBytes = 0x1000;
  static constexpr uint64_t kExit = 0x100000;
  static constexpr uint64_t kMsip = 0x02000000, kMtimecmp = 0x02004000, kMtime = 0x0200bff8;
  static constexpr uint32_t kBusCycles = 7;

  FlatPort() : ram(kRamBytes), rom(kRomBytes) {}

  MemoryRegion probe(uint64_t address) override {
    if (address >= kRam && address < kRam + kRamBytes)
      return {kRam, kRam + kRamBytes - 1, true, ram.data(), true, latency, latency, &ram_counters};
    if (address >= kRom && address < kRom + kRomBytes)
      return {kRom, kRom + kRomBytes - 1, true, rom.data(), false, latency, latency, &rom_counters};
    return {};
  }
  BusResult read(uint64_t address, void* data, unsigned bytes, uint64_t cycle) override {
    if (const uint8_t* memory = memory_at(address, bytes)) {
      std::memcpy(data, memory, bytes);
      ++(address >= kRam ? ram_counters : rom_counters).read_beats;
      return {true, latency};
    }
    uint64_t value = 0;
    if (address == kMsip) {
      value = msip;
    } else if (address == kMtimecmp) {
      value = mtimecmp;
    } else if (address == kMtime) {
      value = cycle;
    } else {
      return {};
    }
    device_access_cycles.push_back(cycle);
    std::memcpy(data, &value, bytes);
    return {true, kBusCycles};
  }
  BusResult write(uint64_t address, const void* data, unsigned bytes, uint64_t cycle) override {
    if (address >= kRam) {
      uint8_t* memory = memory_at(address, bytes);
      if (memory == nullptr) return {};
      std::memcpy(memory, data, bytes);
      ++ram_counters.write_beats;
      return {true, latency};
    }
    if (address == kExit) {
      uint32_t value = 0;
      std::memcpy(&value, data, std::min(bytes, 4u));
      exit_value = value;
    } else if (address == kMsip) {
      std::memcpy(&msip, data, bytes);
    } else if (address == kMtimecmp || address == kMtimecmp + 4) {
      std::memcpy(reinterpret_cast<uint8_t*>(&mtimecmp) + (address - kMtimecmp), data, bytes);
    } else {
      return {};
    }
    device_access_cycles.push_back(cycle);
    update(cycle);
    return {true, kBusCycles};
  }
  bool debug_read(uint64_t address, void* data, unsigned bytes) override {
    const uint8_t* memory = memory_at(address, bytes);
    if (memory != nullptr) std::memcpy(data, memory, bytes);
    return memory != nullptr;
  }
  bool debug_write(uint64_t address, const void* data, unsigned bytes) override {
    uint8_t* memory = memory_at(address, bytes);
    if (memory != nullptr) std::memcpy(memory, data, bytes);
    return memory != nullptr;
  }
  void supervisor_timer(uint64_t compare) override {
    stimecmp = compare;
    if (core != nullptr) update(now);
  }
  void synchronise(uint64_t cycle) override {
    ++synchronisations;
    update(cycle);
  }
  uint64_t run_ahead_limit(uint64_t cycle) override {
    const uint64_t by_quantum = cycle + quantum;
    uint64_t limit = by_quantum;
    for (const uint64_t due : {mtimecmp, stimecmp})
      if (due > cycle) limit = std::min(limit, due);
    return limit;
  }
  uint64_t wait_for_interrupt(uint64_t cycle, const std::function<bool()>& awake) override {
    const uint64_t then = std::max(cycle, std::min(mtimecmp, stimecmp));
    update(then);
    if (!awake()) stop = true;
    return then;
  }
  uint64_t time_value(uint64_t cycle) override { return cycle; }
  void trapped(const TrapTaken& trap) override { traps.push_back({trap.cause, trap.interrupt, trap.pc}); }
  bool stopping() const override { return stop || exit_value.has_value(); }

  uint8_t* memory_at(uint64_t address, unsigned bytes) {
    if (address >= kRam && address + bytes <= kRam + kRamBytes) return &ram[address - kRam];
    if (address >= kRom && address + bytes <= kRom + kRomBytes) return &rom[address - kRom];
    return nullptr;
  }
  void update(uint64_t cycle) {
    now = cycle;
    if (core == nullptr) return;
    core->set_interrupt(InterruptBit::kSupervisorTimer, stimecmp <= cycle);
    core->set_interrupt(InterruptBit::kMachineTimer, mtimecmp <= cycle);
    core->set_interrupt(InterruptBit::kMachineSoftware, (msip & 1) != 0);
  }
  void load(uint64_t address, std::span<const uint32_t> words) {
    std::memcpy(memory_at(address, static_cast<unsigned>(words.size_bytes())), words.data(),
                words.size_bytes());
  }

  struct Trap {
    uint64_t cause;
    bool interrupt;
    uint64_t pc;
    bool operator==(const Trap&) const = default;
  };

  std::vector<uint8_t> ram, rom;
  MemoryCounters ram_counters, rom_counters;
  uint32_t latency = 2;
  uint64_t quantum = 1000;
  HartCore* core = nullptr;
  uint32_t msip = 0;
  uint64_t mtimecmp = std::numeric_limits<uint64_t>::max();
  uint64_t stimecmp = std::numeric_limits<uint64_t>::max();
  uint64_t now = 0;
  std::vector<uint64_t> device_access_cycles;
  std::vector<Trap> traps;
  std::optional<uint32_t> exit_value;
  uint64_t synchronisations = 0;
  bool stop = false;
};

}  // namespace ganglion::test
