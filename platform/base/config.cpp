// Text to ConfigNode: YAML with the place of every value and key, strict about duplicates.
#include "platform/base/config.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <charconv>

#include "platform/base/config_yaml.h"

namespace ganglion {
namespace {

constexpr int kMaximumDepth = 64;

SourceLocation place(const YAML::Mark& mark, const SourceLocation& fallback) {
  return mark.is_null() ? fallback : SourceLocation{fallback.file, mark.line + 1, mark.column + 1};
}

ConfigNode convert(const YAML::Node& yaml, const SourceLocation& fallback, int depth);

void convert_map(const YAML::Node& yaml, ConfigNode& node, int depth) {
  for (const auto& pair : yaml) {
    const SourceLocation where = place(pair.first.Mark(), node.where);
    if (!pair.first.IsScalar()) {
      throw ConfigError({where, "a key that is not a word", "a name followed by a colon", ""});
    }
    const std::string key = pair.first.Scalar();
    if (const auto first = node.key_where.find(key); first != node.key_where.end()) {
      throw ConfigError({where, fmt::format("the key \"{}\" stands twice in this map", key),
                         fmt::format("one value; the first is at {}", first->second.to_string()),
                         "delete one of the two"});
    }
    if (key == "<<") {
      throw ConfigError({where, "a YAML merge key \"<<\"", "plain keys",
                         "to reuse a file, write \"extends: other.yaml\" at the top"});
    }
    node.key_where[key] = where;
    node.members.emplace_back(key, convert(pair.second, where, depth + 1));
  }
}

ConfigNode convert(const YAML::Node& yaml, const SourceLocation& fallback, int depth) {
  ConfigNode node;
  node.where = place(yaml.Mark(), fallback);
  if (depth > kMaximumDepth) {
    throw ConfigError({node.where, fmt::format("nested more than {} levels deep", kMaximumDepth),
                       "a flatter structure", "an alias (*name) may contain itself"});
  }
  switch (yaml.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
      break;
    case YAML::NodeType::Scalar:
      node.kind = ConfigNode::Kind::kScalar;
      node.scalar = yaml.Scalar();
      node.quoted = yaml.Tag() == "!";
      break;
    case YAML::NodeType::Sequence:
      node.kind = ConfigNode::Kind::kSequence;
      for (const auto& item : yaml) node.items.push_back(convert(item, node.where, depth + 1));
      break;
    case YAML::NodeType::Map:
      node.kind = ConfigNode::Kind::kMap;
      convert_map(yaml, node, depth);
      break;
  }
  return node;
}

}  // namespace

ConfigNode parse_yaml(const std::string& text, const std::string& name) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) {
      throw ConfigError({place(documents[1].Mark(), {name}), "a second YAML document (after \"---\")",
                         "one document a file", ""});
    }
    if (!documents.empty()) return convert(documents[0], {name, 1, 1}, 0);
    ConfigNode empty;
    empty.where = {name, 1, 1};
    return empty;
  } catch (const YAML::Exception& error) {
    throw ConfigError({place(error.mark, {name}), "not YAML: " + error.msg, "a YAML document",
                       "look for a wrong indentation, a missing colon or a stray tab near this place"});
  }
}

ConfigNode::ConfigNode() = default;
ConfigNode::ConfigNode(const ConfigNode&) = default;
ConfigNode::ConfigNode(ConfigNode&&) noexcept = default;
ConfigNode& ConfigNode::operator=(const ConfigNode&) = default;
ConfigNode& ConfigNode::operator=(ConfigNode&&) noexcept = default;
ConfigNode::~ConfigNode() = default;

const ConfigNode* ConfigNode::find(std::string_view key) const {
  for (const auto& [name, node] : members) {
    if (name == key) return &node;
  }
  return nullptr;
}

ConfigNode* ConfigNode::find(std::string_view key) {
  return const_cast<ConfigNode*>(static_cast<const ConfigNode*>(this)->find(key));
}

const ConfigNode* ConfigNode::at_path(std::string_view dotted) const {
  const ConfigNode* node = this;
  while (node != nullptr) {
    const std::size_t dot = dotted.find('.');
    const std::string_view step = dotted.substr(0, dot);
    if (node->kind == Kind::kSequence) {
      std::size_t index = 0;
      const auto [end, code] = std::from_chars(step.data(), step.data() + step.size(), index);
      const bool whole = code == std::errc{} && end == step.data() + step.size();
      node = whole && index < node->items.size() ? &node->items[index] : nullptr;
    } else {
      node = node->find(step);
    }
    if (dot == std::string_view::npos) break;
    dotted.remove_prefix(dot + 1);
  }
  return node;
}

}  // namespace ganglion
