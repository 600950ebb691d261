// Prints MIPS (instructions retired per second of host CPU time) of each kernel on the hart under SystemC,
// with timing and energy on, and of qemu-system-riscv64 on the same ELF where it is installed. Usage:
// bench_isa [--no-qemu] [KERNEL...]
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "platform/cpu/test/small_system.h"

int sc_main(int, char**) { return 0; }

namespace {

struct Measurement {
  double seconds = 0;  ///< host CPU time of the child
  uint64_t instructions = 0;
  int checksum = -1;
};

double children_seconds() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Measurement on_hart(const std::string& elf) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  const double before = children_seconds();
  if (fork() == 0) {
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    ganglion::test::Platform platform("{isa: rv64gc, reset_pc: 2147483648}");
    platform.system->load(ganglion::ElfImage::load(elf));
    sc_core::sc_start();
    platform.energy.fold();
    const Measurement result{0, platform.hart->instructions(),
                             static_cast<int>(platform.stop.reason()->firmware_exit_code.value_or(0))};
    _exit(write(ends[1], &result, sizeof result) == sizeof result ? 0 : 1);
  }
  close(ends[1]);
  Measurement result;
  const bool read_all = read(ends[0], &result, sizeof result) == sizeof result;
  close(ends[0]);
  wait(nullptr);
  result.seconds = children_seconds() - before;
  return read_all ? result : Measurement{};
}

Measurement on_qemu(const std::string& elf) {
  const double before = children_seconds();
  if (fork() == 0) {
    execlp("qemu-system-riscv64", "qemu-system-riscv64", "-M", "virt", "-bios", "none", "-kernel",
           elf.c_str(), "-display", "none", "-serial", "none", "-monitor", "none", nullptr);
    _exit(127);
  }
  int status = 0;
  wait(&status);
  return {children_seconds() - before, 0, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

}  // namespace

int main(int argc, char** argv) {
  bool qemu = true;
  std::vector<std::string> kernels;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--no-qemu") {
      qemu = false;
    } else {
      kernels.emplace_back(argv[i]);
    }
  }
  if (kernels.empty()) kernels = {"sieve", "crc", "conv8", "copy", "branchy", "mandelbrot"};
  std::printf("%-10s %12s %9s %9s %9s %7s\n", "kernel", "instructions", "seconds", "MIPS", "QEMU MIPS",
              "ratio");
  double logs = 0;
  double ratio_logs = 0;
  for (const std::string& kernel : kernels) {
    const std::string elf = fmt::format("{}/{}.elf", GANGLION_BENCH_KERNELS, kernel);
    const Measurement ours = on_hart(elf);
    if (ours.instructions == 0) {
      std::printf("%-10s did not run (%s)\n", kernel.c_str(), elf.c_str());
      return 1;
    }
    const double mips = static_cast<double>(ours.instructions) / ours.seconds * 1e-6;
    logs += std::log(mips);
    std::string theirs = fmt::format("{:>9} {:>7}", "-", "-");
    if (qemu) {
      const Measurement other = on_qemu(elf);
      if (other.checksum == 127) {
        qemu = false;
      } else {
        const double qemu_mips = static_cast<double>(ours.instructions) / other.seconds * 1e-6;
        ratio_logs += std::log(mips / qemu_mips);
        theirs = fmt::format("{:>9.0f} {:>7.2f}{}", qemu_mips, mips / qemu_mips,
                             other.checksum == (ours.checksum & 0xff) ? "" : "  CHECKSUMS DIFFER");
      }
    }
    std::printf("%-10s %12llu %9.3f %9.0f %s\n", kernel.c_str(),
                static_cast<unsigned long long>(ours.instructions), ours.seconds, mips, theirs.c_str());
  }
  const auto count = static_cast<double>(kernels.size());
  std::printf("%-10s %12s %9s %9.0f %9s %s\n", "geomean", "", "", std::exp(logs / count), "",
              qemu ? fmt::format("{:>7.2f}", std::exp(ratio_logs / count)).c_str() : "");
  return 0;
}
