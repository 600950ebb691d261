#pragma once

#include <cstdint>
#include <vector>

#include "platform/cpu/isa.h"

namespace ganglion::isa_test {

/// Rows and 16-bit words to draw from, by what the generator must take care of.
struct Vocabulary {
  std::vector<const InstructionInfo*> plain, floats, loads, stores, amos, branches, csrs;
  std::vector<uint16_t> short_plain, short_memory, short_branches, short_jumps, short_illegal;
};
/// Of a hart of this XLEN (32 or 64).
[[nodiscard]] const Vocabulary& vocabulary(int xlen);

/// Whether a load or store has the S-type layout (opcodes STORE and STORE-FP).
[[nodiscard]] constexpr bool is_store_encoding(uint32_t word) {
  return (word & 0x5b) == 0x03 && (word & 0x20) != 0;
}

}  // namespace ganglion::isa_test
