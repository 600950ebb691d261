#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "platform/accel/cosim/rtl_library.h"
#include "platform/bus/axi/pins.h"

namespace ganglion {

/// One instance of a library's RTL with its ports bound to the platform's pins.
///
/// The top module has `clk`, `rst_n` (active low, synchronous) and an AXI4-Lite subordinate `s_axil_*`; it
/// may have an AXI4 manager `m_axi_*`, `irq` and `active` (1 while a job runs or waits or a bus transaction
/// is open). Ports may be narrower than the platform's signals where docs/how-to/bring-your-own-rtl.md says
/// so.
class RtlModel {
 public:
  /// Registers hold values drawn with `seed`. ConfigError at the library's place for missing, unknown, too
  /// wide or too narrow ports and those of the wrong direction; all at once.
  RtlModel(std::shared_ptr<const RtlLibrary> library, uint64_t seed);
  ~RtlModel();
  RtlModel(const RtlModel&) = delete;
  RtlModel& operator=(const RtlModel&) = delete;

  [[nodiscard]] const RtlLibrary& library() const { return *library_; }
  [[nodiscard]] bool has_manager() const { return has_manager_; }
  [[nodiscard]] bool has_irq() const { return irq_ != kAbsent; }
  [[nodiscard]] bool has_active() const { return active_ != kAbsent; }
  /// Bytes that the AXI4-Lite address reaches.
  [[nodiscard]] uint64_t window_bytes() const { return window_bytes_; }

  void set_clock(bool level) { put(clock_, level ? 1 : 0); }
  void set_reset(bool active) { put(reset_, active ? 0 : 1); }
  /// The platform's side of the pins to the model, and the model's side from it. Leaves the others alone.
  void put_pins(const axi::LitePins& lite, const axi::Pins& full);
  void get_pins(axi::LitePins& lite, axi::Pins& full) const;
  [[nodiscard]] bool irq() const { return irq_ != kAbsent && get(irq_) != 0; }
  [[nodiscard]] bool active() const { return active_ == kAbsent || get(active_) != 0; }
  void eval() { api_.eval(model_); }
  /// "" while the model has not stopped itself.
  [[nodiscard]] std::string complaint() const;

  /// Begins a VCD file; false when it cannot be written or the library has no tracing.
  [[nodiscard]] bool open_trace(const std::string& file) {
    return api_.trace_open(model_, file.c_str()) != 0;
  }
  void dump_trace(uint64_t time_ps) { api_.trace_dump(model_, time_ps); }
  void close_trace() { api_.trace_close(model_); }

  /// Every bound output with its value now, for comparing two instances; `name` is the port's.
  struct Output {
    const char* name;
    uint64_t value;
  };
  [[nodiscard]] std::vector<Output> outputs() const;

 private:
  static constexpr uint32_t kAbsent = ~0U;
  struct Slot {
    void* data = nullptr;
    uint32_t bytes = 0;
    uint32_t width = 0;
    const char* name = nullptr;
    bool is_output = false;
  };
  struct Binder;
  void put(uint32_t slot, uint64_t value);
  [[nodiscard]] uint64_t get(uint32_t slot) const;
  template <typename Visit>
  static void for_each_lite(Visit&& visit);
  template <typename Visit>
  static void for_each_full(Visit&& visit);

  std::shared_ptr<const RtlLibrary> library_;
  const ganglion_rtl_api& api_;
  void* model_ = nullptr;
  std::vector<Slot> slots_;
  std::vector<uint32_t> lite_;  ///< slots in the order of for_each_lite
  std::vector<uint32_t> full_;
  uint32_t clock_ = kAbsent, reset_ = kAbsent, irq_ = kAbsent, active_ = kAbsent;
  bool has_manager_ = false;
  uint64_t window_bytes_ = 0;
};

}  // namespace ganglion
