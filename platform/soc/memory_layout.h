#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/soc/scenario.h"

namespace ganglion {

/// A span of memory taken by something other than firmware.
struct PlacedImage {
  std::string name;
  std::string file;
  uint64_t address = 0;
  uint64_t bytes = 0;
};

/// Where everything in the SoC's memory lies.
struct MemoryLayout {
  uint64_t memory_base = 0;
  uint64_t memory_bytes = 0;
  std::vector<PlacedImage> images;
  uint64_t results_address = 0;
  uint64_t results_bytes = 0;  ///< 0: no room for results
};

/// A span [begin, end) of bus addresses.
struct AddressSpan {
  uint64_t begin = 0;
  uint64_t end = 0;
};

/// Places images and results in the memory [`memory_base`, +`memory_bytes`): what names an address goes
/// there, the rest follows from `image_base` on (default: 4 MiB into the memory or behind `firmware`,
/// whichever is higher), each at a multiple of 4 KiB. ConfigError when something does not fit, overlaps the
/// firmware or another image.
[[nodiscard]] MemoryLayout lay_out_memory(const Scenario& scenario, uint64_t memory_base,
                                          uint64_t memory_bytes, const std::vector<AddressSpan>& firmware);

}  // namespace ganglion
