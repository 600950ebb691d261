#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "platform/bus/axi/subordinate.h"

namespace ganglion {

/// A run of bytes that a burst moves in one piece.
struct ByteSpan {
  uint64_t address = 0;
  std::vector<std::byte> bytes;
};

/// The bytes a write carries: strobed ones, neighbours joined across beats, in order.
[[nodiscard]] std::vector<ByteSpan> written_spans(const axi::MemoryRequest& request);
/// The pieces of memory a read needs: one for an incrementing burst, one a beat for the others. `bytes` are
/// sized.
[[nodiscard]] std::vector<ByteSpan> read_spans(const axi::Burst& burst);
/// The beats of a read from its spans, on the bus's lanes.
[[nodiscard]] std::vector<uint64_t> beats_from(const axi::Burst& burst, std::span<const ByteSpan> spans);

/// MemoryAnswer::cycles of a burst that takes `cycles` on the bus. A TLM burst begins where the one before it
/// ended; AXI4 shows its address there and has it accepted an edge later, so that edge is one of the burst's
/// cycles.
[[nodiscard]] inline uint64_t cycles_from_acceptance(uint64_t cycles) { return cycles > 2 ? cycles - 1 : 1; }

}  // namespace ganglion
