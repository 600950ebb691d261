#include "platform/soc/report.h"

#include <chrono>
#include <ctime>

#include "platform/soc/version.h"

namespace ganglion {

namespace embedded {
extern const std::string_view report_schema;
}

namespace {

using nlohmann::json;

/// Exact up to 2^53 fJ (9 J); the same integer gives the same double everywhere.
double picojoules(int64_t fj) { return static_cast<double>(fj) / 1000.0; }

json by_class_json(const std::map<CostClass, int64_t>& by_class_fj) {
  json object = json::object();
  for (const CostClass cost_class : {CostClass::kSilicon, CostClass::kLayout, CostClass::kSynthesis,
                                     CostClass::kPaper, CostClass::kEstimate}) {
    const auto found = by_class_fj.find(cost_class);
    object[std::string(name_of(cost_class))] = picojoules(found == by_class_fj.end() ? 0 : found->second);
  }
  return object;
}

json time_by_cause_json(const std::array<uint64_t, kTimeCauses>& time_ps) {
  json object = json::object();
  for (std::size_t i = 0; i < kTimeCauses; ++i)
    object[std::string(name_of(static_cast<TimeCause>(i)))] = time_ps[i];
  return object;
}

json cycle_error_json(const std::optional<ComparedFigures>& compared) {
  if (!compared) return json::object();
  return {{"jobs", compared->jobs},
          {"model_cycles", compared->model_cycles},
          {"rtl_cycles", compared->rtl_cycles},
          {"p50", compared->p50},
          {"p95", compared->p95},
          {"max", compared->largest},
          {"beyond_tolerance", compared->beyond_tolerance},
          {"bytes_compared", compared->bytes},
          {"register_reads_compared", compared->register_reads}};
}

json component_json(const ReportedComponent& component, const PlatformServices& services) {
  const EnergyLedger::Breakdown breakdown = services.energy.breakdown(component.id);
  json energy_by_action = json::object();
  for (const auto& [key, fj] : breakdown.by_action_fj) energy_by_action[key] = picojoules(fj);
  return {{"type", component.type},
          {"impl", name_of(component.implementation)},
          {"energy_known", component.implementation != Implementation::kRtl},
          {"cycles_busy", component.figures.cycles_busy},
          {"jobs", component.figures.jobs},
          {"bytes_read", component.figures.bytes_read},
          {"bytes_written", component.figures.bytes_written},
          {"actions", services.energy.counts(component.id)},
          {"energy_pj", picojoules(services.energy.energy_fj(component.id))},
          {"energy_low_pj", picojoules(breakdown.low_fj)},
          {"energy_high_pj", picojoules(breakdown.high_fj)},
          {"energy_by_action", std::move(energy_by_action)},
          {"energy_by_class", by_class_json(breakdown.by_class_fj)},
          {"powered_ps", services.energy.powered_ps(component.id)},
          {"time_by_cause", time_by_cause_json(services.time.by_cause(component.id))},
          {"cycle_error", cycle_error_json(component.compared)}};
}

json energy_json(const RunOutcome& outcome, const std::vector<ReportedComponent>& components,
                 const PlatformServices& services) {
  json by_component = json::object();
  std::map<CostClass, int64_t> by_class_fj;
  int64_t low_fj = 0;
  int64_t high_fj = 0;
  for (const ReportedComponent& component : components) {
    const EnergyLedger::Breakdown breakdown = services.energy.breakdown(component.id);
    by_component[component.name] = picojoules(services.energy.energy_fj(component.id));
    for (const auto& [cost_class, fj] : breakdown.by_class_fj) by_class_fj[cost_class] += fj;
    low_fj += breakdown.low_fj;
    high_fj += breakdown.high_fj;
  }
  const EnergyLedger::TrafficBalance traffic = services.energy.traffic_balance();
  return {{"total_pj", picojoules(services.energy.total_fj())},
          {"low_pj", picojoules(low_fj)},
          {"high_pj", picojoules(high_fj)},
          {"by_component", std::move(by_component)},
          {"by_class", by_class_json(by_class_fj)},
          {"energy_read_by_firmware", services.energy.read_by_firmware()},
          {"traffic",
           {{"issued_reads", traffic.issued_reads},
            {"issued_writes", traffic.issued_writes},
            {"booked_reads", traffic.booked_reads},
            {"booked_writes", traffic.booked_writes}}},
          {"conservation",
           {{"issued_booked", outcome.conservation.issued_booked},
            {"regions", outcome.conservation.regions},
            {"time", outcome.conservation.time},
            {"findings", outcome.conservation.findings}}}};
}

/// Energy by action with its bounds, those left out that cost nothing.
json bounded_json(const EnergyLedger::Breakdown& breakdown) {
  json object = json::object();
  for (const auto& [key, fj] : breakdown.by_action_fj) {
    const int64_t high_fj = breakdown.by_action_high_fj.at(key);
    if (high_fj == 0) continue;
    object[key] = {{"pj", picojoules(fj)},
                   {"low_pj", picojoules(breakdown.by_action_low_fj.at(key))},
                   {"high_pj", picojoules(high_fj)}};
  }
  return object;
}

json regions_json(const std::vector<ReportedComponent>& components, const PlatformServices& services) {
  json regions = json::array();
  for (const RegionLedger::Region& region : services.regions.regions()) {
    json by_component = json::object();
    json time_by_component = json::object();
    json by_action = json::object();
    std::map<CostClass, int64_t> by_class_fj;
    int64_t total_fj = 0;
    int64_t low_fj = 0;
    int64_t high_fj = 0;
    for (const ReportedComponent& component : components) {
      const EnergyLedger::Breakdown& breakdown = region.breakdown.at(component.id);
      by_action[component.name] = bounded_json(breakdown);
      for (const auto& [cost_class, fj] : breakdown.by_class_fj) by_class_fj[cost_class] += fj;
      low_fj += breakdown.low_fj;
      high_fj += breakdown.high_fj;
      const int64_t fj = region.energy_fj.at(component.id);
      total_fj += fj;
      by_component[component.name] = picojoules(fj);
      time_by_component[component.name] = time_by_cause_json(region.time_ps.at(component.id));
    }
    regions.push_back({{"name", region.name},
                       {"depth", region.depth},
                       {"begin_ps", region.begin_ps},
                       {"end_ps", region.end_ps},
                       {"instructions", region.instructions},
                       {"energy_pj", picojoules(total_fj)},
                       {"energy_low_pj", picojoules(low_fj)},
                       {"energy_high_pj", picojoules(high_fj)},
                       {"energy_by_class", by_class_json(by_class_fj)},
                       {"energy_by_component", std::move(by_component)},
                       {"energy_by_action", std::move(by_action)},
                       {"time_by_component", std::move(time_by_component)}});
  }
  return regions;
}

json images_json(const RunOutcome& outcome) {
  json images = json::object();
  for (const ReportedImage& image : outcome.images)
    images[image.name] = {{"file", image.file}, {"sha256", image.sha256}};
  return images;
}

json result_json(const RunOutcome& outcome) {
  json sets = json::object();
  for (const ResultSet& set : outcome.results.sets) {
    sets[set.name] = {{"images", set.images},
                      {"correct", set.correct},
                      {"accuracy", set.accuracy()},
                      {"predictions", set.predictions}};
  }
  const ResultSet none;
  const ResultSet& last = outcome.results.sets.empty() ? none : outcome.results.sets.back();
  return {{"images", last.images},
          {"correct", last.correct},
          {"accuracy", last.accuracy()},
          {"sets", std::move(sets)},
          {"failed_expectations", outcome.failed_expectations}};
}

json host_json(const RunOutcome& outcome) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  gmtime_r(&now, &utc);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
  uint64_t images = 0;
  for (const ResultSet& set : outcome.results.sets) images += set.images;
  return {
      {"wall_s", outcome.wall_s},
      {"mips", outcome.wall_s > 0 ? static_cast<double>(outcome.instructions) / outcome.wall_s / 1e6 : 0.0},
      {"seconds_per_image", images == 0 ? json(nullptr) : json(outcome.wall_s / static_cast<double>(images))},
      {"resident_bytes", outcome.resident_bytes},
      {"date", date}};
}

}  // namespace

