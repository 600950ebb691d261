/// Reader of a flattened device tree (Devicetree Specification v0.4, chapter 5), in place, without
/// allocation. Leaves out: `ranges` translation (identity is assumed), aliases, phandles.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GN_FDT_MAX_DEPTH = 8 };

/// A node: where its properties start, and the cell counts its `reg` is written in (those of its parent).
typedef struct {
  const uint8_t* fdt;
  const char* name;
  uint32_t properties;
  uint32_t address_cells;
  uint32_t size_cells;
} gn_fdt_node_t;

/// Position of a walk through all nodes in tree order; start with gn_fdt_walk().
typedef struct {
  const uint8_t* fdt;
  uint32_t position;
  uint32_t depth;
  struct {
    uint32_t address, size;
  } cells[GN_FDT_MAX_DEPTH];
} gn_fdt_walk_t;

/// True when a tree of a version we read starts at `fdt`.
bool gn_fdt_valid(const void* fdt);

gn_fdt_walk_t gn_fdt_walk(const void* fdt);
/// Next node, or false at the end of the tree or where it is damaged.
bool gn_fdt_next(gn_fdt_walk_t* walk, gn_fdt_node_t* node);

/// Value of a property and its length in bytes; NULL when the node has none of that name.
const void* gn_fdt_property(const gn_fdt_node_t* node, const char* name, uint32_t* length);
bool gn_fdt_u32(const gn_fdt_node_t* node, const char* name, uint32_t* value);
/// Entry `index` of `reg`.
bool gn_fdt_reg(const gn_fdt_node_t* node, uint32_t index, uint64_t* address, uint64_t* size);
/// True when `compatible` lists the string.
bool gn_fdt_is_compatible(const gn_fdt_node_t* node, const char* compatible);

/// First node that is compatible.
bool gn_fdt_find(const void* fdt, const char* compatible, gn_fdt_node_t* node);

#ifdef __cplusplus
}
#endif
