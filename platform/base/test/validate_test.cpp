#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "platform/base/config.h"

namespace ganglion {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

ParamSchema example() {
  ParamSpec lanes{.name = "lanes", .type = ParamType::kInteger, .default_text = "16", .description = "lanes"};
  lanes.minimum = 1;
  lanes.maximum = 64;
  ParamSpec bits{
      .name = "bits", .type = ParamType::kInteger, .default_text = "8", .description = "operand bits"};
  bits.allowed = {4, 8, 10};
  ParamSpec clock{.name = "clock", .type = ParamType::kQuantity, .dimension = Dimension::kFrequency};
  clock.default_text = "200 MHz";
  clock.minimum = 1e6;
  clock.maximum = 1e9;
  ParamSpec timing{.name = "timing", .type = ParamType::kChoice, .default_text = "in_order"};
  timing.choices = {"in_order", "ideal"};
  ParamSpec skip{.name = "zero_skip", .type = ParamType::kBoolean, .default_text = "true"};
  ParamSpec share{.name = "share", .type = ParamType::kReal, .default_text = "0.5"};
  share.minimum = 0;
  share.maximum = 1;
  ParamSpec firmware{.name = "firmware", .type = ParamType::kPath, .description = "ELF file"};
  ParamSpec label{.name = "label", .type = ParamType::kString, .default_text = "none"};
  return {"sc_cnn", "SC convolution core", {lanes, bits, clock, timing, skip, share, firmware, label}};
}

Params read(const std::string& text) {
  const ConfigNode root = parse_config(text, "soc.yaml");
  return validate(&root, example(), {"costs"});
}

std::string error_of(const std::string& text) {
  try {
    (void)read(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Validate, FillsInDefaults) {
  const Params params = read("");

  EXPECT_EQ(params.integer("lanes"), 16);
  EXPECT_EQ(params.integer("clock"), 200'000'000);
  EXPECT_DOUBLE_EQ(params.real("clock"), 200e6);
  EXPECT_TRUE(params.boolean("zero_skip"));
  EXPECT_EQ(params.text("timing"), "in_order");
  EXPECT_EQ(params.text("firmware"), "");
  EXPECT_FALSE(params.given("lanes"));
}

TEST(Validate, TakesWhatTheUserWrote) {
  const Params params = read(
      "lanes: 0x20\nbits: 10\nclock: 0.5 GHz\ntiming: ideal\nzero_skip: false\nshare: .25\nlabel: "
      "'7'\ncosts: {x: 1}\n");

  EXPECT_EQ(params.integer("lanes"), 32);
  EXPECT_EQ(params.integer("bits"), 10);
  EXPECT_EQ(params.integer("clock"), 500'000'000);
  EXPECT_FALSE(params.boolean("zero_skip"));
  EXPECT_DOUBLE_EQ(params.real("share"), 0.25);
  EXPECT_EQ(params.text("label"), "7");
  EXPECT_TRUE(params.given("lanes"));
  EXPECT_EQ(params.where("clock").to_string(), "soc.yaml:3:8");
}

TEST(Validate, AnUnknownKeyGetsTheNearestName) {
  EXPECT_EQ(error_of("bits: 8\nlanez: 4\n"),
            "soc.yaml:2:1: unknown key \"lanez\" in sc_cnn\n"
            "  expected: lanes, bits, clock, timing, zero_skip, share, firmware, label, costs\n"
            "  did you mean \"lanes\"?");
  EXPECT_THAT(error_of("cots: {}\n"), HasSubstr("did you mean \"costs\"?"));
}

TEST(Validate, AMisspeltOverrideNamesItself) {
  ConfigNode root = parse_config("lanes: 4\n", "soc.yaml");
  apply_override(root, "lanse=8");
  try {
    (void)validate(&root, example());
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(),
                AllOf(StartsWith("--set lanse=8: unknown key"), HasSubstr("did you mean \"lanes\"?")));
  }
}

TEST(Validate, IntegersAreCheckedForFormAndRange) {
  EXPECT_THAT(error_of("lanes: 0\n"),
              AllOf(StartsWith("soc.yaml:1:8: lanes: 0 is out of range"), HasSubstr("integer 1..64")));
  EXPECT_THAT(error_of("lanes: 65\n"), HasSubstr("out of range"));
  EXPECT_EQ(error_of("lanes: 64\n"), "accepted");
  EXPECT_THAT(error_of("lanes: 1.5\n"), HasSubstr("\"1.5\" is not an integer"));
  EXPECT_THAT(error_of("lanes: many\n"), HasSubstr("is not an integer"));
  EXPECT_THAT(error_of("lanes: 0x\n"), HasSubstr("is not an integer"));
  EXPECT_THAT(error_of("lanes: 99999999999999999999\n"), HasSubstr("does not fit 64 bits"));
  EXPECT_THAT(error_of("lanes: '8'\n"), HasSubstr("take the quotes away"));
  EXPECT_THAT(error_of("bits: 7\n"), AllOf(HasSubstr("7 is not allowed"), HasSubstr("one of 4, 8, 10")));
}

TEST(Validate, OtherTypesAreCheckedToo) {
  EXPECT_THAT(error_of("clock: 200\n"), AllOf(StartsWith("soc.yaml:1:8: clock: \"200\" has no unit"),
                                              HasSubstr("Hz, kHz, MHz, GHz, such as \"200 MHz\"")));
  EXPECT_THAT(error_of("clock: 200 mhz\n"), HasSubstr("did you mean \"200 MHz\"?"));
  EXPECT_THAT(error_of("clock: 2 GHz\n"),
              AllOf(HasSubstr("out of range"), HasSubstr("quantity (Hz, kHz, MHz, GHz) 1 MHz..1 GHz")));
  EXPECT_THAT(error_of("timing: inorder\n"),
              AllOf(HasSubstr("one of in_order, ideal"), HasSubstr("did you mean \"in_order\"?")));
  EXPECT_THAT(error_of("zero_skip: yes\n"), HasSubstr("neither true nor false"));
  EXPECT_THAT(error_of("share: half\n"), HasSubstr("is not a number"));
  EXPECT_THAT(error_of("share: 1.5\n"), HasSubstr("out of range"));
  EXPECT_THAT(error_of("share: .nan\n"), HasSubstr("is not a number"));
}

TEST(Validate, WrongShapesAreNamed) {
  EXPECT_THAT(error_of("lanes: [1]\n"), HasSubstr("lanes is a list"));
  EXPECT_THAT(error_of("lanes: {a: 1}\n"), HasSubstr("lanes is a map"));
  EXPECT_THAT(error_of("lanes:\n"), HasSubstr("lanes has no value"));
  EXPECT_THAT(error_of("just text\n"), HasSubstr("sc_cnn is a plain value"));
  EXPECT_THAT(error_of("- 1\n"), HasSubstr("sc_cnn is a list"));
}

TEST(Validate, ARequiredKeyMustBeThere) {
  ParamSpec size{.name = "size", .type = ParamType::kQuantity, .dimension = Dimension::kBytes};
  size.description = "bytes of memory";
  size.required = true;
  const ParamSchema schema{"ram", "", {size}};
  const ConfigNode root = parse_config("{}\n", "soc.yaml");

  try {
    (void)validate(&root, schema);
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(StartsWith("soc.yaml:1:1: ram lacks the key \"size\""),
                                    HasSubstr("add \"size: ...\" (bytes of memory)")));
  }
  EXPECT_THROW((void)validate(nullptr, schema), ConfigError);
}

TEST(Validate, OurOwnBugsAreLogicErrors) {
  const Params params = read("");
  EXPECT_THROW((void)params.integer("no_such"), std::logic_error);

  ParamSpec broken{.name = "x", .type = ParamType::kInteger, .default_text = "abc"};
  EXPECT_THROW((void)validate(nullptr, {"s", "", {broken}}), std::logic_error);
}

/// A schema with the group "faults" of two parameters.
ParamSchema grouped() {
  ParamSpec site{.name = "faults.site", .type = ParamType::kChoice, .default_text = "none"};
  site.choices = {"none", "product"};
  ParamSpec rate{.name = "faults.rate", .type = ParamType::kReal, .default_text = "0"};
  rate.minimum = 0;
  rate.maximum = 1;
  return {"sc_cnn", "with a group", {site, rate}};
}

std::string refusal_of(const std::string& text) {
  const ConfigNode root = parse_config(text, "soc.yaml");
  try {
    (void)validate(&root, grouped());
    return "accepted";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

TEST(ConfigGroup, ParametersOfAGroupAreKeysOfItsMap) {
  const ConfigNode root = parse_config("faults: {site: product, rate: 0.25}\n", "soc.yaml");
  const Params params = validate(&root, grouped());
  EXPECT_EQ(params.text("faults.site"), "product");
  EXPECT_EQ(params.real("faults.rate"), 0.25);
  const ConfigNode partly = parse_config("faults: {rate: 0.5}\n", "soc.yaml");
  EXPECT_EQ(validate(&partly, grouped()).text("faults.site"), "none");
  EXPECT_EQ(validate(nullptr, grouped()).real("faults.rate"), 0.0);
  EXPECT_EQ(refusal_of("faults:\n"), "accepted");
}

TEST(ConfigGroup, WhatDoesNotBelongThereIsNamedWithItsPlace) {
  EXPECT_THAT(refusal_of("faults:\n  sits: product\n"),
              AllOf(StartsWith("soc.yaml:2:3"), HasSubstr("unknown key \"sits\" in sc_cnn.faults"),
                    HasSubstr("did you mean \"site\"?")));
  EXPECT_THAT(refusal_of("faults: {site: sram}\n"), AllOf(HasSubstr("sram"), HasSubstr("none, product")));
  EXPECT_THAT(refusal_of("faults: 3\n"), HasSubstr("sc_cnn.faults is a plain value"));
  EXPECT_THAT(refusal_of("fault: {}\n"), HasSubstr("did you mean \"faults\"?"));
}

TEST(ConfigGroup, TheJsonSchemaNestsIt) {
  const std::string schema = json_schema_of(grouped());
  EXPECT_THAT(schema, HasSubstr("\"faults\": {"));
  EXPECT_THAT(schema, ::testing::Not(HasSubstr("faults.site")));
}

}  // namespace
}  // namespace ganglion
