#include "platform/accel/cosim/rtl_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>
#include <utility>

namespace ganglion {

std::shared_ptr<const RtlLibrary> RtlLibrary::load(const std::string& file, const SourceLocation& where) {
  const std::string remedy =
      "ganglion_add_rtl in cmake/GanglionRtl.cmake builds one (docs/how-to/bring-your-own-rtl.md)";
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored))
    throw ConfigError({where, "'" + file + "', and there is no such file", "a library with RTL", remedy});
  // A bare name would be searched for in the system's folders.
  const std::string path = std::filesystem::absolute(file).string();
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = dlerror();
    throw ConfigError({where, "'" + file + "', which cannot be loaded: " + (reason != nullptr ? reason : "?"),
                       "a library with RTL", remedy});
  }
  using Entry = const ganglion_rtl_api* (*)();
  const auto entry = reinterpret_cast<Entry>(dlsym(handle, GANGLION_RTL_ENTRY));
  if (entry == nullptr) {
    dlclose(handle);
    throw ConfigError({where, "'" + file + "', a library without the function " GANGLION_RTL_ENTRY,
                       "a library with RTL, which has it", remedy});
  }
  const ganglion_rtl_api* const api = entry();
  if (api == nullptr || api->abi != GANGLION_RTL_ABI) {
    const std::string found = api == nullptr ? "none" : std::to_string(api->abi);
    dlclose(handle);
    throw ConfigError({where, "'" + file + "' with version " + found + " of the RTL interface",
                       "version " + std::to_string(GANGLION_RTL_ABI),
                       "build the library again with this Ganglion"});
  }
  return std::shared_ptr<const RtlLibrary>(new RtlLibrary(file, where, handle, api));
}

RtlLibrary::RtlLibrary(std::string file, SourceLocation where, void* handle, const ganglion_rtl_api* api)
    : file_(std::move(file)), where_(std::move(where)), handle_(handle), api_(api) {}

RtlLibrary::~RtlLibrary() { dlclose(handle_); }

const ganglion_rtl_register* RtlLibrary::find_register(std::string_view name) const {
  for (const ganglion_rtl_register& reg : registers()) {
    if (reg.name == name) return &reg;
  }
  return nullptr;
}

const ganglion_rtl_register* RtlLibrary::find_register(uint64_t offset) const {
  for (const ganglion_rtl_register& reg : registers()) {
    if (reg.offset == offset) return &reg;
  }
  return nullptr;
}

std::string RtlLibrary::describe_register(uint64_t offset) const {
  const ganglion_rtl_register* const reg = find_register(offset);
  return reg == nullptr ? fmt::format("offset {:#05x}", offset)
                        : fmt::format("{} (offset {:#05x})", reg->name, offset);
}

}  // namespace ganglion
