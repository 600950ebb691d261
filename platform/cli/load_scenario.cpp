// The command line laid over a scenario file: every option is an override that names itself in messages.
#include <cstdlib>
#include <filesystem>

#include "platform/cli/commands.h"

namespace ganglion::cli {
namespace {

namespace fs = std::filesystem;

/// Sets the value at `path`; `option` is what messages call it.
void set_value(ConfigNode& root, const std::string& path, const std::string& value,
               const std::string& option) {
  apply_override(root, path + "=" + value);
  ConfigNode* node = &root;
  std::string rest = path;
  while (node != nullptr && !rest.empty()) {
    const std::size_t dot = rest.find('.');
    node = node->find(rest.substr(0, dot));
    rest = dot == std::string::npos ? "" : rest.substr(dot + 1);
  }
  if (node == nullptr) return;
  // The text as it is: "01.elf" or "null" is a file name here, not YAML.
  node->kind = ConfigNode::Kind::kScalar;
  node->scalar = value;
  node->quoted = false;
  node->where = {option + " " + value, 0, 0};
}

/// Name of the first instance of `type` under soc.
std::string instance_of(const ConfigNode& root, const std::string& type, const std::string& option) {
  if (const ConfigNode* soc = root.find("soc")) {
    for (const auto& [name, instance] : soc->members) {
      const ConfigNode* found = instance.find("type");
      if (found != nullptr && found->scalar == type) return name;
    }
  }
  throw ConfigError({{option, 0, 0},
                     "the option, but the scenario has no component of type " + type,
                     "a scenario with one",
                     ""});
}

void apply_uart(ConfigNode& root, const std::string& destination) {
  const std::string instance = "soc." + instance_of(root, "uart16550", "--uart");
  if (destination != "stdio" && destination != "stderr" && destination != "none" &&
      !(destination.starts_with("file:") && destination.size() > 5)) {
    throw ConfigError(
        {{"--uart " + destination, 0, 0}, "\"" + destination + "\"", "stdio, stderr, none or file:NAME", ""});
  }
  set_value(root, instance + ".output", destination, "--uart");
}

/// Standard output belongs to the report: what UARTs would print there goes to standard error.
void keep_uarts_off_standard_output(ConfigNode& root) {
  const ConfigNode* soc = root.find("soc");
  if (soc == nullptr) return;
  std::vector<std::string> uarts;
  for (const auto& [name, instance] : soc->members) {
    const ConfigNode* type = instance.find("type");
    const ConfigNode* output = instance.find("output");
    if (type == nullptr || type->scalar != "uart16550") continue;
    if (output == nullptr || output->scalar == "stdio") uarts.push_back(name);
  }
  for (const std::string& name : uarts) set_value(root, "soc." + name + ".output", "stderr", "--json");
}

}  // namespace

std::string find_scenario(const std::string& name) {
  std::error_code ignored;
  const fs::path root = default_resource_root();
  const fs::path shared = root / "scenarios";
  // root / name: "scenarios/demo.yaml" works from every folder.
  std::vector<fs::path> places{name};
  if (places.front().is_relative())
    places.insert(places.end(), {shared / name, root / name, shared / (name + ".yaml")});
  std::string tried;
  for (const fs::path& place : places) {
    if (fs::is_regular_file(place, ignored)) return place.string();
    tried += "\n    " + place.string();
  }
  throw ConfigError({{name, 0, 0}, "no such scenario", "a file in one of these places:" + tried, ""});
}

Scenario load_scenario(const RunOptions& options, const ComponentRegistry& registry) {
  ConfigNode root = load_config(find_scenario(options.scenario));
  const auto option = [&](const std::string& value, const std::string& path, const std::string& name) {
    if (!value.empty()) set_value(root, path, value, name);
  };
  option(options.elf, "firmware.elf", "--elf");
  option(options.max_time, "limits.time", "--max-time");
  option(options.max_wall, "limits.wall", "--max-wall");
  option(options.max_instructions, "limits.instructions", "--max-instructions");
  option(options.hang_after, "limits.hang", "--hang-after");
  option(options.seed, "seed", "--seed");
  if (!options.isa.empty()) {
    set_value(root, "soc." + instance_of(root, "hart", "--isa") + ".isa", options.isa, "--isa");
  }
  if (!options.uart.empty()) {
    apply_uart(root, options.uart);
  } else if (options.report_on_standard_output()) {
    keep_uarts_off_standard_output(root);
  }
  for (const std::string& assignment : options.overrides) apply_override(root, assignment);

  std::string data_folder = options.data_folder;
  if (const char* folder = std::getenv("GANGLION_DATA"); data_folder.empty() && folder != nullptr)
    data_folder = folder;
  if (!options.data_folder.empty() && !fs::is_directory(options.data_folder)) {
    throw ConfigError(
        {{"--data " + options.data_folder, 0, 0}, "no such folder", "a folder with data sets", ""});
  }
  return read_scenario(root, registry, {default_resource_root(), data_folder});
}

}  // namespace ganglion::cli
