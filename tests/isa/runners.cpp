#include "tests/isa/runners.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "platform/cpu/hart_core.h"
#include "platform/cpu/isa.h"
#include "tests/isa/exclusions.h"

namespace ganglion::isa_test {
namespace {

constexpr unsigned kSecondsToWait = 60;

/// RAM, the exit device, a UART that is always ready, a CLINT that never fires; everything else is unmapped.
class FlatMemory : public HartPort {
 public:
  explicit FlatMemory(const Memory& image) : ram(image) {}

  MemoryRegion probe(uint64_t address) override {
    if (!in_ram(address, 1)) return {};
    return {kRamBase, kRamBase + ram.size() - 1, true, ram.data(), true, 1, 1, &counters_};
  }
  BusResult read(uint64_t address, void* data, unsigned bytes, uint64_t) override {
    if (in_ram(address, bytes)) {
      std::memcpy(data, &ram[address - kRamBase], bytes);
      return {true, 1};
    }
    std::memset(data, 0x60, bytes);  // line status: transmitter empty
    return {address == 0x10000005, 1};
  }
  BusResult write(uint64_t address, const void* data, unsigned bytes, uint64_t) override {
    if (in_ram(address, bytes)) {
      std::memcpy(&ram[address - kRamBase], data, bytes);
      return {true, 1};
    }
    if (address == 0x10000000) uart.push_back(*static_cast<const char*>(data));
    if (address == 0x100000) done_ = true;
    return {address == 0x10000000 || address == 0x100000 || address == 0x02004000 || address == 0x02004004,
            1};
  }
  bool debug_read(uint64_t address, void* data, unsigned bytes) override {
    if (!in_ram(address, bytes)) return false;
    std::memcpy(data, &ram[address - kRamBase], bytes);
    return true;
  }
  void synchronise(uint64_t) override {}
  uint64_t run_ahead_limit(uint64_t cycle) override { return cycle + 10000; }
  uint64_t wait_for_interrupt(uint64_t cycle, const std::function<bool()>&) override {
    done_ = true;
    return cycle;
  }
  uint64_t time_value(uint64_t cycle) override { return cycle; }
  void trapped(uint64_t, uint64_t, bool, uint64_t) override {}
  bool stopping() const override { return done_; }

  Memory ram;
  std::string uart;

 private:
  [[nodiscard]] bool in_ram(uint64_t address, uint64_t bytes) const {
    return address >= kRamBase && address - kRamBase <= ram.size() - bytes;
  }
  MemoryCounters counters_;
  bool done_ = false;
};

/// The largest instruction set of that XLEN.
InstructionSet full_instruction_set(int xlen) {
  std::optional<InstructionSet> best;
  for (const std::string_view name : instruction_set_names()) {
    const auto set = InstructionSet::named(name);
    if (set->xlen == xlen &&
        (!best || __builtin_popcount(set->extensions) > __builtin_popcount(best->extensions)))
      best = set;
  }
  return *best;
}

/// Runs a command with its output in a string; false when it did not end with status 0 in time.
bool run_command(std::vector<std::string> words, std::string& output) {
  std::array<int, 2> pipe_ends{};
  if (pipe(pipe_ends.data()) != 0) return false;
  const pid_t child = fork();
  if (child == 0) {
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, 0);
    dup2(pipe_ends[1], 1);
    dup2(pipe_ends[1], 2);
    close(pipe_ends[0]);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  close(pipe_ends[1]);
  std::array<char, 4096> buffer{};
  for (ssize_t count = 0; (count = read(pipe_ends[0], buffer.data(), buffer.size())) > 0;)
    output.append(buffer.data(), static_cast<std::size_t>(count));
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 124)
    output += fmt::format("no end after {} s", kSecondsToWait);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string hash_line(const std::string& output) {
  const std::size_t end = output.find_last_not_of("\r\n ");
  if (end == std::string::npos || end < 7) return "";
  return output.substr(end - 7, 8);
}

}  // namespace

RunResult run_on_hart(const ProgramImage& image, uint32_t block_instructions) {
  FlatMemory port(image.memory);
  HartCoreConfig config;
  config.isa = full_instruction_set(image.xlen);
  config.reset_pc = image.entry;
  config.block_instructions = block_instructions;
  config.max_instructions = 100'000ull * image.recipes.size() + 10 * image.memory.size();
  const auto core = HartCore::make(config, port);
  const HartCore::Outcome outcome = core->run();
  RunResult result;
  if (outcome == HartCore::Outcome::kFirmwareTrap)
    result.error = fmt::format("our hart: unhandled trap, cause {} at {:#x}", core->firmware_trap()->cause,
                               core->firmware_trap()->pc);
  if (outcome == HartCore::Outcome::kInstructionLimit)
    result.error =
        fmt::format("our hart: no end after {} instructions, at {:#x}", core->instructions(), core->pc());
  result.instructions = core->instructions();
  result.uart = hash_line(port.uart);
  if (result.error.empty() && result.uart.empty()) result.error = "our hart: nothing on the UART";
  result.memory = std::move(port.ram);
  return result;
}

std::string find_qemu(int xlen) {
  const std::string name = "qemu-system-riscv" + std::to_string(xlen);
  const char* path = std::getenv("PATH");
  std::string rest = path == nullptr ? "/usr/bin" : path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::string candidate = rest.substr(0, colon) + "/" + name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
    rest = colon == std::string::npos ? "" : rest.substr(colon + 1);
  }
  return "";
}

RunResult run_on_qemu(const std::string& qemu, const ProgramImage& image, const std::string& elf,
                      const std::string& folder) {
  const std::string ram = folder + "/qemu-ram";
  std::filesystem::remove(ram);
  RunResult result;
  const bool ended =
      run_command({"timeout",
                   std::to_string(kSecondsToWait),
                   qemu,
                   "-machine",
                   "virt,memory-backend=ram",
                   "-cpu",
                   fmt::format("rv{}{}", image.xlen, qemu_cpu_properties()),
                   "-object",
                   fmt::format("memory-backend-file,id=ram,mem-path={},share=on,size={}", ram, kRamBytes),
                   "-m",
                   fmt::format("{}M", kRamBytes >> 20),
                   "-display",
                   "none",
                   "-monitor",
                   "none",
                   "-serial",
                   "stdio",
                   "-bios",
                   "none",
                   "-kernel",
                   elf},
                  result.uart);
  if (!ended) {
    result.error = "QEMU: " + result.uart;
    return result;
  }
  result.uart = hash_line(result.uart);
  result.memory.resize(image.memory.size());
  std::ifstream file(ram, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(result.memory.data()),
                 static_cast<std::streamsize>(result.memory.size())))
    result.error = "QEMU: cannot read its memory from " + ram;
  file.close();
  std::filesystem::remove(ram);
  return result;
}

RunResult run_on_platform(const std::string& ganglion, const ProgramImage& image, const std::string& elf) {
  RunResult result;
  std::string output;
  const bool ended =
      run_command({"timeout", std::to_string(kSecondsToWait), ganglion, "run", "--elf", elf, "--isa",
                   fmt::format("rv{}imac_zba_zbb_zbs", image.xlen), "--uart", "stdio"},
                  output);
  result.uart = output;
  if (!ended) result.error = "the platform: " + output;
  return result;
}

}  // namespace ganglion::isa_test
