#include "platform/cpu/gdb_session.h"

#include <gmock/gmock.h>

#include <map>

#include "platform/cpu/gdb_packet.h"

namespace ganglion {
namespace {

using Action = GdbSession::Action;

/// 33 registers of 32 bits and 16 bytes of memory at 0x100.
class TinyTarget : public GdbTarget {
 public:
  std::string description() const override { return "<target>0123456789</target>"; }
  unsigned general_registers() const override { return 33; }
  std::optional<std::vector<uint8_t>> read_register(unsigned number) const override {
    if (number > 32) return std::nullopt;
    const uint32_t value = registers[number];
    return std::vector<uint8_t>{uint8_t(value), uint8_t(value >> 8), uint8_t(value >> 16),
                                uint8_t(value >> 24)};
  }
  bool write_register(unsigned number, std::span<const uint8_t> value) override {
    if (number > 32 || value.size() != 4) return false;
    registers[number] = value[0] | value[1] << 8 | value[2] << 16 | uint32_t{value[3]} << 24;
    return true;
  }
  std::vector<uint8_t> read_memory(uint64_t address, std::size_t bytes) override {
    std::vector<uint8_t> data;
    for (; data.size() < bytes && address - 0x100 < memory.size(); ++address)
      data.push_back(memory[address - 0x100]);
    return data;
  }
  bool write_memory(uint64_t address, std::span<const uint8_t> bytes) override {
    if (address < 0x100 || address + bytes.size() > 0x110) return false;
    std::copy(bytes.begin(), bytes.end(), memory.begin() + static_cast<long>(address - 0x100));
    return true;
  }
  std::string monitor(std::string_view command) override { return "<" + std::string(command) + ">"; }

