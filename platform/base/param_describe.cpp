// A parameter's type for people (`ganglion params`) and for editors (JSON Schema).
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "platform/base/config.h"

namespace ganglion {
namespace {

std::string bound(double value, const ParamSpec& spec) {
  return spec.type == ParamType::kQuantity ? format_quantity(value, spec.dimension)
                                           : fmt::format("{}", value);
}

/// " 4..10", " from 4", " up to 10" or nothing.
std::string range(const ParamSpec& spec) {
  const bool below = std::isfinite(spec.minimum);
  const bool above = std::isfinite(spec.maximum);
  if (below && above) return fmt::format(" {}..{}", bound(spec.minimum, spec), bound(spec.maximum, spec));
  if (below) return " from " + bound(spec.minimum, spec);
  if (above) return " up to " + bound(spec.maximum, spec);
  return "";
}

template <typename Items>
std::string one_of(const Items& items) {
  return fmt::format("one of {}", fmt::join(items, ", "));
}

/// Pattern of a number and a unit of `dimension`.
std::string quantity_pattern(Dimension dimension) {
  std::string units;
  for (const char c : units_of(dimension)) {
    if (c == ',') units += '|';
    if (c != ',' && c != ' ') units += c;
  }
  return R"(^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)? *()" + units + R"()\s*$)";
}

nlohmann::ordered_json number_schema(const ParamSpec& spec, const char* type) {
  nlohmann::ordered_json json{{"type", type}};
  if (std::isfinite(spec.minimum)) json["minimum"] = spec.minimum;
  if (std::isfinite(spec.maximum)) json["maximum"] = spec.maximum;
  return json;
}

nlohmann::ordered_json type_schema(const ParamSpec& spec) {
  switch (spec.type) {
    case ParamType::kInteger:
      if (!spec.allowed.empty()) return {{"type", "integer"}, {"enum", spec.allowed}};
      return number_schema(spec, "integer");
    case ParamType::kReal:
      return number_schema(spec, "number");
    case ParamType::kBoolean:
      return {{"type", "boolean"}};
    case ParamType::kChoice:
      return {{"type", "string"}, {"enum", spec.choices}};
    case ParamType::kQuantity:
      return {{"type", "string"}, {"pattern", quantity_pattern(spec.dimension)}};
    case ParamType::kString:
    case ParamType::kPath:
      break;
  }
  return {{"type", "string"}};
}

}  // namespace

std::string describe_type(const ParamSpec& spec) {
  switch (spec.type) {
    case ParamType::kInteger:
      return spec.allowed.empty() ? "integer" + range(spec) : "integer, " + one_of(spec.allowed);
    case ParamType::kReal:
      return "number" + range(spec);
    case ParamType::kBoolean:
      return "true or false";
    case ParamType::kString:
      return "text";
    case ParamType::kChoice:
      return one_of(spec.choices);
    case ParamType::kQuantity:
      return fmt::format("quantity ({}){}", units_of(spec.dimension), range(spec));
    case ParamType::kPath:
      return "path of a file";
  }
  return "";
}

std::string json_schema_of(const ParamSchema& schema) {
  nlohmann::ordered_json properties = nlohmann::ordered_json::object();
  nlohmann::ordered_json required = nlohmann::ordered_json::array();
  for (const ParamSpec& spec : schema.params) {
    nlohmann::ordered_json property = type_schema(spec);
    property["description"] = fmt::format("{} [{}]", spec.description, describe_type(spec));
    if (spec.required) {
      required.push_back(spec.name);
    } else if (!spec.default_text.empty()) {
      // Integers, numbers and truth values read as themselves; everything else is text.
      const bool plain = spec.type == ParamType::kInteger || spec.type == ParamType::kReal ||
                         spec.type == ParamType::kBoolean;
      const auto value = nlohmann::ordered_json::parse(plain ? spec.default_text : "null", nullptr, false);
      property["default"] =
          plain && !value.is_discarded() ? value : nlohmann::ordered_json(spec.default_text);
    }
    if (const std::size_t dot = spec.name.find('.'); dot != std::string::npos) {  // a parameter of a group
      nlohmann::ordered_json& group = properties[spec.name.substr(0, dot)];
      group["type"] = "object";
      group["additionalProperties"] = false;
      group["properties"][spec.name.substr(dot + 1)] = std::move(property);
      continue;
    }
    properties[spec.name] = std::move(property);
  }
  nlohmann::ordered_json json{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                              {"title", schema.name},
                              {"description", schema.description},
                              {"type", "object"},
                              {"properties", std::move(properties)},
                              {"additionalProperties", false}};
  if (!required.empty()) json["required"] = std::move(required);
  return json.dump(2);
}

}  // namespace ganglion
