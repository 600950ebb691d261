#include "platform/soc/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "platform/kernel/kernel_time.h"
#include "platform/soc/instance.h"
#include "platform/soc/replay_memory.h"

namespace ganglion {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Kind = RecordedOperation::Kind;

/// Simulated time between two reads of a poll, and after which a wait is given up.
constexpr uint64_t kPollPs = 100'000;
constexpr uint64_t kPatiencePs = 1'000'000'000'000;  // 1 s

/// What a scenario would have said of a recorded component.
InstanceSpec spec_of(const std::string& name, const json& head, const ComponentRegistry& registry,
                     const FileSearch& search, Implementation implementation, const std::string& library,
                     const SourceLocation& where) {
  ConfigNode node;
  node.kind = ConfigNode::Kind::kMap;
  node.where = where;
  const auto member = [&where](ConfigNode& map, const std::string& key) -> ConfigNode& {
    map.kind = ConfigNode::Kind::kMap;
    if (map.find(key) == nullptr) {
      map.members.emplace_back(key, ConfigNode());
      map.key_where[key] = where;
      map.members.back().second.where = where;
    }
    return *map.find(key);
  };
  const auto add = [&](const std::string& name, const std::string& text) {
    const std::size_t dot = name.find('.');  // "group.name" is key NAME of the map GROUP
    ConfigNode& value = dot == std::string::npos
                            ? member(node, name)
                            : member(member(node, name.substr(0, dot)), name.substr(dot + 1));
    value.kind = ConfigNode::Kind::kScalar;
    value.scalar = text;
  };
  for (const auto& [key, text] : head.at("params").items()) add(key, text.get<std::string>());
  if (!library.empty()) add("library", library);
  InstanceSpec spec;
  spec.name = name;
  spec.type = &registry.find(head.at("type"), where);
  spec.where = where;
  spec.params = validate(&node, merged_schema(*spec.type));
  spec.size_bytes = spec.type->window_bytes;
  spec.implementation = implementation;
  check_implementation(spec);
  find_library(spec, search);
  return spec;
}

std::string shown(const std::byte value) { return fmt::format("{:#04x}", std::to_integer<unsigned>(value)); }

}  // namespace

class Replay::Impl {
 public:
  Impl(const Recording& recording, const ComponentRegistry& registry, const FileSearch& search,
       Implementation implementation, const std::string& library)
      : recording_(recording),
        energy_({recording.head().at("node_nm"), recording.head().at("voltage_v")}, kernel_time_ps),
        time_(kernel_time_ps),
        regions_(energy_, time_, kernel_time_ps),
        services_{energy_, time_, regions_, events_, stop_, recording.head().at("seed")} {
    const SourceLocation where{recording.trace_file(), 1, 0};
    for (const auto& [name, head] : recording.head().at("components").items()) {
      auto player = std::make_unique<Player>();
      player->spec = spec_of(name, head, registry, search, implementation, library, where);
      build(*player, head);
      players_[name] = std::move(player);
    }
  }

  ReplayOutcome run() {
    sc_core::sc_spawn([this] { drive(); }, "replay");
    while (!finished_ && !stop_.reason()) {
      sc_core::sc_start(sc_core::sc_time::from_value(kPatiencePs), sc_core::SC_RUN_TO_TIME);
      if (!finished_ && !stop_.reason() && !sc_core::sc_pending_activity()) break;
    }
    if (stop_.reason() && outcome_.code == ExitCode::kOk) {
      outcome_.code = stop_.reason()->code;
      outcome_.reason = stop_.reason()->reason;
    }
    for (const auto& [name, player] : players_) {
      if (player->twin == nullptr) continue;
      outcome_.bytes_compared += player->twin->bytes_compared();
      outcome_.reads_compared += player->twin->reads_compared();
    }
    outcome_.time_ps = kernel_time_ps();
    return outcome_;
  }

