#pragma once

#include <cstdint>
#include <string>

namespace ganglion {

/// A synthesis-time parameter of a block, as a field of its registers shows it.
struct BuiltConstant {
  std::string parameter{};      ///< of the scenario, "lanes"
  std::string register_name{};  ///< "CAPS_ARRAY"
  std::string field{};          ///< "LANES"
  uint32_t mask = 0;            ///< of the field in the register
  uint32_t lsb = 0;
  uint32_t value = 0;  ///< of the field
};

}  // namespace ganglion
