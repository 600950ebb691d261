#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/base/config.h"
#include "platform/kernel/component_registry.h"
#include "platform/kernel/cost_table.h"
#include "platform/soc/file_search.h"

namespace ganglion {

/// A clock of the scenario: components name it.
struct ClockSpec {
  std::string name;
  uint64_t frequency_hz = 0;
  double voltage_v = 0.0;
};

/// What stands for a component: its model, RTL, or both side by side.
enum class Implementation { kTlm, kRtl, kBoth };
[[nodiscard]] std::string_view name_of(Implementation implementation);

/// One entry of `soc:`.
struct InstanceSpec {
  std::string name;
  const ComponentType* type = nullptr;  ///< owned by the registry
  Params params;                        ///< those of the type and the common ones
  std::string clock;
  std::optional<uint64_t> address;
  uint64_t size_bytes = 0;            ///< window; 0 when the instance is no target
  std::optional<uint32_t> interrupt;  ///< PLIC source
  Implementation implementation = Implementation::kTlm;
  std::string library;           ///< resolved; "" without RTL
  SourceLocation library_where;  ///< of its name, or of what made it necessary
  SourceLocation where;
};

/// A file placed in memory before the run; firmware finds it by name in the device tree.
struct ImageSpec {
  std::string name;
  std::string file;  ///< resolved
  std::optional<uint64_t> address;
  SourceLocation where;
};

/// What a run must deliver for exit code 0, by name of the result set.
struct ExpectationSpec {
  std::string set;
  std::optional<uint64_t> images;
  double minimum_accuracy = 0.0;  ///< 0..1
  SourceLocation where;
};

/// A validated scenario: everything the SoC is built from. Values are canonical (Hz, ps, bytes).
struct Scenario {
  std::string file;    ///< as given, or "" for text in memory
  std::string sha256;  ///< of the resolved tree: the same settings give the same digest
  std::string name;
  std::string description;
  uint64_t seed = 1;
  ReferenceNode reference;
  uint64_t max_time_ps = 0;       ///< 0: none
  uint64_t max_wall_ps = 0;       ///< 0: none
  uint64_t max_instructions = 0;  ///< 0: none
  uint64_t hang_ps = 0;           ///< without progress, 0: never
  std::vector<ClockSpec> clocks;
  std::vector<InstanceSpec> instances;  ///< in file order
  std::string elf;                      ///< resolved; "" when none is named
  SourceLocation elf_where;
  std::vector<ImageSpec> images;
  std::optional<uint64_t> image_base;  ///< where automatic placement starts
  uint64_t results_bytes = 0;
  std::optional<uint64_t> results_address;
  std::vector<ExpectationSpec> expectations;
};

/// Schemas of the scenario itself; those of components are in the registry.
[[nodiscard]] const ParamSchema& scenario_schema();
[[nodiscard]] const ParamSchema& reference_schema();
[[nodiscard]] const ParamSchema& limits_schema();
[[nodiscard]] const ParamSchema& clock_schema();
[[nodiscard]] const ParamSchema& firmware_schema();
[[nodiscard]] const ParamSchema& image_schema();
[[nodiscard]] const ParamSchema& results_schema();
[[nodiscard]] const ParamSchema& expectation_schema();
/// Parameters every instance under `soc:` has: type, address, interrupt, clock.
[[nodiscard]] const ParamSchema& instance_schema();

/// The schema of an instance: what every one has and what its type adds.
[[nodiscard]] ParamSchema merged_schema(const ComponentType& type);
/// ConfigError when RTL stands for or beside a model that its parameters make do what RTL does not.
void check_implementation(const InstanceSpec& instance);
/// Finds the library with an instance's RTL: the one named, or the one that comes with the type.
void find_library(InstanceSpec& instance, const FileSearch& search);

/// Sections of a scenario that hold a map of their own.
[[nodiscard]] const std::vector<std::string>& scenario_sections();

/// Validates `root` (load_config's result with overrides applied). Throws ConfigError with file:line:column.
[[nodiscard]] Scenario read_scenario(const ConfigNode& root, const ComponentRegistry& registry,
                                     const FileSearch& search);

/// JSON Schema (draft 2020-12) of a scenario file for the component types of `registry`, as JSON text.
[[nodiscard]] std::string scenario_json_schema(const ComponentRegistry& registry);

}  // namespace ganglion