 private:
  struct Master : sc_core::sc_module {
    explicit Master(const sc_core::sc_module_name& name) : sc_module(name) {}
    tlm_utils::simple_initiator_socket<Master, 64> socket{"socket"};
  };
  struct Player {
    InstanceSpec spec;
    std::unique_ptr<ClockDomain> clock;
    std::unique_ptr<Component> component;
    std::unique_ptr<RtlTwin> twin;
    std::unique_ptr<ReplayMemory> memory;
    std::unique_ptr<Master> master, idle;
    SparseBytes expected;    ///< results of all jobs so far
    uint32_t completed = 0;  ///< jobs since reset
  };
  /// A difference; ends the replay.
  struct Difference {
    std::string text;
  };

  void build(Player& player, const json& head) {
    const std::string& name = player.spec.name;
    player.clock = std::make_unique<ClockDomain>(name, head.at("clock_hz"), head.at("voltage_v"));
    const ComponentId id = energy_.add_component(name, costs_of(player.spec), *player.clock);
    time_.add_component(id);
    player.component = make_instance(
        player.spec, {name, id, player.spec.params, services_, *player.clock, 0, player.spec.size_bytes});
    player.twin = make_twin(player.spec, *player.component, *player.clock, services_);
    player.memory = std::make_unique<ReplayMemory>((name + "_memory").c_str(), energy_.traffic(id));
    player.master = std::make_unique<Master>((name + "_driver").c_str());
    player.master->socket.bind(*player.component->target_socket());
    for (auto* socket : player.component->initiator_sockets()) socket->bind(player.memory->socket);
    if (player.component->initiator_sockets().empty()) {  // RTL without a manager
      player.idle = std::make_unique<Master>((name + "_idle").c_str());
      player.idle->socket.bind(player.memory->socket);
    }
  }

  void drive() {
    try {
      const auto& operations = recording_.operations();
      for (std::size_t i = 0; i < operations.size() && !stop_.reason(); ++i) {
        play(i);
        ++outcome_.operations;
      }
      for (const auto& [name, player] : players_) compare_results(*player);
    } catch (const Difference& difference) {
      outcome_.code = ExitCode::kCheckFailed;
      outcome_.reason = difference.text;
    } catch (const sc_core::sc_unwind_exception&) {
      throw;
    } catch (const Error& error) {
      outcome_.code = error.exit_code();
      outcome_.reason = error.what();
    }
    finished_ = true;
    sc_core::sc_stop();
  }

  [[noreturn]] void differ(const RecordedOperation& operation, const std::string& what) const {
    throw Difference{fmt::format("{}:{}: {}: {}\n  at {} of the replay", recording_.trace_file(),
                                 operation.line, operation.component, what, kernel_time_ps() / 1000) +
                     " ns"};
  }

  void play(std::size_t index) {
    const RecordedOperation& operation = recording_.operations()[index];
    Player& player = *players_.at(operation.component);
    switch (operation.kind) {
      case Kind::kStart:
        if (operation.job != 0) lay_out_job(index, player);
        break;
      case Kind::kWrite:
        write(operation, player);
        break;
      case Kind::kRead:
        read(operation, player);
        break;
      case Kind::kPoll:
        wait_for(
            operation, [&] { return (access(operation, player).value & operation.mask) == operation.value; },
            fmt::format("{} & {:#x} never becomes {:#x}", operation.reg, operation.mask, operation.value));
        break;
      case Kind::kAwaitInterrupt:
        wait_for(
            operation, [&] { return player.component->interrupt().level(); }, "the interrupt never rises");
        break;
      case Kind::kJobEnd:
        await_end(operation, player);
        if (operation.failed) break;
        ++outcome_.jobs;
        for (const RecordedRun& run : operation.writes)
          player.expected.put(run.address, recording_.content(run));
        break;
      case Kind::kReset:
        player.completed = 0;
        if (!reset_by_software(index)) player.component->reset();
        break;
    }
  }

