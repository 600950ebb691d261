#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "platform/kernel/energy_ledger.h"
#include "platform/kernel/event_log.h"

namespace ganglion {

/// Writes the event log as a Chrome-trace JSON file that ui.perfetto.dev opens: one track a component with
/// its jobs and failed transactions, one a phase kind beneath it (phases of one component overlap),
/// interrupts and traps as instants, firmware regions on a track of their own, and one energy counter a
/// component (pJ), sampled at the component's events and at region borders. Timestamps are microseconds with
/// ps precision. Reads ledgers only: results are the same with and without it.
class PerfettoTrace : public EventSink {
 public:
  /// Opens `path`; ConfigError when it cannot be written. `energy` must outlive the trace.
  PerfettoTrace(const std::string& path, const EnergyLedger& energy);
  PerfettoTrace(const PerfettoTrace&) = delete;
  PerfettoTrace& operator=(const PerfettoTrace&) = delete;
  ~PerfettoTrace() override;

  void on_event(const Event& event) override;
  /// Closes open slices at `now_ps`, samples all counters and ends the file; called by the destructor with
  /// the last event's time when nobody did. False when the disk refused (the file is incomplete).
  bool finish(uint64_t now_ps);

 private:
  /// A slice that has begun: where, when and how it will be called.
  struct Open {
    uint64_t begin_ps = 0;
    std::string name;
    std::string arguments;  ///< JSON object
  };
  using Track = std::pair<int, std::string>;  ///< component (kFirmware: regions) and phase ("" = jobs)
  static constexpr int kFirmware = -1;

  void begin_slice(const Track& track, Open open);
  void end_slice(const Track& track, uint64_t time_ps, const std::string& result);
  void instant(const Track& track, uint64_t time_ps, const std::string& name, const std::string& arguments);
  void sample(ComponentId id, uint64_t time_ps);
  void sample_all(uint64_t time_ps);
  /// Number of a track; names it in the file at first use.
  int thread_of(const Track& track);
  void write(const std::string& object);

  std::ofstream file_;
  const EnergyLedger& energy_;
  std::map<Track, int> threads_;
  std::map<Track, std::vector<Open>> open_;
  std::map<ComponentId, int64_t> sampled_fj_;
  uint64_t last_ps_ = 0;
  bool first_ = true;
  bool finished_ = false;
};

}  // namespace ganglion
