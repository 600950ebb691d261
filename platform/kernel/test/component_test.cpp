#include "platform/kernel/component.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/kernel/component_registry.h"
#include "platform/kernel/test/ledger_fixture.h"

namespace ganglion {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Waits, notes the time, and stops the run.
class Probe : public Component {
 public:
  explicit Probe(const ComponentContext& context) : Component(context) {
    SC_HAS_PROCESS(Probe);
    SC_THREAD(run);
  }
  void reset() override {}
  void run() {
    wait(sc_core::sc_time(12.5, sc_core::SC_NS));
    seen_ps = now_ps();
    services().stop.request({ExitCode::kLimit, "first"});
    services().stop.request({ExitCode::kInternal, "second"});
    wait(sc_core::sc_time(1, sc_core::SC_NS));
    went_on = true;
  }
  uint64_t seen_ps = 0;
  bool went_on = false;
};

class ComponentTest : public LedgerTest {
 protected:
  [[nodiscard]] ComponentContext context(const std::string& name) {
    return {.name = name, .params = params_, .services = services_, .clock = clock_};
  }
  static ComponentType probe_type() {
    ComponentType type;
    type.schema.name = "probe";
    type.make = [](const ComponentContext& context) { return std::make_unique<Probe>(context); };
    return type;
  }
  Params params_;
  EventLog events_;
  StopController stop_;
  PlatformServices services_{energy_, time_, regions_, events_, stop_};
};

TEST_F(ComponentTest, TheRegistryBuildsItsChildrenBeneathIt) {
  ComponentRegistry registry;
  registry.add(probe_type());

  const auto one = registry.find("probe", {}).make(context("one"));
  const auto two = make_component<Probe>(context("two"));

  EXPECT_STREQ(one->get_child_objects().at(0)->name(), "one.run");
  EXPECT_STREQ(two->get_child_objects().at(0)->name(), "two.run");
  EXPECT_EQ(sc_core::sc_get_top_level_objects().size(), 2u);
}

TEST_F(ComponentTest, ConstructedDirectlyItStillHasItsName) {
  const Probe probe(context("direct"));
  EXPECT_STREQ(probe.name(), "direct");
  EXPECT_EQ(probe.instance_name(), "direct");
}

TEST_F(ComponentTest, AnUnknownTypeGetsTheNearestName) {
  ComponentRegistry registry;
  registry.add(probe_type());
  try {
    (void)registry.find("prove", {"soc.yaml", 4, 9});
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(StartsWith("soc.yaml:4:9: unknown component type \"prove\""),
                                    HasSubstr("did you mean \"probe\"?")));
  }
  EXPECT_EQ(registry.names(), std::vector<std::string>{"probe"});
}

TEST_F(ComponentTest, ATypeIsRegisteredOnce) {
  ComponentRegistry registry;
  registry.add(probe_type());
  EXPECT_THROW(registry.add(probe_type()), std::logic_error);
  EXPECT_THROW(registry.add({}), std::logic_error);
}

TEST_F(ComponentTest, TheFirstStopWinsAndEndsTheRunAtOnce) {
  const auto probe = make_component<Probe>(context("probe"));

  sc_core::sc_start();

  EXPECT_EQ(probe->seen_ps, 12'500u);
  EXPECT_FALSE(probe->went_on);
  EXPECT_TRUE(stop_.stopping());
  EXPECT_EQ(stop_.reason()->code, ExitCode::kLimit);
  EXPECT_EQ(stop_.reason()->reason, "first");
  EXPECT_EQ(sc_core::sc_time_stamp(), sc_core::sc_time(12.5, sc_core::SC_NS));
}

TEST_F(ComponentTest, AStopBeforeTimeZeroIsOnlyNoted) {
  stop_.request({ExitCode::kUsage, "early"});
  EXPECT_EQ(stop_.reason()->reason, "early");
}

TEST(InterruptLine, TellsItsSinkOfChangesOnly) {
  InterruptLine line;
  line.set(true);  // nobody listens yet
  line.set(false);
  std::vector<bool> seen;
  line.connect([&](bool level) { seen.push_back(level); });

  line.set(true);
  line.set(true);
  line.set(false);

  EXPECT_EQ(seen, (std::vector<bool>{true, false}));
  EXPECT_FALSE(line.level());
}

}  // namespace
}  // namespace ganglion
