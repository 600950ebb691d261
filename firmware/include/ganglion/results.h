/// The blob the platform reads after the run into `result{}` of its report (`ganglion.results/1`):
/// u32 magic 'GNRS', version, set count, total bytes; then per set char name[16], u32 images, u32 correct,
/// u8 predictions[images] padded to 4.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GN_RESULTS_MAGIC = 0x53524e47, GN_RESULTS_VERSION = 1 };

typedef struct {
  uint8_t* data;
  size_t bytes;
} gn_results_t;

/// Starts a blob without sets in `bytes` of 4-byte aligned memory. False when there is no room for a header.
bool gn_results_open(gn_results_t* results, void* data, size_t bytes);
/// Appends a set (the first 16 bytes of the name count). False, and nothing changed, when it does not fit.
bool gn_results_add(gn_results_t* results, const char* name, uint32_t images, uint32_t correct,
                    const uint8_t* predictions);

#ifdef __cplusplus
}
#endif
