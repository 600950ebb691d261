#include "platform/soc/scenario.h"

#include <algorithm>
#include <set>

#include "platform/base/digest.h"

namespace ganglion {

const char* const kRtlType = "rtl";  ///< a component that has no model

ParamSchema merged_schema(const ComponentType& type) {
  ParamSchema merged = type.schema;
  merged.params.insert(merged.params.begin(), instance_schema().params.begin(),
                       instance_schema().params.end());
  return merged;
}

void check_implementation(const InstanceSpec& instance) {
  if (instance.implementation == Implementation::kTlm || !instance.type->model_only) return;
  const std::string parameter = instance.type->model_only(instance.params);
  if (parameter.empty()) return;
  const std::string impl(name_of(instance.implementation));
  throw ConfigError({instance.params.where(parameter),
                     parameter + " = " + instance.params.values().at(parameter).text + " for '" +
                         instance.name + "' with impl: " + impl,
                     "impl: tlm: only the model does this, RTL would differ by design",
                     "leave out either " + parameter + " or impl: " + impl});
}

void find_library(InstanceSpec& instance, const FileSearch& search) {
  if (instance.implementation == Implementation::kTlm) return;
  instance.library_where = instance.params.where(instance.params.given("library") ? "library" : "impl");
  if (instance.params.given("library")) {
    instance.library = search.resolve(instance.params.text("library"), instance.library_where);
    return;
  }
  const std::string& type = instance.type->schema.name;
  if (type == kRtlType) {
    throw ConfigError({instance.where, "'" + instance.name + "' of type rtl without a library",
                       "library: FILE.so, built by ganglion_add_rtl", "docs/how-to/bring-your-own-rtl.md"});
  }
  try {
    instance.library = search.resolve("rtl/" + type + ".so", instance.library_where);
  } catch (const ConfigError& error) {
    ConfigError::Details details = error.details();
    details.found = "impl: " + instance.params.text("impl") + " for '" + instance.name +
                    "', but this installation has no RTL of type " + type;
    details.remedy = "name a library of your own with library: FILE.so";
    throw ConfigError(details);
  }
}

namespace {

/// Settings that cannot change a result: the digest leaves them out, so that the reports of two runs can be
/// compared.
bool is_neutral(const std::string& path) {
  if (path == "limits.wall") return true;
  if (!path.starts_with("soc.")) return false;
  const std::string name = path.substr(path.rfind('.') + 1);
  return name == "dmi" || name == "quantum" || name == "block_instructions" || name == "output";
}

/// Text of a tree that is the same for the same settings: keys sorted, places left out.
void canonical_text(const ConfigNode& node, const std::string& path, std::string& out) {
  if (is_neutral(path)) return;
  switch (node.kind) {
    case ConfigNode::Kind::kNull:
      out += path + "=\n";
      break;
    case ConfigNode::Kind::kScalar:
      out += path + "=" + node.scalar + "\n";
      break;
    case ConfigNode::Kind::kSequence:
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        canonical_text(node.items[i], path + "[" + std::to_string(i) + "]", out);
      }
      break;
    case ConfigNode::Kind::kMap: {
      std::map<std::string, const ConfigNode*> sorted;
      for (const auto& [key, member] : node.members) sorted[key] = &member;
      const std::string prefix = path.empty() ? "" : path + ".";
      for (const auto& [key, member] : sorted) {
        std::string below = prefix;
        canonical_text(*member, below.append(key), out);
      }
      break;
    }
  }
}

/// The map `key` of `root`, or nullptr when absent; a scalar there is the user's mistake.
const ConfigNode* section(const ConfigNode& root, const std::string& key, const std::string& holds) {
  const ConfigNode* node = root.find(key);
  if (node == nullptr || node->kind == ConfigNode::Kind::kNull) return nullptr;
  if (node->kind != ConfigNode::Kind::kMap) {
    throw ConfigError({node->where, "'" + key + "' that is no map", holds, ""});
  }
  return node;
}

SourceLocation key_place(const ConfigNode& map, const std::string& key) {
  const auto place = map.key_where.find(key);
  return place == map.key_where.end() ? map.where : place->second;
}

std::vector<ClockSpec> read_clocks(const ConfigNode& root, const ReferenceNode& reference) {
  std::vector<ClockSpec> clocks;
  if (const ConfigNode* node = section(root, "clocks", "clock domains by name")) {
    for (const auto& [name, member] : node->members) {
      const Params params = validate(&member, clock_schema());
      clocks.push_back({name, static_cast<uint64_t>(params.integer("frequency")),
                        params.given("voltage") ? params.real("voltage") : reference.voltage_v});
    }
  }
  if (clocks.empty()) {
    throw ConfigError({root.where, "a scenario without clocks", "at least one clock domain under 'clocks'",
                       "for example: clocks: {system: {frequency: 400 MHz}}"});
  }
  return clocks;
}

bool has_param(const ParamSchema& schema, const std::string& name) {
  return std::any_of(schema.params.begin(), schema.params.end(),
                     [&](const ParamSpec& spec) { return spec.name == name; });
}

/// validate(), and what `--set` got wrong also names the place in the file it was laid over.
Params validate_at(const ConfigNode* node, const ParamSchema& schema, const std::string& what,
                   const SourceLocation& place, const std::vector<std::string>& foreign_keys = {}) {
  try {
    return validate(node, schema, foreign_keys);
  } catch (const ConfigError& error) {
    ConfigError::Details details = error.details();
    if (details.where.line != 0 || place.line == 0) throw;
    if (!details.remedy.empty()) details.remedy += "\n  ";
    details.remedy += what + " stands at " + place.to_string();
    throw ConfigError(details);
  }
}

Implementation implementation_of(const InstanceSpec& instance) {
  const std::string& text = instance.params.text("impl");
  const auto given = text == "rtl"    ? Implementation::kRtl
                     : text == "both" ? Implementation::kBoth
                                      : Implementation::kTlm;
  if (instance.type->schema.name != kRtlType) return given;
  if (instance.params.given("impl") && given != Implementation::kRtl) {
    throw ConfigError({instance.params.where("impl"), "impl: " + text + " for '" + instance.name + "'",
                       "impl: rtl: a component of type rtl has no model", "remove it"});
  }
  return Implementation::kRtl;
}

/// Instances of a scenario are read one by one, but know each other's names for messages.
InstanceSpec read_instance(const std::string& name, const ConfigNode& node, const SourceLocation& where,
                           const ComponentRegistry& registry, const std::vector<ClockSpec>& clocks,
                           const std::vector<std::string>& siblings, const FileSearch& search) {
  const ConfigNode* type_node = node.find("type");
  if (type_node == nullptr) {
    std::string remedy = "a misspelt name under 'soc' reads as a new component";
    if (const std::string near = nearest_name(name, siblings); !near.empty())
      remedy = "did you mean \"" + near + "\"?";
    throw ConfigError({where, "component \"" + name + "\" without a type",
                       "type: one of those 'ganglion params' lists", remedy});
  }
  const ComponentType& type = registry.find(type_node->scalar, type_node->where);

  InstanceSpec instance;
  instance.name = name;
  instance.type = &type;
  instance.where = where;
  instance.params = validate_at(&node, merged_schema(type), "soc." + name, where);

  std::vector<std::string> clock_names;
  clock_names.reserve(clocks.size());
  for (const ClockSpec& clock : clocks) clock_names.push_back(clock.name);
  instance.clock = instance.params.given("clock") ? instance.params.text("clock") : clock_names.front();
  if (std::find(clock_names.begin(), clock_names.end(), instance.clock) == clock_names.end()) {
    const std::string near = nearest_name(instance.clock, clock_names);
    throw ConfigError({instance.params.where("clock"), "clock \"" + instance.clock + "\"",
                       "a name under 'clocks'", near.empty() ? "" : "did you mean \"" + near + "\"?"});
  }

  instance.size_bytes = type.window_bytes;
  const bool sized_by_parameter = type.window_bytes == 0 && has_param(type.schema, "size");
  if (sized_by_parameter) instance.size_bytes = static_cast<uint64_t>(instance.params.integer("size"));
  const bool is_target = instance.size_bytes != 0;
  if (instance.params.given("address")) {
    if (!is_target) {
      throw ConfigError({instance.params.where("address"), "an address for '" + name + "'",
                         "none: a " + type.schema.name + " is not mapped on the bus", "remove it"});
    }
    instance.address = static_cast<uint64_t>(instance.params.integer("address"));
  } else if (is_target) {
    throw ConfigError({where, "'" + name + "' without an address", "address: where its window begins", ""});
  }
  if (instance.params.given("interrupt")) {
    instance.interrupt = static_cast<uint32_t>(instance.params.integer("interrupt"));
  }
  instance.implementation = implementation_of(instance);
  check_implementation(instance);
  find_library(instance, search);
  return instance;
}

void check_windows(const std::vector<InstanceSpec>& instances) {
  std::vector<const InstanceSpec*> mapped;
  for (const InstanceSpec& instance : instances) {
    if (instance.address) mapped.push_back(&instance);
  }
  std::stable_sort(mapped.begin(), mapped.end(),
                   [](const auto* a, const auto* b) { return *a->address < *b->address; });
  for (std::size_t i = 1; i < mapped.size(); ++i) {
    const InstanceSpec& below = *mapped[i - 1];
    const InstanceSpec& above = *mapped[i];
    const uint64_t end = *below.address + below.size_bytes;
    if (end > *above.address) {
      throw ConfigError({above.params.where("address"),
                         "the window of '" + above.name + "' begins inside that of '" + below.name + "'",
                         "windows that do not overlap ('" + below.name + "' takes " +
                             std::to_string(below.size_bytes) + " bytes, up to 0x" +
                             [](uint64_t value) {
                               char text[17];
                               std::snprintf(text, sizeof text, "%llx",
                                             static_cast<unsigned long long>(value));
                               return std::string(text);
                             }(end - 1) +
                             ")",
                         ""});
    }
  }
}

void check_interrupts(const std::vector<InstanceSpec>& instances) {
  std::map<uint32_t, std::string> taken;
  for (const InstanceSpec& instance : instances) {
    if (!instance.interrupt) continue;
    const auto [entry, free] = taken.emplace(*instance.interrupt, instance.name);
    if (!free) {
      throw ConfigError(
          {instance.params.where("interrupt"),
           "interrupt " + std::to_string(*instance.interrupt) + ", which '" + entry->second + "' has",
           "a source of its own, 1 to 95", ""});
    }
  }
}

void read_images(const ConfigNode& root, const FileSearch& search, Scenario& scenario) {
  const ConfigNode* node = section(root, "images", "images by name");
  if (node == nullptr) return;
  for (const auto& [name, member] : node->members) {
    const Params params = validate(&member, image_schema());
    ImageSpec image;
    image.name = name;
    image.where = params.where("file");
    image.file = search.resolve(params.text("file"), image.where);
    if (params.given("address")) image.address = static_cast<uint64_t>(params.integer("address"));
    scenario.images.push_back(std::move(image));
  }
}

void read_expectations(const ConfigNode& root, Scenario& scenario) {
  const ConfigNode* node = section(root, "expect", "expectations by name of the result set");
  if (node == nullptr) return;
  for (const auto& [name, member] : node->members) {
    const Params params = validate(&member, expectation_schema());
    ExpectationSpec expectation;
    expectation.set = name;
    expectation.where = key_place(*node, name);
    if (params.given("images")) expectation.images = static_cast<uint64_t>(params.integer("images"));
    expectation.minimum_accuracy = params.real("minimum_accuracy");
    scenario.expectations.push_back(std::move(expectation));
  }
}

}  // namespace

