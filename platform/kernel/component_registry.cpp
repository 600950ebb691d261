#include "platform/kernel/component_registry.h"

#include <stdexcept>
#include <utility>

namespace ganglion {
namespace {

void take_over(std::map<std::string, CostEntry>& to, const std::map<std::string, CostEntry>& from,
               const std::string& file) {
  for (const auto& [key, entry] : from) {
    if (to.emplace(key, entry).second) continue;
    throw ConfigError(
        {{}, file + ": cost \"" + key + "\" stands in the shared table too", "one of them", ""});
  }
}

}  // namespace

CostTable cost_table_of(const ComponentType& type) {
  CostTable costs = parse_cost_table(type.cost_yaml, type.schema.name + "/cost.yaml");
  if (type.shared_cost_yaml.empty()) return costs;
  const CostTable shared = parse_cost_table(type.shared_cost_yaml, "costs shared with " + type.schema.name);
  take_over(costs.actions, shared.actions, costs.file);
  take_over(costs.area, shared.area, costs.file);
  return costs;
}

void ComponentRegistry::add(ComponentType type) {
  const std::string name = type.schema.name;
  if (name.empty() || !type.make) throw std::logic_error("a component type needs a name and a factory");
  type.make = [make = std::move(type.make)](const ComponentContext& context) {
    if (context.scope != nullptr) return make(context);
    sc_core::sc_module_name scope(context.name.c_str());
    ComponentContext scoped = context;
    scoped.scope = &scope;
    return make(scoped);
  };
  if (!types_.emplace(name, std::move(type)).second) {
    throw std::logic_error("component type \"" + name + "\" is registered twice");
  }
}

const ComponentType& ComponentRegistry::find(const std::string& name, const SourceLocation& where) const {
  if (const auto found = types_.find(name); found != types_.end()) return found->second;
  std::string known;
  for (const std::string& type : names()) known += (known.empty() ? "" : ", ") + type;
  const std::string near = nearest_name(name, names());
  throw ConfigError({where, "unknown component type \"" + name + "\"",
                     known.empty() ? "no type is known" : known,
                     near.empty() ? "" : "did you mean \"" + near + "\"?"});
}

std::vector<std::string> ComponentRegistry::names() const {
  std::vector<std::string> result;
  for (const auto& [name, type] : types_) result.push_back(name);
  return result;
}

}  // namespace ganglion
