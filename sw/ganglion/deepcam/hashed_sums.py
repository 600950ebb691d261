"""Sums of a loadable's layer on the DeepCAM array, from the hashes and norms in the file."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ganglion.deepcam import array
from ganglion.deepcam.array import HashConfig, Hashed
from ganglion.layer_hash import LayerHash

BLOCK = 1024  # patches hashed at once: their signs stay in the cache


def config_of(layer: LayerHash) -> HashConfig:
    """The emulation's configuration; the accumulator's unit follows from the product shift."""
    weight_shift = array.PRODUCT_PLACES - layer.product_shift - layer.norm_shift
    return HashConfig(layer.bits, layer.tile, layer.seed, layer.projection, layer.norm_shift,
                      weight_shift=weight_shift)  # fmt: skip


def stored(hashed: Hashed, config: HashConfig, dataflow: int) -> LayerHash:
    """Hashed filters as the loadable keeps them."""
    bits = [np.packbits(signs > 0, axis=1, bitorder="little") for signs in hashed.signs]
    norms = np.stack(hashed.codes, axis=1).astype(np.uint8)
    return LayerHash(np.stack(bits, axis=1), norms, config.bits, config.tile, config.layer, config.input_shift,
                     config.product_shift, dataflow, config.seed)  # fmt: skip


def restored(layer: LayerHash) -> Hashed:
    """The inverse of `stored`."""
    bits = np.unpackbits(layer.hashes, axis=2, bitorder="little").astype(np.float32)
    tiles = range(layer.norms.shape[1])
    return Hashed([2 * bits[:, t] - 1 for t in tiles], [layer.norms[:, t].astype(np.int64) for t in tiles])


def hashed_sums(layer: LayerHash, columns: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Estimated sums [n, out_h, out_w, out_c] of operand vectors [n, out_h, out_w, taps]."""
    config, filters = config_of(layer), restored(layer)
    rows = columns.reshape(-1, columns.shape[-1])
    parts = [
        array.dot_products(array.hash_vectors(rows[i : i + BLOCK], config, config.input_shift), filters, config)
        for i in range(0, len(rows), BLOCK)
    ]
    return np.concatenate(parts).reshape(*columns.shape[:3], -1)
