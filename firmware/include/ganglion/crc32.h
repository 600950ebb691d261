/// CRC-32 (IEEE 802.3, reflected 0xEDB88320, as zlib's crc32).
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Continues over `bytes` more; start with 0, the value after the last piece is the checksum.
uint32_t gn_crc32(uint32_t crc, const void* data, size_t bytes);

#ifdef __cplusplus
}
#endif
