#include "platform/kernel/perfetto_trace.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "platform/base/error.h"

namespace ganglion {
namespace {

constexpr uint64_t kPsPerUs = 1'000'000;

/// Microseconds with six decimals: exact ps.
std::string microseconds(uint64_t ps) { return fmt::format("{}.{:06}", ps / kPsPerUs, ps % kPsPerUs); }

std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

PerfettoTrace::PerfettoTrace(const std::string& path, const EnergyLedger& energy)
    : file_(path, std::ios::trunc), energy_(energy) {
  if (!file_) {
    throw ConfigError({{path},
                       std::string("cannot be written: ") + std::strerror(errno),
                       "a writable file for the trace",
                       ""});
  }
  file_ << "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n";
  write(R"({"ph":"M","pid":1,"name":"process_name","args":{"name":"platform"}})");
}

PerfettoTrace::~PerfettoTrace() { finish(last_ps_); }

void PerfettoTrace::write(const std::string& object) {
  if (!first_) file_ << ",\n";
  first_ = false;
  file_ << object;
}

int PerfettoTrace::thread_of(const Track& track) {
  const auto known = threads_.find(track);
  if (known != threads_.end()) return known->second;
  // Tracks sort by component, its phases beneath it, whatever comes first in time.
  const int phase = static_cast<int>(threads_.size());
  const int thread = static_cast<int>(threads_.size()) + 1;
  const bool firmware = track.first == kFirmware;
  std::string name = firmware ? "firmware" : energy_.name(static_cast<ComponentId>(track.first));
  if (!track.second.empty()) name += " " + track.second;
  const int rank = firmware ? 0 : (track.first + 1) * 1000 + (track.second.empty() ? 0 : phase + 1);
  write(fmt::format(R"({{"ph":"M","pid":1,"tid":{},"name":"thread_name","args":{{"name":{}}}}})", thread,
                    json_text(name)));
  write(fmt::format(R"({{"ph":"M","pid":1,"tid":{},"name":"thread_sort_index","args":{{"sort_index":{}}}}})",
                    thread, rank));
  threads_.emplace(track, thread);
  return thread;
}

void PerfettoTrace::begin_slice(const Track& track, Open open) { open_[track].push_back(std::move(open)); }

void PerfettoTrace::end_slice(const Track& track, uint64_t time_ps, const std::string& result) {
  auto& stack = open_[track];
  if (stack.empty()) return;  // it began before the trace did
  const Open open = std::move(stack.back());
  stack.pop_back();
  const std::string arguments = result.empty() ? open.arguments : result;
  write(fmt::format(R"({{"ph":"X","pid":1,"tid":{},"ts":{},"dur":{},"name":{},"args":{}}})", thread_of(track),
                    microseconds(open.begin_ps), microseconds(time_ps - open.begin_ps), json_text(open.name),
                    arguments));
}

void PerfettoTrace::instant(const Track& track, uint64_t time_ps, const std::string& name,
                            const std::string& arguments) {
  write(fmt::format(R"({{"ph":"i","s":"t","pid":1,"tid":{},"ts":{},"name":{},"args":{}}})", thread_of(track),
                    microseconds(time_ps), json_text(name), arguments));
}

void PerfettoTrace::sample(ComponentId id, uint64_t time_ps) {
  if (id >= energy_.component_count()) return;
  const int64_t fj = energy_.energy_fj(id);
  const auto known = sampled_fj_.find(id);
  if (known != sampled_fj_.end() && known->second == fj) return;
  sampled_fj_[id] = fj;
  write(fmt::format(R"({{"ph":"C","pid":1,"ts":{},"name":{},"args":{{"pJ":{}.{:03}}}}})",
                    microseconds(time_ps), json_text("energy " + energy_.name(id)), fj / 1000, fj % 1000));
}

void PerfettoTrace::sample_all(uint64_t time_ps) {
  for (ComponentId id = 0; id < energy_.component_count(); ++id) sample(id, time_ps);
}

void PerfettoTrace::on_event(const Event& event) {
  if (finished_) return;
  last_ps_ = event.time_ps;
  const Track jobs{static_cast<int>(event.component), ""};
  const Track phase{static_cast<int>(event.component), event.text};
  const Track firmware{kFirmware, ""};
  switch (event.kind) {
    case Event::Kind::kJobSubmitted:
      instant(jobs, event.time_ps, fmt::format("submit job {}", event.a),
              fmt::format(R"({{"job":{}}})", event.a));
      break;
    case Event::Kind::kJobBegin:
      begin_slice(jobs,
                  {event.time_ps, fmt::format("job {}", event.a), fmt::format(R"({{"job":{}}})", event.a)});
      sample(event.component, event.time_ps);
      break;
    case Event::Kind::kJobEnd:
      end_slice(jobs, event.time_ps, fmt::format(R"({{"job":{},"error":{}}})", event.a, event.b));
      sample(event.component, event.time_ps);
      break;
    case Event::Kind::kPhaseBegin:
      begin_slice(phase, {event.time_ps, event.text, fmt::format(R"({{"job":{}}})", event.a)});
      break;
    case Event::Kind::kPhaseEnd:
      end_slice(phase, event.time_ps, "");
      break;
    case Event::Kind::kInterrupt:
      instant(jobs, event.time_ps, fmt::format("irq {} {}", event.a, event.b != 0 ? "rises" : "falls"),
              fmt::format(R"({{"source":{},"level":{}}})", event.a, event.b));
      break;
    case Event::Kind::kTrap:
      instant(jobs, event.time_ps, "trap",
              fmt::format(R"({{"cause":"{:#x}","pc":"{:#x}"}})", event.a, event.b));
      break;
    case Event::Kind::kRegionBegin:
      begin_slice(firmware, {event.time_ps, event.text, "{}"});
      sample_all(event.time_ps);
      break;
    case Event::Kind::kRegionEnd:
      end_slice(firmware, event.time_ps, "");
      sample_all(event.time_ps);
      break;
    case Event::Kind::kTransaction:
      if (event.text.empty()) break;  // only failed ones are worth a mark
      instant(jobs, event.time_ps, event.text,
              fmt::format(R"({{"address":"{:#x}","bytes":{},"write":{}}})", event.a,
                          event.b & ~(uint64_t{1} << 63), (event.b >> 63) != 0));
      break;
  }
}

bool PerfettoTrace::finish(uint64_t now_ps) {
  if (finished_) return file_.good();
  for (auto& [track, stack] : open_) {
    while (!stack.empty()) end_slice(track, now_ps, R"({"unfinished":true})");
  }
  sample_all(now_ps);
  finished_ = true;
  file_ << "\n]}\n";
  file_.close();
  return !file_.fail();
}

}  // namespace ganglion
