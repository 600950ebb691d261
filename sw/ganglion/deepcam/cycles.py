"""Compute cycles of a job on the DeepCAM block, by the formula in ip/deepcam/model/cycles.h and its folding rules.

Models: JOB_CYCLES of a job whose transfers take no time: hashing, row writes, searches, post-processing, start. Leaves
out: DMA (the bus decides), so a report's JOB_CYCLES is at least this. Geometry and timing are a reconstruction. Checked
against: the C++ model by a test of the build. Error bound: none for the machine described there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ganglion.baselines.networks import LayerShape, NetworkShape
from ganglion.deepcam.counts import ACTIVATION_STATIONARY, SEGMENT_BITS, WEIGHT_STATIONARY

LONGEST_PATCH_CHUNK = 4096


@dataclass(frozen=True)
class Block:
    """What a block is built with; the defaults are those of ip/deepcam."""

    rows: int = 256
    segments: int = 4
    crossbar_rows: int = 4608
    input_buffer_bytes: int = 64 * 1024
    key_buffer_bytes: int = 128 * 1024
    output_buffer_bytes: int = 64 * 1024
    im2col_width: int = 64
    hash_cycles: int = 1
    write_cycles: int = 1
    search_cycles: int = 1
    post_lanes: int = 64
    start_cycles: int = 16
    tile_cycles: int = 8


def _ceil(a: int, b: int) -> int:
    return -(-a // b)


def _hash_cycles(block: Block, taps: int, tiles: list[int]) -> int:
    """Cycles a patch: elements arrive im2col_width at a time, crossbars of crossbar_rows are evaluated in turn."""
    evaluations = sum(_ceil(length, block.crossbar_rows) for length in tiles)
    return max(_ceil(taps, block.im2col_width), evaluations * block.hash_cycles)


def computed(layer: LayerShape) -> LayerShape:
    """The layer without an odd last row or column that pooling drops and nobody computes."""
    return replace(layer, out_h=layer.out_h // 2 * 2, out_w=layer.out_w // 2 * 2) if layer.pool else layer


def compute_cycles(block: Block, layer: LayerShape, bits: int, dataflow: str, tile: int = 0) -> int:
    """Cycles of one layer with hashes of `bits` bits over tiles of `tile` inputs (0: whole vectors)."""
    if dataflow not in (ACTIVATION_STATIONARY, WEIGHT_STATIONARY):
        raise ValueError(f"dataflow '{dataflow}', expected AS or WS")
    weights_stay = dataflow == WEIGHT_STATIONARY
    window = 4 if layer.pool else 1
    patches = computed(layer).patches
    step = tile if 0 < tile < layer.taps else layer.taps
    tiles = [min(step, layer.taps - begin) for begin in range(0, layer.taps, step)]
    pages = len(tiles) * _ceil(bits // SEGMENT_BITS, block.segments)
    key_bytes = len(tiles) * bits // 8
    keys = patches if weights_stay else layer.filters
    resident = keys * key_bytes <= block.key_buffer_bytes
    keys_at_once = keys if resident else block.key_buffer_bytes // 2 // key_bytes
    half_output = block.output_buffer_bytes // 2
    if weights_stay:
        row_step = min(block.rows, layer.filters)
        key_step = min(keys_at_once, half_output // row_step * window)
        input_resident = layer.input_elements <= block.input_buffer_bytes
        key_step = min(key_step, LONGEST_PATCH_CHUNK if input_resident else block.rows)
        key_step = min(patches, max(1, key_step // window) * window)
    else:
        row_step = min(block.rows, patches)
        key_step = min(keys_at_once, half_output // (row_step // window), layer.filters)
    rows_in_all = layer.filters if weights_stay else patches

    hashing, writing = _hash_cycles(block, layer.taps, tiles), block.write_cycles
    total = block.start_cycles
    for row_begin in range(0, rows_in_all, row_step):
        rows = min(row_step, rows_in_all - row_begin)
        searching = max(block.search_cycles, _ceil(rows, block.post_lanes))
        for key_begin in range(0, keys, key_step):
            count = min(key_step, keys - key_begin)
            first = key_begin == 0
            # patches that stay are hashed once for all keys; patches that move, unless they are still on chip
            hashes = (not resident or row_begin == 0) if weights_stay else first
            total += block.tile_cycles
            if pages > 1:
                hashed = (count if weights_stay else rows) if hashes else 0
                total += hashed * hashing + pages * (rows * writing + count * searching)
            elif weights_stay:
                total += (rows * writing if first else 0) + count * (max(hashing, searching) if hashes else searching)
            else:
                total += (rows * max(hashing, writing) if first else 0) + count * searching
    return total


def network_cycles(block: Block, network: NetworkShape, bits: int, dataflow: str, tile: int = 0) -> int:
    """Cycles of one image, one job a layer, nothing overlapped between jobs."""
    return sum(compute_cycles(block, layer, bits, dataflow, tile) for layer in network.layers)
