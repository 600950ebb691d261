"""Nearest-prototype classification with online learning on the array's associative memory: the twin of app `cam_assoc`.

Models: what the app does, decision by decision, on an ideal array: thermometer words, prototypes kept when the nearest
row is of another class (IB2: Aha, Kibler, Albert, Machine Learning 6, 1991), a teacher asked only where rows within a
distance are missing or disagree, ternary words. Leaves out: time, energy, device noise. Checked against: firmware on
the platform, image for image (tests/cli). Error bound: none.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

PIXEL_MAX = 127
NEW_CLASS = 9  # what the memory meets for the first time at run time
NEAR_PARTS = 8  # rows within a word's length / NEAR_PARTS are near
UNKNOWN = 255  # prediction of an empty memory

Words = npt.NDArray[np.uint8]  # [count, bits], one bit an element


def thermometer(images: npt.ArrayLike, word_bits: int) -> Words:
    """Words [count, word_bits] of int8 images [count, ...]: of each pixel's levels the first round(level) bits are 1.

    Hamming distance is then the L1 distance of the images in levels. Pixels below 0 count as 0; bits left over are 0.
    """
    pixels = np.clip(np.asarray(images, np.int64).reshape(len(images), -1), 0, PIXEL_MAX)
    levels = word_bits // pixels.shape[1]
    step = 2 * np.arange(levels) + 1
    bits = (2 * pixels[:, :, None] * levels > PIXEL_MAX * step).reshape(len(pixels), -1)
    return np.pad(bits, ((0, 0), (0, word_bits - bits.shape[1]))).astype(np.uint8)


@dataclass
class Memory:
    """Rows in the order they were stored, with classes; `care` are the bits that take part."""

    rows: int
    words: list[Words] = field(default_factory=list)
    care: Words | None = None
    labels: list[int] = field(default_factory=list)

    def distances(self, keys: Words) -> npt.NDArray[np.int64]:
        """[keys, stored rows]."""
        stored = np.array(self.words).reshape(len(self.words), keys.shape[1]).astype(np.float32)
        care = np.ones(keys.shape[1], np.float32) if self.care is None else self.care.astype(np.float32)
        wanted = keys.astype(np.float32)
        both = wanted @ (stored * care).T
        return ((wanted @ care)[:, None] + (stored @ care)[None, :] - 2 * both).astype(np.int64)

    def predict(self, keys: Words) -> npt.NDArray[np.int64]:
        """Classes of the nearest rows, the lowest of equals."""
        if not self.words:
            return np.full(len(keys), UNKNOWN)
        return np.array(self.labels)[self.distances(keys).argmin(axis=1)]


@dataclass
class Outcome:
    """Predictions of the test images by set, rows and questions asked in each phase."""

    predictions: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    rows_before: int = 0
    rows_after: int = 0
    asked: int = 0
    streamed: int = 0


def learn(memory: Memory, word: Words, label: int) -> bool:
    """Stores the word when its nearest row is of another class and a row is free."""
    if len(memory.words) == memory.rows or memory.predict(word[None])[0] == label:
        return False
    memory.words.append(word)
    memory.labels.append(label)
    return True


def unsure(memory: Memory, word: Words) -> bool:
    """No row is near, or near rows are of different classes."""
    near = memory.distances(word[None])[0] <= len(word) // NEAR_PARTS
    return len({label for label, is_near in zip(memory.labels, near, strict=True) if is_near}) != 1


def run(
    training: npt.ArrayLike, labels: npt.ArrayLike, test: npt.ArrayLike, rows: int = 256, word_bits: int = 1024
) -> Outcome:
    """All phases of the app on int8 images [n, c, h, w]."""
    found, memory = Outcome(), Memory(rows)
    words, keys = thermometer(training, word_bits), thermometer(test, word_bits)
    half = len(words) // 2
    for word, label in zip(words[:half], labels[:half], strict=True):
        if label != NEW_CLASS:
            learn(memory, word, int(label))
    found.rows_before, found.predictions["before"] = len(memory.words), memory.predict(keys)
    for word, label in zip(words[half:], labels[half:], strict=True):
        found.streamed += 1
        if unsure(memory, word):
            found.asked += 1
            learn(memory, word, int(label))
    found.rows_after, found.predictions["after"] = len(memory.words), memory.predict(keys)
    hidden = np.array(test)
    hidden[:, :, hidden.shape[2] // 2 :] = 0
    keys = thermometer(hidden, word_bits)
    found.predictions["hidden"] = memory.predict(keys)
    visible = np.full_like(hidden[:1], PIXEL_MAX)
    visible[:, :, hidden.shape[2] // 2 :] = 0
    memory.care = thermometer(visible, word_bits)[0]
    found.predictions["ternary"] = memory.predict(keys)
    return found
