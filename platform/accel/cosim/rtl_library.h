#pragma once

#include <memory>
#include <span>
#include <string>

#include "platform/accel/cosim/rtl_abi.h"
#include "platform/base/error.h"

namespace ganglion {

/// A shared library with RTL behind rtl_abi.h. Stays loaded while it is shared.
class RtlLibrary {
 public:
  /// ConfigError at `where` when the file is no such library, or one for another version of the interface.
  [[nodiscard]] static std::shared_ptr<const RtlLibrary> load(const std::string& file,
                                                              const SourceLocation& where);
  ~RtlLibrary();
  RtlLibrary(const RtlLibrary&) = delete;
  RtlLibrary& operator=(const RtlLibrary&) = delete;

  [[nodiscard]] const ganglion_rtl_api& api() const { return *api_; }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const SourceLocation& where() const { return where_; }
  [[nodiscard]] std::span<const ganglion_rtl_port> ports() const { return {api_->ports, api_->port_count}; }
  [[nodiscard]] std::span<const ganglion_rtl_register> registers() const {
    return {api_->registers, api_->register_count};
  }
  /// nullptr when the RDL has no register of that name, or at that offset.
  [[nodiscard]] const ganglion_rtl_register* find_register(std::string_view name) const;
  [[nodiscard]] const ganglion_rtl_register* find_register(uint64_t offset) const;
  /// "CTRL (offset 0x00c)", or the offset alone.
  [[nodiscard]] std::string describe_register(uint64_t offset) const;

 private:
  RtlLibrary(std::string file, SourceLocation where, void* handle, const ganglion_rtl_api* api);

  std::string file_;
  SourceLocation where_;
  void* handle_;
  const ganglion_rtl_api* api_;
};

}  // namespace ganglion
