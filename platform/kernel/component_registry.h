#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/kernel/built_constant.h"
#include "platform/kernel/component.h"

namespace ganglion {

/// Values of a block's ID and VERSION registers.
struct BlockIdentity {
  uint32_t id = 0;
  uint32_t version = 0;
};

/// A kind of component that a scenario can name: how to configure, price, map and build it.
struct ComponentType {
  ParamSchema schema{};                  ///< schema.name is the type's name in scenarios ("sc_cnn")
  std::string cost_yaml{};               ///< text of its cost.yaml
  std::string shared_cost_yaml{};        ///< text of a table whose entries it has too; "" when there is none
  std::string device_tree_compatible{};  ///< "" when it has no node
  uint64_t window_bytes =
      0x10000;  ///< size of its address window; 0 when it is no target or sized by a parameter
  /// Of a block with the common registers: what RTL that stands for it must answer.
  std::optional<BlockIdentity> identity{};
  /// What an instance with these parameters shows in its registers of how it was built, and what RTL that
  /// stands for it must show; empty when there is no such register.
  std::function<std::vector<BuiltConstant>(const Params&)> built_constants{};
  /// Leakage of an instance with these parameters relative to the configuration that `leakage` of cost.yaml
  /// states; empty when it does not depend on them.
  std::function<double(const Params&, const CostTable&)> leakage_scale{};
  /// Parameter whose value makes the model do what RTL does not (faults injected), "" when none does: such an
  /// instance runs with impl tlm only. Empty for a type without such parameters.
  std::function<std::string(const Params&)> model_only{};
  /// Builds one; ComponentRegistry::add wraps it so that it runs in a SystemC name scope of the instance.
  std::function<std::unique_ptr<Component>(const ComponentContext&)> make{};
};

/// The costs of a type: those of its cost.yaml and the shared ones. ConfigError as parse_cost_table, and for
/// an entry that both have.
[[nodiscard]] CostTable cost_table_of(const ComponentType& type);

/// The types known to this binary, by name. Filled by explicit register_<type>() calls; CMake generates the
/// list for ip/.
class ComponentRegistry {
 public:
  /// std::logic_error when the name is taken.
  void add(ComponentType type);
  /// ConfigError at `where` with the nearest name when there is none.
  [[nodiscard]] const ComponentType& find(const std::string& name, const SourceLocation& where) const;
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::map<std::string, ComponentType> types_;
};

}  // namespace ganglion
