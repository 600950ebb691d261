#include "platform/soc/memory_layout.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace ganglion {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr uint64_t kBase = 0x80000000;
constexpr uint64_t kSize = 16u << 20;

class MemoryLayoutTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() /
        (std::string("ganglion_layout_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  ImageSpec image(const std::string& name, std::size_t bytes, std::optional<uint64_t> address = {}) {
    const auto path = folder_ / name;
    std::ofstream(path) << std::string(bytes, 'x');
    return {name, path.string(), address, {"test.yaml", 3, 1}};
  }
  static std::string message_of(const Scenario& scenario, const std::vector<AddressSpan>& firmware = {}) {
    try {
      (void)lay_out_memory(scenario, kBase, kSize, firmware);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  }

  std::filesystem::path folder_;
};

TEST_F(MemoryLayoutTest, PlacesImagesAndResultsBehindTheFirmwareRoom) {
  Scenario scenario;
  scenario.images = {image("a", 5000), image("b", 10)};
  scenario.results_bytes = 4096;

  const MemoryLayout layout = lay_out_memory(scenario, kBase, kSize, {{kBase, kBase + 0x1000}});

  EXPECT_EQ(layout.images[0].address, kBase + (4u << 20));
  EXPECT_EQ(layout.images[0].bytes, 5000u);
  EXPECT_EQ(layout.images[1].address, kBase + (4u << 20) + 0x2000);
  EXPECT_EQ(layout.results_address, kBase + (4u << 20) + 0x3000);
}

TEST_F(MemoryLayoutTest, PlacesBehindFirmwareThatIsLargerThanItsRoom) {
  Scenario scenario;
  scenario.images = {image("a", 1)};

  EXPECT_EQ(lay_out_memory(scenario, kBase, kSize, {{kBase, kBase + (5u << 20) + 1}}).images[0].address,
            kBase + (5u << 20) + 0x1000);
}

TEST_F(MemoryLayoutTest, ImageOverFirmwareNamesBoth) {
  Scenario scenario;
  scenario.images = {image("a", 100, kBase + 0x800)};

  EXPECT_THAT(message_of(scenario, {{kBase, kBase + 0x1000}}),
              AllOf(HasSubstr("test.yaml:3:1"), HasSubstr("image 'a'"), HasSubstr("firmware")));
}

TEST_F(MemoryLayoutTest, AutomaticPlacementNeverTakesAFixedAddress) {
  Scenario scenario;
  scenario.images = {image("a", 100), image("b", 100, kBase + (4u << 20))};

  EXPECT_THAT(message_of(scenario), AllOf(HasSubstr("image 'a'"), HasSubstr("image 'b'")));
}

TEST_F(MemoryLayoutTest, ImageBeyondTheMemoryIsAnError) {
  Scenario scenario;
  scenario.images = {image("a", 100, kBase + kSize - 50)};

  EXPECT_THAT(message_of(scenario), AllOf(HasSubstr("100 bytes"), HasSubstr("0x80ffffff")));
}

}  // namespace
}  // namespace ganglion
