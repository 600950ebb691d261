#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <systemc>

#include "platform/kernel/component_registry.h"
#include "platform/peripherals/mmio_device.h"
#include "platform/peripherals/serial_line.h"

namespace ganglion {

/// NS16550A serial port as on QEMU virt: byte registers 0 to 7, one interrupt.
///
/// Models: both FIFOs' programming model, divisor latch, line and modem status, interrupt identification with
/// its priorities, loop-back. Leaves out: the time of a character (a character written is out at once, and
/// input waits outside until the receiver has room, so there is no overrun and the time-out interrupt comes
/// at once), parity and break. Checked against: test/uart16550_test.cpp. Error bound: none for time, by the
/// above.
class Uart16550 : public MmioDevice {
 public:
  static ComponentType type();  ///< "uart16550"

  SC_HAS_PROCESS(Uart16550);
  explicit Uart16550(const ComponentContext& context);
  void reset() override;
  void start_of_simulation() override;

  void set_output(std::unique_ptr<SerialOutput> output) { output_ = std::move(output); }
  void set_input(std::unique_ptr<SerialInput> input);
  /// Characters may arrive from the host at any time.
  [[nodiscard]] bool has_live_input() const { return input_ != nullptr && input_->is_live(); }
  /// A character is there or may still arrive.
  [[nodiscard]] bool can_receive() const { return has_live_input() || !received_.empty(); }
  /// Firmware has asked for an interrupt when a character arrives.
  [[nodiscard]] bool receive_interrupt_enabled() const;
  /// A character that did not come through the registers (a debugger's or host's console).
  void print(uint8_t byte) { output_->put(byte); }
  /// What firmware has printed when the output is "capture", else "".
  [[nodiscard]] std::string captured() const;

 protected:
  bool read(uint64_t offset, unsigned bytes, uint64_t& value) override;
  bool write(uint64_t offset, unsigned bytes, uint64_t value) override;

 private:
  [[nodiscard]] bool divisor_latch() const;
  [[nodiscard]] bool fifo_enabled() const;
  [[nodiscard]] std::size_t receive_trigger() const;
  [[nodiscard]] uint8_t line_status() const;
  [[nodiscard]] uint8_t modem_status() const;
  /// Identification of the pending interrupt of highest priority (bit 0 set: none).
  [[nodiscard]] uint8_t identify() const;
  uint8_t receive();
  void transmit(uint8_t byte);
  void control_fifos(uint8_t value);
  /// Takes input while the receiver has room, then sets the interrupt line.
  void update();

  std::unique_ptr<SerialOutput> output_;
  std::unique_ptr<SerialInput> input_;
  sc_core::sc_event poll_;

  std::deque<uint8_t> received_;
  bool transmitter_empty_pending_ = false;  ///< the interrupt, cleared by reading IIR or writing THR
  uint8_t interrupt_enable_ = 0;
  uint8_t fifo_control_ = 0;
  uint8_t line_control_ = 0;
  uint8_t modem_control_ = 0;
  uint8_t scratch_ = 0;
  uint16_t divisor_ = 0;
};

}  // namespace ganglion
