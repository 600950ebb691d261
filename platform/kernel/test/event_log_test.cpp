#include "platform/kernel/event_log.h"

#include <gtest/gtest.h>

namespace ganglion {
namespace {

struct Recorder : EventSink {
  void on_event(const Event& event) override { seen.push_back(event.a); }
  std::vector<uint64_t> seen;
};

TEST(EventLog, SinksSeeEventsInOrder) {
  EventLog log;
  Recorder one, two;
  EXPECT_FALSE(log.observed());
  log.attach(one);
  log.attach(two);
  EXPECT_TRUE(log.observed());

  for (uint64_t i = 0; i < 3; ++i) log.post({Event::Kind::kJobBegin, 0, 0, i, 0, ""});

  EXPECT_EQ(one.seen, (std::vector<uint64_t>{0, 1, 2}));
  EXPECT_EQ(two.seen, one.seen);
}

TEST(EventLog, KeepsTheLastEventsOldestFirst) {
  EventLog log;
  for (uint64_t i = 0; i < 1000; ++i) {
    log.post({Event::Kind::kTransaction, i, 0, i, 0, ""});
    const auto recent = log.recent();
    ASSERT_EQ(recent.size(), std::min<std::size_t>(i + 1, EventLog::kRing));
    ASSERT_EQ(recent.back().a, i);
    ASSERT_EQ(recent.front().a, i + 1 - recent.size());
  }
}

}  // namespace
}  // namespace ganglion
