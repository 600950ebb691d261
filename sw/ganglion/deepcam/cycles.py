"""Compute cycles of a job on the DeepCAM block, by the formula in ip/deepcam/model/cycles.h and its folding rules.

Models: JOB_CYCLES of a job whose transfers take no time: hashing, row writes, searches, post-processing, start. Leaves
out: DMA (the bus decides), so a report's JOB_CYCLES is at least this. Geometry and timing are a reconstruction. Checked
against: the C++ model by a test of the build. Error bound: none for the machine described there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ganglion.baselines.networks import LayerShape, NetworkShape
from ganglion.deepcam.counts import DATAFLOWS, SEGMENT_BITS, WEIGHT_STATIONARY

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


def _hash_cycles(block: Block, taps: int, tiles: tuple[int, ...]) -> int:
    """Cycles a patch: elements arrive im2col_width at a time, crossbars of crossbar_rows are evaluated in turn."""
    evaluations = sum(_ceil(length, block.crossbar_rows) for length in tiles)
    return max(_ceil(taps, block.im2col_width), evaluations * block.hash_cycles)


def computed(layer: LayerShape) -> LayerShape:
    """The layer without an odd last row or column that pooling drops and nobody computes."""
    return replace(layer, out_h=layer.out_h // 2 * 2, out_w=layer.out_w // 2 * 2) if layer.pool else layer


@dataclass(frozen=True)
class Pass:
    """A chunk of rows that stay against a chunk of keys that move."""

    rows: int
    keys: int
    new_rows: bool
    hashed: int  # patches hashed in this pass
    fetched: int  # filters whose hashes and constants come from memory


@dataclass(frozen=True)
class Fold:
    """How a layer is folded over a block: patches, tiles of a hash, pages (fillings of the array a chunk), passes."""

    weights_stay: bool
    patches: int
    tiles: tuple[int, ...]
    pages: int
    passes: tuple[Pass, ...]


def fold(block: Block, layer: LayerShape, bits: int, dataflow: str, tile: int = 0) -> Fold:
    """Chunks as the block's buffers allow; patches that move are hashed again unless all keys stay on the chip."""
    if dataflow not in DATAFLOWS:
        raise ValueError(f"dataflow '{dataflow}', expected AS or WS")
    weights_stay = dataflow == WEIGHT_STATIONARY
    window = 4 if layer.pool else 1
    patches = computed(layer).patches
    step = tile if 0 < tile < layer.taps else layer.taps
    tiles = tuple(min(step, layer.taps - begin) for begin in range(0, layer.taps, step))
    key_bytes = len(tiles) * bits // 8
    stay, keys = (layer.filters, patches) if weights_stay else (patches, layer.filters)
    resident = keys * key_bytes <= block.key_buffer_bytes
    keys_at_once = keys if resident else block.key_buffer_bytes // 2 // key_bytes
    half_output = block.output_buffer_bytes // 2
    row_step = min(block.rows, stay)
    if weights_stay:
        key_step = min(keys_at_once, half_output // row_step * window)
        input_resident = layer.input_elements <= block.input_buffer_bytes
        key_step = min(key_step, LONGEST_PATCH_CHUNK if input_resident else block.rows)
        key_step = min(patches, max(1, key_step // window) * window)
    else:
        key_step = min(keys_at_once, half_output // (row_step // window), layer.filters)
    passes = []
    for row_begin in range(0, stay, row_step):
        for key_begin in range(0, keys, key_step):
            rows, count = min(row_step, stay - row_begin), min(key_step, keys - key_begin)
            new_rows, new_keys = key_begin == 0, not resident or row_begin == 0
            if weights_stay:
                hashed, fetched = count if new_keys else 0, rows if new_rows else 0
            else:
                hashed, fetched = rows if new_rows else 0, count if new_keys else 0
            passes.append(Pass(rows, count, new_rows, hashed, fetched))
    pages = len(tiles) * _ceil(bits // SEGMENT_BITS, block.segments)
    return Fold(weights_stay, patches, tiles, pages, tuple(passes))


def compute_cycles(block: Block, layer: LayerShape, bits: int, dataflow: str, tile: int = 0) -> int:
    """Cycles of one layer with hashes of `bits` bits over tiles of `tile` inputs (0: whole vectors)."""
    folded = fold(block, layer, bits, dataflow, tile)
    hashing, writing = _hash_cycles(block, layer.taps, folded.tiles), block.write_cycles
    total = block.start_cycles
    for p in folded.passes:
        searching = max(block.search_cycles, _ceil(p.rows, block.post_lanes))
        total += block.tile_cycles
        if folded.pages > 1:
            total += p.hashed * hashing + folded.pages * (p.rows * writing + p.keys * searching)
        elif folded.weights_stay:
            total += p.rows * writing if p.new_rows else 0
            total += p.keys * (max(hashing, searching) if p.hashed else searching)
        else:
            total += (p.rows * max(hashing, writing) if p.new_rows else 0) + p.keys * searching
    return total


def block_actions(block: Block, layer: LayerShape, bits: int, dataflow: str, tile: int = 0) -> dict[str, float]:
    """All actions the block books for one layer, FeFET; keys as in ip/deepcam/cost.yaml.

    Transfers (buffer_write, output_read, dma_beat) count bytes / 8; an input map larger than its buffer is counted
    once, too, so they are a lower bound.
    """
    folded = fold(block, layer, bits, dataflow, tile)
    tiles, segments, words = len(folded.tiles), bits // SEGMENT_BITS, bits // 64
    partial = sum(_ceil(length, block.crossbar_rows) for length in folded.tiles) - tiles
    keep_hashes = folded.weights_stay or folded.pages > 1
    found = dict.fromkeys(
        ("search", f"segment_search_fefet_r{block.rows}", f"segment_write_fefet_r{block.rows}", "distance_sense",
         "hash_cell", "sense_bit", "partial_sum_add", "norm_square", "product", "requantise", "pool_compare",
         "input_read", "key_write", "key_read", "output_write", "buffer_write", "output_read", "dma_beat"), 0.0,
    )  # fmt: skip
    loaded = layer.input_elements
    for p in folded.passes:
        pairs = p.rows * p.keys
        found["search"] += folded.pages * p.keys
        found[f"segment_search_fefet_r{block.rows}"] += tiles * segments * p.keys
        if p.new_rows or folded.pages > 1:
            found[f"segment_write_fefet_r{block.rows}"] += tiles * segments * p.rows
        found["distance_sense"] += folded.pages * pairs
        found["product"] += tiles * pairs
        found["requantise"] += pairs
        found["key_read"] += p.keys * tiles * words
        found["output_write"] += pairs // (4 if layer.pool else 1)
        found["hash_cell"] += p.hashed * layer.taps * bits
        found["sense_bit"] += p.hashed * tiles * bits
        found["partial_sum_add"] += p.hashed * partial * bits
        found["norm_square"] += p.hashed * layer.taps
        found["input_read"] += p.hashed * layer.taps
        found["key_write"] += p.hashed * tiles * words if keep_hashes else 0
        loaded += p.fetched * (tiles * bits // 8 + tiles + 12)  # hashes, norms, bias, multiplier, shift
    found["pool_compare"] = found["requantise"] - found["output_write"]
    found["buffer_write"] = loaded / 8
    found["output_read"] = found["output_write"] / 8
    found["dma_beat"] = found["buffer_write"] + found["output_read"]
    return found


def network_cycles(block: Block, network: NetworkShape, bits: int, dataflow: str, tile: int = 0) -> int:
    """Cycles of one image, one job a layer, nothing overlapped between jobs."""
    return sum(compute_cycles(block, layer, bits, dataflow, tile) for layer in network.layers)
