#include <ganglion/fdt.h>
#include <string.h>

static const uint32_t kMagic = 0xd00dfeed;
enum { FDT_VERSION = 17 };
enum { FDT_BEGIN_NODE = 1, FDT_END_NODE = 2, FDT_PROP = 3, FDT_NOP = 4 };
enum {
  HEADER_TOTAL = 4,
  HEADER_STRUCT = 8,
  HEADER_STRINGS = 12,
  HEADER_VERSION = 20,
  HEADER_COMPATIBLE = 24
};

static uint32_t be32(const uint8_t* bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint32_t total_size(const uint8_t* fdt) { return be32(fdt + HEADER_TOTAL); }

static uint32_t align4(uint32_t position) { return (position + 3u) & ~3u; }

/// Token at `position`, 0 (no token has this number) beyond the end.
static uint32_t token_at(const uint8_t* fdt, uint32_t position) {
  const uint32_t total = total_size(fdt);
  return total >= 4 && position <= total - 4 ? be32(fdt + position) : 0;
}

/// True when the string at `position` is `text`; never reads beyond the tree.
static bool string_is(const uint8_t* fdt, uint32_t position, const char* text) {
  const uint32_t end = total_size(fdt);
  for (; position < end; ++position, ++text) {
    if (fdt[position] != (uint8_t)*text) return false;
    if (*text == '\0') return true;
  }
  return false;
}

/// Bytes of the NUL-terminated string at `position`, or UINT32_MAX when it runs out of the tree.
static uint32_t string_length(const uint8_t* fdt, uint32_t position) {
  const uint32_t end = total_size(fdt);
  for (uint32_t at = position; at < end; ++at) {
    if (fdt[at] == 0) return at - position;
  }
  return UINT32_MAX;
}

bool gn_fdt_valid(const void* fdt) {
  const uint8_t* bytes = fdt;
  return fdt != NULL && be32(bytes) == kMagic && be32(bytes + HEADER_VERSION) >= FDT_VERSION &&
         be32(bytes + HEADER_COMPATIBLE) <= FDT_VERSION;
}

gn_fdt_walk_t gn_fdt_walk(const void* fdt) {
  gn_fdt_walk_t walk = {.fdt = fdt, .position = be32((const uint8_t*)fdt + HEADER_STRUCT)};
  walk.cells[0].address = 2;  // the specification's defaults
  walk.cells[0].size = 1;
  return walk;
}

/// Position after the property at `position`, or 0 when it is damaged.
static uint32_t after_property(const uint8_t* fdt, uint32_t position) {
  if (position + 12 > total_size(fdt)) return 0;
  const uint32_t length = be32(fdt + position + 4);
  if (length > total_size(fdt) - position - 12) return 0;
  return align4(position + 12 + length);
}

bool gn_fdt_next(gn_fdt_walk_t* walk, gn_fdt_node_t* node) {
  const uint8_t* fdt = walk->fdt;
  for (;;) {
    switch (token_at(fdt, walk->position)) {
      case FDT_NOP:
        walk->position += 4;
        break;
      case FDT_PROP:
        walk->position = after_property(fdt, walk->position);
        if (walk->position == 0) return false;
        break;
      case FDT_END_NODE:
        if (walk->depth == 0) return false;
        --walk->depth;
        walk->position += 4;
        break;
      case FDT_BEGIN_NODE: {
        const uint32_t length = string_length(fdt, walk->position + 4);
        if (length == UINT32_MAX || walk->depth + 1 >= GN_FDT_MAX_DEPTH) return false;
        *node = (gn_fdt_node_t){.fdt = fdt,
                                .name = (const char*)fdt + walk->position + 4,
                                .properties = align4(walk->position + 4 + length + 1),
                                .address_cells = walk->cells[walk->depth].address,
                                .size_cells = walk->cells[walk->depth].size};
        walk->position = node->properties;
        ++walk->depth;
        walk->cells[walk->depth].address = 2;
        walk->cells[walk->depth].size = 1;
        (void)gn_fdt_u32(node, "#address-cells", &walk->cells[walk->depth].address);
        (void)gn_fdt_u32(node, "#size-cells", &walk->cells[walk->depth].size);
        return true;
      }
      default:
        return false;
    }
  }
}

const void* gn_fdt_property(const gn_fdt_node_t* node, const char* name, uint32_t* length) {
  const uint8_t* fdt = node->fdt;
  const uint32_t strings = be32(fdt + HEADER_STRINGS);
  uint32_t position = node->properties;
  for (;;) {
    const uint32_t token = token_at(fdt, position);
    if (token == FDT_NOP) {
      position += 4;
      continue;
    }
    if (token != FDT_PROP) return NULL;
    const uint32_t next = after_property(fdt, position);
    if (next == 0) return NULL;
    if (string_is(fdt, strings + be32(fdt + position + 8), name)) {
      if (length != NULL) *length = be32(fdt + position + 4);
      return fdt + position + 12;
    }
    position = next;
  }
}

bool gn_fdt_u32(const gn_fdt_node_t* node, const char* name, uint32_t* value) {
  uint32_t length = 0;
  const uint8_t* bytes = gn_fdt_property(node, name, &length);
  if (bytes == NULL || length < 4) return false;
  *value = be32(bytes);
  return true;
}

static uint64_t cells(const uint8_t* bytes, uint32_t count) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < count; ++i) value = value << 32 | be32(bytes + 4 * i);
  return value;
}

bool gn_fdt_reg(const gn_fdt_node_t* node, uint32_t index, uint64_t* address, uint64_t* size) {
  uint32_t length = 0;
  const uint8_t* bytes = gn_fdt_property(node, "reg", &length);
  if (bytes == NULL || node->address_cells > 2 || node->size_cells > 2) return false;
  const uint32_t entry = 4 * (node->address_cells + node->size_cells);
  if (entry == 0 || index >= length / entry) return false;
  bytes += index * entry;
  *address = cells(bytes, node->address_cells);
  if (size != NULL) *size = cells(bytes + 4 * node->address_cells, node->size_cells);
  return true;
}

bool gn_fdt_is_compatible(const gn_fdt_node_t* node, const char* compatible) {
  uint32_t length = 0;
  const char* list = gn_fdt_property(node, "compatible", &length);
  if (list == NULL || length == 0 || list[length - 1] != '\0') return false;
  for (uint32_t at = 0; at < length; at += (uint32_t)strlen(list + at) + 1) {
    if (strcmp(list + at, compatible) == 0) return true;
  }
  return false;
}

bool gn_fdt_find(const void* fdt, const char* compatible, gn_fdt_node_t* node) {
  if (!gn_fdt_valid(fdt)) return false;
  gn_fdt_walk_t walk = gn_fdt_walk(fdt);
  while (gn_fdt_next(&walk, node)) {
    if (gn_fdt_is_compatible(node, compatible)) return true;
  }
  return false;
}
