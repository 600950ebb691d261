#include "platform/accel/cosim/memory_access.h"

namespace ganglion {

std::vector<ByteSpan> written_spans(const axi::MemoryRequest& request) {
  std::vector<ByteSpan> spans;
  for (unsigned i = 0; i < request.burst.beats(); ++i) {
    const axi::Beat beat = axi::beat_of(request.burst, i);
    for (unsigned k = 0; k < beat.bytes; ++k) {
      const unsigned lane = beat.lane() + k;
      if ((request.strobes[i] >> lane & 1U) == 0) continue;
      const uint64_t address = beat.first + k;
      if (spans.empty() || spans.back().address + spans.back().bytes.size() != address)
        spans.push_back({address, {}});
      spans.back().bytes.push_back(static_cast<std::byte>(request.data[i] >> (8 * lane)));
    }
  }
  return spans;
}

std::vector<ByteSpan> read_spans(const axi::Burst& burst) {
  std::vector<ByteSpan> spans;
  if (burst.kind == axi::kIncrementing) {
    spans.push_back({burst.address, std::vector<std::byte>(axi::span_of(burst))});
    return spans;
  }
  for (unsigned i = 0; i < burst.beats(); ++i) {
    const axi::Beat beat = axi::beat_of(burst, i);
    spans.push_back({beat.first, std::vector<std::byte>(beat.bytes)});
  }
  return spans;
}

std::vector<uint64_t> beats_from(const axi::Burst& burst, std::span<const ByteSpan> spans) {
  std::vector<uint64_t> beats;
  for (unsigned i = 0; i < burst.beats(); ++i) {
    const axi::Beat beat = axi::beat_of(burst, i);
    const ByteSpan& span = spans.size() == 1 ? spans[0] : spans[i];
    uint64_t lanes = 0;
    for (unsigned k = 0; k < beat.bytes; ++k) {
      lanes |= std::to_integer<uint64_t>(span.bytes[beat.first + k - span.address])
               << (8 * (beat.lane() + k));
    }
    beats.push_back(lanes);
  }
  return beats;
}

}  // namespace ganglion
