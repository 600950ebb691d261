// The AXI4-Lite manager against subordinates that take address and data in every order and at any pace.
#include "platform/bus/axi/lite_manager.h"

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

#include "platform/bus/axi/checker.h"

namespace ganglion::axi {
namespace {

/// A memory of words behind AXI4-Lite: READY after `delay` edges of VALID, response `delay` edges later.
class WordMemory {
 public:
  WordMemory(unsigned address_delay, unsigned data_delay, unsigned response_delay)
      : address_delay_(address_delay), data_delay_(data_delay), response_delay_(response_delay) {}
  std::map<uint64_t, uint32_t> words;

  void drive(LitePins& pins) const {
    pins.awready = aw_age_ >= address_delay_ && !have_address_;
    pins.wready = w_age_ >= data_delay_ && !have_data_;
    pins.arready = ar_age_ >= address_delay_ && !reading_;
    pins.bvalid = have_address_ && have_data_ && b_age_ >= response_delay_;
    pins.bresp = address_ >= 0x100 ? kDecodeError : kOkay;
    pins.rvalid = reading_ && r_age_ >= response_delay_;
    const auto word = words.find(read_address_);
    pins.rdata = word == words.end() ? 0 : word->second;
    pins.rresp = read_address_ >= 0x100 ? kSubordinateError : kOkay;
  }
  void step(const LitePins& pins) {
    aw_age_ = pins.awvalid ? aw_age_ + 1 : 0;
    w_age_ = pins.wvalid ? w_age_ + 1 : 0;
    ar_age_ = pins.arvalid ? ar_age_ + 1 : 0;
    b_age_ = have_address_ && have_data_ ? b_age_ + 1 : 0;
    r_age_ = reading_ ? r_age_ + 1 : 0;
    if (pins.bvalid && pins.bready) {
      if (address_ < 0x100) words[address_] = data_;
      have_address_ = have_data_ = false;
      b_age_ = 0;
    }
    if (pins.rvalid && pins.rready) reading_ = false;
    if (pins.awvalid && pins.awready) {
      have_address_ = true;
      address_ = pins.awaddr;
    }
    if (pins.wvalid && pins.wready) {
      have_data_ = true;
      data_ = pins.wdata;
    }
    if (pins.arvalid && pins.arready) {
      reading_ = true;
      r_age_ = 0;
      read_address_ = pins.araddr;
    }
  }

 private:
  unsigned address_delay_, data_delay_, response_delay_;
  unsigned aw_age_ = 0, w_age_ = 0, ar_age_ = 0, b_age_ = 0, r_age_ = 0;
  bool have_address_ = false, have_data_ = false, reading_ = false;
  uint64_t address_ = 0, read_address_ = 0;
  uint32_t data_ = 0;
};

/// Runs the manager's transaction to its end; the checker watches.
LiteManager::Outcome finish(LiteManager& manager, WordMemory& memory) {
  LiteChecker checker;
  for (uint64_t edge = 0; edge < 100; ++edge) {
    LitePins pins;
    manager.drive(pins);
    memory.drive(pins);
    checker.step(pins, edge, false);
    manager.step(pins);
    memory.step(pins);
    if (const auto outcome = manager.take()) {
      EXPECT_FALSE(checker.violation()) << checker.violation()->to_string();
      return *outcome;
    }
  }
  ADD_FAILURE() << "no answer: " << manager.pending();
  return {};
}

TEST(AxiLiteManager, ReadsWhatItWroteFromSubordinatesOfAnyOrder) {
  for (const unsigned address : {0U, 1U, 3U}) {
    for (const unsigned data : {0U, 2U, 5U}) {
      for (const unsigned response : {0U, 1U, 4U}) {
        WordMemory memory(address, data, response);
        LiteManager manager;

        manager.write(0x40, 0xcafe0000U + data);
        EXPECT_EQ(finish(manager, memory).response, kOkay);
        manager.read(0x40);
        const LiteManager::Outcome read = finish(manager, memory);

        EXPECT_EQ(read.response, kOkay);
        EXPECT_EQ(read.data, 0xcafe0000U + data);
      }
    }
  }
}

TEST(AxiLiteManager, PassesErrorResponsesOn) {
  WordMemory memory(0, 0, 0);
  LiteManager manager;
  manager.write(0x200, 1);
  EXPECT_EQ(finish(manager, memory).response, kDecodeError);
  manager.read(0x200);
  EXPECT_EQ(finish(manager, memory).response, kSubordinateError);
}

TEST(AxiLiteManager, NamesTheHandshakeThatIsStuck) {
  LiteManager manager;
  LitePins silent;
  manager.write(0, 1);
  manager.drive(silent);
  manager.step(silent);
  EXPECT_EQ(manager.pending(),
            "write address channel (AW): AWVALID is high, AWREADY stays low; "
            "write data channel (W): WVALID is high, WREADY stays low");

  LitePins took = silent;
  took.awready = took.wready = true;
  manager.step(took);
  EXPECT_EQ(manager.pending(), "write response channel (B): BREADY is high, BVALID stays low");
  EXPECT_EQ(manager.waited(), 2U);

  manager.reset();
  manager.read(0);
  EXPECT_EQ(manager.pending(), "read address channel (AR): ARVALID is high, ARREADY stays low");
}

TEST(AxiLiteManager, DoesOneTransactionAtATime) {
  LiteManager manager;
  manager.read(0);
  EXPECT_THROW(manager.write(4, 0), std::logic_error);
}

}  // namespace
}  // namespace ganglion::axi
