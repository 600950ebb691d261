#include "platform/bus/axi/lite_manager.h"

#include <stdexcept>
#include <utility>

namespace ganglion::axi {

void LiteManager::begin(Phase phase, uint64_t address) {
  if (!idle()) throw std::logic_error("an AXI4-Lite transaction begins while another is under way");
  phase_ = phase;
  address_ = address;
  address_done_ = data_done_ = false;
  waited_ = 0;
  outcome_.reset();
}

void LiteManager::read(uint64_t address) { begin(Phase::kRead, address); }

void LiteManager::write(uint64_t address, uint32_t data, uint8_t strobes) {
  begin(Phase::kWrite, address);
  data_ = data;
  strobes_ = strobes;
}

void LiteManager::drive(LitePins& pins) const {
  pins.arvalid = phase_ == Phase::kRead && !address_done_;
  pins.araddr = pins.arvalid ? address_ : 0;
  pins.arprot = 0;
  pins.rready = phase_ == Phase::kRead;
  pins.awvalid = phase_ == Phase::kWrite && !address_done_;
  pins.awaddr = pins.awvalid ? address_ : 0;
  pins.awprot = 0;
  pins.wvalid = phase_ == Phase::kWrite && !data_done_;
  pins.wdata = pins.wvalid ? data_ : 0;
  pins.wstrb = pins.wvalid ? strobes_ : 0;
  pins.bready = phase_ == Phase::kWrite;
}

void LiteManager::step(const LitePins& sampled) {
  if (idle()) return;
  ++waited_;
  if (phase_ == Phase::kRead) {
    if (sampled.rvalid && sampled.rready) {
      outcome_ = Outcome{sampled.rdata, sampled.rresp};
      phase_ = Phase::kIdle;
      return;
    }
    address_done_ |= sampled.arvalid && sampled.arready;
    return;
  }
  if (sampled.bvalid && sampled.bready) {
    outcome_ = Outcome{0, sampled.bresp};
    phase_ = Phase::kIdle;
    return;
  }
  address_done_ |= sampled.awvalid && sampled.awready;
  data_done_ |= sampled.wvalid && sampled.wready;
}

std::optional<LiteManager::Outcome> LiteManager::take() { return std::exchange(outcome_, std::nullopt); }

std::string LiteManager::pending() const {
  const auto join = [](std::string a, const char* b) { return (a.empty() ? a : a + "; ") + b; };
  std::string text;
  if (phase_ == Phase::kRead) {
    return address_done_ ? "read data channel (R): RREADY is high, RVALID stays low"
                         : "read address channel (AR): ARVALID is high, ARREADY stays low";
  }
  if (phase_ == Phase::kWrite) {
    if (!address_done_) text = join(text, "write address channel (AW): AWVALID is high, AWREADY stays low");
    if (!data_done_) text = join(text, "write data channel (W): WVALID is high, WREADY stays low");
    if (text.empty()) text = "write response channel (B): BREADY is high, BVALID stays low";
  }
  return text;
}

}  // namespace ganglion::axi
