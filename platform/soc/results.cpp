#include "platform/soc/results.h"

#include <algorithm>
#include <cstring>

namespace ganglion {
namespace {

constexpr uint32_t kMagic = 0x53524E47;  // "GNRS"
constexpr std::size_t kHeaderBytes = 16;
constexpr std::size_t kNameBytes = 16;
constexpr std::size_t kSetHeaderBytes = kNameBytes + 8;

uint32_t word_at(std::span<const uint8_t> bytes, std::size_t offset) {
  return static_cast<uint32_t>(bytes[offset]) | static_cast<uint32_t>(bytes[offset + 1]) << 8 |
         static_cast<uint32_t>(bytes[offset + 2]) << 16 | static_cast<uint32_t>(bytes[offset + 3]) << 24;
}

}  // namespace

ResultsBlob parse_results(std::span<const uint8_t> memory) {
  ResultsBlob blob;
  if (memory.size() < kHeaderBytes || word_at(memory, 0) != kMagic) return blob;
  blob.written = true;
  const uint32_t version = word_at(memory, 4);
  const uint32_t set_count = word_at(memory, 8);
  const uint32_t total_bytes = word_at(memory, 12);
  if (version != 1) {
    blob.problem = "results have version " + std::to_string(version) + ", this program reads version 1";
    return blob;
  }
  if (total_bytes < kHeaderBytes || total_bytes > memory.size()) {
    blob.problem = "results claim " + std::to_string(total_bytes) +
                   " bytes, the memory reserved for them has " + std::to_string(memory.size());
    return blob;
  }
  std::size_t offset = kHeaderBytes;
  for (uint32_t i = 0; i < set_count; ++i) {
    if (total_bytes - offset < kSetHeaderBytes) {
      blob.problem = "results end within set " + std::to_string(i);
      return blob;
    }
    ResultSet set;
    const auto* name = reinterpret_cast<const char*>(memory.data() + offset);
    set.name.assign(name, strnlen(name, kNameBytes));
    set.images = word_at(memory, offset + kNameBytes);
    set.correct = word_at(memory, offset + kNameBytes + 4);
    offset += kSetHeaderBytes;
    const std::size_t padded = (std::size_t{set.images} + 3) / 4 * 4;
    if (total_bytes - offset < padded) {
      blob.problem = "results end within the predictions of set '" + set.name + "'";
      return blob;
    }
    if (set.correct > set.images) {
      blob.problem = "set '" + set.name + "' claims " + std::to_string(set.correct) + " right of " +
                     std::to_string(set.images);
      return blob;
    }
    const auto predictions = memory.subspan(offset, set.images);
    set.predictions.assign(predictions.begin(), predictions.end());
    offset += padded;
    blob.sets.push_back(std::move(set));
  }
  return blob;
}

}  // namespace ganglion
