// Each check must fail when one booking is dropped.
#include "platform/soc/conservation.h"

#include <gmock/gmock.h>

namespace ganglion {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kCosts = R"(schema: ganglion.cost/1
component: part
actions:
  work: {definition: a unit of work, pj: 2, node: 40 nm, voltage: 1.1 V, class: paper, source: test}
)";

/// Two components that trade beats: "master" issues, "memory" books.
class ConservationTest : public ::testing::Test {
 protected:
  ConservationTest()
      : clock_("system", 100'000'000, 1.1),
        energy_(ReferenceNode{}, [this] { return now_ps_; }),
        time_([this] { return now_ps_; }),
        regions_(energy_, time_, [this] { return now_ps_; }) {
    time_.follow_power(energy_);
    for (const char* name : {"master", "memory"}) {
      time_.add_component(energy_.add_component(name, parse_cost_table(kCosts, name), clock_));
    }
  }

  /// A piece of work of which nothing is lost.
  void work() {
    energy_.action(0, "work").add(3);
    energy_.traffic(0).issued_reads += 5;
    energy_.traffic(0).issued_writes += 2;
    energy_.traffic(1).booked_reads += 5;
    energy_.traffic(1).booked_writes += 2;
    time_.book(0, TimeCause::kIssue, 1000);
    now_ps_ += 1000;
  }

  uint64_t now_ps_ = 0;
  ClockDomain clock_;
  EnergyLedger energy_;
  TimeLedger time_;
  RegionLedger regions_;
};

TEST_F(ConservationTest, HoldsWhenEverythingIsBooked) {
  work();
  regions_.begin("cpu");
  work();
  regions_.end();
  work();

  const Conservation result = check_conservation(energy_, time_, regions_);

  EXPECT_TRUE(result.holds());
  EXPECT_TRUE(result.findings.empty());
}

TEST_F(ConservationTest, LostBeatOfATargetFailsIssuedBooked) {
  work();
  energy_.traffic(1).booked_reads -= 1;

  const Conservation result = check_conservation(energy_, time_, regions_);

  EXPECT_FALSE(result.issued_booked);
  EXPECT_TRUE(result.regions);
  EXPECT_TRUE(result.time);
  EXPECT_THAT(result.findings, ElementsAre(HasSubstr("reads 5 and 4")));
}

TEST_F(ConservationTest, LostActionBetweenBordersFailsRegions) {
  work();
  regions_.begin("cpu");
  energy_.action(0, "work").count -= 1;
  regions_.end();

  const Conservation result = check_conservation(energy_, time_, regions_);

  EXPECT_TRUE(result.issued_booked);
  EXPECT_FALSE(result.regions);
}

TEST_F(ConservationTest, LostTimeFailsTime) {
  work();
  now_ps_ += 7;  // passed, and nobody says why

  const Conservation result = check_conservation(energy_, time_, regions_);

  EXPECT_TRUE(result.issued_booked);
  EXPECT_FALSE(result.time);
  EXPECT_THAT(result.findings, ElementsAre(::testing::AllOf(HasSubstr("'master'"), HasSubstr("1000 ps"),
                                                            HasSubstr("1007 ps"))));
}

}  // namespace
}  // namespace ganglion
