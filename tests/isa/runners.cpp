#include "tests/isa/runners.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/isa/exclusions.h"
#include "tests/isa/flat_memory.h"

namespace ganglion::isa_test {
namespace {

constexpr unsigned kSecondsToWait = 30;

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
    arguments.reserve(words.size() + 1);
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
  config.isa.add(InstructionExtension::kS);
  for (const InstructionInfo& info : instruction_table())
    if (excluded_extension(info.extension))
      config.isa.extensions &= ~(1u << static_cast<unsigned>(info.extension));
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
    std::string candidate = rest.substr(0, colon) + "/" + name;
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
  const bool ended = run_command({"timeout", std::to_string(kSecondsToWait), ganglion, "run", "--elf", elf,
                                  "--isa", fmt::format("rv{}gc_zba_zbb_zbs", image.xlen), "--uart", "stdio"},
                                 output);
  result.uart = output;
  if (!ended) result.error = "the platform: " + output;
  return result;
}

}  // namespace ganglion::isa_test