  /// A replay is quicker than firmware: what came behind the job's end comes behind it again.
  void await_end(const RecordedOperation& end, Player& player) {
    namespace info = accelerator_common::register_info;
    RecordedOperation poll = end;
    poll.kind = Kind::kPoll;
    if (!end.failed) ++player.completed;
    poll.reg = end.failed ? info::kStatus.name : info::kJobsDone.name;
    poll.offset = end.failed ? info::kStatus.offset : info::kJobsDone.offset;
    const uint32_t held = info::kStatusFields[2].mask();
    wait_for(
        poll,
        [&] {
          const uint32_t value = access(poll, player).value;
          return end.failed ? (value & held) != 0 : value == player.completed;
        },
        fmt::format("job {} never ends", end.job));
  }
  /// The next access of the component is the write of CTRL that reset it.
  [[nodiscard]] bool reset_by_software(std::size_t index) const {
    namespace info = accelerator_common::register_info;
    const auto& operations = recording_.operations();
    for (std::size_t i = index + 1; i < operations.size(); ++i) {
      if (operations[i].component != operations[index].component) continue;
      return operations[i].kind == Kind::kWrite && operations[i].offset == info::kCtrl.offset &&
             (operations[i].value & info::kCtrlFields[3].mask()) != 0;
    }
    return false;
  }

  /// The record of how the job that START number `index` launched went on: its end, or the reset that ended
  /// it.
  [[nodiscard]] const RecordedOperation* end_of(std::size_t index) const {
    const auto& operations = recording_.operations();
    const RecordedOperation& start = operations[index];
    for (std::size_t i = index + 1; i < operations.size(); ++i) {
      if (operations[i].component != start.component) continue;
      if (operations[i].kind == Kind::kReset) return &operations[i];
      if (operations[i].kind == Kind::kJobEnd && operations[i].job == start.job) return &operations[i];
    }
    return nullptr;
  }

  /// Operands of a job into its memory, before START. Bytes that an earlier job of the replay stores stay its
  /// own; results of finished ones are compared before they are overwritten.
  void lay_out_job(std::size_t index, Player& player) {
    const RecordedOperation* const end = end_of(index);
    if (end == nullptr) return;
    for (const RecordedRun& run : end->writes)
      player.memory->writable.put(run.address, recording_.content(run));
    const std::vector<RecordedRun> unfinished = stores_under_way(index);
    for (const RecordedRun& run : end->reads) {
      const std::vector<std::byte> content = recording_.content(run);
      for (std::size_t i = 0; i < content.size(); ++i) {
        const uint64_t address = run.address + i;
        const bool others = std::any_of(unfinished.begin(), unfinished.end(), [&](const RecordedRun& store) {
          return address >= store.address && address - store.address < store.bytes;
        });
        if (others) continue;
        if (const auto stored = player.expected.at(address)) {
          compare_byte(player, address, *stored);
          player.expected.put(address, content[i]);
        }
        player.memory->bytes.put(address, content[i]);
      }
    }
  }
  /// Results of jobs that were launched before START number `index` and ended after it.
  [[nodiscard]] std::vector<RecordedRun> stores_under_way(std::size_t index) const {
    const auto& operations = recording_.operations();
    const RecordedOperation& start = operations[index];
    std::vector<RecordedRun> runs;
    for (std::size_t i = index + 1; i < operations.size(); ++i) {
      const RecordedOperation& later = operations[i];
      if (later.component != start.component) continue;
      if (later.kind == Kind::kReset || (later.kind == Kind::kJobEnd && later.job == start.job)) break;
      if (later.kind == Kind::kJobEnd) runs.insert(runs.end(), later.writes.begin(), later.writes.end());
    }
    return runs;
  }

