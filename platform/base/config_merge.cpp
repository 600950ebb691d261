// How several sources become one tree: `extends:` of files and `--set` of the command line.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "platform/base/config.h"
#include "platform/base/config_yaml.h"

namespace ganglion {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kExtends = "extends";

std::string read_file(const std::string& path, const SourceLocation& asked_at) {
  std::error_code code;
  const bool folder = fs::is_directory(path, code);
  std::ifstream file(path, std::ios::binary);
  errno = folder ? EISDIR : errno;
  if (!file || folder) {
    const std::string why = std::strerror(errno);
    if (asked_at.file.empty()) {
      throw ConfigError({{path}, "cannot be read: " + why, "a readable YAML file", ""});
    }
    throw ConfigError({asked_at, fmt::format("\"{}\" cannot be read: {}", path, why), "a readable YAML file",
                       "the path is relative to the file that names it"});
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Lays `top` over `base`: maps merge key by key, everything else replaces.
void merge_into(ConfigNode& base, ConfigNode top) {
  if (base.kind != ConfigNode::Kind::kMap || top.kind != ConfigNode::Kind::kMap) {
    base = std::move(top);
    return;
  }
  base.where = top.where;
  for (auto& [key, node] : top.members) {
    base.key_where[key] = top.key_where[key];
    if (ConfigNode* below = base.find(key)) {
      merge_into(*below, std::move(node));
    } else {
      base.members.emplace_back(key, std::move(node));
    }
  }
}

std::vector<const ConfigNode*> extended_paths(const ConfigNode& extends) {
  std::vector<const ConfigNode*> paths;
  if (extends.kind == ConfigNode::Kind::kSequence) {
    for (const ConfigNode& item : extends.items) paths.push_back(&item);
  } else {
    paths.push_back(&extends);
  }
  for (const ConfigNode* path : paths) {
    if (path->kind != ConfigNode::Kind::kScalar || path->scalar.empty()) {
      throw ConfigError({path->where, "\"extends\" does not name a file", "a path or a list of paths", ""});
    }
  }
  return paths;
}

ConfigNode resolve(ConfigNode node, const fs::path& directory, std::vector<std::string>& chain);

ConfigNode load(const std::string& path, const SourceLocation& asked_at, std::vector<std::string>& chain) {
  std::error_code code;
  const fs::path canonical = fs::weakly_canonical(path, code);
  const std::string identity = code ? path : canonical.string();
  if (std::find(chain.begin(), chain.end(), identity) != chain.end()) {
    std::string circle;
    for (const std::string& file : chain) circle += fs::path(file).filename().string() + " -> ";
    throw ConfigError(
        {asked_at, fmt::format("\"extends\" goes in a circle: {}{}", circle, canonical.filename().string()),
         "files that extend each other in one direction", "take one \"extends\" out"});
  }
  ConfigNode node = parse_yaml(read_file(path, asked_at), path);
  chain.push_back(identity);
  node = resolve(std::move(node), fs::path(path).parent_path(), chain);
  chain.pop_back();
  return node;
}

ConfigNode resolve(ConfigNode node, const fs::path& directory, std::vector<std::string>& chain) {
  const auto is_extends = [](const auto& member) { return member.first == kExtends; };
  const auto member = std::find_if(node.members.begin(), node.members.end(), is_extends);
  if (member == node.members.end()) return node;

  const ConfigNode extends = std::move(member->second);
  node.members.erase(member);
  node.key_where.erase(std::string(kExtends));
  ConfigNode result;
  for (const ConfigNode* path : extended_paths(extends)) {
    const fs::path named = path->scalar;
    const fs::path full = named.is_absolute() || directory.empty() ? named : directory / named;
    merge_into(result, load(full.lexically_normal().string(), path->where, chain));
  }
  merge_into(result, std::move(node));
  return result;
}

[[noreturn]] void malformed(const std::string& assignment, const std::string& found) {
  throw ConfigError(
      {{"--set " + assignment}, found, "path.to.param=value", "for example --set soc.sc_cnn.lanes=16"});
}

/// The child `step` of `node`, made when it is missing.
ConfigNode& descend(ConfigNode& node, const std::string& step, const std::string& assignment) {
  const SourceLocation where{"--set " + assignment};
  if (node.kind == ConfigNode::Kind::kSequence) {
    std::size_t index = 0;
    const auto [end, code] = std::from_chars(step.data(), step.data() + step.size(), index);
    if (code != std::errc{} || end != step.data() + step.size() || index >= node.items.size()) {
      malformed(assignment, fmt::format("\"{}\" is no index of the list at {} ({} items)", step,
                                        node.where.to_string(), node.items.size()));
    }
    return node.items[index];
  }
  if (node.kind == ConfigNode::Kind::kScalar) {
    malformed(assignment, fmt::format("\"{}\" lies inside the plain value \"{}\" ({})", step, node.scalar,
                                      node.where.to_string()));
  }
  if (node.kind == ConfigNode::Kind::kNull) {
    node = ConfigNode{};
    node.kind = ConfigNode::Kind::kMap;
    node.where = where;
  }
  if (ConfigNode* child = node.find(step)) return *child;
  node.key_where[step] = where;
  ConfigNode child;
  child.where = where;
  return node.members.emplace_back(step, std::move(child)).second;
}

void relocate(ConfigNode& node, const SourceLocation& where) {
  node.where = where;
  for (auto& [key, place] : node.key_where) place = where;
  for (auto& [key, child] : node.members) relocate(child, where);
  for (ConfigNode& item : node.items) relocate(item, where);
}

}  // namespace

ConfigNode load_config(const std::string& path) {
  std::vector<std::string> chain;
  return load(path, {}, chain);
}

ConfigNode parse_config(const std::string& text, const std::string& name, const std::string& directory) {
  std::vector<std::string> chain;
  return resolve(parse_yaml(text, name), directory == "." ? fs::path() : fs::path(directory), chain);
}

void apply_override(ConfigNode& root, const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos) malformed(assignment, "there is no \"=\"");
  const std::string path = assignment.substr(0, equals);
  const std::string value = assignment.substr(equals + 1);
  if (value.empty()) malformed(assignment, "there is no value behind \"=\"");

  const SourceLocation where{"--set " + assignment};
  ConfigNode* node = &root;
  std::size_t from = 0;
  while (true) {
    const std::size_t dot = path.find('.', from);
    const std::string step = path.substr(from, dot - from);
    if (step.empty()) malformed(assignment, "a part of the path is empty");
    ConfigNode& parent = *node;
    node = &descend(parent, step, assignment);
    if (dot == std::string::npos) {
      if (parent.kind == ConfigNode::Kind::kMap) parent.key_where[step] = where;
      break;
    }
    from = dot + 1;
  }
  ConfigNode parsed;
  try {
    parsed = parse_yaml(value, where.file);
  } catch (const ConfigError& error) {
    malformed(assignment, error.details().found);
  }
  relocate(parsed, where);
  *node = std::move(parsed);
}

}  // namespace ganglion
