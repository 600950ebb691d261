#include "platform/bus/axi/protocol_rules.h"

#include <algorithm>
#include <array>

namespace ganglion::axi {
namespace {

// Section numbers are those of ARM IHI 0022 (AMBA AXI and ACE, issue E).
constexpr std::array kAxi4{
    ProtocolRule{"AXI4-RESET", "every VALID is low while reset is active (A3.1.2)"},
    ProtocolRule{"AXI4-AW-STABLE", "AWVALID and its signals stay until AWREADY (A3.2.1)"},
    ProtocolRule{"AXI4-W-STABLE", "WVALID and its signals stay until WREADY (A3.2.1)"},
    ProtocolRule{"AXI4-B-STABLE", "BVALID and its signals stay until BREADY (A3.2.1)"},
    ProtocolRule{"AXI4-AR-STABLE", "ARVALID and its signals stay until ARREADY (A3.2.1)"},
    ProtocolRule{"AXI4-R-STABLE", "RVALID and its signals stay until RREADY (A3.2.1)"},
    ProtocolRule{"AXI4-AW-SIZE", "a beat is no wider than the bus (A3.4.1)"},
    ProtocolRule{"AXI4-AR-SIZE", "a beat is no wider than the bus (A3.4.1)"},
    ProtocolRule{"AXI4-AW-KIND", "AWBURST is FIXED, INCR or WRAP (A3.4.1)"},
    ProtocolRule{"AXI4-AR-KIND", "ARBURST is FIXED, INCR or WRAP (A3.4.1)"},
    ProtocolRule{"AXI4-AW-4K", "a burst does not cross a 4 KiB border (A3.4.1)"},
    ProtocolRule{"AXI4-AR-4K", "a burst does not cross a 4 KiB border (A3.4.1)"},
    ProtocolRule{"AXI4-AW-WRAP", "a WRAP burst has 2, 4, 8 or 16 beats and an aligned address (A3.4.1)"},
    ProtocolRule{"AXI4-AR-WRAP", "a WRAP burst has 2, 4, 8 or 16 beats and an aligned address (A3.4.1)"},
    ProtocolRule{"AXI4-AW-FIXED", "a FIXED burst has at most 16 beats (A3.4.1)"},
    ProtocolRule{"AXI4-AR-FIXED", "a FIXED burst has at most 16 beats (A3.4.1)"},
    ProtocolRule{"AXI4-W-LAST", "WLAST is high with the last beat of a burst and with no other (A3.4.1)"},
    ProtocolRule{"AXI4-W-STROBE", "WSTRB is high only on the lanes of the beat (A3.4.3)"},
    ProtocolRule{"AXI4-B-ORDER", "a write response follows the last data beat of a write of its ID (A3.3.1)"},
    ProtocolRule{"AXI4-B-RESPONSE", "EXOKAY answers exclusive accesses only (A3.4.4)"},
    ProtocolRule{"AXI4-R-ORDER",
                 "read data follow the address of a read of their ID, in order (A3.3.1, A5.3)"},
    ProtocolRule{"AXI4-R-LAST", "RLAST is high with the last beat of a burst and with no other (A3.4.1)"},
    ProtocolRule{"AXI4-R-RESPONSE", "EXOKAY answers exclusive accesses only (A3.4.4)"},
};

constexpr std::array kLite{
    ProtocolRule{"LITE-RESET", "every VALID is low while reset is active (A3.1.2)"},
    ProtocolRule{"LITE-AW-STABLE", "AWVALID and its signals stay until AWREADY (A3.2.1)"},
    ProtocolRule{"LITE-W-STABLE", "WVALID and its signals stay until WREADY (A3.2.1)"},
    ProtocolRule{"LITE-B-STABLE", "BVALID and its signals stay until BREADY (A3.2.1)"},
    ProtocolRule{"LITE-AR-STABLE", "ARVALID and its signals stay until ARREADY (A3.2.1)"},
    ProtocolRule{"LITE-R-STABLE", "RVALID and its signals stay until RREADY (A3.2.1)"},
    ProtocolRule{"LITE-B-ORDER", "a write response follows address and data of its write (A3.3.1)"},
    ProtocolRule{"LITE-R-ORDER", "read data follow the address of their read (A3.3.1)"},
    ProtocolRule{"LITE-B-RESPONSE", "AXI4-Lite has no EXOKAY (B1.1.1)"},
    ProtocolRule{"LITE-R-RESPONSE", "AXI4-Lite has no EXOKAY (B1.1.1)"},
};

std::string_view text_of(std::string_view id) {
  for (const auto rules : {axi4_rules(), lite_rules()}) {
    const auto found =
        std::find_if(rules.begin(), rules.end(), [&](const ProtocolRule& rule) { return rule.id == id; });
    if (found != rules.end()) return found->text;
  }
  return "unknown rule";
}

}  // namespace

std::span<const ProtocolRule> axi4_rules() { return kAxi4; }
std::span<const ProtocolRule> lite_rules() { return kLite; }

std::string Violation::to_string() const {
  return std::string(rule) + ": " + std::string(text_of(rule)) + (detail.empty() ? "" : " (" + detail + ")") +
         ", at clock edge " + std::to_string(edge);
}

}  // namespace ganglion::axi
