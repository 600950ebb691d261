#include "platform/cli/demo_summary.h"

#include "platform/base/cycles.h"
#include "platform/cpu/timing_table.h"

namespace ganglion::cli {
namespace {

using nlohmann::json;

const InstanceSpec* instance_of_type(const Scenario& scenario, const std::string& type) {
  for (const InstanceSpec& instance : scenario.instances) {
    if (instance.type->schema.name == type) return &instance;
  }
  throw ConfigError({{scenario.file, 0, 0},
                     "a demo without a component of type " + type,
                     "a scenario that extends demo.yaml",
                     ""});
}

const ClockSpec& clock_of(const Scenario& scenario, const InstanceSpec& instance) {
  for (const ClockSpec& clock : scenario.clocks) {
    if (clock.name == instance.clock) return clock;
  }
  return scenario.clocks.front();
}

std::string image_file(const Scenario& scenario, const std::string& name) {
  for (const ImageSpec& image : scenario.images) {
    if (image.name == name) return image.file;
  }
  throw ConfigError({{scenario.file, 0, 0},
                     "a demo without the image \"" + name + "\"",
                     "images: {" + name + ": {file: ...}}",
                     ""});
}

const json& region_of(const Scenario& scenario, const json& report, const std::string& name) {
  for (const json& region : report["regions"]) {
    if (region["name"] == name) return region;
  }
  throw ConfigError({{scenario.file, 0, 0},
                     "a run that left no region called \"" + name + "\"",
                     "firmware that classifies the images twice (demo.elf)",
                     ""});
}

DemoSide side(const Scenario& scenario, const json& report, const std::string& name, const std::string& title,
              uint64_t hart_hz, uint64_t macs_per_image) {
  DemoSide side;
  side.name = name;
  side.title = title;
  const json& sets = report["result"]["sets"];
  if (!sets.contains(name)) {
    throw ConfigError({{scenario.file, 0, 0},
                       "a run that left no results called \"" + name + "\"",
                       "firmware that classifies the images twice (demo.elf)",
                       ""});
  }
  const json& region = region_of(scenario, report, name);
  const json& set = sets[name];
  side.images = set["images"];
  side.correct = set["correct"];
  side.predictions = set["predictions"].get<std::vector<int>>();
  side.time_ps = region["end_ps"].get<uint64_t>() - region["begin_ps"].get<uint64_t>();
  side.hart_cycles = ps_to_cycles_floor(side.time_ps, hart_hz);
  side.instructions = region["instructions"];
  if (side.hart_cycles != 0) {
    side.macs_per_cycle =
        static_cast<double>(macs_per_image * side.images) / static_cast<double>(side.hart_cycles);
  }
  side.energy_pj = region["energy_pj"];
  side.low_pj = region["energy_low_pj"];
  side.high_pj = region["energy_high_pj"];
  side.energy_by_class = region["energy_by_class"].get<std::map<std::string, double>>();
  side.energy_by_component = region["energy_by_component"].get<std::map<std::string, double>>();
  for (const auto& [component, causes] : region["time_by_component"].items()) {
    for (const auto& [cause, ps] : causes.items()) {
      if (cause != "idle" && ps.get<uint64_t>() != 0) side.busy_ps[component][cause] = ps.get<uint64_t>();
    }
  }
  return side;
}

}  // namespace

DemoSummary summarise(const Scenario& scenario, const json& report) {
  const InstanceSpec& hart = *instance_of_type(scenario, "hart");
  const InstanceSpec& accelerator = *instance_of_type(scenario, "sc_cnn");
  const ClockSpec& hart_clock = clock_of(scenario, hart);

  DemoSummary summary;
  summary.images = read_dataset(image_file(scenario, "dataset"));
  summary.macs_per_image = macs_of_loadable(image_file(scenario, "loadable-cpu"));
  summary.cpu =
      side(scenario, report, "cpu", "CPU, int8 in C", hart_clock.frequency_hz, summary.macs_per_image);
  summary.accelerator =
      side(scenario, report, "sc_cnn", "SC-CNN core", hart_clock.frequency_hz, summary.macs_per_image);
  summary.hart_clock = format_quantity(static_cast<double>(hart_clock.frequency_hz), Dimension::kFrequency);
  summary.accelerator_clock = format_quantity(
      static_cast<double>(clock_of(scenario, accelerator).frequency_hz), Dimension::kFrequency);
  summary.reference = format_quantity(scenario.reference.node_nm, Dimension::kLength) + ", " +
                      format_quantity(scenario.reference.voltage_v, Dimension::kVoltage);

  // One 64-bit multiplication by a scalar and one addition do two int8 multiply-accumulates on a pair of sums
  // that share a register (firmware/kernels/pair.h); RV64IMAC has nothing wider. Loads are taken as free.
  const bool is_64_bit = hart.params.text("isa").starts_with("rv64");
  const double macs_per_step = is_64_bit ? 2.0 : 1.0;
  const TimingTable* timing = find_timing_table(hart.params.text("timing"));
  const double cycles = 2.0 + (timing == nullptr ? 0 : timing->mul);
  summary.mac_bound = macs_per_step / cycles;
  summary.mac_bound_reason =
      is_64_bit
          ? "two int32 sums share a 64-bit register, so one mul and one add do two MACs; loads taken as free"
          : "one mul and one add a MAC; loads taken as free";

  const DemoSide& cpu = summary.cpu;
  const DemoSide& fast = summary.accelerator;
  const auto ratio = [](double a, double b) { return b == 0.0 ? 0.0 : a / b; };
  summary.speed_up = ratio(static_cast<double>(cpu.time_ps), static_cast<double>(fast.time_ps));
  summary.energy_ratio =
      energy_ratio(region_of(scenario, report, cpu.name), region_of(scenario, report, fast.name));
  summary.wall_s = report["host"]["wall_s"];
  summary.resident_mib = report["host"]["resident_bytes"].get<double>() / (1 << 20);
  return summary;
}

}  // namespace ganglion::cli
