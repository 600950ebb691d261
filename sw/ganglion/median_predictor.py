"""CIFAR-10 files of the kind `*.bin.med.xz`: pixels as residuals of the JPEG-LS median predictor.

After xz: N labels, then the planes G, R - G, B - G of N images, each 32x32 residuals modulo 256. A residual is the
value less its prediction from the neighbours W (left), N (above), NW; the first row knows W only, the first column N.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SIDE = 32
RECORD = 1 + 3 * SIDE * SIDE


def _median(w: npt.NDArray, n: npt.NDArray, nw: npt.NDArray) -> npt.NDArray:
    """Median edge detector of JPEG-LS (ITU-T T.87)."""
    high, low = np.maximum(w, n), np.minimum(w, n)
    return np.where(nw >= high, low, np.where(nw <= low, high, w + n - nw))


def _plane(residuals: npt.NDArray[np.uint8], offset: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """Values 0..255 of a plane [32, 32, images] that was coded less `offset` (0 or the green plane)."""
    values = np.zeros(residuals.shape, np.int16)
    coded = np.zeros(residuals.shape, np.int16)  # value - offset, what predictions are made from
    for y in range(SIDE):
        for x in range(SIDE):
            if y and x:
                prediction = _median(coded[y, x - 1], coded[y - 1, x], coded[y - 1, x - 1])
            else:
                prediction = coded[y, x - 1] if x else coded[y - 1, x] if y else np.int16(0)
            values[y, x] = (prediction + residuals[y, x] + offset[y, x]) & 255
            coded[y, x] = values[y, x] - offset[y, x]
    return values


def decode(data: bytes) -> bytes:
    """Records of the binary version (label, then R, G, B planes) from the decompressed bytes, a multiple of RECORD."""
    raw = np.frombuffer(data, np.uint8)
    count = len(raw) // RECORD
    residuals = raw[count:].reshape(3, count, SIDE, SIDE).transpose(0, 2, 3, 1)
    green = _plane(residuals[0], np.zeros(residuals.shape[1:], np.int16))
    red, blue = (_plane(residuals[i], green) for i in (1, 2))
    records = np.empty((count, RECORD), np.uint8)
    records[:, 0] = raw[:count]
    records[:, 1:] = np.stack([red, green, blue]).transpose(3, 0, 1, 2).reshape(count, RECORD - 1)
    return records.tobytes()
