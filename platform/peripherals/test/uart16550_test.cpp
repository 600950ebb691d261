#include "platform/peripherals/uart16550.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "platform/peripherals/test/device_test.h"

namespace ganglion {
namespace {

enum : uint64_t { kData, kIer, kIir, kLcr, kMcr, kLsr, kMsr, kScr };

struct UartTest : DeviceTest<Uart16550> {
  void build_and_start(const std::string& params = "{output: capture}") {
    build(params);
    start();
  }
  uint8_t get(uint64_t offset) { return master.get<uint8_t>(offset); }
  void put(uint64_t offset, uint8_t value) { EXPECT_TRUE(master.write<uint8_t>(offset, value).ok()); }
  void give(const std::string& text) { device->set_input(std::make_unique<TextInput>(text)); }
};

TEST_F(UartTest, WrittenCharactersAppear) {
  build_and_start();

  for (const char c : std::string("Hi\n")) put(kData, static_cast<uint8_t>(c));

  EXPECT_EQ(device->captured(), "Hi\n");
  EXPECT_EQ(get(kLsr), 0x60) << "ready for more";
}

TEST_F(UartTest, DivisorLatchHidesDataAndInterruptEnable) {
  build_and_start();
  put(kLcr, 0x83);
  put(kData, 0x34);
  put(kIer, 0x12);
  EXPECT_EQ(get(kData), 0x34);
  EXPECT_EQ(get(kIer), 0x12);

  put(kLcr, 0x03);

  EXPECT_EQ(get(kIer), 0);
  EXPECT_EQ(device->captured(), "");
}

TEST_F(UartTest, ReceivedCharactersComeInOrder) {
  build_and_start();
  EXPECT_EQ(get(kLsr) & 1, 0);
  give("abc");

  EXPECT_EQ(get(kLsr) & 1, 1);
  EXPECT_EQ(get(kData), 'a');
  EXPECT_EQ(get(kData), 'b');
  EXPECT_EQ(get(kData), 'c');
  EXPECT_EQ(get(kLsr) & 1, 0);
  EXPECT_EQ(get(kData), 0);
}

TEST_F(UartTest, ReceiveInterruptFollowsTheTriggerLevel) {
  build_and_start();
  put(kIir, 0x41);  // FIFOs on, trigger at 4
  put(kIer, 0x01);
  EXPECT_FALSE(device->interrupt().level());
  EXPECT_EQ(get(kIir), 0xc1);

  give("12345");

  EXPECT_TRUE(device->interrupt().level());
  EXPECT_EQ(get(kIir), 0xc4);
  get(kData);
  get(kData);
  EXPECT_EQ(get(kIir), 0xcc) << "below the trigger: time-out";
  for (int i = 0; i < 3; ++i) get(kData);
  EXPECT_FALSE(device->interrupt().level());
  EXPECT_EQ(get(kIir), 0xc1);
}

TEST_F(UartTest, TransmitterInterruptIsClearedByReadingItsCause) {
  build_and_start();
  put(kIer, 0x02);
  EXPECT_TRUE(device->interrupt().level()) << "the transmitter is empty already";
  EXPECT_EQ(get(kIir), 0x02);
  EXPECT_FALSE(device->interrupt().level());

  put(kData, 'x');

  EXPECT_TRUE(device->interrupt().level()) << "and empty again";
}

TEST_F(UartTest, ReceptionComesBeforeTransmission) {
  build_and_start();
  put(kIer, 0x03);
  give("z");

  EXPECT_EQ(get(kIir), 0x04);
  EXPECT_TRUE(device->interrupt().level());
  get(kData);
  EXPECT_EQ(get(kIir), 0x02) << "reading the other cause did not clear it";
}

TEST_F(UartTest, LoopBackReturnsCharactersAndModemLines) {
  build_and_start();
  put(kMcr, 0x1a);  // loop, RTS, OUT2
  put(kData, 'q');

  EXPECT_EQ(device->captured(), "");
  EXPECT_EQ(get(kData), 'q');
  EXPECT_EQ(get(kMsr), 0x90);
  put(kMcr, 0);
  EXPECT_EQ(get(kMsr), 0xb0);
}

TEST_F(UartTest, OnlyBytesOfItsEightRegisters) {
  build_and_start();
  uint32_t word = 0;
  uint8_t byte = 0;
  EXPECT_EQ(master.read(kData, word).status, tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(master.read(8, byte).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(booked(), 0U);
  put(kScr, 0x5a);
  EXPECT_EQ(get(kScr), 0x5a);
  EXPECT_EQ(booked(), 2U);
}

TEST_F(UartTest, ResetUartEqualsAFreshOne) {
  build_and_start();
  put(kIer, 0x02);
  put(kScr, 9);
  put(kMcr, 0x10);
  put(kData, 'x');

  device->reset();

  EXPECT_FALSE(device->interrupt().level());
  EXPECT_EQ(get(kLsr), 0x60);
  EXPECT_EQ(get(kIer), 0);
  EXPECT_EQ(get(kIir), 0x01);
  EXPECT_EQ(get(kLcr), 0);
  EXPECT_EQ(get(kMcr), 0);
  EXPECT_EQ(get(kScr), 0);
}

TEST_F(UartTest, FilesAtBothEnds) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "ganglion_uart_test";
  std::filesystem::create_directories(folder);
  const std::string in = folder / "in.txt", out = folder / "out.txt";
  std::ofstream(in) << "k";
  build_and_start("{output: 'file:" + out + "', first_input: 'o', input: 'file:" + in + "'}");

  put(kData, get(kData));
  put(kData, get(kData));
  put(kData, '\n');

  std::ifstream written(out);
  std::string text;
  std::getline(written, text);
  EXPECT_EQ(text, "ok");
  std::filesystem::remove_all(folder);
}

TEST_F(UartTest, AWrongEndIsTheUsersError) {
  for (const char* params : {"{output: paper}", "{output: 'file:/nowhere/at/all'}",
                             "{input: 'file:/nowhere/at/all'}", "{input: stdio}"}) {
    EXPECT_THROW(build(params), ConfigError) << params;
  }
}

TEST_F(UartTest, WithoutLiveInputNothingRuns) {
  build_and_start();

  EXPECT_FALSE(sc_core::sc_pending_activity());
}

}  // namespace
}  // namespace ganglion
