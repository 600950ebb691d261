#include "platform/kernel/component_registry.h"

#include <stdexcept>
#include <utility>

namespace ganglion {

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
