#pragma once

#include "platform/cpu/riscv_core.h"

namespace ganglion {

/// Index of an instruction's or derived operation's handler.
enum class Handler : uint16_t {
#define X(name, ...) k##name,
  GANGLION_RISCV_INSTRUCTIONS(X) GANGLION_HART_DERIVED_OPERATIONS(X)
#undef X
      kCount
};
constexpr Handler handler_of(Instruction id) { return static_cast<Handler>(id); }

}  // namespace ganglion
