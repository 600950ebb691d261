#pragma once

#include <cstdint>
#include <deque>
#include <systemc>
#include <vector>

#include "platform/kernel/component_registry.h"
#include "platform/peripherals/mmio_device.h"

namespace ganglion {

/// Core-local interruptor: software interrupts and the machine timer, at QEMU virt's offsets (msip 0x0,
/// mtimecmp 0x4000, mtime 0xBFF8).
///
/// Models: mtime at 10 MHz, derived from kernel time (no process runs); the timer interrupt rises at the
/// exact picosecond at which mtime reaches mtimecmp, which is pending activity until then, and the same for
/// the harts' stimecmp (Sstc), which has no register here; 32-bit and 64-bit accesses. Leaves out: the
/// crossing from the timer's clock to the hart's. Checked against: test/clint_test.cpp. Error bound: none, it
/// is exact. Differs from QEMU: mtimecmp is all ones after reset, and an offset without a register is a bus
/// error.
class Clint : public MmioDevice {
 public:
  static constexpr uint64_t kTimebaseHz = 10'000'000;
  static constexpr uint64_t kTickPs = kPicosecondsPerSecond / kTimebaseHz;
  static ComponentType type();  ///< "clint"

  SC_HAS_PROCESS(Clint);
  explicit Clint(const ComponentContext& context);
  void reset() override;

  [[nodiscard]] unsigned harts() const { return static_cast<unsigned>(software_.size()); }
  [[nodiscard]] InterruptLine& software_interrupt(unsigned hart) { return software_.at(hart); }
  [[nodiscard]] InterruptLine& timer_interrupt(unsigned hart) { return timer_.at(hart); }
  /// High while mtime is at least what set_supervisor_compare() was last told: the hart's `stimecmp` (Sstc).
  [[nodiscard]] InterruptLine& supervisor_timer_interrupt(unsigned hart) { return timer_.at(harts() + hart); }
  void set_supervisor_compare(unsigned hart, uint64_t mtime);
  /// mtimecmp.
  [[nodiscard]] uint64_t compare(unsigned hart) const { return compare_.at(hart); }
  /// mtime at `ps` of simulated time, which may lie ahead of the kernel's: a hart's `time` CSR.
  [[nodiscard]] uint64_t mtime_at(uint64_t ps) const { return ps / kTickPs + mtime_offset_; }

 protected:
  bool read(uint64_t offset, unsigned bytes, uint64_t& value) override;
  bool write(uint64_t offset, unsigned bytes, uint64_t value) override;

 private:
  /// The 64-bit register that holds `offset`, or nullptr; mtime is not among them.
  [[nodiscard]] uint64_t* compare_at(uint64_t offset);
  /// Sets the timer lines as of now and schedules the next rise.
  void update_timers();

  std::deque<InterruptLine> software_;
  std::deque<InterruptLine> timer_;  ///< of M mode by hart, then of S mode by hart
  std::vector<uint64_t> compare_;    ///< likewise
  uint64_t mtime_offset_ = 0;        ///< mtime - ticks of simulated time, modulo 2^64
  sc_core::sc_event due_;
};

}  // namespace ganglion
