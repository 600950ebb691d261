#include "platform/soc/simulation.h"

#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "platform/base/digest.h"
#include "platform/cpu/gdb_server.h"
#include "platform/kernel/log.h"
#include "platform/kernel/perfetto_trace.h"
#include "platform/soc/boot_rom_image.h"
#include "platform/soc/device_tree.h"
#include "platform/soc/gdb_monitor.h"
#include "platform/soc/hang_doctor.h"
#include "platform/soc/host_interface.h"
#include "platform/soc/replay.h"
#include "platform/soc/soc.h"

namespace ganglion {
namespace {

/// Simulated time between two looks at the host (signals, wall time, progress). Ends of slices move nothing.
constexpr uint64_t kSlicePs = 1'000'000'000;  // 1 ms

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<uint8_t> read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) throw ConfigError({{path, 0, 0}, "a file that cannot be read", "a readable file", ""});
  return bytes;
}

uint64_t peak_resident_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

std::string hex(uint64_t value) {
  char text[19];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

/// Ends the run at a simulated time. An event of its own, so that no hart runs ahead past it.
class TimeLimit : public sc_core::sc_module {
 public:
  TimeLimit(const sc_core::sc_module_name& name, uint64_t limit_ps, std::function<void()> reached)
      : sc_module(name), limit_ps_(limit_ps), reached_(std::move(reached)) {
    SC_HAS_PROCESS(TimeLimit);
    SC_THREAD(run);
  }

 private:
  void run() {
    wait(sc_core::sc_time::from_value(limit_ps_));
    // What is due at the limit itself still happens, as it does before any other time.
    wait(sc_core::SC_ZERO_TIME);
    reached_();
  }
  uint64_t limit_ps_;
  std::function<void()> reached_;
};

}  // namespace

class Simulation::Impl {
 public:
  Impl(const Scenario& scenario, const Options& options)
      : scenario_(scenario),
        elf_(ElfImage::load(scenario.elf, 0, scenario.elf_where)),
        elf_digest_(sha256_file(scenario.elf)),
        soc_(scenario) {
    check_isa();
    lay_out();
    load_memory();
    host_interface_.emplace(soc_, elf_, elf_where());
    Hart& hart = soc_.hart();
    hart.set_symboliser([this](uint64_t pc) { return elf_.describe(pc); });
    if (scenario.max_instructions != 0) hart.set_instruction_limit(scenario.max_instructions);
    if (scenario.max_time_ps != 0) {
      time_limit_ = std::make_unique<TimeLimit>("time_limit", scenario.max_time_ps, [this] {
        stop_at_limit("the limit of simulated time, " + format_time(scenario_.max_time_ps) + ", was reached");
      });
    }
    if (!options.trace_file.empty()) {
      trace_ = std::make_unique<PerfettoTrace>(options.trace_file, soc_.services().energy);
      soc_.services().events.attach(*trace_);
    }
    tools_ = std::make_unique<FirmwareTools>(soc_, elf_, options.tools);
    hang_doctor_ = std::make_unique<HangDoctor>(soc_, scenario.hang_ps);
    if (!options.record_folder.empty()) record(options.record_folder);
    if (soc_.wants_access_origin()) name_access_origins();
    if (options.gdb_port) {
      gdb_ = std::make_unique<GdbServer>(
          hart, soc_.services().stop,
          GdbServer::Options{*options.gdb_port,
                             [this](std::string_view command) { return gdb_monitor(soc_, command); },
                             [this] { return interrupted_ && interrupted_(); }});
    }
  }

  [[nodiscard]] std::optional<uint16_t> gdb_port() const {
    return gdb_ != nullptr ? std::optional(gdb_->port()) : std::nullopt;
  }

  RunOutcome run(const std::function<bool()>& interrupted,
                 const std::function<void(const Progress&)>& on_progress) {
    interrupted_ = interrupted;
    if (gdb_ != nullptr) gdb_->wait_for_client();
    const Clock::time_point start = Clock::now();
    StopController& stop = soc_.services().stop;
    while (true) {
      if (stop.reason()) {
        if (!stop.reason()->reset_requested) break;
        restart();
      }
      sc_core::sc_start(sc_core::sc_time::from_value(kSlicePs), sc_core::SC_RUN_TO_TIME);
      if (gdb_ != nullptr && !stop.reason()) gdb_->between_slices();
      if (stop.reason()) continue;
      const double wall_s = seconds_since(start);
      on_progress({now_ps(), soc_.services().regions.instructions(), wall_s});
      if (interrupted()) {
        stop.request({ExitCode::kInterrupted, "interrupted" + whereabouts(), {}, false});
      } else if (scenario_.max_wall_ps != 0 && wall_s * 1e12 >= static_cast<double>(scenario_.max_wall_ps)) {
        stop_at_limit("the limit of host time, " + format_time(scenario_.max_wall_ps) + ", was reached");
      } else if (gdb_ == nullptr && hang_doctor_->look(now_ps())) {
        stop_at_limit("hang: no progress for " + format_time(scenario_.hang_ps) +
                          " of simulated time (limits.hang, --hang-after)",
                      true);
      } else if (!sc_core::sc_pending_activity()) {
        stop.request({ExitCode::kFirmware,
                      "nothing can happen any more: no event is pending" + whereabouts(true),
                      {},
                      false});
      }
    }
    return finish(*stop.reason(), seconds_since(start));
  }

