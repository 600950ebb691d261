#pragma once

#include <string>

#include "platform/base/config.h"

namespace ganglion {

/// One YAML document as a tree, `extends:` not yet resolved. Throws ConfigError at `name`:line:column.
[[nodiscard]] ConfigNode parse_yaml(const std::string& text, const std::string& name);

}  // namespace ganglion
