#include "ip/deepcam/tlm/parameters.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "ip/deepcam/model/technology.h"
#include "platform/kernel/cost_table.h"

namespace ganglion::embedded {
extern const std::string_view deepcam_cost_yaml;
}

namespace ganglion::deepcam {
namespace {

/// Fact sheet, Eva-CAM, 45 nm, 1 V, a segment of R rows of 256 bits.
struct Figures {
  uint32_t rows;
  double search_pj, write_pj, leakage_mw, um2;
};
constexpr Figures kFefet[] = {{64, 7.394, 6.227, 1.456, 12012},
                              {128, 14.673, 12.346, 4.641, 24016},
                              {256, 29.159, 24.517, 7.449, 45560},
                              {512, 58.179, 48.833, 12.218, 88294}};

CostTable costs() {
  return parse_cost_table(std::string(embedded::deepcam_cost_yaml), "ip/deepcam/cost.yaml");
}

TEST(DeepcamTechnology, CostsAreTheFactSheetsForEveryArrayAndTechnology) {
  const CostTable table = costs();
  for (const Figures& f : kFefet) {
    for (const Technology technology : {Technology::kFefet, Technology::kCmos16t}) {
      const double factor = technology == Technology::kFefet ? 1.0 : 2.5;
      const std::string cells = cells_key(technology, f.rows);
      const CostEntry &search = table.action("segment_search" + cells),
                      &write = table.action("segment_write" + cells),
                      &area = table.area.at("segment" + cells);
      EXPECT_NEAR(search.value, factor * f.search_pj, 1e-3) << cells;
      EXPECT_NEAR(write.value, factor * f.write_pj, 1e-3) << cells;
      EXPECT_NEAR(area.value, factor * f.um2, 1e-6) << cells;
      EXPECT_NEAR(segment_leakage_mw(technology, f.rows), factor * f.leakage_mw, 1e-9) << cells;
      for (const CostEntry* entry : {&search, &write, &area}) {
        EXPECT_EQ(entry->cost_class, CostClass::kEstimate) << cells;
        EXPECT_EQ(entry->node_nm, 45) << cells;
        EXPECT_EQ(entry->voltage_v, 1) << cells;
      }
    }
  }
}

TEST(DeepcamTechnology, LeakageIsWhatTheCostTableStatesForTheDefaultArray) {
  const CostEntry leakage = *costs().leakage;
  EXPECT_NEAR(leakage.value, array_leakage_mw(Config{}) * 1e6, 1.0);
  EXPECT_DOUBLE_EQ(leakage_scale(Config{}), 1.0);
}

TEST(DeepcamTechnology, LeakageFollowsRowsSegmentsAndTechnology) {
  for (const Figures& f : kFefet) {
    for (uint32_t segments = 1; segments <= kMaxSegments; ++segments) {
      Config array;
      array.rows = f.rows;
      array.segments = segments;
      const double expected = segments * f.leakage_mw / (4 * 7.449);
      EXPECT_NEAR(leakage_scale(array), expected, 1e-9) << f.rows << " rows, " << segments << " segments";
      array.technology = Technology::kCmos16t;
      EXPECT_NEAR(leakage_scale(array), 2.5 * expected, 1e-9);
    }
  }
  EXPECT_THROW((void)segment_leakage_mw(Technology::kFefet, 100), std::out_of_range);
}

}  // namespace
}  // namespace ganglion::deepcam
