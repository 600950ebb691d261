#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

#include "platform/bus/memory.h"
#include "platform/bus/router.h"
#include "platform/kernel/test/test_master.h"
#include "platform/kernel/test/test_platform.h"

namespace ganglion {
namespace {

using sc_core::sc_time;
using sc_core::wait;

/// Two DMA masters and a hart on one RAM. A burst of 10 beats takes 2 ns (router) + 3 ns + 9 * 5 ns (RAM) =
/// 50 ns and holds the RAM for 50 ns: ten beats of 5 ns are longer than the RAM's own 48 ns.
struct ContentionTest : ::testing::Test {
  TestPlatform platform;
  TestMaster hart{"hart"};
  // Constructed against their index, so that the kernel would by itself run the second one first.
  TestMaster second{"second"};
  TestMaster first{"first"};
  std::unique_ptr<Router> router;
  std::unique_ptr<Memory> ram;
  unsigned first_index = 0;
  unsigned second_index = 0;
  std::array<uint8_t, 80> data{};

  void SetUp() override {
    router = platform.make<Router>(Router::type(), "bus", "{latency: 2 ns, bandwidth: 1.6 GB/s}");
    ram = platform.make<Memory>(Memory::sram_type(), "ram", "{read_latency: 3 ns, bandwidth: 1.6 GB/s}",
                                0x1000);
    router->map({.name = "ram", .base = 0, .size = 0x1000, .id = ram->id()}, *ram->target_socket());
    router->connect("hart", 0, Router::InitiatorKind::kHart, hart.socket);
    first_index = router->connect("first", 0, Router::InitiatorKind::kDevice, first.socket);
    second_index = router->connect("second", 0, Router::InitiatorKind::kDevice, second.socket);
  }
  TestMaster::Outcome burst(TestMaster& master) { return master.transfer(tlm::TLM_READ_COMMAND, 0, data); }
};

TEST_F(ContentionTest, ALaterMasterWaitsUntilTheTargetIsFree) {
  TestMaster::Outcome one, two;
  first.program = [&] { one = burst(first); };
  second.program = [&] {
    wait(sc_time(20, sc_core::SC_NS));
    two = burst(second);
  };

  sc_core::sc_start();

  EXPECT_EQ(one.delay_ps, 50'000U);
  EXPECT_EQ(one.arbitration_ps, 0U);
  EXPECT_EQ(two.arbitration_ps, 30'000U) << "asked at 20 ns, free at 50 ns";
  EXPECT_EQ(two.delay_ps, 80'000U);
  EXPECT_EQ(router->waited_ps(first_index), 0U);
  EXPECT_EQ(router->waited_ps(second_index), 30'000U);
}

TEST_F(ContentionTest, AtEqualTimesTheLowerIndexGoesFirst) {
  TestMaster::Outcome one, two;
  for (auto* master : {&second, &first}) {
    master->program = [&, master] {
      wait(sc_time(7, sc_core::SC_NS));
      (master == &first ? one : two) = burst(*master);
    };
  }

  sc_core::sc_start();

  EXPECT_EQ(one.arbitration_ps, 0U);
  EXPECT_EQ(two.arbitration_ps, 50'000U);
}

TEST_F(ContentionTest, AMasterThatComesAfterTheEndDoesNotWait) {
  TestMaster::Outcome two;
  first.program = [&] { burst(first); };
  second.program = [&] {
    wait(sc_time(50, sc_core::SC_NS));
    two = burst(second);
  };

  sc_core::sc_start();

  EXPECT_EQ(two.arbitration_ps, 0U);
}

TEST_F(ContentionTest, AHartOnMemoryNeitherWaitsNorMakesWait) {
  TestMaster::Outcome of_hart, two;
  first.program = [&] { burst(first); };
  hart.program = [&] {
    wait(sc_time(10, sc_core::SC_NS));
    of_hart = burst(hart);
  };
  second.program = [&] {
    wait(sc_time(50, sc_core::SC_NS));
    two = burst(second);
  };

  sc_core::sc_start();

  EXPECT_EQ(of_hart.delay_ps, 50'000U);
  EXPECT_EQ(of_hart.arbitration_ps, 0U);
  EXPECT_EQ(two.arbitration_ps, 0U);
}

TEST_F(ContentionTest, ResetFreesTheTargets) {
  TestMaster::Outcome again;
  first.program = [&] {
    burst(first);
    router->reset();
    again = burst(first);
  };

  sc_core::sc_start();

  EXPECT_EQ(again.arbitration_ps, 0U);
}

}  // namespace
}  // namespace ganglion
