#pragma once

#include "platform/cpu/operation_pairs.h"
#include "platform/cpu/riscv_core.h"

namespace ganglion {

/// Index of an instruction's or derived operation's handler.
enum class Handler : uint16_t {
#define X(name, ...) k##name,
#define P(first, second) k##first##Then##second,
  GANGLION_RISCV_INSTRUCTIONS(X) GANGLION_HART_DERIVED_OPERATIONS(X) GANGLION_HART_OPERATION_PAIRS(P)
#undef P
#undef X
      kCount
};
constexpr Handler handler_of(Instruction id) { return static_cast<Handler>(id); }

}  // namespace ganglion
