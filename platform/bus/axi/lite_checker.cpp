#include <algorithm>

#include "platform/bus/axi/checker.h"

namespace ganglion::axi {

void LiteChecker::report(std::string_view rule, std::string detail) {
  if (!violation_) violation_ = Violation{rule, std::move(detail), edge_};
}

void LiteChecker::step(const LitePins& pins, uint64_t edge, bool in_reset) {
  edge_ = edge;
  if (in_reset) {
    for (const auto& [valid, name] : {std::pair{pins.awvalid, "AWVALID"}, std::pair{pins.wvalid, "WVALID"},
                                      std::pair{pins.bvalid, "BVALID"}, std::pair{pins.arvalid, "ARVALID"},
                                      std::pair{pins.rvalid, "RVALID"}}) {
      if (valid) report("LITE-RESET", std::string(name) + " is high");
    }
    for (HandshakeWatch* watch : {&aw_, &w_, &b_, &ar_, &r_}) watch->reset();
    addresses_ = data_ = reads_ = 0;
    return;
  }
  check_handshakes(pins);
  // A response is offered for what was accepted at earlier edges.
  if (pins.bvalid && std::min(addresses_, data_) == 0) report("LITE-B-ORDER", "");
  if (pins.rvalid && reads_ == 0) report("LITE-R-ORDER", "");
  if (pins.bvalid && pins.bresp == kExclusiveOkay) report("LITE-B-RESPONSE", "BRESP is EXOKAY");
  if (pins.rvalid && pins.rresp == kExclusiveOkay) report("LITE-R-RESPONSE", "RRESP is EXOKAY");
  if (pins.bvalid && pins.bready && std::min(addresses_, data_) != 0) {
    --addresses_;
    --data_;
  }
  if (pins.rvalid && pins.rready && reads_ != 0) --reads_;
  if (pins.awvalid && pins.awready) ++addresses_;
  if (pins.wvalid && pins.wready) ++data_;
  if (pins.arvalid && pins.arready) ++reads_;
}

void LiteChecker::check_handshakes(const LitePins& pins) {
  const auto watch = [&](HandshakeWatch& channel, std::string_view rule, bool valid, bool ready,
                         const HandshakeWatch::Payload& payload) {
    if (auto broken = channel.step(valid, ready, payload)) report(rule, std::move(*broken));
  };
  watch(aw_, "LITE-AW-STABLE", pins.awvalid, pins.awready, {pins.awaddr, pins.awprot});
  watch(w_, "LITE-W-STABLE", pins.wvalid, pins.wready, {pins.wdata, pins.wstrb});
  watch(b_, "LITE-B-STABLE", pins.bvalid, pins.bready, {pins.bresp});
  watch(ar_, "LITE-AR-STABLE", pins.arvalid, pins.arready, {pins.araddr, pins.arprot});
  watch(r_, "LITE-R-STABLE", pins.rvalid, pins.rready, {pins.rdata, pins.rresp});
}

}  // namespace ganglion::axi
