// `ganglion doctor`: what building and extending the platform needs, found or missing, each with a remedy.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <systemc>

#include "platform/cli/commands.h"
#include "platform/cli/toolchain.h"

namespace ganglion::cli {
namespace {

struct Check {
  std::string name;
  bool ok = false;
  bool required = true;
  std::string found;   ///< version, or what is wrong
  std::string remedy;  ///< one line; used when not ok
};

struct Output {
  int status = -1;
  std::string text;  ///< first line
};

/// First line of what `command` prints, and its exit status.
Output first_line(const std::string& command) {
  Output output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return output;
  std::array<char, 512> buffer{};
  std::string all;
  while (fgets(buffer.data(), buffer.size(), pipe) != nullptr) all += buffer.data();
  const int status = pclose(pipe);
  output.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  output.text = all.substr(0, all.find('\n'));
  return output;
}

Check program(const std::string& name, const std::string& command, const std::string& package,
              bool required = true) {
  const Output output = first_line(command + " --version");
  Check check{name, output.status == 0, required, output.text,
              "apt-get install " + package + ", or ./dev build"};
  if (!check.ok) check.found = "'" + command + "' does not run";
  return check;
}

Check systemc() {
  Check check{"SystemC", true, true, std::string(sc_core::sc_version()), ""};
  check.found = check.found.substr(0, check.found.find(" ---"));
  // SC_CPLUSPLUS is what the headers were told; the library's own value is compiled into its API check
  // symbol, so that this binary started shows that they agree.
  check.found += ", built as C++ " + std::to_string(SC_CPLUSPLUS / 100L) +
                 " (SC_CPLUSPLUS=" + std::to_string(SC_CPLUSPLUS) + "L)";
  const Output pkg_config = first_line("pkg-config --modversion systemc");
  if (pkg_config.status != 0) {
    check.ok = false;
    check.found += "; no headers for building";
    check.remedy = "apt-get install libsystemc-dev, or ./dev build";
  }
  return check;
}

Check riscv_compiler() {
  Check check = program("RISC-V compiler", "riscv64-unknown-elf-gcc",
                        "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf");
  if (!check.ok) return check;
  const Output specs = first_line("riscv64-unknown-elf-gcc -print-file-name=picolibc.specs");
  if (specs.text == "picolibc.specs" || specs.status != 0) {
    check.ok = false;
    check.found += ", but no picolibc";
    check.remedy = "apt-get install picolibc-riscv64-unknown-elf, or ./dev build";
  }
  return check;
}

Check verilator() {
  Check check = program("Verilator", "verilator", "verilator", false);
  if (!check.ok) check.found += " (needed for RTL lint and co-simulation only)";
  return check;
}

Check python_venv() {
  const std::string python = kVenvPython;
  Check check{"Python venv", false, true, python, "./dev build makes it from sw/requirements.txt"};
  if (access(python.c_str(), X_OK) != 0) {
    check.found = "no interpreter at " + python;
    return check;
  }
  const Output output =
      first_line(python +
                 " -c 'import sys, numpy, onnx, systemrdl, jsonschema; print(\"Python\", "
                 "sys.version.split()[0] + \", numpy\", numpy.__version__ + \", onnx\", onnx.__version__)'");
  check.ok = output.status == 0;
  check.found = check.ok ? output.text + " at " + python : "a package is missing: " + output.text;
  if (!check.ok) check.remedy = ".venv/bin/pip install -r sw/requirements.txt, or ./dev build";
  return check;
}

Check resources() {
  namespace fs = std::filesystem;
  const fs::path root = default_resource_root();
  Check check{"Resources", true, true, root.string(), "./dev build makes them; or set GANGLION_SHARE"};
  for (const char* folder : {"scenarios", "firmware"}) {
    std::error_code ignored;
    if (fs::is_directory(root / folder, ignored)) continue;
    check.ok = false;
    check.found = "no folder " + (root / folder).string();
  }
  return check;
}

}  // namespace

int doctor_command(bool json) {
  const std::vector<Check> checks{program("C++ compiler", kCxxCompiler, "build-essential"),
                                  program("CMake", "cmake", "cmake"),
                                  program("Ninja", "ninja", "ninja-build"),
                                  systemc(),
                                  riscv_compiler(),
                                  verilator(),
                                  python_venv(),
                                  resources()};
  bool ok = true;
  nlohmann::json list = nlohmann::json::array();
  for (const Check& check : checks) {
    ok = ok && (check.ok || !check.required);
    if (json) {
      list.push_back({{"name", check.name},
                      {"ok", check.ok},
                      {"required", check.required},
                      {"found", check.found},
                      {"remedy", check.ok ? "" : check.remedy}});
      continue;
    }
    std::printf("%-8s %-16s %s\n",
                check.ok         ? "ok"
                : check.required ? "MISSING"
                                 : "optional",
                check.name.c_str(), check.found.c_str());
    if (!check.ok) std::printf("%-8s %-16s mend: %s\n", "", "", check.remedy.c_str());
  }
  if (json) std::printf("%s\n", list.dump(2).c_str());
  return static_cast<int>(ok ? ExitCode::kOk : ExitCode::kCheckFailed);
}

}  // namespace ganglion::cli
