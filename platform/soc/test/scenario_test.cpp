#include "platform/soc/scenario.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "platform/soc/test/fake_registry.h"

namespace ganglion {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kMinimal = R"(name: small
clocks:
  system: {frequency: 100 MHz}
  fast: {frequency: 400 MHz, voltage: 0.9 V}
soc:
  cpu: {type: hart}
  memory: {type: sram, address: 0x80000000, size: 2 MiB}
  core0: {type: core, address: 0x24000000, interrupt: 64, clock: fast}
)";

Scenario read(const std::string& text, const std::vector<std::string>& overrides = {}) {
  static const ComponentRegistry registry = fake_registry();
  ConfigNode root = parse_config(text, "small.yaml");
  for (const std::string& assignment : overrides) apply_override(root, assignment);
  return read_scenario(root, registry, {});
}

std::string message_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    (void)read(text, overrides);
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::kUsage);
    return error.what();
  }
  return "no error";
}

TEST(Scenario, IsReadWithCanonicalValues) {
  const Scenario scenario = read(kMinimal);

  EXPECT_EQ(scenario.name, "small");
  EXPECT_EQ(scenario.seed, 1u);
  ASSERT_EQ(scenario.clocks.size(), 2u);
  EXPECT_EQ(scenario.clocks[0].frequency_hz, 100'000'000u);
  EXPECT_DOUBLE_EQ(scenario.clocks[0].voltage_v, 1.1) << "the reference's, when none is given";
  EXPECT_DOUBLE_EQ(scenario.clocks[1].voltage_v, 0.9);
  ASSERT_EQ(scenario.instances.size(), 3u);
  EXPECT_EQ(scenario.instances[0].clock, "system") << "the first clock, when none is given";
  EXPECT_FALSE(scenario.instances[0].address);
  EXPECT_EQ(scenario.instances[1].size_bytes, 2u << 20);
  EXPECT_EQ(scenario.instances[2].address, 0x24000000u);
  EXPECT_EQ(scenario.instances[2].interrupt, 64u);
  EXPECT_EQ(scenario.instances[2].params.integer("lanes"), 16);
}

TEST(Scenario, OverridesReachEveryInstanceParameter) {
  EXPECT_EQ(read(kMinimal, {"soc.core0.lanes=32"}).instances[2].params.integer("lanes"), 32);
}

TEST(Scenario, MisspeltOverrideNamesThePlaceAndTheNearestName) {
  const std::string message = message_of(kMinimal, {"soc.core0.lans=32"});

  EXPECT_THAT(message, AllOf(HasSubstr("--set soc.core0.lans=32"), HasSubstr("lanes"),
                             HasSubstr("did you mean"), HasSubstr("small.yaml:8:3")));
}

TEST(Scenario, MisspeltInstanceInOverrideNamesTheNearestInstance) {
  EXPECT_THAT(message_of(kMinimal, {"soc.cor0.lanes=32"}),
              AllOf(HasSubstr("--set"), HasSubstr("did you mean \"core0\"")));
}

TEST(Scenario, MisspeltSectionInOverrideNamesTheNearestSection) {
  EXPECT_THAT(message_of(kMinimal, {"scc.core0.lanes=32"}),
              AllOf(HasSubstr("did you mean \"soc\""), HasSubstr("small.yaml")));
}

TEST(Scenario, UnknownTypeNamesLineAndColumn) {
  const std::string text = std::string(kMinimal) + "  uart: {type: cor, address: 0x10000000}\n";

  EXPECT_THAT(message_of(text), AllOf(HasSubstr("small.yaml:9:16"), HasSubstr("core")));
}

TEST(Scenario, OverlappingWindowsNameBothComponents) {
  const std::string text = std::string(kMinimal) + "  core1: {type: core, address: 0x24008000}\n";

  EXPECT_THAT(message_of(text), AllOf(HasSubstr("core1"), HasSubstr("core0"), HasSubstr("small.yaml:9:")));
}

TEST(Scenario, TargetWithoutAddressIsAnError) {
  EXPECT_THAT(message_of(std::string(kMinimal) + "  core1: {type: core}\n"), HasSubstr("without an address"));
}

TEST(Scenario, AddressOfWhatIsNotMappedIsAnError) {
  EXPECT_THAT(message_of(kMinimal, {"soc.cpu.address=0x1000"}), HasSubstr("not mapped on the bus"));
}

TEST(Scenario, SharedInterruptNamesTheOwner) {
  EXPECT_THAT(
      message_of(std::string(kMinimal) + "  core1: {type: core, address: 0x24010000, interrupt: 64}\n"),
      AllOf(HasSubstr("interrupt 64"), HasSubstr("core0")));
}

TEST(Scenario, UnknownClockNamesTheNearest) {
  EXPECT_THAT(message_of(kMinimal, {"soc.core0.clock=fats"}), HasSubstr("did you mean \"fast\""));
}

TEST(Scenario, FrequencyWithoutUnitIsAnError) {
  EXPECT_THAT(message_of(kMinimal, {"clocks.system.frequency=100"}), HasSubstr("Hz"));
}

TEST(Scenario, MissingImageFileListsThePlaces) {
  EXPECT_THAT(message_of(std::string(kMinimal) + "images: {net: {file: nowhere.gnl}}\n"),
              AllOf(HasSubstr("small.yaml:9:"), HasSubstr("nowhere.gnl"), HasSubstr("places")));
}

TEST(Scenario, DigestChangesWithSettingsThatCount) {
  const std::string digest = read(kMinimal).sha256;

  EXPECT_EQ(digest.size(), 64u);
  EXPECT_NE(read(kMinimal, {"soc.core0.lanes=32"}).sha256, digest);
  EXPECT_NE(read(kMinimal, {"seed=2"}).sha256, digest);
}

TEST(Scenario, DigestIgnoresWhatCannotChangeAResult) {
  const std::string digest = read(kMinimal).sha256;

  EXPECT_EQ(read(kMinimal, {"soc.cpu.quantum=1 us", "soc.cpu.dmi=false"}).sha256, digest);
  EXPECT_EQ(read(kMinimal, {"limits.wall=10 s"}).sha256, digest);
}

TEST(Scenario, DigestDoesNotDependOnTheOrderOfKeys) {
  const std::string reordered = R"(soc:
  cpu: {type: hart}
  memory: {size: 2 MiB, address: 0x80000000, type: sram}
  core0: {type: core, address: 0x24000000, interrupt: 64, clock: fast}
clocks:
  fast: {frequency: 400 MHz, voltage: 0.9 V}
  system: {frequency: 100 MHz}
name: small
)";
  EXPECT_EQ(read(reordered).sha256, read(kMinimal).sha256);
}

TEST(ScenarioSchema, IsJsonAndKnowsEveryType) {
  const auto schema = nlohmann::json::parse(scenario_json_schema(fake_registry()));

  EXPECT_EQ(schema["$id"], "ganglion.scenario/1");
  EXPECT_EQ(schema["properties"]["soc"]["additionalProperties"]["allOf"].size(), 4u);
  EXPECT_TRUE(schema["properties"].contains("extends"));
  EXPECT_THAT(schema.dump(), HasSubstr("lanes"));
}

}  // namespace
}  // namespace ganglion
