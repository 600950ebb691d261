#include "platform/peripherals/uart16550.h"

#include <array>

namespace ganglion {

namespace {

enum Offset : uint64_t { kData = 0, kIer = 1, kIirFcr = 2, kLcr = 3, kMcr = 4, kLsr = 5, kMsr = 6, kScr = 7 };
constexpr uint8_t kIerReceived = 0x01, kIerTransmitterEmpty = 0x02, kIerMask = 0x0f;
constexpr uint8_t kIirNone = 0x01, kIirTransmitterEmpty = 0x02, kIirReceived = 0x04, kIirTimeout = 0x0c,
                  kIirFifos = 0xc0;
constexpr uint8_t kFcrEnable = 0x01, kFcrClearReceiver = 0x02, kFcrStored = 0xc9;
constexpr uint8_t kLcrDivisorLatch = 0x80;
constexpr uint8_t kMcrLoopBack = 0x10, kMcrMask = 0x1f;
constexpr uint8_t kLsrDataReady = 0x01, kLsrTransmitterEmpty = 0x60;
constexpr uint8_t kMsrConnected = 0xb0;  // carrier, data set ready, clear to send
constexpr uint16_t kResetDivisor = 12;   // 9600 baud at 1.8432 MHz
constexpr std::size_t kFifo = 16;
constexpr uint64_t kPollPs = 1'000'000'000;  // of live input

}  // namespace

Uart16550::Uart16550(const ComponentContext& context)
    : MmioDevice(context, 1),
      output_(make_serial_output(context.params.text("output"), context.params.where("output"))),
      input_(std::make_unique<TwoInputs>(
          std::make_unique<TextInput>(context.params.text("first_input")),
          make_serial_input(context.params.text("input"), context.params.where("input")))),
      poll_("poll") {
  SC_METHOD(update);
  sensitive << poll_;
  dont_initialize();
  reset();
}

void Uart16550::reset() {
  received_.clear();
  transmitter_empty_pending_ = false;
  interrupt_enable_ = 0;
  fifo_control_ = 0;
  line_control_ = 0;
  modem_control_ = 0;
  scratch_ = 0;
  divisor_ = kResetDivisor;
  interrupt().set(false);
}

void Uart16550::start_of_simulation() { update(); }

void Uart16550::set_input(std::unique_ptr<SerialInput> input) {
  input_ = std::move(input);
  update();
}

std::string Uart16550::captured() const {
  const auto* captured = dynamic_cast<const CapturedOutput*>(output_.get());
  return captured == nullptr ? std::string() : captured->text();
}

bool Uart16550::receive_interrupt_enabled() const { return (interrupt_enable_ & kIerReceived) != 0; }

bool Uart16550::divisor_latch() const { return (line_control_ & kLcrDivisorLatch) != 0; }
bool Uart16550::fifo_enabled() const { return (fifo_control_ & kFcrEnable) != 0; }

std::size_t Uart16550::receive_trigger() const {
  static constexpr std::array<std::size_t, 4> kTriggers{1, 4, 8, 14};
  return fifo_enabled() ? kTriggers[fifo_control_ >> 6] : 1;
}

uint8_t Uart16550::line_status() const {
  return kLsrTransmitterEmpty | (received_.empty() ? 0 : kLsrDataReady);
}

uint8_t Uart16550::modem_status() const {
  if ((modem_control_ & kMcrLoopBack) == 0) return kMsrConnected;
  // Loop-back wires DTR, RTS, OUT1, OUT2 to DSR, CTS, RI, DCD.
  const uint8_t out = modem_control_;
  return static_cast<uint8_t>((out & 0x01) << 5 | (out & 0x02) << 3 | (out & 0x04) << 4 | (out & 0x08) << 4);
}

uint8_t Uart16550::identify() const {
  uint8_t cause = kIirNone;
  if ((interrupt_enable_ & kIerReceived) != 0 && !received_.empty()) {
    cause = received_.size() >= receive_trigger() ? kIirReceived : kIirTimeout;
  } else if ((interrupt_enable_ & kIerTransmitterEmpty) != 0 && transmitter_empty_pending_) {
    cause = kIirTransmitterEmpty;
  }
  return cause | (fifo_enabled() ? kIirFifos : 0);
}

void Uart16550::update() {
  const std::size_t room = fifo_enabled() ? kFifo : 1;
  if ((modem_control_ & kMcrLoopBack) == 0) {
    while (received_.size() < room) {
      const std::optional<uint8_t> byte = input_->get();
      if (!byte) break;
      received_.push_back(*byte);
    }
  }
  interrupt().set((identify() & kIirNone) == 0);
  if (input_->is_live()) poll_.notify(sc_core::sc_time::from_value(kPollPs));
}

uint8_t Uart16550::receive() {
  if (received_.empty()) return 0;
  const uint8_t byte = received_.front();
  received_.pop_front();
  return byte;
}

void Uart16550::transmit(uint8_t byte) {
  if ((modem_control_ & kMcrLoopBack) != 0) {
    if (received_.size() < (fifo_enabled() ? kFifo : 1)) received_.push_back(byte);
  } else {
    output_->put(byte);
  }
  transmitter_empty_pending_ = true;
}

void Uart16550::control_fifos(uint8_t value) {
  const bool toggled = ((value ^ fifo_control_) & kFcrEnable) != 0;
  if (toggled || (value & kFcrClearReceiver) != 0) received_.clear();
  fifo_control_ = (value & kFcrEnable) != 0 ? value & kFcrStored : 0;
}

bool Uart16550::read(uint64_t offset, unsigned, uint64_t& value) {
  switch (offset) {
    case kData:
      value = divisor_latch() ? divisor_ & 0xff : receive();
      break;
    case kIer:
      value = divisor_latch() ? divisor_ >> 8 : interrupt_enable_;
      break;
    case kIirFcr:
      value = identify();
      if ((value & ~kIirFifos) == kIirTransmitterEmpty) transmitter_empty_pending_ = false;
      break;
    case kLcr:
      value = line_control_;
      break;
    case kMcr:
      value = modem_control_;
      break;
    case kLsr:
      value = line_status();
      break;
    case kMsr:
      value = modem_status();
      break;
    case kScr:
      value = scratch_;
      break;
    default:
      return false;
  }
  update();
  return true;
}

bool Uart16550::write(uint64_t offset, unsigned, uint64_t value) {
  const auto byte = static_cast<uint8_t>(value);
  switch (offset) {
    case kData:
      if (divisor_latch()) {
        divisor_ = static_cast<uint16_t>((divisor_ & 0xff00) | byte);
      } else {
        transmit(byte);
      }
      break;
    case kIer:
      if (divisor_latch()) {
        divisor_ = static_cast<uint16_t>((divisor_ & 0x00ff) | byte << 8);
      } else {
        // Enabling the interrupt while the transmitter is empty raises it.
        if ((byte & ~interrupt_enable_ & kIerTransmitterEmpty) != 0) transmitter_empty_pending_ = true;
        interrupt_enable_ = byte & kIerMask;
      }
      break;
    case kIirFcr:
      control_fifos(byte);
      break;
    case kLcr:
      line_control_ = byte;
      break;
    case kMcr:
      modem_control_ = byte & kMcrMask;
      break;
    case kLsr:
    case kMsr:
      break;  // read-only
    case kScr:
      scratch_ = byte;
      break;
    default:
      return false;
  }
  update();
  return true;
}

}  // namespace ganglion
