"""Rules that a well-formed loadable obeys, whether read or about to be written."""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from ganglion import layer_hash
from ganglion.errors import GanglionError
from ganglion.fixed_point import INT32_MAX, MULT_MAX, SHIFT_MAX, SHIFT_MIN, element_range
from ganglion.loadable.arena import origins
from ganglion.loadable.layers import (
    ALIGNMENT,
    KIND_ADD,
    KIND_CONV2D,
    KIND_FULLY_CONNECTED,
    KIND_GLOBAL_AVERAGE_POOL,
    KIND_MAX_POOL,
    KIND_NAMES,
    KIND_PAD,
    TARGET_CPU,
    TARGET_DEEPCAM,
    TARGET_NAMES,
    Layer,
    Loadable,
)

CONSTANTS = {KIND_ADD: (2, 1), KIND_GLOBAL_AVERAGE_POOL: (1, 1)}  # multipliers and shifts of layers without weights


def fail(where: str, found: str, expected: str, remedy: str = "compile the network again") -> NoReturn:
    """Raises the error of a broken rule."""
    raise GanglionError(found, expected=expected, remedy=remedy, where=where)


def check(loadable: Loadable, where: str) -> None:
    """Every rule; the first broken one is a GanglionError that names layer, value and rule."""
    bits = loadable.operand_bits
    if not 2 <= bits <= 16:
        fail(where, f"operand_bits {bits}", "2..16")
    if not loadable.layers:
        fail(where, "no layers", "at least one layer")
    maps = [(loadable.input_offset, loadable.input_shape, "input")]
    for i, layer in enumerate(loadable.layers):
        check_layer(layer, bits, f"{where}: layer {i} ({layer.name})")
        for offset, shape in zip(layer.in_offsets, layer.input_shapes, strict=True):
            maps.append((offset, shape, f"input of layer {layer.name}"))
        maps.append((layer.out_offset, layer.stored_shape, f"output of layer {layer.name}"))
    for offset, shape, what in maps:
        end = offset + int(np.prod(shape)) * loadable.element_bytes
        if offset % ALIGNMENT or end > loadable.arena_bytes:
            fail(where, f"{what} at arena bytes {offset}..{end}", f"aligned, inside {loadable.arena_bytes} bytes")
    last = loadable.layers[-1]
    if int(np.prod(last.stored_shape)) != loadable.classes:
        fail(where, f"{loadable.classes} classes", f"{int(np.prod(last.stored_shape))}, the size of the last map")
    if last.out_offset != loadable.output_offset:
        fail(where, f"output_offset {loadable.output_offset}", f"{last.out_offset}, where the last layer writes")
    origins(loadable, where)


def check_layer(layer: Layer, bits: int, where: str) -> None:
    """Rules of one layer by itself."""
    if layer.kind >= len(KIND_NAMES):
        fail(where, f"kind {layer.kind}", f"0..{len(KIND_NAMES) - 1}: {', '.join(KIND_NAMES)}")
    if layer.target >= len(TARGET_NAMES):
        fail(where, f"target {layer.target}", f"0..{len(TARGET_NAMES) - 1}: {', '.join(TARGET_NAMES)}")
    if not layer.weighted and layer.target != TARGET_CPU:
        fail(where, f"{KIND_NAMES[layer.kind]} on {TARGET_NAMES[layer.target]}", "the cpu: accelerators take "
             "convolutions and fully connected layers")  # fmt: skip
    _check_shape(layer, where)
    if (layer.target == TARGET_DEEPCAM) != (layer.hash is not None):
        fail(where, f"target {TARGET_NAMES[layer.target]}", "hashes on deepcam, and only there")
    if layer.weighted:
        _check_weights(layer, bits, where)
    elif layer.kind in CONSTANTS:
        _check_constants(layer, bits, CONSTANTS[layer.kind], where)
    if layer.kind == KIND_GLOBAL_AVERAGE_POOL and layer.in_h * layer.in_w << (bits - 1) > INT32_MAX:
        fail(where, f"an average over {layer.in_h}x{layer.in_w} elements", "a sum inside int32", "a smaller map")


