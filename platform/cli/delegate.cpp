// Subcommands that are programs of their own: `ganglion compile` is `ganglion-compile`.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>

#include "platform/cli/commands.h"
#include "platform/cli/toolchain.h"

namespace ganglion::cli {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kPrefix = "ganglion-";

/// Folders in order of search: beside the binary, PATH, the venv the project was configured with.
std::vector<fs::path> search_folders() {
  std::vector<fs::path> folders;
  std::error_code ignored;
  folders.push_back(fs::read_symlink("/proc/self/exe", ignored).parent_path());
  const char* path = std::getenv("PATH");
  std::string rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::string folder = rest.substr(0, colon);
    if (!folder.empty()) folders.emplace_back(folder);
    rest = colon == std::string::npos ? "" : rest.substr(colon + 1);
  }
  folders.emplace_back(kVenvBin);
  return folders;
}

}  // namespace

void delegate(const std::string& name, char** arguments) {
  for (const fs::path& folder : search_folders()) {
    const fs::path program = folder / (std::string(kPrefix) + name);
    if (access(program.c_str(), X_OK) != 0) continue;
    arguments[0] = const_cast<char*>(program.c_str());
    execv(program.c_str(), arguments);
    throw Error(ExitCode::kUsage, program.string() + " cannot be started: " + std::strerror(errno));
  }
}

std::vector<std::string> delegated_commands() {
  std::set<std::string> names;
  for (const fs::path& folder : search_folders()) {
    std::error_code failed;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed)) {
      const std::string file = entry->path().filename().string();
      if (file.rfind(kPrefix, 0) == 0 && access(entry->path().c_str(), X_OK) == 0) {
        names.insert(file.substr(kPrefix.size()));
      }
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace ganglion::cli
