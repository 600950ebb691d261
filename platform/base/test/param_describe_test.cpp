#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "platform/base/config.h"

namespace ganglion {
namespace {

ParamSpec integer_spec(double minimum, double maximum) {
  ParamSpec spec{.name = "n", .type = ParamType::kInteger, .default_text = "5", .description = "how many"};
  spec.minimum = minimum;
  spec.maximum = maximum;
  return spec;
}

TEST(DescribeType, NamesTypeUnitsAndRange) {
  constexpr double kNoBound = std::numeric_limits<double>::infinity();
  EXPECT_EQ(describe_type(integer_spec(4, 10)), "integer 4..10");
  EXPECT_EQ(describe_type(integer_spec(1, kNoBound)), "integer from 1");
  EXPECT_EQ(describe_type(integer_spec(-kNoBound, 10)), "integer up to 10");
  EXPECT_EQ(describe_type({.name = "f", .type = ParamType::kQuantity, .dimension = Dimension::kFrequency}),
            "quantity (Hz, kHz, MHz, GHz)");
  EXPECT_EQ(describe_type({.name = "b", .type = ParamType::kBoolean}), "true or false");
  EXPECT_EQ(describe_type({.name = "p", .type = ParamType::kPath}), "path of a file");
  EXPECT_EQ(describe_type({.name = "t", .type = ParamType::kString}), "text");
  EXPECT_EQ(describe_type({.name = "r", .type = ParamType::kReal}), "number");
}

TEST(JsonSchema, DescribesEveryParameter) {
  ParamSpec mode{.name = "mode", .type = ParamType::kChoice, .default_text = "a", .description = "which"};
  mode.choices = {"a", "b"};
  ParamSpec size{.name = "size", .type = ParamType::kQuantity, .dimension = Dimension::kBytes};
  size.required = true;
  ParamSpec flag{.name = "flag", .type = ParamType::kBoolean, .default_text = "true"};

  const auto json =
      nlohmann::json::parse(json_schema_of({"ram", "memory", {integer_spec(4, 10), mode, size, flag}}));

  EXPECT_EQ(json["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(json["title"], "ram");
  EXPECT_EQ(json["additionalProperties"], false);
  EXPECT_EQ(json["required"], nlohmann::json::array({"size"}));
  EXPECT_EQ(json["properties"]["n"]["minimum"], 4);
  EXPECT_EQ(json["properties"]["n"]["default"], 5);
  EXPECT_EQ(json["properties"]["flag"]["default"], true);
  EXPECT_EQ(json["properties"]["mode"]["enum"], nlohmann::json::array({"a", "b"}));
  EXPECT_EQ(json["properties"]["mode"]["default"], "a");
  EXPECT_EQ(json["properties"]["n"]["description"], "how many [integer 4..10]");
}

TEST(JsonSchema, ItsPatternAgreesWithTheParser) {
  const ParamSchema schema{
      "ram",
      "",
      {{.name = "size", .type = ParamType::kQuantity, .dimension = Dimension::kBytes, .required = true}}};
  const auto json = nlohmann::json::parse(json_schema_of(schema));
  const std::regex pattern(json["properties"]["size"]["pattern"].get<std::string>());

  for (const char* text :
       {"64 MiB", "1e3 B", " 5kB ", "64", "64 mib", "MiB", "1.5.2 B", "64 MiB x", ".5 KiB"}) {
    const ConfigNode root = parse_config("size: '" + std::string(text) + "'\n", "soc.yaml");
    bool accepted = true;
    try {
      (void)validate(&root, schema);
    } catch (const ConfigError&) {
      accepted = false;
    }
    EXPECT_EQ(std::regex_match(text, pattern), accepted) << text;
  }
}

}  // namespace
}  // namespace ganglion
