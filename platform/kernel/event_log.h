#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/kernel/energy_ledger.h"

namespace ganglion {

/// What happened on the platform, for the timeline, the hang doctor and the profiler. Times are simulated ps.
struct Event {
  enum class Kind {
    kJobSubmitted,  ///< a: job id
    kJobBegin,      ///< a: job id
    kJobEnd,        ///< a: job id, b: error code (0 = done)
    kPhaseBegin,    ///< text: "dma", "compute"; a: job id
    kPhaseEnd,
    kInterrupt,    ///< a: source, b: level
    kTrap,         ///< a: cause, b: pc
    kRegionBegin,  ///< text: name
    kRegionEnd,
    kTransaction,  ///< a: address, b: bytes | write << 63; failed ones carry text
  };
  Kind kind = Kind::kTransaction;
  uint64_t time_ps = 0;
  ComponentId component = 0;
  uint64_t a = 0;
  uint64_t b = 0;
  std::string text{};
};

/// Receives events in the order they are booked; must not change the simulation.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_event(const Event& event) = 0;
};

/// Fans events out to sinks and keeps the last ones for diagnosis. With no sink attached, posting a
/// kTransaction costs a ring write.
class EventLog {
 public:
  static constexpr std::size_t kRing = 256;
  void attach(EventSink& sink) { sinks_.push_back(&sink); }
  void post(Event event);
  /// The most recent events, oldest first.
  [[nodiscard]] std::vector<Event> recent() const;
  [[nodiscard]] bool observed() const { return !sinks_.empty(); }

 private:
  std::vector<EventSink*> sinks_;
  std::vector<Event> ring_;
  std::size_t next_ = 0;
};

}  // namespace ganglion