json make_report(const Scenario& scenario, const RunOutcome& outcome,
                 const std::vector<ReportedComponent>& components, const PlatformServices& services) {
  services.energy.fold();
  services.time.fold();
  json component_map = json::object();
  for (const ReportedComponent& component : components) {
    component_map[component.name] = component_json(component, services);
  }
  json clocks = json::object();
  for (const ClockSpec& clock : scenario.clocks) {
    clocks[clock.name] = {{"frequency_hz", clock.frequency_hz}, {"voltage_v", clock.voltage_v}};
  }
  json exit_code = outcome.firmware_exit_code ? json(*outcome.firmware_exit_code) : json(nullptr);
  return {
      {"schema", "ganglion.report/1"},
      {"ganglion", {{"version", kVersion}, {"git", kGitRevision}}},
      {"scenario",
       {{"name", scenario.name},
        {"sha256", scenario.sha256},
        {"reference", {{"node_nm", scenario.reference.node_nm}, {"voltage_v", scenario.reference.voltage_v}}},
        {"clocks", std::move(clocks)}}},
      {"seed", scenario.seed},
      {"exit", {{"code", static_cast<int>(outcome.code)}, {"reason", outcome.reason}}},
      {"sim",
       {{"time_ps", outcome.time_ps}, {"instructions", outcome.instructions}, {"resets", outcome.resets}}},
      {"host", host_json(outcome)},
      {"firmware",
       {{"elf", outcome.elf_name}, {"sha256", outcome.elf_sha256}, {"exit_code", std::move(exit_code)}}},
      {"images", images_json(outcome)},
      {"result", result_json(outcome)},
      {"components", std::move(component_map)},
      {"energy", energy_json(outcome, components, services)},
      {"regions", regions_json(components, services)}};
}

std::string report_text(const json& report) { return report.dump(2) + "\n"; }

std::string_view report_json_schema() { return embedded::report_schema; }

}  // namespace ganglion
