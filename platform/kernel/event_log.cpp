#include "platform/kernel/event_log.h"

#include <utility>

namespace ganglion {

void EventLog::post(Event event) {
  for (EventSink* sink : sinks_) sink->on_event(event);
  if (ring_.size() < kRing) {
    ring_.push_back(std::move(event));
    return;
  }
  ring_[next_] = std::move(event);
  next_ = (next_ + 1) % kRing;
}

std::vector<Event> EventLog::recent() const {
  std::vector<Event> events(ring_.begin() + static_cast<std::ptrdiff_t>(next_), ring_.end());
  events.insert(events.end(), ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(next_));
  return events;
}

}  // namespace ganglion
