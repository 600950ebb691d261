// The hart under the SystemC kernel: time, interrupts, ledgers, ends of a run.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/cpu/test/small_system.h"

namespace ganglion {
namespace {

using test::Platform;
using testing::HasSubstr;

std::string program(const std::string& name) {
  return std::string(GANGLION_TEST_PROGRAMS) + "/" + name + ".elf";
}

/// Runs `body` in a child process, because a process elaborates once, and returns what it wrote.
std::string in_child(const std::function<std::string()>& body) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    const std::string text = body();
    const ssize_t written = write(ends[1], text.data(), text.size());
    _exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? text : text + "(child failed)";
}

/// All that a report would say, and memory.
std::string report_of(const std::string& name, const std::string& parameters, bool grant_dmi = true) {
  Platform platform("{isa: " + std::string(name.ends_with("rv32") ? "rv32imac" : "rv64imac") +
                    ", reset_pc: 2147483648, " + parameters + "}");
  platform.system->load(ElfImage::load(program(name)));
  platform.system->grant_dmi = grant_dmi;
  sc_core::sc_start();
  std::string text = fmt::format("time {} instructions {}\n", Platform::now(), platform.hart->instructions());
  if (platform.stop.reason())
    text += fmt::format("exit {} {}\n", static_cast<int>(platform.stop.reason()->code),
                        platform.stop.reason()->reason);
  platform.energy.fold();
  platform.system->settle();
  for (const auto& [key, count] : platform.energy.counts(platform.hart->id()))
    text += fmt::format("{} {}\n", key, count);
  text += fmt::format("lines {} energy {} fJ\n", platform.system->counters.fetch_lines,
                      platform.energy.total_fj());
  const auto balance = platform.energy.traffic_balance();
  text +=
      fmt::format("traffic {} {} {} {} {}\n", balance.issued_reads, balance.booked_reads,
                  balance.issued_writes, balance.booked_writes, balance.holds() ? "balanced" : "UNBALANCED");
  for (const uint64_t ps : platform.time.by_cause(platform.hart->id())) text += fmt::format("{} ", ps);
  text += platform.time.total(platform.hart->id()) == Platform::now() ? "time conserved\n" : "TIME LOST\n";
  uint64_t hash = 1469598103934665603u;
  for (const uint8_t byte : platform.system->ram) hash = (hash ^ byte) * 1099511628211u;
  return text + fmt::format("ram {:x}\n", hash);
}

class Time : public testing::TestWithParam<const char*> {};

TEST_P(Time, ReportsDoNotDependOnQuantumDmiOrBlocks) {
  const std::string name = GetParam();
  const std::string reference = in_child([&] { return report_of(name, "quantum: 10 us"); });

  EXPECT_THAT(reference, HasSubstr("exit 0 "));
  EXPECT_THAT(reference, HasSubstr(" balanced"));
  EXPECT_THAT(reference, HasSubstr("time conserved"));
  for (const char* parameters :
       {"quantum: 1 us", "quantum: 1 ms", "quantum: 13 ns", "quantum: 1 ms, dmi: false",
        "quantum: 1 us, dmi: false", "quantum: 10 us, block_instructions: 1",
        "quantum: 1 ms, dmi: false, block_instructions: 3"}) {
    EXPECT_EQ(in_child([&] { return report_of(name, parameters); }), reference) << parameters;
  }
  EXPECT_EQ(in_child([&] { return report_of(name, "quantum: 1 ms", false); }), reference)
      << "DMI refused by the memory";
}

INSTANTIATE_TEST_SUITE_P(Programs, Time,
                         testing::Values("workload_rv64", "workload_rv32", "interrupt_rv64",
                                         "self_modifying_rv64", "memory_rv64"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Hart, TakesATimerInterruptAtTheFirstCheckingTransferAtOrAfterItsTime) {
  // 200 MHz, ideal timing, no memory latency in a loop of registers: `spin` takes one cycle (5 ns) a turn.
  Platform platform("{reset_pc: 2147483648, timing: ideal, quantum: 1 ms}", 200'000'000);
  const uint32_t code[] = {
      0x0000'0297,  // auipc t0, 0
      0x0402'8293,  // addi t0, t0, 64
      0x3052'9073,  // csrw mtvec, t0
      0x0200'4337,  // lui t1, 0x2004
      0x0073'0393,  // addi t2, t1, 7 (a compare value is built below)
      0x0320'0393,  // li t2, 50: due at 5 us
      0x0073'2023,  // sw t2, 0(t1)
      0x0003'2223,  // sw x0, 4(t1)
      0x0800'0e13,  // li t3, 128
      0x304e'2073,  // csrs mie, t3
      0x3004'6073,  // csrsi mstatus, 8
      0x0000'006f,  // spin: j spin
  };
  std::memcpy(platform.system->ram.data(), code, sizeof code);
  const uint32_t handler[] = {0x0010'0337 /* lui t1, 0x100 */, 0x0000'53b7 /* lui t2, 5 */,
                              0x5553'8393 /* addi t2, t2, 0x555 */, 0x0073'2023 /* sw t2, 0(t1) */};
  std::memcpy(platform.system->ram.data() + 64, handler, sizeof handler);

  sc_core::sc_start();

  ASSERT_TRUE(platform.stop.reason());
  EXPECT_EQ(platform.stop.reason()->code, ExitCode::kOk);
  std::vector<uint64_t> trap_times;
  for (const Event& event : platform.events.recent())
    if (event.kind == Event::Kind::kTrap) trap_times.push_back(event.time_ps);
  EXPECT_THAT(trap_times, testing::ElementsAre(5'000'000));  // an edge of the 5 ns clock
  EXPECT_EQ(Platform::now(),
            5'000'000u + 3 * 5'000u);  // three instructions before the store to the exit device
}

TEST(Hart, ReportsAnUnhandledTrapWithPcSymbolAndJump) {
  Platform platform("{reset_pc: 2147483648}");
  const uint32_t code[] = {0x4000'02b7 /* lui t0, 0x40000 */, 0x0002'8067 /* jr t0 */};
  std::memcpy(platform.system->ram.data(), code, sizeof code);
  platform.hart->set_symboliser(
      [](uint64_t pc) { return pc == 0x80000004 ? std::string("main+0x4 (main.c:7)") : ""; });

  sc_core::sc_start();

  ASSERT_TRUE(platform.stop.reason());
  EXPECT_EQ(platform.stop.reason()->code, ExitCode::kFirmware);
  const std::string& text = platform.stop.reason()->reason;
  EXPECT_THAT(text, HasSubstr("instruction access fault at pc 0x40000000"));
  EXPECT_THAT(text, HasSubstr("trap vector 0x0 is not executable"));
  EXPECT_THAT(text, HasSubstr("last jump taken from 0x80000004 main+0x4 (main.c:7)"));
  EXPECT_THAT(text, HasSubstr("t0 0x0000000040000000"));
  EXPECT_THAT(text, HasSubstr("jalr zero, 0(t0)"));
}

TEST(Hart, ReportsATrapInTheFirstInstructionOfItsHandler) {
  Platform platform("{reset_pc: 2147483648}");
  const uint32_t code[] = {0x0000'0297 /* auipc t0, 0 */,
                           0x0142'8293 /* addi t0, t0, 20 */,
                           0x3052'9073 /* csrw mtvec, t0 */,
                           0x0000'0073 /* ecall */,
                           0,
                           0 /* illegal */};
  std::memcpy(platform.system->ram.data(), code, sizeof code);

  sc_core::sc_start();

  ASSERT_TRUE(platform.stop.reason());
  EXPECT_EQ(platform.stop.reason()->code, ExitCode::kFirmware);
  EXPECT_THAT(platform.stop.reason()->reason, HasSubstr("illegal instruction at pc 0x80000014"));
  EXPECT_THAT(platform.stop.reason()->reason, HasSubstr("first instruction of its own handler"));
}

TEST(Hart, StopsAtTheInstructionLimit) {
  Platform platform("{reset_pc: 2147483648, max_instructions: 1000}");
  const uint32_t code[] = {0x0012'8293 /* addi t0, t0, 1 */, 0xffdf'f06f /* j -4 */};
  std::memcpy(platform.system->ram.data(), code, sizeof code);

  sc_core::sc_start();

  ASSERT_TRUE(platform.stop.reason());
  EXPECT_EQ(platform.stop.reason()->code, ExitCode::kLimit);
  EXPECT_EQ(platform.hart->instructions(), 1000u);
  EXPECT_EQ(platform.hart->core().integer_register(5), 500u);
}

TEST(Hart, StopsAtTheStoreThatAsksForIt) {
  Platform platform("{reset_pc: 2147483648}");
  const uint32_t code[] = {0x0010'0337 /* lui t1, 0x100 */,      0x0000'53b7 /* lui t2, 5 */,
                           0x5553'8393 /* addi t2, t2, 0x555 */, 0x0073'2023 /* sw t2, 0(t1) */,
                           0x0010'0e13 /* li t3, 1 */,           0x0000'006f /* j . */};
  std::memcpy(platform.system->ram.data(), code, sizeof code);

  sc_core::sc_start();

  EXPECT_EQ(platform.stop.reason()->code, ExitCode::kOk);
  EXPECT_EQ(platform.hart->instructions(), 4u);
  EXPECT_EQ(platform.hart->core().integer_register(28), 0u);
  EXPECT_EQ(platform.hart->core().pc(), 0x80000010u);
}

TEST(Hart, SleepsInWfiAsIdleTime) {
  Platform platform("{reset_pc: 2147483648}");
  platform.system->load(ElfImage::load(program("interrupt_rv64")));

  sc_core::sc_start();

  const auto causes = platform.time.by_cause(platform.hart->id());
  // The program waits twice for 2,000 ticks of 100 ns.
  EXPECT_GT(causes[static_cast<std::size_t>(TimeCause::kIdle)], 390'000'000u);
  EXPECT_LT(causes[static_cast<std::size_t>(TimeCause::kIdle)], 400'000'000u);
}

TEST(Hart, FollowsAChangeOfItsClock) {
  const auto run = [](const char* quantum) {
    Platform platform(fmt::format("{{reset_pc: 2147483648, timing: ideal, quantum: {}}}", quantum),
                      100'000'000);
    const uint32_t code[] = {
        0x3000'0337,  // lui t1, 0x30000
        0x3e80'0393,  // li t2, 1000
        0xfff3'8393,  // 1: addi t2, t2, -1
        0xfe03'9ee3,  // bnez t2, 1b
        0x0003'2023,  // sw x0, 0(t1): ten times faster
        0x3e80'0393,  // li t2, 1000
        0xfff3'8393,  // 2: addi t2, t2, -1
        0xfe03'9ee3,  // bnez t2, 2b
        0x0010'0337,  // lui t1, 0x100
        0x0000'53b7,  // lui t2, 5
        0x5553'8393,  // addi t2, t2, 0x555
        0x0073'2023,  // sw t2, 0(t1)
    };
    std::memcpy(platform.system->ram.data(), code, sizeof code);
    platform.system->on_scratch = [&](uint32_t) {
      platform.clock.set_operating_point(1'000'000'000, 1.1, Platform::now());
    };
    sc_core::sc_start();
    return fmt::format("{} {}", Platform::now(), platform.time.total(platform.hart->id()) == Platform::now());
  };

  // 2,002 cycles of 10 ns, the store's delay of 33 ns as 33 cycles of 1 ns and its issue, 2,001 + 3 cycles of
  // 1 ns.
  const std::string reference = in_child([&] { return run("1 us"); });
  EXPECT_EQ(reference, fmt::format("{} true", 2'002 * 10'000 + (1 + 33 + 2'001 + 3) * 1'000));
  EXPECT_EQ(in_child([&] { return run("1 ms"); }), reference);
}

}  // namespace
}  // namespace ganglion
