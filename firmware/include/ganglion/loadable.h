/// Checks of what the scenario placed in memory: a loadable (compiled network) and a data set slice. Formats
/// and field names are those of the generated header ganglion_loadable.h.
#pragma once

#include <ganglion/kernels.h>
#include <ganglion_loadable.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The first rule a file breaks.
typedef enum {
  GN_FILE_OK,
  GN_FILE_TOO_SHORT,    ///< less than a header, or less than the header says
  GN_FILE_MAGIC,        ///< something else
  GN_FILE_VERSION,      ///< a version we do not read
  GN_FILE_CHECKSUM,     ///< damaged
  GN_FILE_HEADER,       ///< header fields contradict each other
  GN_FILE_KIND,         ///< a layer this runtime has no kernel for
  GN_FILE_SHAPE,        ///< dimensions of a layer contradict each other
  GN_FILE_DATA,         ///< weights, bias, multipliers or shifts not aligned or outside the file
  GN_FILE_ARENA,        ///< a map not aligned or outside the arena, or an output over its input
  GN_FILE_REQUANTISE,   ///< multiplier, shift or clamp out of range
  GN_FILE_ACCUMULATOR,  ///< so many products (or elements of a mean) that an int32 sum could overflow
} gn_file_status_t;

/// A sentence without full stop for a status.
const char* gn_file_status_text(gn_file_status_t status);

/// Checks every field a runtime relies on. `bad_layer` (may be NULL) receives the layer a status speaks of.
gn_file_status_t gn_loadable_check(const void* file, size_t bytes, uint32_t* bad_layer);
gn_file_status_t gn_dataset_check(const void* file, size_t bytes);

static inline const ganglion_loadable_header* gn_loadable_header(const void* file) {
  return (const ganglion_loadable_header*)file;
}
static inline const ganglion_layer* gn_loadable_layers(const void* file) {
  return (const ganglion_layer*)((const uint8_t*)file + gn_loadable_header(file)->layers_offset);
}
static inline const char* gn_loadable_text(const void* file, uint32_t offset) {
  return (const char*)file + offset;
}

/// A layer bound to memory: pointers into the file and the arena.
gn_layer_t gn_loadable_bind(const void* file, uint32_t layer, void* arena);

#ifdef __cplusplus
}
#endif
