// `ganglion params`: every parameter of scenarios and components, from the schemas that validate them.
#include <cstdio>

#include "platform/cli/commands.h"
#include "platform/soc/builtin.h"
#include "platform/soc/report.h"

namespace ganglion::cli {
namespace {

using nlohmann::json;

/// A section of the listing: where its parameters stand in a scenario, and their values when one is given.
struct Section {
  std::string path;  ///< "soc.sc_cnn", "limits", "" for the top level
  const ParamSchema* schema = nullptr;
  const Params* values = nullptr;
};

std::string shown_default(const ParamSpec& spec) {
  if (spec.required) return "required";
  return spec.default_text.empty() ? "-" : spec.default_text;
}

void print_table(const Section& section) {
  std::printf("%s%s%s\n", section.path.c_str(), section.path.empty() ? "" : "  ",
              section.schema->description.c_str());
  std::size_t name_width = 0;
  std::size_t type_width = 0;
  std::size_t default_width = 0;
  for (const ParamSpec& spec : section.schema->params) {
    name_width = std::max(name_width, spec.name.size());
    type_width = std::max(type_width, describe_type(spec).size());
    default_width = std::max(default_width, shown_default(spec).size());
  }
  for (const ParamSpec& spec : section.schema->params) {
    std::string value;
    if (section.values != nullptr && section.values->given(spec.name)) {
      value = "  [" + section.values->values().find(spec.name)->second.text + "]";
    }
    std::printf("  %-*s  %-*s  %-*s  %s%s\n", static_cast<int>(name_width), spec.name.c_str(),
                static_cast<int>(type_width), describe_type(spec).c_str(), static_cast<int>(default_width),
                shown_default(spec).c_str(), spec.description.c_str(), value.c_str());
  }
  std::printf("\n");
}

json section_json(const Section& section) {
  json params = json::array();
  for (const ParamSpec& spec : section.schema->params) {
    json entry{{"name", spec.name},
               {"type", describe_type(spec)},
               {"required", spec.required},
               {"default", spec.required ? json(nullptr) : json(spec.default_text)},
               {"description", spec.description}};
    if (section.values != nullptr) {
      entry["value"] = section.values->values().find(spec.name)->second.text;
      entry["given"] = section.values->given(spec.name);
      entry["where"] = section.values->where(spec.name).to_string();
    }
    params.push_back(std::move(entry));
  }
  return {
      {"path", section.path}, {"description", section.schema->description}, {"params", std::move(params)}};
}

}  // namespace

int params_command(const ParamsOptions& options) {
  const ComponentRegistry registry = make_registry();
  if (options.schema) {
    std::printf("%s\n", scenario_json_schema(registry).c_str());
    return 0;
  }
  if (options.report_schema) {
    std::printf("%.*s", static_cast<int>(report_json_schema().size()), report_json_schema().data());
    return 0;
  }

  std::vector<Section> sections{
      {"", &scenario_schema(), nullptr},         {"reference", &reference_schema(), nullptr},
      {"limits", &limits_schema(), nullptr},     {"clocks.NAME", &clock_schema(), nullptr},
      {"firmware", &firmware_schema(), nullptr}, {"images.NAME", &image_schema(), nullptr},
      {"results", &results_schema(), nullptr},   {"expect.SET", &expectation_schema(), nullptr},
      {"soc.NAME", &instance_schema(), nullptr}};
  Scenario scenario;
  std::vector<ParamSchema> type_schemas;
  if (options.scenario.empty()) {
    for (const std::string& type : registry.names()) {
      sections.push_back({"soc.NAME (type: " + type + ")", &registry.find(type, {}).schema, nullptr});
    }
  } else {
    RunOptions run_options;
    run_options.scenario = options.scenario;
    scenario = load_scenario(run_options, registry);
    for (const InstanceSpec& instance : scenario.instances) {
      sections.push_back({"soc." + instance.name + " (type: " + instance.type->schema.name + ")",
                          &instance.type->schema, &instance.params});
    }
  }

  json list = json::array();
  for (const Section& section : sections) {
    if (options.json) {
      list.push_back(section_json(section));
    } else {
      print_table(section);
    }
  }
  if (options.json) std::printf("%s\n", list.dump(2).c_str());
  return 0;
}

}  // namespace ganglion::cli
