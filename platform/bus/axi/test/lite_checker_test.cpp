// Every rule of the AXI4-Lite checker is broken once.
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "platform/bus/axi/checker.h"

namespace ganglion::axi {
namespace {

LitePins write_address(bool ready = true, uint64_t address = 0) {
  LitePins pins;
  pins.awvalid = true;
  pins.awready = ready;
  pins.awaddr = address;
  return pins;
}
LitePins write_data(bool ready = true, uint32_t value = 0) {
  LitePins pins;
  pins.wvalid = true;
  pins.wready = ready;
  pins.wdata = value;
  return pins;
}
LitePins response(bool ready = true, uint8_t value = kOkay) {
  LitePins pins;
  pins.bvalid = true;
  pins.bready = ready;
  pins.bresp = value;
  return pins;
}
LitePins read_address(bool ready = true, uint64_t address = 0) {
  LitePins pins;
  pins.arvalid = true;
  pins.arready = ready;
  pins.araddr = address;
  return pins;
}
LitePins read_data(bool ready = true, uint32_t value = 0, uint8_t code = kOkay) {
  LitePins pins;
  pins.rvalid = true;
  pins.rready = ready;
  pins.rdata = value;
  pins.rresp = code;
  return pins;
}

std::optional<Violation> after(const std::vector<LitePins>& edges) {
  LiteChecker checker;
  uint64_t edge = 0;
  for (const LitePins& pins : edges) checker.step(pins, edge++, false);
  return checker.violation();
}

TEST(AxiLiteChecker, FindsEveryBrokenRule) {
  const std::map<std::string, std::vector<LitePins>, std::less<>> sequences{
      {"LITE-AW-STABLE", {write_address(false, 4), write_address(false, 8)}},
      {"LITE-W-STABLE", {write_data(false, 4), LitePins{}}},
      {"LITE-B-STABLE", {write_address(), write_data(), response(false), LitePins{}}},
      {"LITE-AR-STABLE", {read_address(false, 4), read_address(true, 8)}},
      {"LITE-R-STABLE", {read_address(), read_data(false, 1), read_data(true, 2)}},
      {"LITE-B-ORDER", {write_address(), response()}},
      {"LITE-R-ORDER", {read_data()}},
      {"LITE-B-RESPONSE", {write_address(), write_data(), response(true, kExclusiveOkay)}},
      {"LITE-R-RESPONSE", {read_address(), read_data(true, 0, kExclusiveOkay)}},
  };
  for (const ProtocolRule& rule : lite_rules()) {
    if (rule.id == "LITE-RESET") continue;
    const auto sequence = sequences.find(rule.id);
    ASSERT_NE(sequence, sequences.end()) << "no test breaks " << rule.id;
    const auto violation = after(sequence->second);
    ASSERT_TRUE(violation) << rule.id;
    EXPECT_EQ(violation->rule, rule.id) << violation->to_string();
  }
}

TEST(AxiLiteChecker, FindsAValidInReset) {
  LiteChecker checker;
  checker.step(read_data(false), 3, true);
  ASSERT_TRUE(checker.violation());
  EXPECT_EQ(checker.violation()->rule, "LITE-RESET");
}

TEST(AxiLiteChecker, LetsLegalTrafficPass) {
  const auto violation = after({write_data(), write_address(false), write_address(), response(false),
                                response(), read_address(), read_data(false, 9), read_data(true, 9),
                                read_address(), LitePins{}, read_data(true, 0, kDecodeError)});
  EXPECT_FALSE(violation) << violation->to_string();
}

}  // namespace
}  // namespace ganglion::axi
