#pragma once

#include <array>
#include <cstdint>

#include "platform/kernel/component_registry.h"
#include "platform/peripherals/mmio_device.h"

namespace ganglion {

/// Platform-level interrupt controller at QEMU virt's offsets: sources 1 to 95, context 0 = hart 0 M mode,
/// context 1 = hart 0 S mode.
///
/// Models: level-sensitive gateways (a source is pending while its line is high and it is not being served),
/// priorities 0 to 7 (0 never interrupts), enables, thresholds, claim and complete. Of equal priorities the
/// lowest source wins; a claim does not look at the threshold (PLIC specification 1.0). Leaves out:
/// edge-triggered sources, propagation delay. Checked against: test/plic_test.cpp. Error bound: none. Differs
/// from QEMU 7.2: a line still high at its completion is pending again at once, and completing a source that
/// is not enabled is ignored.
class Plic : public MmioDevice {
 public:
  static constexpr unsigned kSources = 96;  ///< source 0 does not exist
  static constexpr unsigned kContexts = 2;
  static ComponentType type();  ///< "plic"

  explicit Plic(const ComponentContext& context);
  void reset() override;

  /// Level of the wire from device `source` (1 to 95); at kernel time.
  void set_source(unsigned source, bool level);
  /// For diagnosis: what a source does.
  struct Source {
    bool level = false;    ///< of its wire
    bool claimed = false;  ///< and not completed
    uint32_t priority = 0;
  };
  [[nodiscard]] Source source(unsigned source) const {
    return {level_.at(source), serving_.at(source), priority_.at(source)};
  }
  [[nodiscard]] bool enabled(unsigned context, unsigned source) const {
    return is_enabled(contexts_.at(context), source);
  }
  [[nodiscard]] uint32_t threshold(unsigned context) const { return contexts_.at(context).threshold; }
  /// External interrupt of a hart's mode.
  [[nodiscard]] InterruptLine& external_interrupt(unsigned context) { return external_.at(context); }

 protected:
  bool read(uint64_t offset, unsigned bytes, uint64_t& value) override;
  bool write(uint64_t offset, unsigned bytes, uint64_t value) override;

 private:
  static constexpr unsigned kWords = kSources / 32;
  struct Context {
    std::array<uint32_t, kWords> enable{};
    uint32_t threshold = 0;
  };
  [[nodiscard]] bool is_enabled(const Context& context, unsigned source) const {
    return (context.enable[source / 32] >> source % 32 & 1) != 0;
  }
  /// The enabled pending source of highest priority, 0 when there is none.
  [[nodiscard]] unsigned best(const Context& context) const;
  uint32_t claim(Context& context);
  void complete(const Context& context, uint32_t source);
  void update();

  std::array<bool, kSources> level_{};    ///< of the wires: not the PLIC's state, survives reset
  std::array<bool, kSources> serving_{};  ///< claimed and not completed
  std::array<uint8_t, kSources> priority_{};
  std::array<Context, kContexts> contexts_{};
  std::array<InterruptLine, kContexts> external_;
};

}  // namespace ganglion
