#pragma once

#include <span>
#include <string_view>

namespace ganglion {

struct CsrName {
  unsigned number;
  std::string_view name;
};

/// CSRs by number, for people: Volume II, tables 2.2 to 2.6; the counters that only read zero are left out.
/// That a name stands here does not mean that a hart has the register.
[[nodiscard]] std::span<const CsrName> csr_names();
/// "" when there is none.
[[nodiscard]] std::string_view csr_name(unsigned number);

}  // namespace ganglion
