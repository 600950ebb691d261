#include "platform/bus/router.h"

#include <gmock/gmock.h>

#include <array>

#include "platform/bus/memory.h"
#include "platform/bus/register.h"
#include "platform/kernel/test/test_master.h"
#include "platform/kernel/test/test_platform.h"

namespace ganglion {
namespace {

using ::testing::HasSubstr;

/// A hart and two memories behind a router: 2 ns latency there, 5 ns a beat.
struct RouterTest : ::testing::Test {
  static constexpr uint64_t kBase = 0x8000'0000;
  static constexpr uint64_t kSize = 0x1'0000;
  TestPlatform platform;
  TestMaster hart{"hart"};
  std::unique_ptr<Router> router;
  std::unique_ptr<Memory> ram;
  std::unique_ptr<Memory> rom;
  ComponentId hart_id = 0;

  void build(const std::string& router_params = "{latency: 2 ns, bandwidth: 1.6 GB/s}") {
    router = platform.make<Router>(Router::type(), "bus", router_params);
    ram =
        platform.make<Memory>(Memory::sram_type(), "ram", "{read_latency: 3 ns, write_latency: 4 ns}", kSize);
    rom = platform.make<Memory>(Rom::type(), "rom");
    hart_id = router->id();
    router->map({.name = "ram", .base = kBase, .size = kSize, .id = ram->id()}, *ram->target_socket());
    router->map({.name = "rom", .base = 0x1000, .size = 0xf000, .id = rom->id()}, *rom->target_socket());
    router->connect("hart", hart_id, Router::InitiatorKind::kHart, hart.socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
};

TEST_F(RouterTest, TargetsSeeOffsets) {
  build();

  EXPECT_TRUE(hart.write<uint32_t>(kBase + 0x40, 77).ok());

  std::array<uint8_t, 1> byte{};
  ram->peek(0x40, byte);
  EXPECT_EQ(byte[0], 77);
  EXPECT_EQ(hart.get<uint32_t>(kBase + 0x40), 77U);
}

TEST_F(RouterTest, DelayIsTheSumOfLatenciesForOneBeat) {
  build();

  EXPECT_EQ(hart.write<uint64_t>(kBase, 1).delay_ps, 2000U + 4000U);
  uint64_t value = 0;
  EXPECT_EQ(hart.read(kBase, value).delay_ps, 2000U + 3000U);
}

TEST_F(RouterTest, TheSlowerOfRouterAndTargetPacesABurst) {
  build("{latency: 2 ns, bandwidth: 400 MB/s}");  // 20 ns a beat, the RAM takes 5
  std::array<uint8_t, 80> data{};

  EXPECT_EQ(hart.transfer(tlm::TLM_READ_COMMAND, kBase, data).delay_ps, 2000U + 9 * 20000U);
}

TEST_F(RouterTest, AMappingMayHaveItsOwnLatencyAndBandwidth) {
  auto slow = platform.make<Memory>(Memory::sram_type(), "slow", "{read_latency: 3 ns}", kSize);
  router = platform.make<Router>(Router::type(), "bus", "{latency: 2 ns, bandwidth: 1.6 GB/s}");
  router->map({.name = "slow",
               .base = 0,
               .size = kSize,
               .id = slow->id(),
               .latency_ps = 11000,
               .bytes_per_second = 80'000'000},
              *slow->target_socket());
  router->connect("hart", router->id(), Router::InitiatorKind::kHart, hart.socket);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  std::array<uint8_t, 16> data{};

  EXPECT_EQ(hart.transfer(tlm::TLM_READ_COMMAND, 0, std::span(data).first(8)).delay_ps, 14000U);
  EXPECT_EQ(hart.transfer(tlm::TLM_READ_COMMAND, 0, data).delay_ps, 11000U + 100'000U);
}

TEST_F(RouterTest, UnmappedAddressIsAnErrorAndAnEventThatNamesIt) {
  build();
  uint64_t value = 0;

  EXPECT_EQ(hart.read(0x4000'0000, value).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);

  const std::vector<Event> events = platform.events.recent();
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().kind, Event::Kind::kTransaction);
  EXPECT_EQ(events.back().a, 0x4000'0000U);
  EXPECT_EQ(events.back().component, hart_id);
  EXPECT_THAT(events.back().text, HasSubstr("hart: read of 8 bytes at 0x40000000 hits no device"));
  EXPECT_THAT(events.back().text, HasSubstr("below: rom"));
}

TEST_F(RouterTest, AnAccessMustLieInOneWindow) {
  build();
  uint64_t value = 0;

  EXPECT_EQ(hart.read(kBase + kSize - 4, value).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(hart.transfer(tlm::TLM_READ_COMMAND, kBase, {}).status, tlm::TLM_BURST_ERROR_RESPONSE);
}

TEST_F(RouterTest, ErrorsOfTargetsPassThroughWithAnEvent) {
  build();

  EXPECT_EQ(hart.write<uint32_t>(0x1000, 1).status, tlm::TLM_COMMAND_ERROR_RESPONSE);

  EXPECT_EQ(platform.events.recent().back().a, 0x1000U);
  EXPECT_EQ(platform.events.recent().back().b, 4U | 1ULL << 63);
}

TEST_F(RouterTest, DmiRangeAndLatencyAreThoseOfBTransport) {
  build();

  TestMaster::Grant grant = hart.direct(kBase + 0x123);

  ASSERT_TRUE(grant.granted);
  EXPECT_EQ(grant.dmi.get_start_address(), kBase);
  EXPECT_EQ(grant.dmi.get_end_address(), kBase + kSize - 1);
  uint64_t value = 0;
  EXPECT_EQ(grant.dmi.get_read_latency().value(), hart.read(kBase, value).delay_ps);
  EXPECT_EQ(grant.dmi.get_write_latency().value(), hart.write<uint64_t>(kBase, 1).delay_ps);
  grant.dmi.get_dmi_ptr()[0x10] = 99;
  EXPECT_EQ(hart.get<uint8_t>(kBase + 0x10), 99);
  EXPECT_FALSE(hart.direct(0x4000'0000).granted);
}

TEST_F(RouterTest, SameTrafficByDmiAndByTransactionGivesTheSameCounts) {
  build();
  std::array<uint8_t, 8> data{};
  for (int i = 0; i < 5; ++i) hart.transfer(tlm::TLM_READ_COMMAND, kBase + 8 * i, data);
  hart.transfer(tlm::TLM_WRITE_COMMAND, kBase, data);
  const auto by_transaction = platform.energy.counts(ram->id());
  const auto carried = platform.energy.counts(router->id())["beat"];

  TestMaster::Grant grant = hart.direct(kBase);
  grant.counters->read_beats += 5;
  grant.counters->write_beats += 1;

  const auto both = platform.energy.counts(ram->id());
  EXPECT_EQ(both.at("read"), 2 * by_transaction.at("read"));
  EXPECT_EQ(both.at("write"), 2 * by_transaction.at("write"));
  EXPECT_EQ(carried, 6U);
  EXPECT_EQ(platform.energy.counts(router->id())["beat"], 12U);
}

TEST_F(RouterTest, FetchesOfAllMemoriesAreCarriedByTheRouter) {
  build();
  hart.direct(kBase).counters->fetch_lines += 3;
  hart.direct(0x1000).counters->fetch_lines += 4;

  EXPECT_EQ(platform.energy.counts(router->id())["fetch"], 7U);
}

TEST_F(RouterTest, DebugAccessesAreTranslated) {
  build();
  std::array<uint8_t, 4> data{1, 2, 3, 4};

  EXPECT_EQ(hart.debug(tlm::TLM_WRITE_COMMAND, kBase + 8, data), 4U);
  EXPECT_EQ(hart.debug(tlm::TLM_READ_COMMAND, 0x4000'0000, data), 0U);

  EXPECT_EQ(hart.get<uint32_t>(kBase + 8), 0x04030201U);
}

TEST_F(RouterTest, InvalidationIsTranslatedAndReachesEveryMaster) {
  build();

  auto& socket = dynamic_cast<tlm_utils::simple_target_socket<Memory, 64>&>(*ram->target_socket());
  socket->invalidate_direct_mem_ptr(0x100, ~0ULL);

  EXPECT_EQ(hart.invalidated,
            (std::vector<std::pair<uint64_t, uint64_t>>{{kBase + 0x100, kBase + kSize - 1}}));
}

TEST(BusTypes, AreRegisteredWithCostsForEveryAction) {
  ComponentRegistry registry;
  register_bus(registry);

  EXPECT_EQ(registry.names(), (std::vector<std::string>{"dram", "rom", "router", "sram"}));
  for (const std::string& name : registry.names()) {
    const ComponentType& type = registry.find(name, {});
    EXPECT_EQ(parse_cost_table(type.cost_yaml, name).component, name);
  }
}

}  // namespace
}  // namespace ganglion
