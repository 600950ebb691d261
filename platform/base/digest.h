#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace ganglion {

/// SHA-256 as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::span<const uint8_t> data);
/// SHA-256 of a file; throws ConfigError when it cannot be read.
[[nodiscard]] std::string sha256_file(const std::string& path);
/// CRC-32 (IEEE 802.3), as zlib's crc32().
[[nodiscard]] uint32_t crc32(std::span<const uint8_t> data);

}  // namespace ganglion
