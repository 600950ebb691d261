#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/error.h"
#include "platform/base/units.h"

namespace ganglion {

/// One node of a parsed scenario: a scalar, a sequence or a map, each with the place it came from.
/// Values stay text until a ParamSpec gives them a type.
class ConfigNode {
 public:
  enum class Kind { kNull, kScalar, kSequence, kMap };

  // Defined in config.cpp, where the type is complete: it contains itself.
  ConfigNode();
  ConfigNode(const ConfigNode&);
  ConfigNode(ConfigNode&&) noexcept;
  ConfigNode& operator=(const ConfigNode&);
  ConfigNode& operator=(ConfigNode&&) noexcept;
  ~ConfigNode();

  Kind kind = Kind::kNull;
  SourceLocation where;
  std::string scalar;                                       ///< text of a scalar
  bool quoted = false;                                      ///< scalar was quoted: always a string
  std::vector<ConfigNode> items;                            ///< of a sequence
  std::vector<std::pair<std::string, ConfigNode>> members;  ///< of a map, in file order
  std::map<std::string, SourceLocation> key_where;          ///< place of each key

  [[nodiscard]] const ConfigNode* find(std::string_view key) const;
  [[nodiscard]] ConfigNode* find(std::string_view key);
  /// Node at "a.b.c", or nullptr.
  [[nodiscard]] const ConfigNode* at_path(std::string_view dotted) const;
};

/// Reads `path`, resolves `extends:` (a path or a list of paths relative to the file; maps merge key by key,
/// scalars and sequences replace; cycles are errors). Duplicate keys are errors. Throws ConfigError.
[[nodiscard]] ConfigNode load_config(const std::string& path);
/// As load_config for text in memory; `name` stands for the file in messages; `extends` is resolved from
/// `directory`.
[[nodiscard]] ConfigNode parse_config(const std::string& text, const std::string& name,
                                      const std::string& directory = ".");
/// Applies one `--set path.to.param=value`. The parent map need not exist in the file; validation happens
/// later, where the location reads "--set path.to.param=value". Throws ConfigError for malformed text.
void apply_override(ConfigNode& root, const std::string& assignment);

enum class ParamType { kInteger, kReal, kBoolean, kString, kChoice, kQuantity, kPath };

/// One parameter of a component: everything `ganglion params`, the JSON Schema and the validator need.
struct ParamSpec {
  std::string name{};  ///< "group.name" is key NAME of the map GROUP
  ParamType type = ParamType::kInteger;
  Dimension dimension = Dimension::kNone;  ///< of a kQuantity
  std::string default_text{};              ///< as a user would write it; ignored when required
  std::string description{};               ///< one line
  bool required = false;
  double minimum = -std::numeric_limits<double>::infinity();  ///< in canonical units, inclusive
  double maximum = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices{};  ///< of a kChoice
  std::vector<int64_t> allowed{};      ///< of a kInteger: when not empty, the only legal values
};

/// Validated, typed values of one map. Asking for a name or type that the schema lacks is our own bug
/// (std::logic_error); a wrong value in the file is a ConfigError at construction.
class Params {
 public:
  struct Value {
    std::string text;
    int64_t integer = 0;
    double real = 0.0;
    bool boolean = false;
    SourceLocation where;
    bool given = false;  ///< written by the user, not the default
  };

  [[nodiscard]] int64_t integer(
      std::string_view name) const;                        ///< kInteger, kQuantity of an integer dimension
  [[nodiscard]] double real(std::string_view name) const;  ///< kReal, kQuantity
  [[nodiscard]] bool boolean(std::string_view name) const;
  [[nodiscard]] const std::string& text(std::string_view name) const;  ///< kString, kChoice, kPath
  [[nodiscard]] const SourceLocation& where(std::string_view name) const;
  [[nodiscard]] bool given(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, Value, std::less<>>& values() const { return values_; }

  std::map<std::string, Value, std::less<>> values_;
};

/// A named list of parameters, with an optional set of further keys whose maps somebody else validates.
struct ParamSchema {
  std::string name{};         ///< "sc_cnn"
  std::string description{};  ///< one line
  std::vector<ParamSpec> params{};
};

/// Checks `node` (a map or null) against `schema`; keys in `foreign_keys` are left to the caller. Unknown
/// keys (with the nearest valid name), missing units, wrong types, out-of-range values: ConfigError with
/// file:line:column.
[[nodiscard]] Params validate(const ConfigNode* node, const ParamSchema& schema,
                              const std::vector<std::string>& foreign_keys = {});

/// Text of a spec's type, unit and range for `ganglion params`: "integer 4..10", "quantity (Hz, kHz, MHz,
/// GHz)".
[[nodiscard]] std::string describe_type(const ParamSpec& spec);
/// JSON Schema (draft 2020-12) object of one map, as JSON text.
[[nodiscard]] std::string json_schema_of(const ParamSchema& schema);

}  // namespace ganglion
