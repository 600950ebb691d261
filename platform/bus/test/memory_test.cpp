#include "platform/bus/memory.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

#include "platform/kernel/test/test_master.h"
#include "platform/kernel/test/test_platform.h"

namespace ganglion {
namespace {

constexpr uint64_t kSize = 64 * 1024;

/// A master bound to one memory: first beat 3 ns (read) or 7 ns (write), then 5 ns a beat (1.6 GB/s).
struct MemoryTest : ::testing::Test {
  TestPlatform platform;
  TestMaster master{"master"};
  std::unique_ptr<Memory> memory;

  void build(const ComponentType& type, const std::string& params) {
    memory = platform.make<Memory>(type, "memory", params, kSize);
    master.socket.bind(*memory->target_socket());
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  void build_sram() { build(Memory::sram_type(), "{read_latency: 3 ns, write_latency: 7 ns}"); }
  std::map<std::string, uint64_t> counts() { return platform.energy.counts(memory->id()); }
};

TEST_F(MemoryTest, ReadsBackWhatWasWritten) {
  build_sram();

  EXPECT_TRUE(master.write<uint64_t>(0x100, 0x1122'3344'5566'7788).ok());

  EXPECT_EQ(master.get<uint64_t>(0x100), 0x1122'3344'5566'7788U);
  EXPECT_EQ(master.get<uint8_t>(0x107), 0x11U) << "little endian";
  EXPECT_EQ(master.get<uint16_t>(0x101), 0x6677U);
}

TEST_F(MemoryTest, DelayIsLatencyPlusStreamingOfFurtherBeats) {
  build_sram();
  std::array<uint8_t, 64> data{};

  EXPECT_EQ(master.transfer(tlm::TLM_READ_COMMAND, 0, std::span(data).first(8)).delay_ps, 3000U);
  EXPECT_EQ(master.transfer(tlm::TLM_WRITE_COMMAND, 0, std::span(data).first(1)).delay_ps, 7000U);
  EXPECT_EQ(master.transfer(tlm::TLM_READ_COMMAND, 0, data).delay_ps, 3000U + 7 * 5000U);
  EXPECT_EQ(master.transfer(tlm::TLM_READ_COMMAND, 4, data).delay_ps, 3000U + 8 * 5000U) << "touches 9 beats";
  EXPECT_EQ(master.transfer(tlm::TLM_READ_COMMAND, 0, data, 100).delay_ps, 100U + 3000U + 7 * 5000U);
}

TEST_F(MemoryTest, BooksNaturallyAlignedBeats) {
  build_sram();
  std::array<uint8_t, 24> data{};

  master.transfer(tlm::TLM_READ_COMMAND, 0, std::span(data).first(1));
  master.transfer(tlm::TLM_READ_COMMAND, 6, std::span(data).first(4));    // crosses: 2
  master.transfer(tlm::TLM_WRITE_COMMAND, 8, data);                       // 3
  master.transfer(tlm::TLM_WRITE_COMMAND, 15, std::span(data).first(9));  // 2

  EXPECT_EQ(counts(), (std::map<std::string, uint64_t>{{"read", 3}, {"write", 5}, {"fetch", 0}}));
  EXPECT_EQ(platform.energy.traffic(memory->id()).booked_reads, 3U);
  EXPECT_EQ(platform.energy.traffic(memory->id()).booked_writes, 5U);
  EXPECT_EQ(memory->figures().bytes_read, 24U);
}

TEST_F(MemoryTest, CountersOfTheDmiGrantReachTheLedgerAsBTransportDoes) {
  build_sram();
  const TestMaster::Grant grant = master.direct(0x100);
  ASSERT_TRUE(grant.granted);
  ASSERT_NE(grant.counters, nullptr);

  master.get<uint64_t>(0);
  grant.counters->read_beats += 4;
  grant.counters->write_beats += 2;
  grant.counters->fetch_lines += 9;

  EXPECT_EQ(counts(), (std::map<std::string, uint64_t>{{"read", 5}, {"write", 2}, {"fetch", 9}}));
  EXPECT_EQ(counts()["read"], 5U) << "folding twice books once";
  EXPECT_EQ(platform.energy.traffic(memory->id()).booked_reads, 5U);
  EXPECT_EQ(platform.energy.traffic(memory->id()).booked_writes, 2U);
}

TEST_F(MemoryTest, DmiGivesTheLatencyOfOneBeatAndTheWholeRange) {
  build_sram();
  TestMaster::Grant grant = master.direct(0x100);

  ASSERT_TRUE(grant.granted);
  EXPECT_EQ(grant.dmi.get_start_address(), 0U);
  EXPECT_EQ(grant.dmi.get_end_address(), kSize - 1);
  EXPECT_EQ(grant.dmi.get_read_latency().value(), master.read(0x100, *std::make_unique<uint64_t>()).delay_ps);
  EXPECT_EQ(grant.dmi.get_write_latency().value(), master.write<uint64_t>(0x100, 1).delay_ps);
  grant.dmi.get_dmi_ptr()[0x200] = 0x5a;
  EXPECT_EQ(master.get<uint8_t>(0x200), 0x5a);
  EXPECT_TRUE(grant.dmi.is_read_write_allowed());
}

TEST_F(MemoryTest, ByteEnablesSelectBytesAndRepeat) {
  build_sram();
  std::array<uint8_t, 8> data{1, 2, 3, 4, 5, 6, 7, 8};
  std::array<uint8_t, 2> every_other{TLM_BYTE_ENABLED, TLM_BYTE_DISABLED};

  EXPECT_TRUE(master.transfer(tlm::TLM_WRITE_COMMAND, 0, data, 0, every_other).ok());

  EXPECT_EQ(master.get<uint64_t>(0), 0x0007'0005'0003'0001U);
}

TEST_F(MemoryTest, AccessBeyondTheEndFailsUnbookedAndChangesNothing) {
  build_sram();

  EXPECT_EQ(master.write<uint64_t>(kSize - 4, ~0ULL).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(master.write<uint64_t>(~0ULL - 3, ~0ULL).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);

  EXPECT_EQ(counts()["write"], 0U);
  EXPECT_EQ(master.get<uint32_t>(kSize - 4), 0U);
}

TEST_F(MemoryTest, RomRefusesWritesAndGrantsReadOnlyDmi) {
  build(Rom::type(), "");
  const std::array<uint8_t, 4> code{0x13, 0, 0, 0};
  memory->load(0x10, code);

  EXPECT_EQ(master.write<uint32_t>(0x10, 1).status, tlm::TLM_COMMAND_ERROR_RESPONSE);

  EXPECT_EQ(master.get<uint32_t>(0x10), 0x13U);
  EXPECT_TRUE(master.direct(0x10).granted);
  EXPECT_FALSE(master.direct(0x10).dmi.is_write_allowed());
  EXPECT_FALSE(master.direct(0x10, tlm::TLM_WRITE_COMMAND).granted);
  EXPECT_EQ(platform.energy.traffic(memory->id()).booked_writes, 0U);
}

TEST_F(MemoryTest, DebugAccessTakesNoTimeAndBooksNothing) {
  build_sram();
  std::array<uint8_t, 16> data{};
  std::iota(data.begin(), data.end(), 1);

  EXPECT_EQ(master.debug(tlm::TLM_WRITE_COMMAND, kSize - 8, data), 8U) << "as much as there is";

  std::array<uint8_t, 8> back{};
  EXPECT_EQ(master.debug(tlm::TLM_READ_COMMAND, kSize - 8, back), 8U);
  EXPECT_EQ(back[7], 8);
  EXPECT_EQ(counts()["read"] + counts()["write"], 0U);
}

TEST_F(MemoryTest, ResetMemoryEqualsAFreshOne) {
  build_sram();
  master.write<uint64_t>(0x2008, 42);
  const uint8_t* pointer = master.direct(0).dmi.get_dmi_ptr();

  memory->reset();

  std::vector<uint8_t> bytes(kSize, 1);
  memory->peek(0, bytes);
  EXPECT_EQ(bytes, std::vector<uint8_t>(kSize, 0));
  EXPECT_EQ(master.direct(0).dmi.get_dmi_ptr(), pointer) << "grants stay valid";
}

TEST_F(MemoryTest, LoadAndClearCheckTheirSpan) {
  // No simulation runs: behind a switch of coroutines, ASan mistakes what a throw leaves on the stack for
  // errors.
  memory = platform.make<Memory>(Memory::sram_type(), "memory", "", kSize);
  const std::vector<uint8_t> image(kSize, 0xff);
  memory->load(0, image);

  memory->clear(100, 20000);

  std::vector<uint8_t> bytes(20002);
  memory->peek(99, bytes);
  EXPECT_EQ(bytes.front(), 0xff);
  EXPECT_EQ(std::accumulate(bytes.begin() + 1, bytes.end() - 1, 0), 0);
  EXPECT_EQ(bytes.back(), 0xff);
  EXPECT_THROW(memory->load(1, image), std::out_of_range);
  EXPECT_THROW(memory->clear(kSize, 1), std::out_of_range);
  EXPECT_THROW(memory->peek(kSize - 1, std::span(bytes).first(2)), std::out_of_range);
}

TEST(HostPages, OnlyTouchedPagesCost) {
  HostPages pages(4ULL << 30);
  pages.data()[3ULL << 30] = 1;

  EXPECT_GT(pages.resident_bytes(), 0U);
  EXPECT_LE(pages.resident_bytes(), 4U << 20) << "at most a few pages, or one huge one";
  pages.clear(0, pages.size());
  EXPECT_EQ(pages.data()[3ULL << 30], 0);
}

}  // namespace
}  // namespace ganglion
