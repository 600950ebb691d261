#pragma once

#include <cstring>
#include <tlm_utils/simple_target_socket.h>
#include <vector>

#include "platform/cpu/elf_image.h"
#include "platform/cpu/hart.h"

namespace ganglion::test {

/// One target with RAM, a CLINT at 10 MHz and an exit device: just enough SoC around a hart.
class SmallSystem : public sc_core::sc_module {
 public:
  static constexpr uint64_t kRam = 0x80000000, kRamBytes = 4 << 20;
  static constexpr uint64_t kMtimecmp = 0x02004000, kMtime = 0x0200bff8, kMsip = 0x02000000, kExit = 0x100000,
                            kScratch = 0x30000000;

  SmallSystem(const sc_core::sc_module_name& name, StopController& stop, TrafficCounters& traffic)
      : sc_module(name), socket("socket"), ram(kRamBytes), stop_(stop), traffic_(traffic) {
    socket.register_b_transport(this, &SmallSystem::b_transport);
    socket.register_get_direct_mem_ptr(this, &SmallSystem::get_direct_mem_ptr);
    socket.register_transport_dbg(this, &SmallSystem::transport_dbg);
    SC_HAS_PROCESS(SmallSystem);
    SC_METHOD(expire);
    sensitive << expiry_;
    dont_initialize();
  }

  void load(const ElfImage& elf) {
    for (const auto& segment : elf.segments())
      std::copy(segment.data.begin(), segment.data.end(),
                ram.begin() + static_cast<long>(segment.address - kRam));
  }
  /// Beats that the hart booked through the counters and those of transactions.
  void settle() {
    traffic_.booked_reads += counters.read_beats;
    traffic_.booked_writes += counters.write_beats;
  }

  tlm_utils::simple_target_socket<SmallSystem, 64> socket;
  std::vector<uint8_t> ram;
  MemoryCounters counters;
  Hart* hart = nullptr;
  bool grant_dmi = true;
  uint64_t mtimecmp = ~uint64_t{0};
  std::function<void(uint32_t)> on_scratch;  ///< a write to the scratch device

 private:
  static uint64_t now_ps() { return sc_core::sc_time_stamp().value(); }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const uint64_t address = payload.get_address();
    const unsigned bytes = payload.get_data_length();
    const bool write = payload.is_write();
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    if (address >= kRam && address + bytes <= kRam + kRamBytes) {
      transport_dbg(payload);
      ++(write ? counters.write_beats : counters.read_beats);
      delay += sc_core::sc_time(9, sc_core::SC_NS);
      return;
    }
    uint64_t value = 0;
    if (write) std::memcpy(&value, payload.get_data_ptr(), bytes);
    if (address == kExit && write) {
      const ExitCode code = value == 0x5555 ? ExitCode::kOk : ExitCode::kFirmware;
      stop_.request({code, "exit device", static_cast<uint32_t>(value >> 16), false});
    } else if (address == kMsip && write) {
      hart->set_interrupt(InterruptBit::kMachineSoftware, (value & 1) != 0);
    } else if (address == kScratch && write) {
      if (on_scratch) on_scratch(static_cast<uint32_t>(value));
    } else if ((address == kMtimecmp || address == kMtimecmp + 4) && write) {
      std::memcpy(reinterpret_cast<uint8_t*>(&mtimecmp) + (address - kMtimecmp), &value, bytes);
      expiry_.cancel();
      hart->set_interrupt(InterruptBit::kMachineTimer, false);
      const uint64_t due = mtimecmp > ~uint64_t{0} / 100'000 ? ~uint64_t{0} : mtimecmp * 100'000;
      if (due <= now_ps()) {
        hart->set_interrupt(InterruptBit::kMachineTimer, true);
      } else if (due != ~uint64_t{0}) {
        expiry_.notify(sc_core::sc_time(static_cast<double>(due - now_ps()), sc_core::SC_PS));
      }
    } else if (address == kMtime && !write) {
      value = now_ps() / 100'000;
      std::memcpy(payload.get_data_ptr(), &value, bytes);
    } else {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    ++(write ? traffic_.booked_writes : traffic_.booked_reads);
    delay += sc_core::sc_time(33, sc_core::SC_NS);
  }

  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    if (payload.get_address() < kRam || payload.get_address() >= kRam + kRamBytes) return false;
    if (auto* extension = payload.get_extension<MemoryCountersExtension>()) extension->counters = &counters;
    dmi.set_start_address(kRam);
    dmi.set_end_address(kRam + kRamBytes - 1);
    if (!grant_dmi) return false;
    dmi.set_dmi_ptr(ram.data());
    dmi.allow_read_write();
    dmi.set_read_latency(sc_core::sc_time(9, sc_core::SC_NS));
    dmi.set_write_latency(sc_core::sc_time(9, sc_core::SC_NS));
    return true;
  }

  unsigned transport_dbg(tlm::tlm_generic_payload& payload) {
    const uint64_t address = payload.get_address();
    const unsigned bytes = payload.get_data_length();
    if (address < kRam || address + bytes > kRam + kRamBytes) return 0;
    uint8_t* const at = &ram[address - kRam];
    if (payload.is_write()) {
      std::memcpy(at, payload.get_data_ptr(), bytes);
    } else {
      std::memcpy(payload.get_data_ptr(), at, bytes);
    }
    return bytes;
  }

  void expire() { hart->set_interrupt(InterruptBit::kMachineTimer, true); }

  StopController& stop_;
  TrafficCounters& traffic_;
  sc_core::sc_event expiry_;
};

/// Ledgers, clock, hart and SmallSystem, bound and ready for sc_start.
class Platform {
 public:
  explicit Platform(const std::string& parameters, uint64_t frequency_hz = 333'000'000)
      : energy({}, now),
        time(now),
        regions(energy, time, now),
        clock("cpu", frequency_hz, 1.1),
        services{energy, time, regions, events, stop} {
    ComponentRegistry registry;
    register_hart(registry);
    const ComponentType& type = registry.find("hart", {});
    const ConfigNode node = parse_config(parameters, "test");
    const Params params = validate(&node, type.schema);
    const CostTable costs = parse_cost_table(type.cost_yaml, "cost.yaml");
    const ComponentId hart_id = energy.add_component("hart", costs, clock);
    time.add_component(hart_id);
    CostTable memory_costs;
    const ComponentId memory_id = energy.add_component("memory", memory_costs, clock);
    time.add_component(memory_id);
    component = type.make({"hart", hart_id, params, services, clock});
    hart = dynamic_cast<Hart*>(component.get());
    system = std::make_unique<SmallSystem>("system", stop, energy.traffic(memory_id));
    system->hart = hart;
    hart->initiator_sockets().at(0)->bind(system->socket);
  }

  static uint64_t now() { return sc_core::sc_time_stamp().value(); }

  EnergyLedger energy;
  TimeLedger time;
  RegionLedger regions;
  EventLog events;
  StopController stop;
  ClockDomain clock;
  PlatformServices services;
  std::unique_ptr<Component> component;
  Hart* hart = nullptr;
  std::unique_ptr<SmallSystem> system;
};

}  // namespace ganglion::test
