#include "platform/soc/file_search.h"

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace ganglion {

namespace fs = std::filesystem;

std::string FileSearch::resolve(const std::string& name, const SourceLocation& where) const {
  std::error_code ignored;
  if (name.empty()) {
    throw ConfigError({where, "an empty file name", "the name of a file", ""});
  }
  std::vector<fs::path> places;
  if (fs::path(name).is_absolute()) {
    places.push_back(name);
  } else {
    const fs::path origin(where.file);
    places.push_back(fs::is_regular_file(origin, ignored) ? origin.parent_path() / name : fs::path(name));
    if (!resource_root.empty()) {
      for (const char* folder : {"", "firmware", "loadables", "datasets"}) {
        places.push_back(fs::path(resource_root) / folder / name);
      }
    }
    if (!data_folder.empty()) places.push_back(fs::path(data_folder) / name);
  }
  std::string tried;
  for (const fs::path& place : places) {
    if (fs::is_regular_file(place, ignored)) return place.lexically_normal().string();
    tried += "\n    " + place.lexically_normal().string();
  }
  throw ConfigError(
      {where, "'" + name + "', and there is no such file", "a file in one of these places:" + tried,
       std::string(data_folder.empty() ? "if it belongs to a data set, give its folder with --data DIR; "
                                       : "") +
           "the scenario's comments may say how to make it"});
}

std::string default_resource_root() {
  if (const char* share = std::getenv("GANGLION_SHARE"); share != nullptr && *share != '\0') return share;
  std::error_code ignored;
  const fs::path binary = fs::read_symlink("/proc/self/exe", ignored);
  return (binary.parent_path().parent_path() / "share" / "ganglion").string();
}

}  // namespace ganglion
