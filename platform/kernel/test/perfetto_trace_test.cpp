#include "platform/kernel/perfetto_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "platform/kernel/test/ledger_fixture.h"

namespace ganglion {
namespace {

using ::testing::HasSubstr;
using Kind = Event::Kind;

class PerfettoTraceTest : public LedgerTest {
 protected:
  PerfettoTraceTest()
      : path_(::testing::TempDir() + "/trace_" + std::to_string(::getpid()) + "_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".json") {}
  ~PerfettoTraceTest() override { std::remove(path_.c_str()); }

  [[nodiscard]] std::string text() const {
    std::ostringstream all;
    all << std::ifstream(path_).rdbuf();
    return all.str();
  }
  /// Events of phase `ph` in file order.
  [[nodiscard]] std::vector<nlohmann::json> events(const std::string& ph) const {
    std::vector<nlohmann::json> found;
    const auto all = nlohmann::json::parse(text());
    for (const auto& event : all["traceEvents"]) {
      if (event["ph"] == ph) found.push_back(event);
    }
    return found;
  }
  std::string path_;
};

TEST_F(PerfettoTraceTest, JobsAndPhasesAreSlicesOnTheirTracks) {
  const ComponentId core = add("sc_cnn");
  {
    PerfettoTrace trace(path_, energy_);
    trace.on_event({Kind::kJobBegin, 1'000'001, core, 7, 0, ""});
    trace.on_event({Kind::kPhaseBegin, 1'000'002, core, 7, 0, "dma"});
    trace.on_event({Kind::kPhaseBegin, 1'500'000, core, 7, 0, "compute"});
    trace.on_event({Kind::kPhaseEnd, 2'000'000, core, 7, 0, "dma"});
    trace.on_event({Kind::kPhaseEnd, 3'000'000, core, 7, 0, "compute"});
    trace.on_event({Kind::kJobEnd, 3'000'010, core, 7, 5, ""});
    EXPECT_TRUE(trace.finish(4'000'000));
  }

  const auto slices = events("X");
  ASSERT_EQ(slices.size(), 3u);
  EXPECT_EQ(slices[0]["name"], "dma");
  EXPECT_EQ(slices[1]["name"], "compute");
  EXPECT_EQ(slices[2]["name"], "job 7");
  EXPECT_EQ(slices[2]["args"]["error"], 5);
  EXPECT_NE(slices[0]["tid"], slices[1]["tid"]) << "overlapping phases need tracks of their own";
  EXPECT_THAT(text(), HasSubstr("\"ts\":1.000001,\"dur\":2.000009,\"name\":\"job 7\"")) << "ps survive";
  std::map<int, std::string> tracks;
  for (const auto& meta : events("M")) {
    if (meta["name"] == "thread_name") tracks[meta["tid"]] = meta["args"]["name"];
  }
  EXPECT_EQ(tracks[slices[0]["tid"]], "sc_cnn dma");
  EXPECT_EQ(tracks[slices[2]["tid"]], "sc_cnn");
}

TEST_F(PerfettoTraceTest, RegionsHaveATrackAndSampleAllCounters) {
  const ComponentId ram = add("ram");
  const ComponentId hart = add("hart");
  {
    PerfettoTrace trace(path_, energy_);
    trace.on_event({Kind::kRegionBegin, 0, hart, 0, 0, "outer"});
    trace.on_event({Kind::kRegionBegin, 1'000, hart, 0, 0, "inner \"1\""});
    energy_.action(ram, "read").add(3);
    trace.on_event({Kind::kRegionEnd, 2'000, hart, 0, 0, ""});
    trace.on_event({Kind::kRegionEnd, 3'000, hart, 0, 0, ""});
  }

  const auto slices = events("X");
  ASSERT_EQ(slices.size(), 2u);
  EXPECT_EQ(slices[0]["name"], "inner \"1\"");
  EXPECT_EQ(slices[1]["name"], "outer");
  const auto counters = events("C");
  ASSERT_EQ(counters.size(), 3u) << "a counter is written when it has changed";
  EXPECT_EQ(counters[2]["name"], "energy ram");
  EXPECT_THAT(text(), HasSubstr("\"pJ\":6.000"));
}

TEST_F(PerfettoTraceTest, InterruptsTrapsAndFailedAccessesAreInstants) {
  const ComponentId hart = add("hart");
  {
    PerfettoTrace trace(path_, energy_);
    trace.on_event({Kind::kInterrupt, 1, hart, 64, 1, ""});
    trace.on_event({Kind::kTrap, 2, hart, 5, 0x80000010, ""});
    trace.on_event({Kind::kTransaction, 3, hart, 0x1000, 8, ""});
    trace.on_event({Kind::kTransaction, 4, hart, 0xdead, 4 | uint64_t{1} << 63, "no target"});
    trace.on_event({Kind::kJobSubmitted, 5, hart, 1, 0, ""});
  }

  const auto instants = events("i");
  ASSERT_EQ(instants.size(), 4u);
  EXPECT_EQ(instants[0]["name"], "irq 64 rises");
  EXPECT_EQ(instants[1]["args"]["pc"], "0x80000010");
  EXPECT_EQ(instants[2]["name"], "no target");
  EXPECT_EQ(instants[2]["args"]["write"], true);
  EXPECT_EQ(instants[2]["args"]["bytes"], 4);
  EXPECT_EQ(instants[3]["name"], "submit job 1");
}

TEST_F(PerfettoTraceTest, UnfinishedSlicesAreClosedAndLooseEndsIgnored) {
  const ComponentId core = add("sc_cnn");
  PerfettoTrace trace(path_, energy_);
  trace.on_event({Kind::kJobEnd, 10, core, 1, 0, ""});
  trace.on_event({Kind::kJobBegin, 20, core, 2, 0, ""});
  EXPECT_TRUE(trace.finish(50));
  trace.on_event({Kind::kJobEnd, 60, core, 2, 0, ""});
  EXPECT_TRUE(trace.finish(70));

  const auto slices = events("X");
  ASSERT_EQ(slices.size(), 1u);
  EXPECT_EQ(slices[0]["args"]["unfinished"], true);
}

TEST_F(PerfettoTraceTest, AFileThatCannotBeWrittenIsTheUsersError) {
  EXPECT_THROW(PerfettoTrace("/no/such/folder/trace.json", energy_), ConfigError);
}

}  // namespace
}  // namespace ganglion
