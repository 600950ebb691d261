#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "platform/kernel/test/test_master.h"
#include "platform/kernel/test/test_platform.h"

namespace ganglion {

/// One device with a master straight on its socket.
template <typename Device>
struct DeviceTest : ::testing::Test {
  TestPlatform platform;
  TestMaster master{"master"};
  std::unique_ptr<Device> device;

  void build(const std::string& params = "") {
    device = platform.make<Device>(Device::type(), "device", params);
    master.socket.bind(*device->target_socket());
  }
  /// Ends elaboration; call before the first access.
  static void start() { sc_core::sc_start(sc_core::SC_ZERO_TIME); }
  /// Lets `ps` of simulated time pass.
  static void pass(uint64_t ps) { sc_core::sc_start(sc_core::sc_time::from_value(ps)); }

  [[nodiscard]] uint64_t booked() const {
    const TrafficCounters& traffic = const_cast<TestPlatform&>(platform).energy.traffic(device->id());
    return traffic.booked_reads + traffic.booked_writes;
  }
};

}  // namespace ganglion
