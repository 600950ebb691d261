"""`ganglion.loadable/1`: a compiled network as one file that firmware maps and walks (little endian, 32-bit words).

    header  64 bytes        HEADER_FIELDS
    layers  128 bytes each  LAYER_FIELDS, in order of execution
    blobs   weights (OIHW or [out][in], element_bytes each), bias int32, mult uint32, shift uint32; each 64-byte aligned
    strings NUL-terminated UTF-8

Offsets called `in`, `in2`, `out`, `input`, `output` count from the start of the *arena* (activation memory, at least
`arena_bytes`, the firmware's to place); all others from the start of the file. Maps are dense CHW in the arena. The
checksum is CRC-32 (IEEE, as zlib) of the whole file with the checksum's own field 0. A reader must refuse a version it
does not know; fields called `reserved` are 0. Order and meaning of the fields are law for the generated C header.

What a layer computes, y an element of its output:

    conv2d, fully_connected  clamp(((sum + bias) * M + 2^(s-1)) >> s, lo, hi), M and s a channel; then pool
    max_pool_2x2             the largest of 2x2
    add                      clamp((a * M[0] + b * M[1] + 2^(s-1)) >> s, lo, hi): two scales, one rounding
    global_average_pool      clamp((sum of a channel * M[0] + 2^(s-1)) >> s, lo, hi); M / 2^s holds 1 / (h * w)
    pad                      out[c + pad][y + kh][x + kw] = in[c][y * stride][x * stride], 0 elsewhere

`>>` is arithmetic, so ties round towards plus infinity everywhere; lo = 0 is ReLU. Only layers with weights may be
placed on an accelerator. A map lies where its layer wrote it until another layer writes there; several may read it.
"""

from ganglion.loadable.arena import align, origins, with_arena
from ganglion.loadable.file import checked_words, from_bytes, load, save, to_bytes, write_whole
from ganglion.loadable.layers import (
    ALIGNMENT,
    CRC_OFFSET,
    HEADER_BYTES,
    HEADER_FIELDS,
    KIND_ADD,
    KIND_CONV2D,
    KIND_FULLY_CONNECTED,
    KIND_GLOBAL_AVERAGE_POOL,
    KIND_MAX_POOL,
    KIND_NAMES,
    KIND_PAD,
    LAYER_ALIASES,
    LAYER_BYTES,
    LAYER_FIELDS,
    MAGIC,
    TARGET_CPU,
    TARGET_DEEPCAM,
    TARGET_MAC_ARRAY,
    TARGET_NAMES,
    TARGET_SC_CNN,
    VERSION,
    Layer,
    Loadable,
    element_bytes,
)
from ganglion.loadable.rules import check

__all__ = [
    "ALIGNMENT",
    "CRC_OFFSET",
    "HEADER_BYTES",
    "HEADER_FIELDS",
    "KIND_ADD",
    "KIND_CONV2D",
    "KIND_FULLY_CONNECTED",
    "KIND_GLOBAL_AVERAGE_POOL",
    "KIND_MAX_POOL",
    "KIND_NAMES",
    "KIND_PAD",
    "LAYER_ALIASES",
    "LAYER_BYTES",
    "LAYER_FIELDS",
    "MAGIC",
    "TARGET_CPU",
    "TARGET_DEEPCAM",
    "TARGET_MAC_ARRAY",
    "TARGET_NAMES",
    "TARGET_SC_CNN",
    "VERSION",
    "Layer",
    "Loadable",
    "align",
    "check",
    "checked_words",
    "element_bytes",
    "from_bytes",
    "load",
    "origins",
    "save",
    "to_bytes",
    "with_arena",
    "write_whole",
]  # fmt: skip
