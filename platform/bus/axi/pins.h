#pragma once

#include <cstdint>

namespace ganglion::axi {

/// The signals of an AXI4-Lite port with 32-bit data, as one clock edge samples them. The names are the
/// ports'
/// (`s_axil_` in front).
struct LitePins {
  uint64_t awaddr = 0;
  uint8_t awprot = 0;
  bool awvalid = false, awready = false;
  uint32_t wdata = 0;
  uint8_t wstrb = 0;
  bool wvalid = false, wready = false;
  uint8_t bresp = 0;
  bool bvalid = false, bready = false;
  uint64_t araddr = 0;
  uint8_t arprot = 0;
  bool arvalid = false, arready = false;
  uint32_t rdata = 0;
  uint8_t rresp = 0;
  bool rvalid = false, rready = false;
};

/// The signals of an AXI4 port with 64-bit data (`m_axi_` in front).
struct Pins {
  uint16_t awid = 0;
  uint64_t awaddr = 0;
  uint8_t awlen = 0, awsize = 0, awburst = 0;
  bool awvalid = false, awready = false;
  uint64_t wdata = 0;
  uint8_t wstrb = 0;
  bool wlast = false, wvalid = false, wready = false;
  uint16_t bid = 0;
  uint8_t bresp = 0;
  bool bvalid = false, bready = false;
  uint16_t arid = 0;
  uint64_t araddr = 0;
  uint8_t arlen = 0, arsize = 0, arburst = 0;
  bool arvalid = false, arready = false;
  uint16_t rid = 0;
  uint64_t rdata = 0;
  uint8_t rresp = 0;
  bool rlast = false, rvalid = false, rready = false;
};

/// Values of BRESP and RRESP.
enum Response : uint8_t { kOkay = 0, kExclusiveOkay = 1, kSubordinateError = 2, kDecodeError = 3 };
/// Values of AWBURST and ARBURST.
enum BurstKind : uint8_t { kFixed = 0, kIncrementing = 1, kWrapping = 2 };

}  // namespace ganglion::axi
