#include "platform/kernel/region_ledger.h"

#include <gtest/gtest.h>

#include <random>

#include "platform/kernel/test/ledger_fixture.h"

namespace ganglion {

/// Reaches into the ledger to lose what a bug would lose.
class RegionLedgerTest : public LedgerTest {
 protected:
  void drop_from_region(std::size_t region, ComponentId id) { regions_.regions_[region].energy_fj[id] -= 1; }
  void drop_from_outside(ComponentId id) { regions_.outside_fj_[id] -= 1; }
};

namespace {

TEST_F(RegionLedgerTest, ARegionHoldsWhatWasSpentInIt) {
  const ComponentId ram = add("ram");
  uint64_t retired = 0;
  regions_.on_instructions([&] { return retired; });
  energy_.action(ram, "read").add(1);
  now_ = 1'000;
  retired = 10;

  regions_.begin("layer");
  energy_.action(ram, "read").add(5);
  time_.enter(ram, TimeCause::kCompute);
  now_ = 3'000;
  retired = 25;
  EXPECT_TRUE(regions_.end());
  now_ = 9'000;

  const auto& region = regions_.regions().at(0);
  EXPECT_EQ(region.name, "layer");
  EXPECT_FALSE(region.open);
  EXPECT_EQ(region.begin_ps, 1'000u);
  EXPECT_EQ(region.end_ps, 3'000u);
  EXPECT_EQ(region.energy_fj.at(ram), 10'000 + 1'000);  // five reads, two clock cycles
  EXPECT_EQ(region.time_ps.at(ram)[static_cast<std::size_t>(TimeCause::kCompute)], 2'000u);
  EXPECT_EQ(region.instructions, 15u);
  EXPECT_TRUE(regions_.conserves());
}

TEST_F(RegionLedgerTest, RegionsNest) {
  add("ram");
  regions_.begin("outer");
  regions_.begin("inner");
  now_ = 2'000;
  regions_.end();
  now_ = 3'000;
  regions_.end();

  EXPECT_EQ(regions_.regions()[0].depth, 0);
  EXPECT_EQ(regions_.regions()[1].depth, 1);
  EXPECT_EQ(regions_.regions()[1].end_ps, 2'000u);
  EXPECT_EQ(regions_.regions()[0].end_ps, 3'000u);
  EXPECT_TRUE(regions_.conserves());
}

TEST_F(RegionLedgerTest, EndWithoutBeginSaysSo) {
  EXPECT_FALSE(regions_.end());
  EXPECT_TRUE(regions_.regions().empty());
}

TEST_F(RegionLedgerTest, CloseAllEndsWhatIsOpen) {
  add("ram");
  regions_.begin("a");
  regions_.begin("b");
  now_ = 7'000;
  regions_.close_all();

  EXPECT_FALSE(regions_.regions()[0].open);
  EXPECT_FALSE(regions_.regions()[1].open);
  EXPECT_TRUE(regions_.conserves());
}

TEST_F(RegionLedgerTest, ADroppedBookingBreaksConservation) {
  const ComponentId ram = add("ram");
  energy_.action(ram, "read").add(3);
  regions_.begin("a");
  energy_.action(ram, "read").add(3);
  regions_.end();
  ASSERT_TRUE(regions_.conserves());

  drop_from_region(0, ram);
  EXPECT_FALSE(regions_.conserves());
  regions_.begin("b");
  regions_.end();
  EXPECT_FALSE(regions_.conserves());
}

TEST_F(RegionLedgerTest, ADroppedRemainderBreaksConservation) {
  const ComponentId ram = add("ram");
  energy_.action(ram, "read").add(3);
  regions_.begin("a");
  regions_.end();
  ASSERT_TRUE(regions_.conserves());

  drop_from_outside(ram);
  EXPECT_FALSE(regions_.conserves());
}

TEST_F(RegionLedgerTest, AComponentThatLosesCountsBreaksConservation) {
  const ComponentId ram = add("ram");
  energy_.action(ram, "read").add(3);
  regions_.begin("a");
  energy_.action(ram, "read").count = 0;
  regions_.end();
  energy_.action(ram, "read").add(100);

  EXPECT_FALSE(regions_.conserves());
}

TEST_F(RegionLedgerTest, RandomHistoriesConserve) {
  std::mt19937_64 random(6);
  const ComponentId ids[] = {add("a"), add("b")};
  for (int step = 0; step < 2'000; ++step) {
    now_ += random() % 10'000;
    const ComponentId id = ids[random() % 2];
    switch (random() % 6) {
      case 0:
        regions_.begin("r");
        break;
      case 1:
        regions_.end();
        break;
      case 2:
        clock_.set_operating_point(1'000'000 * (1 + random() % 2000),
                                   0.6 + 0.01 * static_cast<double>(random() % 60), now_);
        break;
      case 3:
        energy_.set_power_state(id, static_cast<PowerState>(random() % 3));
        break;
      default:
        energy_.action(id, "read").add(random() % 100);
    }
    ASSERT_TRUE(regions_.conserves()) << step;
  }
  regions_.close_all();
  EXPECT_TRUE(regions_.conserves());
}

}  // namespace
}  // namespace ganglion
