#include "platform/peripherals/plic.h"

#include "platform/peripherals/test/device_test.h"

namespace ganglion {
namespace {

constexpr uint64_t kPending = 0x1000;
constexpr uint64_t kThreshold = 0x20'0000;
constexpr uint64_t kClaim = 0x20'0004;
constexpr uint64_t enable_of(unsigned context, unsigned source) {
  return 0x2000 + 0x80 * context + source / 32 * 4;
}

struct PlicTest : DeviceTest<Plic> {
  void SetUp() override {
    build();
    start();
  }
  void enable(unsigned source, uint32_t priority, unsigned context = 0) {
    master.write<uint32_t>(4 * source, priority);
    const uint64_t address = enable_of(context, source);
    master.write<uint32_t>(address, master.get(address) | 1U << source % 32);
  }
  bool machine_interrupt() { return device->external_interrupt(0).level(); }
};

TEST_F(PlicTest, AnEnabledSourceInterruptsUntilItIsClaimed) {
  enable(64, 1);
  device->set_source(64, true);
  EXPECT_TRUE(machine_interrupt());
  EXPECT_EQ(master.get(kPending + 8), 1U);

  EXPECT_EQ(master.get(kClaim), 64U);

  EXPECT_FALSE(machine_interrupt());
  EXPECT_EQ(master.get(kPending + 8), 0U);
  EXPECT_EQ(master.get(kClaim), 0U) << "nothing else to claim";
}

TEST_F(PlicTest, ALineStillHighAtCompletionInterruptsAgain) {
  enable(10, 1);
  device->set_source(10, true);
  master.get(kClaim);

  master.write<uint32_t>(kClaim, 10);

  EXPECT_TRUE(machine_interrupt());
}

TEST_F(PlicTest, ALineThatFellBeforeCompletionStaysQuiet) {
  enable(10, 1);
  device->set_source(10, true);
  master.get(kClaim);
  device->set_source(10, false);

  master.write<uint32_t>(kClaim, 10);

  EXPECT_FALSE(machine_interrupt());
}

TEST_F(PlicTest, HighestPriorityFirstThenLowestSource) {
  enable(3, 2);
  enable(5, 7);
  enable(95, 7);
  for (unsigned source : {3U, 95U, 5U}) device->set_source(source, true);

  EXPECT_EQ(master.get(kClaim), 5U);
  EXPECT_EQ(master.get(kClaim), 95U);
  EXPECT_EQ(master.get(kClaim), 3U);
}

TEST_F(PlicTest, ThresholdHoldsBackTheInterruptButNotTheClaim) {
  enable(7, 3);
  device->set_source(7, true);
  master.write<uint32_t>(kThreshold, 3);
  EXPECT_FALSE(machine_interrupt());

  master.write<uint32_t>(kThreshold, 2);
  EXPECT_TRUE(machine_interrupt());

  master.write<uint32_t>(kThreshold, 7);
  EXPECT_EQ(master.get(kClaim), 7U);
}

TEST_F(PlicTest, PriorityZeroAndDisabledSourcesNeverInterrupt) {
  enable(7, 0);
  master.write<uint32_t>(4 * 8, 5);  // not enabled
  device->set_source(7, true);
  device->set_source(8, true);

  EXPECT_FALSE(machine_interrupt());
  EXPECT_EQ(master.get(kClaim), 0U);
  EXPECT_EQ(master.get(kPending), 1U << 7 | 1U << 8) << "pending all the same";
}

TEST_F(PlicTest, ContextsAreIndependent) {
  enable(12, 1, 1);
  device->set_source(12, true);

  EXPECT_FALSE(machine_interrupt());
  EXPECT_TRUE(device->external_interrupt(1).level());
  EXPECT_EQ(master.get(kClaim), 0U);
  EXPECT_EQ(master.get(kClaim + 0x1000), 12U);
}

TEST_F(PlicTest, CompletionOfASourceThatIsNotEnabledIsIgnored) {
  enable(12, 1);
  device->set_source(12, true);
  master.get(kClaim);
  master.write<uint32_t>(enable_of(0, 12), 0);
  master.write<uint32_t>(kClaim, 12);

  enable(12, 1);

  EXPECT_FALSE(machine_interrupt()) << "still being served";
}

TEST_F(PlicTest, RegistersKeepTheirDefinedBitsOnly) {
  master.write<uint32_t>(4 * 5, 0xff);
  EXPECT_EQ(master.get(4 * 5), 7U);
  master.write<uint32_t>(0, 5);
  EXPECT_EQ(master.get(0), 0U) << "source 0 does not exist";
  master.write<uint32_t>(enable_of(0, 0), 0xffff'ffff);
  EXPECT_EQ(master.get(enable_of(0, 0)), 0xffff'fffeU);
  master.write<uint32_t>(kThreshold, 0xff);
  EXPECT_EQ(master.get(kThreshold), 7U);
}

TEST_F(PlicTest, HolesAreAddressErrors) {
  uint32_t word = 0;
  for (uint64_t hole : {4 * 96ULL, 0x100cULL, 0x200cULL, 0x2100ULL, 0x20'0008ULL, 0x20'2000ULL}) {
    EXPECT_EQ(master.read(hole, word).status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << std::hex << hole;
    EXPECT_EQ(master.write<uint32_t>(hole, 0).status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << std::hex << hole;
  }
  uint64_t wide = 0;
  EXPECT_EQ(master.read(0, wide).status, tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(booked(), 0U);
}

TEST_F(PlicTest, ResetForgetsEverythingButTheWires) {
  enable(10, 1);
  device->set_source(10, true);
  master.get(kClaim);
  master.write<uint32_t>(kThreshold, 3);

  device->reset();

  EXPECT_FALSE(machine_interrupt());
  EXPECT_EQ(master.get(4 * 10), 0U);
  EXPECT_EQ(master.get(enable_of(0, 10)), 0U);
  EXPECT_EQ(master.get(kThreshold), 0U);
  enable(10, 1);
  EXPECT_TRUE(machine_interrupt()) << "the wire is still high and nobody serves it";
}

}  // namespace
}  // namespace ganglion