  struct Answer {
    bool ok;
    uint32_t value;
  };
  Answer access(const RecordedOperation& operation, Player& player) {
    tlm::tlm_generic_payload payload;
    uint32_t value = operation.value;
    payload.set_command(operation.kind == Kind::kWrite ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload.set_address(operation.offset);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(sizeof value);
    payload.set_streaming_width(sizeof value);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    player.master->socket->b_transport(payload, delay);
    sc_core::wait(delay);
    return {payload.is_response_ok(), value};
  }
  void write(const RecordedOperation& operation, Player& player) {
    const bool ok = access(operation, player).ok;
    if (ok != operation.ok && !stop_.reason())
      differ(operation,
             fmt::format("write of {:#x} to {} was {}, recorded {}", operation.value, operation.reg,
                         ok ? "accepted" : "refused", operation.ok ? "accepted" : "refused"));
  }
  void read(const RecordedOperation& operation, Player& player) {
    const Answer answer = access(operation, player);
    if (stop_.reason()) return;
    if (answer.ok != operation.ok)
      differ(operation,
             fmt::format("read of offset {:#x} was {}, recorded {}", operation.offset,
                         answer.ok ? "accepted" : "refused", operation.ok ? "accepted" : "refused"));
    if (!operation.compare || !operation.ok) return;
    ++outcome_.reads_compared;
    if (answer.value != operation.value)
      differ(operation,
             fmt::format("read of {}: {:#x}, recorded {:#x}", operation.reg, answer.value, operation.value));
  }
  template <typename Holds>
  void wait_for(const RecordedOperation& operation, Holds&& holds, const std::string& never) {
    const uint64_t since = kernel_time_ps();
    while (!holds()) {
      if (stop_.reason()) return;
      if (kernel_time_ps() - since > kPatiencePs) differ(operation, never);
      sc_core::wait(sc_core::sc_time::from_value(kPollPs));
    }
  }
  void compare_byte(const Player& player, uint64_t address, std::byte expected) {
    ++outcome_.bytes_compared;
    const auto found = player.memory->bytes.at(address);
    if (found && *found == expected) return;
    throw Difference{fmt::format("{}: {}: result at {:#x} is {}, recorded {}", recording_.trace_file(),
                                 player.spec.name, address, found ? shown(*found) : "missing",
                                 shown(expected))};
  }
  void compare_results(const Player& player) {
    if (stop_.reason()) return;
    player.expected.for_each([&](uint64_t address, std::byte value) {
      compare_byte(player, address, value);
      return true;
    });
  }

  const Recording& recording_;
  EnergyLedger energy_;
  TimeLedger time_;
  RegionLedger regions_;
  EventLog events_;
  StopController stop_;
  PlatformServices services_;
  std::map<std::string, std::unique_ptr<Player>> players_;
  ReplayOutcome outcome_;
  bool finished_ = false;
};

Replay::Replay(const Recording& recording, const ComponentRegistry& registry, const FileSearch& search,
               Implementation implementation, const std::string& library)
    : impl_(std::make_unique<Impl>(recording, registry, search, implementation, library)) {}
Replay::~Replay() = default;
ReplayOutcome Replay::run() { return impl_->run(); }

ordered_json recording_head(const Scenario& scenario, const std::vector<std::string>& names) {
  ordered_json components = ordered_json::object();
  for (const InstanceSpec& spec : scenario.instances) {
    if (std::find(names.begin(), names.end(), spec.name) == names.end()) continue;
    ordered_json params = ordered_json::object();
    for (const auto& [key, value] : spec.params.values()) {
      // What concerns the place in the SoC or the RTL is not the block's.
      const auto& common = instance_schema().params;
      const bool of_instance = std::any_of(common.begin(), common.end(),
                                           [&](const ParamSpec& param) { return param.name == key; });
      if (value.given && !of_instance) params[key] = value.text;
    }
    const auto clock = std::find_if(scenario.clocks.begin(), scenario.clocks.end(),
                                    [&](const ClockSpec& candidate) { return candidate.name == spec.clock; });
    params["type"] = spec.type->schema.name;
    components[spec.name] = {{"type", spec.type->schema.name},
                             {"clock_hz", clock->frequency_hz},
                             {"voltage_v", clock->voltage_v},
                             {"params", std::move(params)}};
  }
  return {{"schema", RecordingWriter::kSchema},
          {"scenario", scenario.name},
          {"sha256", scenario.sha256},
          {"seed", scenario.seed},
          {"node_nm", scenario.reference.node_nm},
          {"voltage_v", scenario.reference.voltage_v},
          {"components", std::move(components)}};
}

}  // namespace ganglion
