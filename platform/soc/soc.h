#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "platform/accel/cosim/recorder.h"
#include "platform/accel/cosim/rtl_twin.h"
#include "platform/bus/memory.h"
#include "platform/bus/router.h"
#include "platform/cpu/elf_image.h"
#include "platform/cpu/hart.h"
#include "platform/kernel/component.h"
#include "platform/soc/memory_layout.h"
#include "platform/soc/report.h"
#include "platform/soc/scenario.h"

namespace ganglion {

/// The system on chip of a scenario: clocks, ledgers, components from the registry, and the wires between
/// them.
///
/// Wiring by role: the one router maps every component with an address; masters are connected in file order,
/// harts before others at equal times; interrupts go to the source the scenario names; CLINT and PLIC drive
/// the harts.
class Soc {
 public:
  /// ConfigError when the scenario lacks a router, a hart or a memory, or has two of what there may be one
  /// of.
  explicit Soc(const Scenario& scenario);
  Soc(const Soc&) = delete;
  Soc& operator=(const Soc&) = delete;
  ~Soc();

  [[nodiscard]] PlatformServices& services() { return services_; }
  [[nodiscard]] const PlatformServices& services() const { return services_; }
  [[nodiscard]] Hart& hart() { return *hart_; }
  /// In the order of the scenario.
  [[nodiscard]] std::vector<Component*> components() const;
  [[nodiscard]] const AddressMap& address_map() const { return router_->address_map(); }
  struct InterruptSource {
    unsigned number = 0;  ///< at the PLIC
    Component* component = nullptr;
  };
  [[nodiscard]] std::vector<InterruptSource> interrupt_sources() const;
  /// The component mapped at `address`; nullptr where there is none.
  [[nodiscard]] Component* component_at(uint64_t address) const;
  [[nodiscard]] const std::string& isa() const { return isa_; }
  [[nodiscard]] int xlen() const { return isa_.starts_with("rv32") ? 32 : 64; }

  /// Base and size of the memory that firmware is linked into: the largest one.
  [[nodiscard]] AddressSpan main_memory() const;
  /// Places bytes and zeroes what follows up to `memory_bytes`, across no window's border. False when no
  /// memory is there.
  [[nodiscard]] bool load(uint64_t address, std::span<const uint8_t> bytes, uint64_t memory_bytes);
  /// Bytes of memory without time or bookings.
  [[nodiscard]] std::vector<uint8_t> peek(uint64_t address, uint64_t bytes) const;
  [[nodiscard]] bool is_writable_memory(uint64_t address, uint64_t bytes) const;
  /// Writes bytes of memory without time or bookings. False when they are in no memory.
  bool poke(uint64_t address, std::span<const uint8_t> bytes) { return load(address, bytes, bytes.size()); }
  /// A character for where the first UART prints; standard error when there is none.
  void print(uint8_t character);
  /// Window of the boot ROM; empty when there is none.
  [[nodiscard]] AddressSpan boot_rom() const;

  /// Records all accelerators that have a model and returns their names. Before time 0; `writer` outlives the
  /// SoC.
  std::vector<std::string> record(RecordingWriter& writer);
  /// Writes what recorders still hold.
  void finish_recording();
  /// Somebody wants to know which code accesses accelerators.
  [[nodiscard]] bool wants_access_origin() const;

  /// Components and clocks back to the state after construction; memory keeps its contents, counts and time
  /// go on.
  void reset();
  [[nodiscard]] std::vector<ReportedComponent> reported() const;

 private:
  struct Instance {
    const InstanceSpec* spec = nullptr;
    std::unique_ptr<Component> component;
    std::unique_ptr<RtlTwin> twin;       ///< of impl: both
    std::unique_ptr<Recorder> recorder;  ///< of a recorded run
  };

  void build(const Scenario& scenario);
  void map_and_connect();
  void wire_interrupts();
  /// Firmware cannot power off what it runs on.
  void keep_essentials_on();
  [[nodiscard]] const Instance* memory_at(uint64_t address) const;

  std::map<std::string, std::unique_ptr<ClockDomain>> clocks_;
  EnergyLedger energy_;
  TimeLedger time_;
  RegionLedger regions_;
  EventLog events_;
  StopController stop_;
  PlatformServices services_;
  std::vector<Instance> instances_;
  Router* router_ = nullptr;
  Hart* hart_ = nullptr;
  std::string isa_;
};

}  // namespace ganglion
