#pragma once

#include <cstdint>
#include <optional>

#include "platform/cpu/pmp.h"

namespace ganglion {

/// Where page tables lie: physical memory without time and without booking.
class PageTableMemory {
 public:
  virtual ~PageTableMemory() = default;
  /// nullopt: no memory there, or PMP forbids it.
  virtual std::optional<uint64_t> read_entry(uint64_t address) = 0;
  virtual bool write_entry(uint64_t address, uint64_t entry) = 0;
};

/// What a translation depends on beside the tables.
struct TranslationMode {
  uint64_t root = 0;  ///< physical address of the root table
  Privilege privilege = Privilege::kSupervisor;
  bool sum = false;  ///< S mode may access pages of U mode
  bool mxr = false;  ///< loads may read executable pages
};

struct Translation {
  enum class Outcome : uint8_t { kOk, kPageFault, kAccessFault };
  Outcome outcome = Outcome::kPageFault;
  uint64_t physical = 0;
};

/// Sv39, by the algorithm of Volume II (20211203), section 4.3.2.
///
/// models: 4 KiB, 2 MiB and 1 GiB pages, misaligned superpages, reserved bits, permissions; A and D are set
/// by
///   hardware, as QEMU does.
/// leaves out: Svnapot, Svpbmt (their bits are reserved), ASIDs (a translation is never kept across a write
/// of
///   satp); time, beats and energy of the walk.
/// checked against: random tables and a separate model (test/mmu_test.cpp).
[[nodiscard]] Translation translate_sv39(uint64_t address, AccessKind kind, const TranslationMode& mode,
                                         PageTableMemory& memory);

}  // namespace ganglion
