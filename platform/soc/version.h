#pragma once

#include <string_view>

namespace ganglion {

/// Release of this program, "0.1.0".
extern const std::string_view kVersion;
/// Commit it was built from with "+" when the tree had changes, or "unknown" outside a repository.
extern const std::string_view kGitRevision;

}  // namespace ganglion