  std::array<uint32_t, 33> registers{};
  std::array<uint8_t, 16> memory{};
};

class GdbSessionTest : public testing::Test {
 protected:
  std::string reply(std::string_view packet) { return session.answer(packet).reply; }
  TinyTarget target;
  GdbStops stops;
  GdbSession session{target, stops};
};

TEST_F(GdbSessionTest, UnknownPacketsGetTheEmptyAnswer) {
  for (const char* packet : {"", "!", "vMustReplyEmpty", "vKill;1", "qOffsets", "QNonStop:1", "\xff\x00x"}) {
    const auto answer = session.answer(packet);
    EXPECT_TRUE(answer.send);
    EXPECT_EQ(answer.reply, "") << packet;
    EXPECT_EQ(answer.action, Action::kNone) << packet;
  }
}

TEST_F(GdbSessionTest, MalformedPacketsAreErrorsAndChangeNothing) {
  for (const char* packet : {"m",
                             "m100",
                             "m100;4",
                             "mxyz,4",
                             "m100,",
                             "M100,4:0102",
                             "M100,1",
                             "X100,2:a",
                             "p",
                             "pzz",
                             "p10000000000000000",
                             "P1",
                             "P1=01",
                             "P21=00000000",
                             "G012",
                             "Z0",
                             "Z0,",
                             "Z2,100,0",
                             "vCont;",
                             "vCont;x",
                             "C",
                             "qRcmd,7",
                             "qXfer:features:read:target.xml:0"}) {
    const auto answer = session.answer(packet);
    EXPECT_EQ(answer.reply.substr(0, 1), "E") << packet;
    EXPECT_EQ(answer.action, Action::kNone) << packet;
    EXPECT_FALSE(answer.changed) << packet;
  }
  EXPECT_TRUE(stops.empty());
  EXPECT_EQ(target.registers, (std::array<uint32_t, 33>{}));
}

TEST_F(GdbSessionTest, MemoryIsReadAndWrittenAsFarAsItGoes) {
  EXPECT_EQ(reply("M10e,2:a5b6"), "OK");
  EXPECT_EQ(reply(std::string_view("X10c,2:\x01\x02", 9)), "OK");

  EXPECT_EQ(reply("m10c,4"), "0102a5b6");
  EXPECT_EQ(reply("m10e,8"), "a5b6");  // what is there
  EXPECT_EQ(reply("m110,1"), "E0e");
  EXPECT_EQ(reply("M10f,2:0000"), "E0e");
  EXPECT_EQ(reply("X0,0:"), "OK");
}

TEST_F(GdbSessionTest, RegistersAreLittleEndian) {
  EXPECT_EQ(reply("P5=78563412"), "OK");

  EXPECT_EQ(target.registers[5], 0x12345678u);
  EXPECT_EQ(reply("p5"), "78563412");
  EXPECT_EQ(reply("g").substr(5 * 8, 8), "78563412");
  EXPECT_EQ(reply("g").size(), 33u * 8);
  EXPECT_EQ(reply("p21"), "E16");
}

TEST_F(GdbSessionTest, StopsAreInsertedAndRemoved) {
  EXPECT_EQ(reply("Z0,80000000,4"), "OK");
  EXPECT_EQ(reply("Z1,80000004,4"), "OK");
  EXPECT_EQ(reply("Z2,104,4"), "OK");
  EXPECT_EQ(reply("Z5,104,4"), "");

  EXPECT_TRUE(stops.breaks_at(0x80000000));
  EXPECT_TRUE(stops.breaks_at(0x80000004));
  EXPECT_FALSE(stops.breaks_at(0x80000002));
  ASSERT_EQ(stops.watchpoints.size(), 1u);
  const GdbStops::Watchpoint watch = stops.watchpoints[0];
  EXPECT_TRUE(watch.hit_by(0x107, 1, true));
  EXPECT_TRUE(watch.hit_by(0x100, 8, true));
  EXPECT_FALSE(watch.hit_by(0x104, 4, false));
  EXPECT_FALSE(watch.hit_by(0x108, 4, true));
  EXPECT_FALSE(watch.hit_by(0x100, 4, true));

  EXPECT_EQ(reply("z0,80000000,4"), "OK");
  EXPECT_EQ(reply("z1,80000004,4"), "OK");
  EXPECT_EQ(reply("z2,104,4"), "OK");
  EXPECT_EQ(reply("z2,104,4"), "OK");  // removing twice is no mistake
  EXPECT_TRUE(stops.empty());
}

TEST_F(GdbSessionTest, ResumingSendsNothingUntilTheNextStop) {
  for (const auto& [packet, action] : std::map<std::string, Action>{{"c", Action::kContinue},
                                                                    {"C05", Action::kContinue},
                                                                    {"s", Action::kStep},
                                                                    {"vCont;c", Action::kContinue},
                                                                    {"vCont;s:1;c", Action::kStep},
                                                                    {"k", Action::kKill}}) {
    const auto answer = session.answer(packet);
    EXPECT_FALSE(answer.send) << packet;
    EXPECT_EQ(answer.action, action) << packet;
  }
  EXPECT_EQ(session.answer("c80000010").action, Action::kContinue);
  EXPECT_EQ(target.registers[32], 0x80000010u);
  EXPECT_EQ(session.answer("D").action, Action::kDetach);
}

TEST_F(GdbSessionTest, StopReasonsNeedAClientThatKnowsThem) {
  const GdbStopEvent hit{GdbStopEvent::Kind::kSoftwareBreak, 5, {}, 0};
  EXPECT_EQ(session.stop_reply(hit), "T0520:00000000;thread:1;");

  EXPECT_THAT(reply("qSupported:multiprocess+;swbreak+"), testing::HasSubstr("qXfer:features:read+"));
  EXPECT_EQ(session.stop_reply(hit), "T05swbreak:;20:00000000;thread:1;");
  EXPECT_EQ(reply("?"), "T05swbreak:;20:00000000;thread:1;");

  const GdbStopEvent read{GdbStopEvent::Kind::kWatch, 5, GdbStops::Watch::kRead, 0x104};
  EXPECT_EQ(session.stop_reply(read), "T05rwatch:104;20:00000000;thread:1;");
}

TEST_F(GdbSessionTest, DescriptionComesInParts) {
  EXPECT_EQ(reply("qXfer:features:read:target.xml:0,8"), "m<target>");
  EXPECT_EQ(reply("qXfer:features:read:target.xml:8,ff"), "l0123456789</target>");
  EXPECT_EQ(reply("qXfer:features:read:target.xml:ffffffff,8"), "l");
}

TEST_F(GdbSessionTest, MonitorCommandsAreHexadecimalBothWays) {
  EXPECT_EQ(reply("qRcmd,74696d65"), to_hex(std::vector<uint8_t>{'<', 't', 'i', 'm', 'e', '>'}));
  EXPECT_EQ(session.answer("qRcmd,7265736574").action, Action::kReset);
}

}  // namespace
}  // namespace ganglion
