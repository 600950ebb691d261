// Self-checking programs on the interpreter, and the same programs under every setting that must not matter.
#include <gmock/gmock.h>

#include <filesystem>

#include "platform/cpu/elf_image.h"
#include "platform/cpu/test/flat_port.h"

namespace ganglion {
namespace {

struct Setting {
  uint32_t block_instructions = 64;
  bool use_dmi = true;
  uint64_t quantum = 1000;
  const char* timing = "small_in_order";
};

/// Everything that a setting without influence must leave alone.
struct Result {
  HartCore::Outcome outcome{};
  std::optional<uint32_t> exit_value;
  uint64_t cycles = 0;
  uint64_t instructions = 0;
  std::vector<uint64_t> registers;
  std::array<uint64_t, kInstructionClasses> classes{};
  std::array<uint64_t, 5> time{};
  std::array<uint64_t, 2> issued{};
  std::array<uint64_t, 6> booked{};
  std::vector<uint64_t> device_access_cycles;
  std::vector<test::FlatPort::Trap> traps;
  std::vector<uint8_t> ram;
  bool operator==(const Result&) const = default;
};

Result run(const std::string& program, const Setting& setting) {
  const ElfImage elf = ElfImage::load(program);
  test::FlatPort port;
  for (const ElfImage::Segment& segment : elf.segments())
    std::copy(segment.data.begin(), segment.data.end(), port.memory_at(segment.address, 1));
  port.quantum = setting.quantum;
  HartCoreConfig config;
  const bool everything =
      program.find("float") != std::string::npos || program.find("arithmetic") != std::string::npos;
  config.isa = *InstructionSet::named(std::string(elf.xlen() == 32 ? "rv32" : "rv64") +
                                      (everything ? "gc_zba_zbb_zbs_zicond" : "imac_zba_zbb_zbs"));
  config.reset_pc = elf.entry();
  for (const char* name : {"pmp", "supervisor", "sv39"})
    if (program.find(name) != std::string::npos) config.isa.add(InstructionExtension::kS);
  config.timing = find_timing_table(setting.timing);
  config.use_dmi = setting.use_dmi;
  config.block_instructions = setting.block_instructions;
  config.max_instructions = 20'000'000;
  const auto core = HartCore::make(config, port);
  port.core = core.get();

  Result result;
  result.outcome = core->run();
  result.exit_value = port.exit_value;
  const HartTotals totals = core->fold();
  result.cycles = core->cycle();
  result.instructions = core->instructions();
  for (unsigned i = 0; i < 32; ++i) result.registers.push_back(core->integer_register(i));
  for (unsigned i = 0; i < 32; ++i) result.registers.push_back(core->float_register(i));
  result.classes = totals.tally.classes;
  result.time = {totals.tally.issue_cycles, totals.tally.memory_cycles, totals.tally.stall_cycles,
                 totals.bus_cycles, totals.idle_cycles};
  result.issued = {totals.issued_reads, totals.issued_writes};
  result.booked = {port.ram_counters.read_beats,  port.ram_counters.write_beats,
                   port.ram_counters.fetch_lines, port.rom_counters.read_beats,
                   port.rom_counters.write_beats, port.rom_counters.fetch_lines};
  result.device_access_cycles = port.device_access_cycles;
  result.traps = port.traps;
  result.ram = port.ram;
  EXPECT_EQ(totals.tally.cycles() + totals.bus_cycles + totals.idle_cycles, result.cycles);
  EXPECT_EQ(totals.tally.instructions, result.instructions);
  return result;
}

class Program : public testing::TestWithParam<std::string> {
 protected:
  std::string path() const { return std::string(GANGLION_TEST_PROGRAMS) + "/" + GetParam() + ".elf"; }
};

TEST_P(Program, PassesItsOwnChecks) {
  const Result result = run(path(), {});

  EXPECT_EQ(result.outcome, HartCore::Outcome::kStopped);
  ASSERT_TRUE(result.exit_value.has_value());
  EXPECT_EQ(*result.exit_value, 0x5555u) << "check number " << (*result.exit_value >> 16) << " failed";
}

TEST_P(Program, DoesNotDependOnBlockSize) {
  for (const char* timing : {"ideal", "small_in_order", "rocket"}) {
    Setting setting;
    setting.timing = timing;
    const Result reference = run(path(), setting);
    for (const uint32_t size : {1u, 2u, 7u}) {
      setting.block_instructions = size;
      EXPECT_TRUE(run(path(), setting) == reference) << timing << ", " << size << " instructions a block";
    }
  }
}

TEST_P(Program, DoesNotDependOnDmi) {
  Setting setting;
  const Result reference = run(path(), setting);
  setting.use_dmi = false;
  EXPECT_TRUE(run(path(), setting) == reference);
}

TEST_P(Program, DoesNotDependOnTheQuantum) {
  Setting setting;
  const Result reference = run(path(), setting);
  for (const uint64_t quantum : {1ull, 10ull, 100'000ull}) {
    setting.quantum = quantum;
    EXPECT_TRUE(run(path(), setting) == reference) << quantum;
  }
}

INSTANTIATE_TEST_SUITE_P(Rv64, Program,
                         testing::Values("arithmetic_rv64", "memory_rv64", "control_rv64", "atomic_rv64",
                                         "trap_rv64", "interrupt_rv64", "self_modifying_rv64", "float_rv64",
                                         "float_state_rv64", "pmp_rv64", "supervisor_rv64", "sv39_rv64"),
                         [](const auto& info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Rv32, Program,
                         testing::Values("arithmetic_rv32", "memory_rv32", "control_rv32", "atomic_rv32",
                                         "trap_rv32", "interrupt_rv32", "self_modifying_rv32", "float_rv32",
                                         "float_state_rv32", "pmp_rv32", "supervisor_rv32"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace ganglion
