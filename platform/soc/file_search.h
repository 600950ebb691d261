#pragma once

#include <string>

#include "platform/base/error.h"

namespace ganglion {

/// Where files named in a scenario are looked for, in this order: as given when absolute, beside the file
/// that names them (the working directory for the command line), in the resource root (also its folders
/// firmware/, loadables/, datasets/), in the data folder.
struct FileSearch {
  std::string resource_root;
  std::string data_folder;  ///< `--data`, may be empty

  /// Path of the file that `name` means at `where`; ConfigError that lists the places tried.
  [[nodiscard]] std::string resolve(const std::string& name, const SourceLocation& where) const;
};

/// $GANGLION_SHARE, else share/ganglion beside the folder of the running binary.
[[nodiscard]] std::string default_resource_root();

}  // namespace ganglion
