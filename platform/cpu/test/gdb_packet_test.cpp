#include "platform/cpu/gdb_packet.h"

#include <gmock/gmock.h>

namespace ganglion {
namespace {

using Kind = GdbInput::Kind;

std::vector<GdbInput> inputs_of(std::string_view bytes) {
  GdbPacketReader reader;
  for (const char byte : bytes) reader.feed({&byte, 1});  // the network may cut anywhere
  std::vector<GdbInput> inputs;
  while (auto input = reader.next()) inputs.push_back(*input);
  return inputs;
}

TEST(GdbPacket, FrameEndsInTheSumOfItsBytes) {
  EXPECT_EQ(gdb_frame(""), "$#00");
  EXPECT_EQ(gdb_frame("OK"), "$OK#9a");
  EXPECT_EQ(gdb_frame("m0,4"), "$m0,4#fd");
}

TEST(GdbPacket, ReaderReturnsWhatWasFramed) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);

  const auto inputs = inputs_of(gdb_frame(every_byte));

  ASSERT_EQ(inputs.size(), 1u);
  EXPECT_EQ(inputs[0].kind, Kind::kPacket);
  EXPECT_EQ(inputs[0].payload, every_byte);
}

TEST(GdbPacket, WrongChecksumIsDamage) {
  for (const char* text : {"$OK#9b", "$OK#zz", "$OK#9-"}) {
    const auto inputs = inputs_of(text);
    ASSERT_EQ(inputs.size(), 1u) << text;
    EXPECT_EQ(inputs[0].kind, Kind::kDamaged) << text;
  }
}

TEST(GdbPacket, NoiseBetweenPacketsIsDropped) {
  const auto inputs = inputs_of("++GET / HTTP/1.1\r\n\r\n" + gdb_frame("g") + "}#00" + gdb_frame("c"));

  ASSERT_EQ(inputs.size(), 2u);
  EXPECT_EQ(inputs[0].payload, "g");
  EXPECT_EQ(inputs[1].payload, "c");
}

TEST(GdbPacket, PacketThatIsCutOffDoesNotSwallowTheNext) {
  const auto inputs = inputs_of("$m8000" + gdb_frame("?"));

  ASSERT_EQ(inputs.size(), 2u);
  EXPECT_EQ(inputs[0].kind, Kind::kDamaged);
  EXPECT_EQ(inputs[1].payload, "?");
}

TEST(GdbPacket, PacketBeyondBoundsIsDamageAndKeepsNoMemory) {
  const auto inputs = inputs_of(gdb_frame(std::string(3 * kGdbPacketBytes, 'a')) + gdb_frame("?"));

  ASSERT_EQ(inputs.size(), 2u);
  EXPECT_EQ(inputs[0].kind, Kind::kDamaged);
  EXPECT_EQ(inputs[1].payload, "?");
}

TEST(GdbPacket, ControlCAndResendAreSeenOutsideOfPacketsOnly) {
  const auto inputs = inputs_of("\x03-" + gdb_frame("X0,2:\x03-"));

  ASSERT_EQ(inputs.size(), 3u);
  EXPECT_EQ(inputs[0].kind, Kind::kInterrupt);
  EXPECT_EQ(inputs[1].kind, Kind::kResend);
  EXPECT_EQ(inputs[2].payload, "X0,2:\x03-");
}

TEST(GdbPacket, HexadecimalRefusesWhatIsNone) {
  EXPECT_EQ(to_hex(std::vector<uint8_t>{0x00, 0xa5, 0xff}), "00a5ff");
  EXPECT_EQ(from_hex("00A5ff"), (std::vector<uint8_t>{0x00, 0xa5, 0xff}));
  EXPECT_EQ(from_hex("0"), std::nullopt);
  EXPECT_EQ(from_hex("0g"), std::nullopt);
  std::string_view number = "ffffffffffffffff,";
  EXPECT_EQ(take_hex_number(number), ~uint64_t{0});
  EXPECT_EQ(number, ",");
  std::string_view too_long = "10000000000000000";
  EXPECT_EQ(take_hex_number(too_long), std::nullopt);
}

}  // namespace
}  // namespace ganglion
