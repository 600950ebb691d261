// Instructions a second of host CPU time of each workload on the default scenario (`ganglion run`, timing and
// energy on) and on qemu-system-riscv64, same ELFs, in turns. README.md says how the figures are made.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

namespace {

struct Options {
  bool quick = false;
  bool no_qemu = false;
  unsigned repetitions = 3;
  std::string isa = "rv64gc";
  std::vector<std::string> workloads;
};

/// One run of one ELF.
struct Run {
  double seconds = 0;  ///< host CPU time, user and system
  uint64_t instructions = 0;
  int checksum = -1;  ///< lower 8 bits of what the program computed
};

/// Runs of one ELF on one simulator.
struct Series {
  std::vector<Run> runs;
  [[nodiscard]] double least_seconds() const {
    return std::min_element(runs.begin(), runs.end(),
                            [](const Run& a, const Run& b) { return a.seconds < b.seconds; })
        ->seconds;
  }
};

/// CPU time and exit status of a command with its outputs thrown away. Status 127: it could not be started.
std::pair<double, int> measured(std::vector<std::string> words) {
  const pid_t child = fork();
  if (child == 0) {
    const int nothing = open("/dev/null", O_RDWR);
    for (const int end : {0, 1, 2}) dup2(nothing, end);
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return {seconds(usage.ru_utime) + seconds(usage.ru_stime), WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

Run on_platform(const std::string& elf, const Options& options) {
  const std::filesystem::path report =
      std::filesystem::temp_directory_path() / fmt::format("ganglion-bench-isa-{}.json", getpid());
  const auto [seconds, status] = measured(
      {GANGLION_BINARY, "run", "--elf", elf, "--isa", options.isa, "--uart", "none", "--report", report});
  std::ifstream file(report);
  const nlohmann::json json = nlohmann::json::parse(file, nullptr, false);
  std::filesystem::remove(report);
  if ((status != 0 && status != 4) || json.is_discarded())
    throw std::runtime_error(fmt::format("{} did not run on {}: exit {}", elf, GANGLION_BINARY, status));
  return {seconds, json.at("sim").at("instructions").get<uint64_t>(),
          json.at("firmware").at("exit_code").get<int>() & 0xff};
}

Run on_qemu(const std::string& elf) {
  const auto [seconds, status] = measured({"qemu-system-riscv64", "-M", "virt", "-bios", "none", "-kernel",
                                           elf, "-display", "none", "-serial", "none", "-monitor", "none"});
  return {seconds, 0, status};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double geometric_mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::log(value);
  return std::exp(sum / static_cast<double>(values.size()));
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {}
  int run();

 private:
  struct Result {
    double mips = 0, qemu_mips = 0, ratio = 0;
  };

  void repeat(const std::vector<std::string>& names);
  void print_means() const;

  const Options& options_;
  bool qemu_ = true;
  std::map<std::string, Series> ours_, theirs_;
  std::map<std::string, Result> results_;
};

const std::vector<std::string> kInteger = {"sieve", "crc", "conv8", "copy", "branchy", "records"};
const std::vector<std::string> kFloat = {"mandelbrot"};
const std::vector<std::string> kTranslated = {"sieve.sv39", "crc.sv39", "copy.sv39", "records.sv39"};

void Bench::repeat(const std::vector<std::string>& names) {
  for (unsigned i = 0; i < options_.repetitions; ++i) {
    for (const std::string& name : names) {
      const std::string elf =
          fmt::format("{}/{}{}.elf", GANGLION_WORKLOADS, name, options_.quick ? ".short" : "");
      if (!std::filesystem::exists(elf)) throw std::runtime_error("no such workload: " + elf);
      ours_[name].runs.push_back(on_platform(elf, options_));
      if (!qemu_) continue;
      theirs_[name].runs.push_back(on_qemu(elf));
      const int checksum = ours_[name].runs.back().checksum, other = theirs_[name].runs.back().checksum;
      if (checksum != other)
        throw std::runtime_error(
            fmt::format("{}: the checksum is {:#x} here and {:#x} on QEMU", name, checksum, other));
    }
  }
}

int Bench::run() {
  qemu_ = !options_.no_qemu && measured({"qemu-system-riscv64", "--version"}).second == 0;
  std::vector<std::string> names = options_.workloads;
  if (names.empty())
    for (const auto* group : {&kInteger, &kFloat, &kTranslated})
      names.insert(names.end(), group->begin(), group->end());
  names.insert(names.begin(), "empty");
  repeat(names);

  fmt::print("{:<14} {:>13} {:>8} {:>8} {:>10} {:>7}\n", "workload", "instructions", "seconds", "MIPS",
             "QEMU MIPS", "ratio");
  const double start = ours_["empty"].least_seconds(),
               qemu_start = qemu_ ? theirs_["empty"].least_seconds() : 0;
  for (const std::string& name : names) {
    if (name == "empty") continue;
    const Series& ours = ours_[name];
    const double instructions = static_cast<double>(ours.runs[0].instructions);
    Result& result = results_[name];
    result.mips = instructions / (ours.least_seconds() - start) * 1e-6;
    std::string rest = fmt::format("{:>10} {:>7}", "-", "-");
    if (qemu_) {
      const Series& theirs = theirs_[name];
      std::vector<double> ratios;
      for (std::size_t i = 0; i < ours.runs.size(); ++i)
        ratios.push_back((theirs.runs[i].seconds - qemu_start) / (ours.runs[i].seconds - start));
      result.qemu_mips = instructions / (theirs.least_seconds() - qemu_start) * 1e-6;
      result.ratio = median(ratios);
      rest = fmt::format("{:>10.0f} {:>7.2f}", result.qemu_mips, result.ratio);
    }
    fmt::print("{:<14} {:>13.0f} {:>8.3f} {:>8.0f} {}\n", name, instructions, ours.least_seconds(),
               result.mips, rest);
  }
  print_means();
  fmt::print("start and end, taken off: {:.3f} s{}\n", start,
             qemu_ ? fmt::format(", QEMU {:.3f} s", qemu_start) : "");
  return 0;
}

void Bench::print_means() const {
  const auto of = [this](const std::vector<std::string>& names, double Result::*field) {
    std::vector<double> values;
    for (const std::string& name : names)
      if (results_.contains(name)) values.push_back(results_.at(name).*field);
    return values;
  };
  const auto line = [&](const std::string& what, const std::vector<std::string>& names) {
    if (of(names, &Result::mips).size() != names.size()) return;
    fmt::print("{:<36} {:>8.0f} {:>10} {:>7}\n", what, geometric_mean(of(names, &Result::mips)),
               qemu_ ? fmt::format("{:.0f}", geometric_mean(of(names, &Result::qemu_mips))) : "-",
               qemu_ ? fmt::format("{:.2f}", geometric_mean(of(names, &Result::ratio))) : "-");
  };
  line("geometric mean, integer", kInteger);
  line("float", kFloat);
  std::vector<double> translated;
  for (const std::string& name : kTranslated)
    if (const auto bare = name.substr(0, name.find('.')); results_.contains(name) && results_.contains(bare))
      translated.push_back(results_.at(name).mips / results_.at(bare).mips);
  if (translated.size() == kTranslated.size())
    fmt::print("speed under Sv39 over bare, geometric mean: {:.2f}\n", geometric_mean(translated));
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Speed of the hart in the default scenario beside QEMU's, same ELFs, by host CPU time");
  app.add_flag("--quick", options.quick,
               "the short forms, about 10^7 instructions each: to try, not to publish");
  app.add_flag("--no-qemu", options.no_qemu, "ours only");
  app.add_option("--repetitions", options.repetitions, "runs of each, in turns")->check(CLI::Range(1, 1000));
  app.add_option("--isa", options.isa, "of the hart");
  app.add_option("workload", options.workloads, "which; all when none is named");
  CLI11_PARSE(app, argc, argv);
  try {
    return Bench(options).run();
  } catch (const std::exception& error) {
    std::cerr << "bench_isa: " << error.what() << "\n";
    return 1;
  }
}