  [[nodiscard]] nlohmann::json report() const {
    return make_report(scenario_, outcome_, soc_.reported(), soc_.services());
  }

  [[nodiscard]] std::string profile_table() const { return tools_->profile_table(); }

 private:
  static uint64_t now_ps() { return sc_core::sc_time_stamp().value(); }

  [[nodiscard]] SourceLocation elf_where() const {
    return scenario_.elf_where.file.empty() ? SourceLocation{scenario_.elf, 0, 0} : scenario_.elf_where;
  }

  void check_isa() const {
    if (elf_.xlen() == soc_.xlen()) return;
    throw ConfigError(
        {elf_where(), "an ELF of " + std::to_string(elf_.xlen()) + " bits, " + scenario_.elf,
         "one for " + soc_.isa(),
         elf_.xlen() == 32 ? "--isa rv32imac makes the hart fit" : "--isa rv64imac makes the hart fit"});
  }

  void lay_out() {
    std::vector<AddressSpan> firmware;
    for (const ElfImage::Segment& segment : elf_.segments()) {
      if (segment.memory_bytes != 0)
        firmware.push_back({segment.address, segment.address + segment.memory_bytes});
    }
    const AddressSpan memory = soc_.main_memory();
    if (memory.end == 0) {
      throw ConfigError(
          {{scenario_.file, 0, 0}, "a SoC without memory", "memory: {type: sram, address: 0x80000000}", ""});
    }
    layout_ = lay_out_memory(scenario_, memory.begin, memory.end - memory.begin, firmware);
  }

  void load_memory() {
    for (const ElfImage::Segment& segment : elf_.segments()) {
      if (soc_.load(segment.address, segment.data, segment.memory_bytes)) continue;
      throw ConfigError(
          {{scenario_.elf, 0, 0},
           "a segment of " + std::to_string(segment.memory_bytes) + " bytes at " + hex(segment.address),
           "segments within the memories of '" + scenario_.name + "'; the main one is " +
               hex(layout_.memory_base) + " to " + hex(layout_.memory_base + layout_.memory_bytes - 1),
           "link the firmware there, or move the memory"});
    }
    outcome_.images.clear();
    for (const PlacedImage& image : layout_.images) {
      const std::vector<uint8_t> bytes = read_bytes(image.file);
      if (!soc_.load(image.address, bytes, bytes.size())) {
        throw ConfigError(
            {{image.file, 0, 0}, "a file that changed while it was read", "a file at rest", ""});
      }
      outcome_.images.push_back(
          {image.name, std::filesystem::path(image.file).filename().string(), sha256_hex(bytes)});
    }
    const AddressSpan rom = soc_.boot_rom();
    const std::vector<uint8_t> tree = make_device_tree(scenario_, layout_, soc_.hart().instruction_set());
    if (rom.end - rom.begin < kDeviceTreeOffset + tree.size()) {
      throw ConfigError(
          {{scenario_.file, 0, 0},
           "a device tree of " + std::to_string(tree.size()) + " bytes",
           "a boot ROM that holds it; the ROM has " + std::to_string(rom.end - rom.begin) + " bytes",
           "boot_rom: {type: rom, address: 0x1000}"});
    }
    const std::vector<uint8_t> image = make_boot_rom(elf_.entry(), tree, soc_.xlen());
    (void)soc_.load(rom.begin, image, image.size());
  }

  void record(const std::string& folder) {
    recording_ = std::make_unique<RecordingWriter>(folder);
    const std::vector<std::string> names = soc_.record(*recording_);
    if (names.empty()) {
      throw ConfigError({{"--record " + folder, 0, 0},
                         "a scenario without an accelerator that has a model: nothing to record",
                         "a scenario with one, e.g. demo.yaml",
                         ""});
    }
    recording_->line(recording_head(scenario_, names));
  }

  /// Accesses of the hart carry the firmware's function and source line.
  void name_access_origins() {
    soc_.hart().set_access_origin([this] {
      const std::vector<SourceFrame> frames = elf_.source_frames(tools_->call_stack());
      const SourceFrame* const frame = application_frame(frames);
      return frame == nullptr ? elf_.describe(soc_.hart().core().pc()) : frame->to_string();
    });
  }

  /// Where the firmware stands when a run is cut off, and what it waits for if it waits.
  [[nodiscard]] std::string whereabouts(bool hangs = false) {
    Diagnosis diagnosis{.hangs = hangs};
    if (hangs) {
      diagnosis.exceptions = hang_doctor_->exceptions();
      diagnosis.interrupts_at_once = hang_doctor_->interrupts_at_once();
    }
    return diagnosis.text(soc_, elf_, tools_->call_stack());
  }