std::string_view name_of(Implementation implementation) {
  switch (implementation) {
    case Implementation::kRtl:
      return "rtl";
    case Implementation::kBoth:
      return "both";
    case Implementation::kTlm:
      break;
  }
  return "tlm";
}

Scenario read_scenario(const ConfigNode& root, const ComponentRegistry& registry, const FileSearch& search) {
  std::vector<std::string> foreign = scenario_sections();
  foreign.emplace_back("extends");
  const Params top = validate_at(&root, scenario_schema(), "the scenario", root.where, foreign);

  Scenario scenario;
  scenario.file = root.where.file;
  scenario.name = top.text("name");
  scenario.description = top.text("description");
  scenario.seed = static_cast<uint64_t>(top.integer("seed"));
  if (top.given("image_base")) scenario.image_base = static_cast<uint64_t>(top.integer("image_base"));
  std::string canonical;
  canonical_text(root, "", canonical);
  scenario.sha256 = sha256_hex({reinterpret_cast<const uint8_t*>(canonical.data()), canonical.size()});

  const Params reference = validate(section(root, "reference", "node and voltage"), reference_schema());
  scenario.reference = {reference.real("node"), reference.real("voltage")};
  const Params limits = validate(section(root, "limits", "time, wall, instructions, hang"), limits_schema());
  scenario.max_time_ps = static_cast<uint64_t>(limits.integer("time"));
  scenario.max_wall_ps = static_cast<uint64_t>(limits.integer("wall"));
  scenario.max_instructions = static_cast<uint64_t>(limits.integer("instructions"));
  scenario.hang_ps = static_cast<uint64_t>(limits.integer("hang"));

  scenario.clocks = read_clocks(root, scenario.reference);
  const ConfigNode* soc = section(root, "soc", "components by instance name");
  if (soc == nullptr) {
    throw ConfigError({root.where, "a scenario without components", "components by name under 'soc'",
                       "extends: virt.yaml gives a bare SoC"});
  }
  std::vector<std::string> names;
  for (const auto& [name, member] : soc->members) {
    if (member.find("type") != nullptr) names.push_back(name);
  }
  for (const auto& [name, member] : soc->members) {
    scenario.instances.push_back(
        read_instance(name, member, key_place(*soc, name), registry, scenario.clocks, names, search));
  }
  check_windows(scenario.instances);
  check_interrupts(scenario.instances);

  if (const ConfigNode* firmware = section(root, "firmware", "elf: a file")) {
    const Params params = validate(firmware, firmware_schema());
    scenario.elf_where = params.where("elf");
    scenario.elf = search.resolve(params.text("elf"), scenario.elf_where);
  }
  read_images(root, search, scenario);
  if (const ConfigNode* results = section(root, "results", "size and address")) {
    const Params params = validate(results, results_schema());
    scenario.results_bytes = static_cast<uint64_t>(params.integer("size"));
    if (params.given("address")) scenario.results_address = static_cast<uint64_t>(params.integer("address"));
  }
  read_expectations(root, scenario);
  return scenario;
}

}  // namespace ganglion
