"""What a loadable's layer on the DeepCAM array has in place of weights: hashes, norms and how they were made.

Two words of the layer carry the parameters (`pack`, `unpack`); hashes and norms are blobs laid out as the block reads
them. Bit j of a hash is bit j % 8 of byte j / 8. The firmware hands all of it to the block's registers as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ganglion.errors import GanglionError

SEGMENT_BITS, SEGMENTS_MAX = 256, 4
TILE_STEP, TILES_MAX = 8, 16
NORM_LARGEST = 0x7E  # 448 in E4M3
NORM_SHIFT_MAX, PRODUCT_SHIFT_MAX = 15, 48
DATAFLOW_NAMES = ("activation_stationary", "weight_stationary")


@dataclass(frozen=True)
class LayerHash:
    """hashes uint8 [out_c, tiles, bits / 8], norms uint8 [out_c, tiles] (unsigned E4M3); registers of the block.

    `tile` inputs have one hash and norm (0: all inputs); `projection` is the block's HASH_LAYER; `seed` is that of the
    array that the hashes fit (a word of the layer of its own).
    """

    hashes: npt.NDArray[np.uint8]
    norms: npt.NDArray[np.uint8]
    bits: int
    tile: int = 0
    projection: int = 0
    norm_shift: int = 5
    product_shift: int = 22
    dataflow: int = 0
    seed: int = 1

    def pack(self) -> tuple[int, int]:
        """The words `hash` and `hash_options` of a layer."""
        options = self.projection | self.norm_shift << 16 | self.product_shift << 20 | self.dataflow << 26
        return self.bits | self.tile << 16, options


def tiles_of(taps: int, tile: int) -> int:
    """Hashes a vector of `taps` inputs has."""
    return -(-taps // tile) if 0 < tile < taps else 1


def unpack(hash_word: int, options: int) -> dict[str, int]:
    """Parameters of `LayerHash` from the two words."""
    return {
        "bits": hash_word & 0xFFFF,
        "tile": hash_word >> 16,
        "projection": options & 0xFFFF,
        "norm_shift": options >> 16 & 0xF,
        "product_shift": options >> 20 & 0x3F,
        "dataflow": options >> 26,
    }


def check(parameters: dict[str, int], taps: int, where: str) -> None:
    """The block's rules; the first broken one is a GanglionError."""
    bits, tile = parameters["bits"], parameters["tile"]
    rules = (
        (bits > 0 and bits % SEGMENT_BITS == 0 and bits <= SEGMENT_BITS * SEGMENTS_MAX, f"hash of {bits} bits",
         "256, 512, 768 or 1024"),
        (tile % TILE_STEP == 0 and 0 <= tile <= 0xFFFF, f"tiles of {tile} inputs", f"a multiple of {TILE_STEP}, or 0"),
        (tile < 1 or tiles_of(taps, tile) <= TILES_MAX, f"{tiles_of(taps, tile)} tiles", f"at most {TILES_MAX}"),
        (0 <= parameters["projection"] <= 0xFFFF, f"projection {parameters['projection']}", "0..65535"),
        (0 <= parameters["norm_shift"] <= NORM_SHIFT_MAX, f"norm shift {parameters['norm_shift']}", "0..15"),
        (1 <= parameters["product_shift"] <= PRODUCT_SHIFT_MAX, f"product shift {parameters['product_shift']}",
         "1..48"),
        (0 <= parameters["seed"] <= 0xFFFFFFFF, f"seed {parameters['seed']}", "0..4294967295"),
        (parameters["dataflow"] in (0, 1), f"dataflow {parameters['dataflow']}", "0 or 1"),
    )  # fmt: skip
    for good, found, expected in rules:
        if not good:
            raise GanglionError(found, expected=expected, remedy="compile the network again", where=where)


def check_norms(norms: npt.NDArray[np.uint8], where: str) -> None:
    """Every norm is a number."""
    if norms.size and norms.max() > NORM_LARGEST:
        raise GanglionError(f"norm code {norms.max()}", expected="E4M3 numbers, 0..126", where=where,
                            remedy="compile the network again")  # fmt: skip
