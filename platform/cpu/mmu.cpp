#include "platform/cpu/mmu.h"

namespace ganglion {
namespace {

constexpr uint64_t kValid = 1, kRead = 2, kWrite = 4, kExecute = 8, kUser = 16, kAccessed = 64, kDirty = 128;
constexpr uint64_t kReserved = ~uint64_t{0} << 54;
constexpr int kLevels = 3;

bool permitted(uint64_t entry, AccessKind kind, const TranslationMode& mode) {
  const bool user_page = (entry & kUser) != 0;
  if (mode.privilege == Privilege::kUser) {
    if (!user_page) return false;
  } else if (user_page && (kind == AccessKind::kFetch || !mode.sum)) {
    return false;
  }
  switch (kind) {
    case AccessKind::kFetch:
      return (entry & kExecute) != 0;
    case AccessKind::kLoad:
      return (entry & kRead) != 0 || (mode.mxr && (entry & kExecute) != 0);
    case AccessKind::kStore:
      return (entry & kWrite) != 0;
  }
  return false;
}

}  // namespace

Translation translate_sv39(uint64_t address, AccessKind kind, const TranslationMode& mode,
                           PageTableMemory& memory) {
  constexpr Translation kPageFault{Translation::Outcome::kPageFault, 0};
  constexpr Translation kAccessFault{Translation::Outcome::kAccessFault, 0};
  const auto high = static_cast<int64_t>(address) >> 38;
  if (high != 0 && high != -1) return kPageFault;
  uint64_t table = mode.root;
  for (int level = kLevels - 1; level >= 0; --level) {
    const unsigned shift = 12 + 9 * static_cast<unsigned>(level);
    const uint64_t at = table + (address >> shift & 511) * 8;
    const auto entry = memory.read_entry(at);
    if (!entry) return kAccessFault;
    const uint64_t bits = *entry;
    if ((bits & kValid) == 0 || (bits & kReserved) != 0) return kPageFault;
    if ((bits & (kRead | kWrite)) == kWrite) return kPageFault;
    const uint64_t frame = bits >> 10 << 12;
    if ((bits & (kRead | kExecute)) == 0) {
      if ((bits & (kUser | kAccessed | kDirty)) != 0) return kPageFault;  // reserved in a pointer
      table = frame;
      continue;
    }
    if (!permitted(bits, kind, mode)) return kPageFault;
    const uint64_t within = (uint64_t{1} << shift) - 1;
    if ((frame & within) != 0) return kPageFault;  // misaligned superpage
    const uint64_t marks = kAccessed | (kind == AccessKind::kStore ? kDirty : 0);
    if ((bits & marks) != marks && !memory.write_entry(at, bits | marks)) return kAccessFault;
    return {Translation::Outcome::kOk, frame | (address & within)};
  }
  return kPageFault;
}

}  // namespace ganglion
