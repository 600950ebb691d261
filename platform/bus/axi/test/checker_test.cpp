// Every rule of the AXI4 checker is broken once, and legal traffic breaks none.
#include "platform/bus/axi/checker.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <vector>

namespace ganglion::axi {
namespace {

Pins address_write(uint64_t address, uint8_t length = 0, uint8_t kind = kIncrementing, uint8_t size = 3) {
  Pins pins;
  pins.awvalid = pins.awready = true;
  pins.awaddr = address;
  pins.awlen = length;
  pins.awsize = size;
  pins.awburst = kind;
  return pins;
}
Pins address_read(uint64_t address, uint8_t length = 0, uint8_t kind = kIncrementing, uint8_t size = 3) {
  Pins pins;
  pins.arvalid = pins.arready = true;
  pins.araddr = address;
  pins.arlen = length;
  pins.arsize = size;
  pins.arburst = kind;
  return pins;
}
Pins data(bool last, uint8_t strobes = 0xff) {
  Pins pins;
  pins.wvalid = pins.wready = true;
  pins.wlast = last;
  pins.wstrb = strobes;
  return pins;
}
Pins response(uint8_t value = kOkay, uint16_t id = 0) {
  Pins pins;
  pins.bvalid = pins.bready = true;
  pins.bresp = value;
  pins.bid = id;
  return pins;
}
Pins read_data(bool last, uint8_t value = kOkay, uint16_t id = 0) {
  Pins pins;
  pins.rvalid = pins.rready = true;
  pins.rlast = last;
  pins.rresp = value;
  pins.rid = id;
  return pins;
}
/// `pins` without the given handshake's READY.
Pins offered(Pins pins) {
  pins.awready = pins.wready = pins.bready = pins.arready = pins.rready = false;
  return pins;
}

std::optional<Violation> after(const std::vector<Pins>& edges) {
  Checker checker;
  uint64_t edge = 0;
  for (const Pins& pins : edges) checker.step(pins, edge++, false);
  return checker.violation();
}

/// Sequences of sampled pins, by the rule they break.
std::map<std::string, std::vector<Pins>, std::less<>> broken() {
  Pins other_address = offered(address_write(0x40));
  other_address.awaddr = 0x48;
  Pins other_data = offered(data(true));
  other_data.wdata = 1;
  return {
      {"AXI4-AW-STABLE", {offered(address_write(0x40)), other_address}},
      {"AXI4-W-STABLE", {offered(data(true)), other_data}},
      {"AXI4-B-STABLE", {address_write(0), data(true), offered(response()), offered(response(kDecodeError))}},
      {"AXI4-AR-STABLE", {offered(address_read(0x40)), Pins{}}},
      {"AXI4-R-STABLE", {address_read(0), offered(read_data(true)), Pins{}}},
      {"AXI4-AW-SIZE", {address_write(0, 0, kIncrementing, 4)}},
      {"AXI4-AR-SIZE", {address_read(0, 0, kIncrementing, 4)}},
      {"AXI4-AW-KIND", {address_write(0, 0, 3)}},
      {"AXI4-AR-KIND", {address_read(0, 0, 3)}},
      {"AXI4-AW-4K", {address_write(0xff8, 1)}},
      {"AXI4-AR-4K", {address_read(0xff8, 1)}},
      {"AXI4-AW-WRAP", {address_write(0x10, 2, kWrapping)}},
      {"AXI4-AR-WRAP", {address_read(0x14, 3, kWrapping)}},
      {"AXI4-AW-FIXED", {address_write(0, 16, kFixed)}},
      {"AXI4-AR-FIXED", {address_read(0, 16, kFixed)}},
      {"AXI4-W-LAST", {address_write(0, 1), data(true)}},
      {"AXI4-W-STROBE", {address_write(4, 0, kIncrementing, 2), data(true, 0x0f)}},
      {"AXI4-B-ORDER", {address_write(0, 1), data(false), response()}},
      {"AXI4-B-RESPONSE", {address_write(0), data(true), response(kExclusiveOkay)}},
      {"AXI4-R-ORDER", {address_read(0), read_data(true, kOkay, 3)}},
      {"AXI4-R-LAST", {address_read(0, 1), read_data(true)}},
      {"AXI4-R-RESPONSE", {address_read(0), read_data(true, kExclusiveOkay)}},
  };
}

TEST(AxiChecker, FindsEveryBrokenRule) {
  const auto sequences = broken();
  for (const ProtocolRule& rule : axi4_rules()) {
    if (rule.id == "AXI4-RESET") continue;  // below
    const auto sequence = sequences.find(rule.id);
    ASSERT_NE(sequence, sequences.end()) << "no test breaks " << rule.id;
    const auto violation = after(sequence->second);
    ASSERT_TRUE(violation) << rule.id;
    EXPECT_EQ(violation->rule, rule.id) << violation->to_string();
    EXPECT_EQ(violation->edge, sequence->second.size() - 1) << rule.id;
  }
}

TEST(AxiChecker, FindsAValidInReset) {
  Checker checker;
  checker.step(offered(address_read(0)), 7, true);
  ASSERT_TRUE(checker.violation());
  EXPECT_EQ(checker.violation()->rule, "AXI4-RESET");
  EXPECT_EQ(
      checker.violation()->to_string(),
      "AXI4-RESET: every VALID is low while reset is active (A3.1.2) (ARVALID is high), at clock edge 7");
}

TEST(AxiChecker, LetsLegalTrafficPass) {
  Pins second_id = address_read(0x800, 0);
  second_id.arid = 2;
  const auto violation = after({offered(address_write(0xff0, 1)),
                                address_write(0xff0, 1),
                                data(false),
                                offered(data(true, 0x03)),
                                data(true, 0x03),
                                offered(response(kDecodeError)),
                                response(kDecodeError),
                                address_read(0x104, 3, kIncrementing, 3),
                                second_id,
                                read_data(false),
                                read_data(true, kOkay, 2),
                                read_data(false),
                                read_data(false),
                                offered(read_data(true)),
                                read_data(true),
                                address_write(0x18, 3, kWrapping),
                                data(false),
                                data(false),
                                data(false),
                                data(true),
                                response()});
  EXPECT_FALSE(violation) << violation->to_string();
}

TEST(AxiChecker, LetsDataComeBeforeTheirAddress) {
  const auto violation = after({data(false), data(true), address_write(0x20, 1), response()});
  EXPECT_FALSE(violation) << violation->to_string();
}

TEST(AxiChecker, ForgetsWhatWasUnderWayInReset) {
  Checker checker;
  checker.step(address_read(0, 7), 0, false);
  checker.step(offered(address_write(0)), 1, false);
  checker.step(Pins{}, 2, true);
  checker.step(Pins{}, 3, false);
  EXPECT_FALSE(checker.violation());
  checker.step(read_data(false), 4, false);
  ASSERT_TRUE(checker.violation());
  EXPECT_EQ(checker.violation()->rule, "AXI4-R-ORDER");
}

}  // namespace
}  // namespace ganglion::axi
