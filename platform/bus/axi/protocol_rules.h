#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ganglion::axi {

/// One rule of AMBA AXI that a checker watches.
struct ProtocolRule {
  std::string_view id;    ///< "AXI4-AW-STABLE"
  std::string_view text;  ///< what must hold
};

/// All rules of the AXI4 and of the AXI4-Lite checker; every one has a test that breaks it.
[[nodiscard]] std::span<const ProtocolRule> axi4_rules();
[[nodiscard]] std::span<const ProtocolRule> lite_rules();

/// A broken rule.
struct Violation {
  std::string_view rule;
  std::string detail;  ///< the values that broke it
  uint64_t edge = 0;

  /// "AXI4-AR-4K: a burst does not cross a 4 KiB border (ARADDR 0xff8, 2 beats of 8 bytes), at clock edge
  /// 17".
  [[nodiscard]] std::string to_string() const;
};

}  // namespace ganglion::axi
