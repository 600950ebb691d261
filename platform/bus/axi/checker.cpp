#include "platform/bus/axi/checker.h"

#include <fmt/format.h>

#include <algorithm>

namespace ganglion::axi {

std::optional<std::string> HandshakeWatch::step(bool valid, bool ready, const Payload& payload) {
  std::optional<std::string> broken;
  if (held_) {
    if (!valid) {
      broken = "VALID fell before READY";
    } else if (*held_ != payload) {
      for (std::size_t i = 0; i < payload.size(); ++i) {
        if ((*held_)[i] != payload[i])
          broken = fmt::format("a signal went from {:#x} to {:#x} before READY", (*held_)[i], payload[i]);
      }
    }
  }
  held_ = valid && !ready ? std::optional(payload) : std::nullopt;
  return broken;
}

void Checker::report(std::string_view rule, std::string detail) {
  if (!violation_) violation_ = Violation{rule, std::move(detail), edge_};
}

void Checker::step(const Pins& pins, uint64_t edge, bool in_reset) {
  edge_ = edge;
  if (in_reset) {
    for (const auto& [valid, name] : {std::pair{pins.awvalid, "AWVALID"}, std::pair{pins.wvalid, "WVALID"},
                                      std::pair{pins.bvalid, "BVALID"}, std::pair{pins.arvalid, "ARVALID"},
                                      std::pair{pins.rvalid, "RVALID"}}) {
      if (valid) report("AXI4-RESET", std::string(name) + " is high");
    }
    forget();
    return;
  }
  check_handshakes(pins);
  // Responses first: they answer what was accepted at earlier edges.
  if (pins.bvalid && pins.bready) check_write_response(pins);
  if (pins.rvalid && pins.rready) check_read_data(pins);
  if (pins.arvalid && pins.arready) {
    check_burst(read_burst(pins), false);
    reads_.push_back({read_burst(pins), 0});
  }
  if (pins.awvalid && pins.awready) {
    check_burst(write_burst(pins), true);
    writes_.push_back({write_burst(pins), 0, false});
    while (!early_data_.empty()) {
      const DataBeat beat = early_data_.front();
      if (std::all_of(writes_.begin(), writes_.end(), [](const OpenWrite& w) { return w.complete; })) break;
      early_data_.pop_front();
      check_data(beat);
    }
  }
  if (pins.wvalid && pins.wready) check_data({pins.wstrb, pins.wlast});
}

void Checker::check_handshakes(const Pins& pins) {
  const auto watch = [&](HandshakeWatch& channel, std::string_view rule, bool valid, bool ready,
                         const HandshakeWatch::Payload& payload) {
    if (auto broken = channel.step(valid, ready, payload)) report(rule, std::move(*broken));
  };
  watch(aw_, "AXI4-AW-STABLE", pins.awvalid, pins.awready,
        {pins.awid, pins.awaddr, pins.awlen, pins.awsize, pins.awburst});
  watch(w_, "AXI4-W-STABLE", pins.wvalid, pins.wready, {pins.wdata, pins.wstrb, pins.wlast});
  watch(b_, "AXI4-B-STABLE", pins.bvalid, pins.bready, {pins.bid, pins.bresp});
  watch(ar_, "AXI4-AR-STABLE", pins.arvalid, pins.arready,
        {pins.arid, pins.araddr, pins.arlen, pins.arsize, pins.arburst});
  watch(r_, "AXI4-R-STABLE", pins.rvalid, pins.rready, {pins.rid, pins.rdata, pins.rresp, pins.rlast});
}

void Checker::check_burst(const Burst& burst, bool write) {
  const std::string detail = fmt::format("address {:#x}, {} beats of {} bytes, burst type {}", burst.address,
                                         burst.beats(), burst.beat_bytes(), burst.kind);
  const auto broken = [&](std::string_view aw, std::string_view ar) { report(write ? aw : ar, detail); };
  if (burst.beat_bytes() > kBusBytes) broken("AXI4-AW-SIZE", "AXI4-AR-SIZE");
  switch (burst.kind) {
    case kIncrementing:
      if (burst.address / kPageBytes != (burst.address + span_of(burst) - 1) / kPageBytes)
        broken("AXI4-AW-4K", "AXI4-AR-4K");
      break;
    case kWrapping: {
      const unsigned beats = burst.beats();
      const bool length = beats == 2 || beats == 4 || beats == 8 || beats == 16;
      if (!length || burst.address % burst.beat_bytes() != 0) broken("AXI4-AW-WRAP", "AXI4-AR-WRAP");
      break;
    }
    case kFixed:
      if (burst.beats() > 16) broken("AXI4-AW-FIXED", "AXI4-AR-FIXED");
      break;
    default:
      broken("AXI4-AW-KIND", "AXI4-AR-KIND");
  }
}

void Checker::check_data(const DataBeat& beat) {
  const auto open =
      std::find_if(writes_.begin(), writes_.end(), [](const OpenWrite& write) { return !write.complete; });
  if (open == writes_.end()) {
    early_data_.push_back(beat);
    return;
  }
  const bool last = open->beats == open->burst.length;
  if (beat.last != last) {
    report("AXI4-W-LAST", fmt::format("WLAST {} with beat {} of {}", beat.last ? "high" : "low",
                                      open->beats + 1, open->burst.beats()));
  }
  if (open->burst.beat_bytes() <= kBusBytes) {
    const Beat lanes = beat_of(open->burst, open->beats);
    const unsigned allowed = ((1U << lanes.bytes) - 1U) << lanes.lane();
    if ((beat.strobes & ~allowed) != 0)
      report("AXI4-W-STROBE", fmt::format("WSTRB {:#x}, lanes {:#x}", beat.strobes, allowed));
  }
  ++open->beats;
  open->complete = last || beat.last;
}

void Checker::check_write_response(const Pins& pins) {
  const auto open = std::find_if(writes_.begin(), writes_.end(),
                                 [&](const OpenWrite& write) { return write.burst.id == pins.bid; });
  if (open == writes_.end() || !open->complete) {
    report("AXI4-B-ORDER", fmt::format("BID {:#x}", pins.bid));
  } else {
    writes_.erase(open);
  }
  if (pins.bresp == kExclusiveOkay) report("AXI4-B-RESPONSE", "BRESP is EXOKAY");
}

void Checker::check_read_data(const Pins& pins) {
  if (pins.rresp == kExclusiveOkay) report("AXI4-R-RESPONSE", "RRESP is EXOKAY");
  const auto open = std::find_if(reads_.begin(), reads_.end(),
                                 [&](const OpenRead& read) { return read.burst.id == pins.rid; });
  if (open == reads_.end()) {
    report("AXI4-R-ORDER", fmt::format("RID {:#x}", pins.rid));
    return;
  }
  const bool last = open->beats == open->burst.length;
  if (pins.rlast != last) {
    report("AXI4-R-LAST", fmt::format("RLAST {} with beat {} of {}", pins.rlast ? "high" : "low",
                                      open->beats + 1, open->burst.beats()));
  }
  ++open->beats;
  if (last) reads_.erase(open);
}

void Checker::forget() {
  for (HandshakeWatch* watch : {&aw_, &w_, &b_, &ar_, &r_}) watch->reset();
  writes_.clear();
  reads_.clear();
  early_data_.clear();
}

}  // namespace ganglion::axi
