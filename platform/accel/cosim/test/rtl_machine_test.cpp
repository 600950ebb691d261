// RTL behind the bridges, without SystemC: what is refused at start, what is found while it runs.
#include "platform/accel/cosim/rtl_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace ganglion {
namespace {

using testing::HasSubstr;

constexpr uint64_t kMode = 0x08;
constexpr uint64_t kForgotten = 0x0c;
constexpr uint64_t kScratch = 0x10;

std::shared_ptr<const RtlLibrary> load(const std::string& name) {
  return RtlLibrary::load(std::string(GANGLION_RTL_FOLDER "/") + name, {"scenario.yaml", 7, 3});
}

RtlMachine::Options options() {
  RtlMachine::Options options;
  options.timeout_cycles = 200;
  return options;
}

/// What() of the ConfigError that `act` throws.
template <typename Act>
std::string refusal(Act&& act) {
  try {
    act();
  } catch (const ConfigError& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was refused";
  return "";
}

/// The misbehaving block after MODE was written, run for a while.
std::string fault_of_mode(uint32_t mode, bool read_afterwards = false) {
  RtlMachine machine(load("misbehaving.so"), options());
  (void)machine.write_register(kMode, mode);
  if (read_afterwards) {
    (void)machine.read_register(kScratch);
  } else {
    (void)machine.write_register(kScratch, 1);
  }
  for (int i = 0; i < 1000; ++i) {
    machine.step();
    while (const auto request = machine.memory().take()) {
      axi::MemoryAnswer answer;
      if (!request->write) answer.data.resize(request->burst.beats());
      machine.memory().answer(request->tag, answer);
    }
  }
  return machine.fault().value_or("");
}

TEST(RtlLibrary, RefusesWhatIsNoRtl) {
  EXPECT_THAT(refusal([] { (void)load("nothing.so"); }), HasSubstr("there is no such file"));
  EXPECT_THAT(refusal([] { (void)load("nothing.so"); }), HasSubstr("scenario.yaml:7:3"));
  const std::string text = refusal([] { (void)RtlLibrary::load(GANGLION_SOME_FILE, {}); });
  EXPECT_THAT(text, HasSubstr("cannot be loaded"));
  EXPECT_THAT(text, HasSubstr("bring-your-own-rtl.md"));
  EXPECT_THAT(refusal([] { (void)RtlLibrary::load(GANGLION_OTHER_LIBRARY, {}); }),
              HasSubstr("a library without the function ganglion_rtl_entry"));
}

TEST(RtlModel, RefusesAMissingPortByName) {
  const std::string text = refusal([] { RtlMachine machine(load("without_rready.so"), options()); });
  EXPECT_THAT(text, HasSubstr("m_axi_rready is missing: output, 1 bit"));
}

TEST(RtlMachine, RefusesAnotherBlock) {
  const std::string text = refusal([] {
    RtlMachine machine(load("other_block.so"), options());
    machine.check_identity({}, {});
  });
  EXPECT_THAT(text, HasSubstr("whose RTL has ID = 0x21444142"));
  EXPECT_THAT(text, HasSubstr("ID = 0x12345678, as the library's regs.rdl says"));
  EXPECT_THAT(refusal([] {
                RtlMachine machine(load("misbehaving.so"), options());
                machine.check_identity(0x21444142, 0x00020000);
              }),
              HasSubstr("VERSION = 0x00020000, as the model of this type has"));
}

TEST(RtlMachine, ReadsAndWritesRegistersInAFewCycles) {
  RtlMachine machine(load("misbehaving.so"), options());
  machine.check_identity({}, {});

  ASSERT_TRUE(machine.write_register(kScratch, 0x17));
  const auto value = machine.read_register(kScratch);

  ASSERT_TRUE(value);
  EXPECT_EQ(value->data, 0x17U);
  EXPECT_TRUE(machine.irq());
  EXPECT_LT(machine.edge(), 20U);
  machine.reset();
  EXPECT_FALSE(machine.irq());
  EXPECT_EQ(machine.read_register(kScratch)->data, 0U);
}

TEST(RtlMachine, NeedsNoClockWhenNothingGoesOn) {
  RtlMachine machine(load("misbehaving.so"), options());
  (void)machine.read_register(0);
  EXPECT_TRUE(machine.busy());
  for (int i = 0; i < 20; ++i) machine.step();
  EXPECT_FALSE(machine.busy());
}

TEST(RtlMachine, NamesTheChannelThatIsStuck) {
  EXPECT_THAT(fault_of_mode(1),
              HasSubstr("AXI4-Lite write address channel (AW): AWVALID is high, AWREADY stays low"));
  EXPECT_THAT(fault_of_mode(1), HasSubstr("write of SCRATCH (offset 0x010)"));
  EXPECT_THAT(fault_of_mode(2), HasSubstr("write response channel (B): BREADY is high, BVALID stays low"));
  EXPECT_THAT(fault_of_mode(3, true),
              HasSubstr("read address channel (AR): ARVALID is high, ARREADY stays low"));
  EXPECT_THAT(fault_of_mode(4, true), HasSubstr("read data channel (R): RREADY is high, RVALID stays low"));
  EXPECT_THAT(fault_of_mode(8),
              HasSubstr("write data channel (W): WREADY is offered, WVALID stays low after 0 of 4"));
  EXPECT_THAT(fault_of_mode(9), HasSubstr("read data channel (R): RVALID is high, RREADY stays low"));
}

TEST(RtlMachine, FindsBrokenProtocol) { EXPECT_THAT(fault_of_mode(7), HasSubstr("AXI4-AR-4K")); }

TEST(RtlMachine, FindsDataNobodyAskedFor) {
  RtlMachine machine(load("misbehaving.so"), options());
  (void)machine.write_register(kMode, 5);
  machine.registers().read(kScratch);
  for (int i = 0; i < 20; ++i) machine.step();
  (void)machine.registers().take();
  ASSERT_TRUE(machine.fault().has_value());
}

TEST(RtlMachine, FindsValuesThatResetLeavesUndefined) {
  RtlMachine machine(load("misbehaving.so"), options());
  ASSERT_TRUE(machine.read_register(kScratch));
  EXPECT_FALSE(machine.read_register(kForgotten));
  ASSERT_TRUE(machine.fault());
  EXPECT_THAT(*machine.fault(),
              HasSubstr("s_axil_rdata depends on a register or memory that was never written"));
}

TEST(RtlMachine, ReportsAStopOfTheRtl) {
  EXPECT_THAT(fault_of_mode(6), HasSubstr("$stop or a failed assertion"));
}

TEST(RtlMachine, WritesWaveforms) {
  const std::string file = testing::TempDir() + "rtl_machine_test.vcd";
  RtlMachine machine(load("misbehaving.so"), options());
  ASSERT_TRUE(machine.open_trace(file, [](uint64_t edge) { return (edge + 1) * 5000; }));
  (void)machine.write_register(kScratch, 3);
  machine.close_trace();
  EXPECT_GT(std::filesystem::file_size(file), 500U);
  EXPECT_FALSE(machine.open_trace("/nowhere/x.vcd", [](uint64_t edge) { return edge; }));
}

}  // namespace
}  // namespace ganglion
