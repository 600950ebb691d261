#include "platform/peripherals/exit_device.h"

#include <gmock/gmock.h>

#include "platform/peripherals/register.h"
#include "platform/peripherals/test/device_test.h"

namespace ganglion {
namespace {

struct ExitDeviceTest : DeviceTest<ExitDevice> {
  void SetUp() override {
    build();
    start();
  }
};

TEST_F(ExitDeviceTest, PassEndsTheRunWithSuccess) {
  EXPECT_TRUE(master.write<uint32_t>(0, 0x5555).ok());

  ASSERT_TRUE(platform.stop.stopping());
  EXPECT_EQ(platform.stop.reason()->code, ExitCode::kOk);
  EXPECT_EQ(platform.stop.reason()->firmware_exit_code, 0U);
  EXPECT_EQ(booked(), 1U);
}

TEST_F(ExitDeviceTest, FailCarriesTheFirmwaresCode) {
  master.write<uint32_t>(0, 42U << 16 | 0x3333);

  ASSERT_TRUE(platform.stop.stopping());
  EXPECT_EQ(platform.stop.reason()->code, ExitCode::kFirmware);
  EXPECT_EQ(platform.stop.reason()->firmware_exit_code, 42U);
  EXPECT_THAT(platform.stop.reason()->reason, ::testing::HasSubstr("42"));
}

TEST_F(ExitDeviceTest, ResetIsAsked) {
  master.write<uint16_t>(0, 0x7777);

  ASSERT_TRUE(platform.stop.stopping());
  EXPECT_TRUE(platform.stop.reason()->reset_requested);
}

TEST_F(ExitDeviceTest, OtherValuesAndPlacesDoNothing) {
  EXPECT_TRUE(master.write<uint32_t>(0, 0x1234).ok());
  EXPECT_EQ(master.write<uint32_t>(4, 0x5555).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(master.write<uint8_t>(0, 0x55).status, tlm::TLM_BURST_ERROR_RESPONSE);

  EXPECT_FALSE(platform.stop.stopping());
  EXPECT_EQ(master.get(0), 0U);
}

TEST(PeripheralTypes, AreRegisteredWithCostsAndTheirPlaceInTheDeviceTree) {
  ComponentRegistry registry;
  register_peripherals(registry);

  EXPECT_EQ(registry.names(), (std::vector<std::string>{"clint", "exit_device", "plic", "pmu", "uart16550"}));
  for (const std::string& name : registry.names()) {
    const ComponentType& type = registry.find(name, {});
    EXPECT_EQ(parse_cost_table(type.cost_yaml, name).component, name);
    EXPECT_FALSE(type.device_tree_compatible.empty());
    EXPECT_GT(type.window_bytes, 0U);
  }
  EXPECT_EQ(registry.find("exit_device", {}).device_tree_compatible.size(), 25U) << "two strings";
}

}  // namespace
}  // namespace ganglion