def _check_shape(layer: Layer, where: str) -> None:
    dimensions = (layer.in_c, layer.in_h, layer.in_w, layer.out_c, layer.out_h, layer.out_w, layer.kh, layer.kw)
    smallest = dimensions[:6] if layer.kind == KIND_PAD else dimensions
    if min(*smallest, layer.stride) < 1:
        fail(where, f"a dimension or stride of 0 in {dimensions}, stride {layer.stride}", "all at least 1")
    sides = (("h", layer.in_h, layer.kh, layer.out_h), ("w", layer.in_w, layer.kw, layer.out_w))
    if layer.kind == KIND_CONV2D:
        for what, size, kernel, out in sides:
            fit = (size + 2 * layer.pad - kernel) // layer.stride + 1
            if fit != out:
                fail(where, f"out_{what} {out}", f"{fit} = ({size} + 2*{layer.pad} - {kernel}) / {layer.stride} + 1")
    if layer.kind == KIND_PAD:
        if layer.pad + layer.in_c > layer.out_c:
            fail(where, f"out_c {layer.out_c}", f"at least {layer.pad} + {layer.in_c}")
        for what, size, before, out in sides:
            kept = -(-size // layer.stride)
            if before + kept > out:
                fail(where, f"out_{what} {out}", f"at least {before} + {kept}")
    if layer.kind == KIND_FULLY_CONNECTED and dimensions[1:3] + dimensions[4:] != (1,) * 6:
        fail(where, f"shape {dimensions}", "a fully connected layer with h, w, kh, kw of 1")
    same = {KIND_ADD: dimensions[:3], KIND_MAX_POOL: dimensions[:3], KIND_GLOBAL_AVERAGE_POOL: (layer.in_c, 1, 1)}
    if dimensions[3:6] != same.get(layer.kind, dimensions[3:6]):
        fail(where, f"output {dimensions[3:6]} of {KIND_NAMES[layer.kind]}", f"{same[layer.kind]}")
    if layer.pool not in (0, 1) or (layer.pool and min(layer.out_h, layer.out_w) < 2):
        fail(where, f"pool {layer.pool} on a {layer.out_h}x{layer.out_w} map", "0, or 1 on a map of at least 2x2")
    pools = {KIND_MAX_POOL: 1, KIND_ADD: 0, KIND_GLOBAL_AVERAGE_POOL: 0, KIND_PAD: 0}
    if layer.pool != pools.get(layer.kind, layer.pool):
        fail(where, f"pool {layer.pool} of {KIND_NAMES[layer.kind]}", f"{pools[layer.kind]}")


def _check_weights(layer: Layer, bits: int, where: str) -> None:
    low, high = element_range(bits)
    if layer.weights is None and layer.hash is None:
        fail(where, "no weights", f"weights of a {KIND_NAMES[layer.kind]} layer")
    if layer.hash is not None:
        if bits != 8:
            fail(where, f"{bits}-bit operands on deepcam", "8 bits")
        layer_hash.check(layer_hash.unpack(*layer.hash.pack()) | {"seed": layer.hash.seed}, layer.taps, where)
        layer_hash.check_norms(layer.hash.norms, where)
    elif layer.weights.min() < low or layer.weights.max() > high:
        fail(where, f"weights {layer.weights.min()}..{layer.weights.max()}", f"inside {low}..{high}")
    _check_constants(layer, bits, (layer.out_c, layer.out_c), where)
    if not 1 <= layer.weight_bits <= bits:
        fail(where, f"weight_bits {layer.weight_bits}", f"1..{bits}")


def _check_constants(layer: Layer, bits: int, counts: tuple[int, int], where: str) -> None:
    """Clamp, multipliers and shifts."""
    low, high = element_range(bits)
    if not low <= layer.lo <= layer.hi <= high:
        fail(where, f"clamp {layer.lo}..{layer.hi}", f"inside {low}..{high} for {bits}-bit operands")
    if layer.mult is None or layer.shift is None or (layer.mult.size, layer.shift.size) != counts:
        found = [0 if array is None else array.size for array in (layer.mult, layer.shift)]
        fail(where, f"{found[0]} multipliers and {found[1]} shifts", f"{counts[0]} and {counts[1]}")
    if layer.mult.max() > MULT_MAX:
        fail(where, f"multiplier {layer.mult.max()}", f"at most {MULT_MAX}")
    if layer.shift.min() < SHIFT_MIN or layer.shift.max() > SHIFT_MAX:
        fail(where, f"shift {layer.shift.min()}..{layer.shift.max()}", f"{SHIFT_MIN}..{SHIFT_MAX}")
