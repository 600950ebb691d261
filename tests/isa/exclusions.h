#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "platform/cpu/isa.h"

namespace ganglion::isa_test {

/// How random programs may touch a CSR so that both sides must agree on the outcome.
struct CsrRule {
  unsigned first, last;  ///< numbers
  bool left_out;         ///< not touched at all
  bool value_unseen;     ///< read into x0 only: existence and access rights are compared, the value is not
  uint64_t writable;     ///< bits that programs write; others stay as they are
  const char* reason;
};

/// The rule of a CSR; nullptr: no restriction.
[[nodiscard]] const CsrRule* rule_of(unsigned csr);

/// An extension that QEMU lacks: off on our side as well, its instructions are not generated.
struct ExtensionExclusion {
  InstructionExtension extension;
  const char* reason;
};
[[nodiscard]] bool excluded_extension(InstructionExtension extension);

/// Properties that make QEMU's CPU the hart at hand, ",h=false,...".
[[nodiscard]] std::string qemu_cpu_properties();

}  // namespace ganglion::isa_test