  void stop_at_limit(const std::string& what, bool hangs = false) {
    soc_.services().stop.request({ExitCode::kLimit, what + whereabouts(hangs), {}, false});
  }

  void restart() {
    ++outcome_.resets;
    soc_.services().stop.clear();
    soc_.reset();
    load_memory();
  }

  RunOutcome finish(const StopReason& reason, double wall_s) {
    PlatformServices& services = soc_.services();
    services.regions.close_all();
    outcome_.code = reason.code;
    outcome_.reason = reason.reason;
    if (outcome_.code == ExitCode::kLimit && outcome_.reason.find('\n') == std::string::npos) {
      outcome_.reason += whereabouts();
    }
    if (outcome_.code == ExitCode::kFirmware && reason.firmware_exit_code) {
      // Firmware's own handler knows no symbols.
      if (const std::string exception = soc_.hart().last_exception(); !exception.empty())
        outcome_.reason += "\n  the last exception before: " + exception;
    }
    outcome_.firmware_exit_code = reason.firmware_exit_code;
    outcome_.time_ps = now_ps();
    outcome_.instructions = services.regions.instructions();
    outcome_.elf_name = std::filesystem::path(scenario_.elf).filename().string();
    outcome_.elf_sha256 = elf_digest_;
    if (layout_.results_bytes != 0) {
      outcome_.results = parse_results(soc_.peek(layout_.results_address, layout_.results_bytes));
    }
    outcome_.conservation = check_conservation(services.energy, services.time, services.regions);
    check_expectations();
    judge();
    if (gdb_ != nullptr) gdb_->exited(static_cast<int>(outcome_.code), outcome_.reason);
    outcome_.wall_s = wall_s;
    outcome_.resident_bytes = peak_resident_bytes();
    tools_->finish();
    if (recording_ != nullptr) {
      soc_.finish_recording();
      recording_->finish();
    }
    if (trace_ != nullptr && !trace_->finish(outcome_.time_ps)) {
      throw Error(ExitCode::kInternal, "the trace could not be written to the end: disk full?");
    }
    return outcome_;
  }

  void check_expectations() {
    std::vector<std::string>& failed = outcome_.failed_expectations;
    for (const ExpectationSpec& expected : scenario_.expectations) {
      const auto set =
          std::find_if(outcome_.results.sets.begin(), outcome_.results.sets.end(),
                       [&](const ResultSet& candidate) { return candidate.name == expected.set; });
      const std::string prefix = expected.where.to_string() + ": ";
      if (set == outcome_.results.sets.end()) {
        failed.push_back(prefix + "firmware left no results called '" + expected.set + "'");
        continue;
      }
      if (expected.images && set->images != *expected.images) {
        failed.push_back(prefix + "'" + expected.set + "' has " + std::to_string(set->images) +
                         " images, expected " + std::to_string(*expected.images));
      }
      if (set->accuracy() < expected.minimum_accuracy) {
        failed.push_back(prefix + "'" + expected.set + "' has accuracy " + std::to_string(set->accuracy()) +
                         ", expected at least " + std::to_string(expected.minimum_accuracy));
      }
    }
  }

  /// A run that ended well still fails when its books or its results do not hold.
  void judge() {
    if (outcome_.code != ExitCode::kOk) return;
    std::string problems;
    for (const std::string& finding : outcome_.conservation.findings) {
      problems += "\n  internal error, bookings do not add up: " + finding;
    }
    if (!outcome_.results.problem.empty()) problems += "\n  " + outcome_.results.problem;
    for (const std::string& failed : outcome_.failed_expectations) problems += "\n  " + failed;
    if (problems.empty()) return;
    outcome_.code = ExitCode::kCheckFailed;
    outcome_.reason = "a check failed:" + problems;
  }

  const Scenario& scenario_;
  ElfImage elf_;
  std::string elf_digest_;
  Soc soc_;
  std::optional<HostInterface> host_interface_;
  MemoryLayout layout_;
  std::unique_ptr<TimeLimit> time_limit_;
  std::unique_ptr<PerfettoTrace> trace_;
  std::unique_ptr<RecordingWriter> recording_;
  std::unique_ptr<FirmwareTools> tools_;
  std::unique_ptr<HangDoctor> hang_doctor_;
  std::function<bool()> interrupted_;
  std::unique_ptr<GdbServer> gdb_;
  RunOutcome outcome_;
};

Simulation::Simulation(const Scenario& scenario, const Options& options)
    : impl_(std::make_unique<Impl>(scenario, options)) {}

Simulation::~Simulation() = default;

RunOutcome Simulation::run(const std::function<bool()>& interrupted,
                           const std::function<void(const Progress&)>& on_progress) {
  return impl_->run(interrupted, on_progress);
}

std::optional<uint16_t> Simulation::gdb_port() const { return impl_->gdb_port(); }

std::string Simulation::profile_table() const { return impl_->profile_table(); }

nlohmann::json Simulation::report() const { return impl_->report(); }

}  // namespace ganglion
