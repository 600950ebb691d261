"""Where maps lie in the activation memory, and which layer wrote the map that another one reads.

Placing: a map lives from the layer that writes it to the last one that reads it; maps that live at the same time do not
overlap. Largest first, each at the lowest place that is free over its life (greedy by size).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ganglion.errors import GanglionError
from ganglion.loadable.layers import ALIGNMENT, Loadable

INPUT = -1  # the network's input, as the origin of a map


def align(offset: int) -> int:
    """`offset` rounded up to the next blob boundary."""
    return (offset + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT


@dataclass
class _Map:
    """A map's bytes and life: index of the layer that writes it and of the last one that reads it."""

    size: int
    first: int
    last: int
    offset: int = 0

    def meets(self, other: _Map) -> bool:
        return self.first <= other.last and other.first <= self.last


def _place(maps: list[_Map]) -> int:
    """Sets the offsets; returns the bytes of the arena."""
    placed: list[_Map] = []
    for new in sorted(maps, key=lambda m: (-m.size, m.first)):
        for other in sorted((m for m in placed if m.meets(new)), key=lambda m: m.offset):
            if new.offset + new.size <= other.offset:
                break
            new.offset = max(new.offset, other.offset + other.size)
        placed.append(new)
    return max(m.offset + m.size for m in maps)


def with_arena(loadable: Loadable, inputs: list[tuple[int, ...]] | None = None) -> Loadable:
    """Places the maps. `inputs`: for each layer the indices of the layers it reads, INPUT for the network's input.

    Without it the layers are a chain. The last layer's map is the network's output.
    """
    chain = [(i - 1,) for i in range(len(loadable.layers))]
    reads = chain if inputs is None else inputs
    shapes = [loadable.input_shape, *(layer.stored_shape for layer in loadable.layers)]
    maps = [
        _Map(align(int(np.prod(shape)) * loadable.element_bytes), i + INPUT, i + INPUT)
        for i, shape in enumerate(shapes)
    ]
    for i, sources in enumerate(reads):
        for source in sources:
            maps[source - INPUT].last = i
    maps[-1].last = len(reads)
    arena_bytes = _place(maps)
    layers = [
        replace(
            layer,
            in_offset=maps[sources[0] - INPUT].offset,
            in2_offset=maps[sources[1] - INPUT].offset if len(sources) > 1 else 0,
            out_offset=own.offset,
        )
        for layer, sources, own in zip(loadable.layers, reads, maps[1:], strict=True)
    ]
    return replace(
        loadable,
        layers=layers,
        arena_bytes=arena_bytes,
        input_offset=maps[0].offset,
        output_offset=maps[-1].offset,
    )


def origins(loadable: Loadable, where: str = "") -> list[tuple[int, ...]]:
    """For each layer the layers (or INPUT) that wrote the maps it reads, from the offsets.

    A GanglionError when nobody wrote a map there, when it was another map, or when it was overwritten meanwhile.
    """
    size = loadable.element_bytes
    live = {loadable.input_offset: (INPUT, int(np.prod(loadable.input_shape)) * size)}
    found = []
    for i, layer in enumerate(loadable.layers):
        sources = []
        for offset, shape in zip(layer.in_offsets, layer.input_shapes, strict=True):
            source, there = live.get(offset, (INPUT, 0))
            wanted = int(np.prod(shape)) * size
            if there != wanted:
                raise GanglionError(
                    f"an input of {wanted} bytes at arena offset {offset}, where "
                    + (f"a map of {there} bytes lies" if there else "no whole map lies"),
                    expected="a map that the network's input or a layer before left there",
                    remedy="compile the network again",
                    where=f"{where or loadable.name}: layer {i} ({layer.name})",
                )
            sources.append(source)
        found.append(tuple(sources))
        begin, end = layer.out_offset, layer.out_offset + int(np.prod(layer.stored_shape)) * size
        for offset, shape in zip(layer.in_offsets, layer.input_shapes, strict=True):
            if begin < offset + int(np.prod(shape)) * size and offset < end:
                raise GanglionError(
                    f"output at arena bytes {begin}..{end} over the input at {offset}",
                    expected="an output apart from the inputs",
                    remedy="compile the network again",
                    where=f"{where or loadable.name}: layer {i} ({layer.name})",
                )
        live = {o: (w, n) for o, (w, n) in live.items() if o + n <= begin or end <= o}
        live[begin] = (i, end - begin)
    return found
