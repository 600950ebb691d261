// From text to typed parameters, and every way in which a user can get them wrong.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "platform/base/config.h"

namespace ganglion {
namespace {

bool is_integer_dimension(Dimension dimension) {
  return dimension == Dimension::kFrequency || dimension == Dimension::kTime ||
         dimension == Dimension::kBytes || dimension == Dimension::kBandwidth;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string suggestion(const std::string& name, const std::vector<std::string>& candidates) {
  const std::string near = nearest_name(name, candidates);
  return near.empty() ? "" : fmt::format("did you mean \"{}\"?", near);
}

/// The text of one value on its way to a type; knows how to complain.
struct Reader {
  const ParamSpec& spec;
  const SourceLocation& where;
  const std::string& text;
  bool quoted;

  [[noreturn]] void fail(const std::string& problem, const std::string& remedy = "") const {
    throw ConfigError({where, fmt::format("{}: {}", spec.name, problem), describe_type(spec), remedy});
  }
  void refuse_quotes() const {
    if (quoted) fail(fmt::format("\"{}\" is text", text), "take the quotes away");
  }

  [[nodiscard]] int64_t integer() const {
    refuse_quotes();
    std::string digits = text;
    std::erase(digits, '_');
    const bool negative = digits.starts_with('-');
    std::string_view rest = digits;
    if (negative || digits.starts_with('+')) rest.remove_prefix(1);
    const bool hexadecimal = rest.starts_with("0x") || rest.starts_with("0X");
    if (hexadecimal) rest.remove_prefix(2);
    uint64_t magnitude = 0;
    const auto [end, code] =
        std::from_chars(rest.data(), rest.data() + rest.size(), magnitude, hexadecimal ? 16 : 10);
    if (rest.empty() || end != rest.data() + rest.size() || code == std::errc::invalid_argument) {
      fail(fmt::format("\"{}\" is not an integer", text));
    }
    constexpr auto kLimit = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    if (code != std::errc{} || magnitude > kLimit) {
      fail(fmt::format("\"{}\" does not fit 64 bits", text));
    }
    return negative ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
  }

  [[nodiscard]] double real() const {
    refuse_quotes();
    try {
      return parse_quantity(text, Dimension::kNone);
    } catch (const std::invalid_argument&) {
      fail(fmt::format("\"{}\" is not a number", text));
    }
  }

  [[nodiscard]] bool boolean() const {
    refuse_quotes();
    if (text == "true") return true;
    if (text == "false") return false;
    fail(fmt::format("\"{}\" is neither true nor false", text));
  }

  void check_choice() const {
    if (std::find(spec.choices.begin(), spec.choices.end(), text) != spec.choices.end()) return;
    fail(fmt::format("\"{}\" is not a choice", text), suggestion(text, spec.choices));
  }

  void check_range(double value) const {
    if (value >= spec.minimum && value <= spec.maximum) return;
    fail(fmt::format("{} is out of range", text));
  }

  void quantity(Params::Value& value) const {
    try {
      value.real = parse_quantity(text, spec.dimension);
      if (is_integer_dimension(spec.dimension)) value.integer = parse_integer_quantity(text, spec.dimension);
    } catch (const std::invalid_argument& error) {
      const std::string problem = error.what();
      const std::size_t cut = problem.find("; expected ");
      throw ConfigError({where, fmt::format("{}: {}", spec.name, problem.substr(0, cut)),
                         cut == std::string::npos ? describe_type(spec) : problem.substr(cut + 11), ""});
    }
  }

  [[nodiscard]] Params::Value read() const {
    Params::Value value;
    value.text = text;
    value.where = where;
    switch (spec.type) {
      case ParamType::kInteger:
        value.integer = integer();
        value.real = static_cast<double>(value.integer);
        check_range(value.real);
        if (!spec.allowed.empty() &&
            std::find(spec.allowed.begin(), spec.allowed.end(), value.integer) == spec.allowed.end()) {
          fail(fmt::format("{} is not allowed", text));
        }
        break;
      case ParamType::kReal:
        value.real = real();
        check_range(value.real);
        break;
      case ParamType::kBoolean:
        value.boolean = boolean();
        break;
      case ParamType::kChoice:
        check_choice();
        break;
      case ParamType::kQuantity:
        quantity(value);
        check_range(value.real);
        break;
      case ParamType::kString:
      case ParamType::kPath:
        break;
    }
    return value;
  }
};

Params::Value default_value(const ParamSpec& spec) {
  const SourceLocation where{"default"};
  if (spec.default_text.empty()) {  // an optional parameter that is simply absent
    Params::Value value;
    value.where = where;
    return value;
  }
  try {
    return Reader{spec, where, spec.default_text, false}.read();
  } catch (const ConfigError& error) {
    throw std::logic_error(fmt::format("default of parameter \"{}\": {}", spec.name, error.what()));
  }
}

Params::Value given_value(const ConfigNode& node, const ParamSpec& spec) {
  if (node.kind != ConfigNode::Kind::kScalar) {
    const char* found = node.kind == ConfigNode::Kind::kNull  ? "has no value"
                        : node.kind == ConfigNode::Kind::kMap ? "is a map"
                                                              : "is a list";
    throw ConfigError({node.where, fmt::format("{} {}", spec.name, found), describe_type(spec), ""});
  }
  Params::Value value = Reader{spec, node.where, node.scalar, node.quoted}.read();
  value.given = true;
  return value;
}

/// Parameters called "group.name", as a schema of the group's own.
ParamSchema group_of(const ParamSchema& schema, const std::string& group) {
  ParamSchema result{schema.name + "." + group, "", {}};
  for (const ParamSpec& spec : schema.params) {
    if (!spec.name.starts_with(group + ".")) continue;
    result.params.push_back(spec);
    result.params.back().name = spec.name.substr(group.size() + 1);
  }
  return result;
}

void refuse_unknown_keys(const ConfigNode& node, const ParamSchema& schema,
                         const std::vector<std::string>& foreign_keys) {
  std::vector<std::string> known;
  for (const ParamSpec& spec : schema.params) {
    const std::string key = spec.name.substr(0, spec.name.find('.'));
    if (std::find(known.begin(), known.end(), key) == known.end()) known.push_back(key);
    const ConfigNode* child = key.size() == spec.name.size() ? nullptr : node.find(key);
    if (child != nullptr && child->kind != ConfigNode::Kind::kNull)
      (void)validate(child, group_of(schema, key));
  }
  known.insert(known.end(), foreign_keys.begin(), foreign_keys.end());
  for (const auto& [key, child] : node.members) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const auto where = node.key_where.find(key);
    throw ConfigError({where == node.key_where.end() ? child.where : where->second,
                       fmt::format("unknown key \"{}\" in {}", key, schema.name),
                       known.empty() ? "no keys here" : joined(known), suggestion(key, known)});
  }
}

const Params::Value& value_of(const Params& params, std::string_view name) {
  const auto found = params.values().find(name);
  if (found == params.values().end()) {
    throw std::logic_error(fmt::format("no parameter \"{}\" in the schema", name));
  }
  return found->second;
}

}  // namespace

int64_t Params::integer(std::string_view name) const { return value_of(*this, name).integer; }
double Params::real(std::string_view name) const { return value_of(*this, name).real; }
bool Params::boolean(std::string_view name) const { return value_of(*this, name).boolean; }
const std::string& Params::text(std::string_view name) const { return value_of(*this, name).text; }
const SourceLocation& Params::where(std::string_view name) const { return value_of(*this, name).where; }
bool Params::given(std::string_view name) const { return value_of(*this, name).given; }

Params validate(const ConfigNode* node, const ParamSchema& schema,
                const std::vector<std::string>& foreign_keys) {
  const bool absent = node == nullptr || node->kind == ConfigNode::Kind::kNull;
  if (!absent && node->kind != ConfigNode::Kind::kMap) {
    throw ConfigError({node->where,
                       fmt::format("{} is a {}", schema.name,
                                   node->kind == ConfigNode::Kind::kScalar ? "plain value" : "list"),
                       "a map of \"name: value\" lines", ""});
  }
  if (!absent) refuse_unknown_keys(*node, schema, foreign_keys);

  Params params;
  for (const ParamSpec& spec : schema.params) {
    const ConfigNode* given = absent ? nullptr : node->at_path(spec.name);
    if (given != nullptr) {
      params.values_[spec.name] = given_value(*given, spec);
    } else if (spec.required) {
      throw ConfigError({node == nullptr ? SourceLocation{} : node->where,
                         fmt::format("{} lacks the key \"{}\"", schema.name, spec.name), describe_type(spec),
                         fmt::format("add \"{}: ...\" ({})", spec.name, spec.description)});
    } else {
      params.values_[spec.name] = default_value(spec);
    }
  }
  return params;
}

}  // namespace ganglion
