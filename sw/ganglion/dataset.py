"""`ganglion.dataset/1`: a slice of a labelled image set, quantised for one loadable, as one file for firmware.

header  64 bytes     HEADER_FIELDS, 32-bit little-endian words, checksum as in `ganglion.loadable`
images  count maps   int8 (int16 when element_bytes is 2), CHW, dense, 64-byte aligned
labels  count bytes  uint8, 64-byte aligned
name    NUL-terminated UTF-8
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ganglion.errors import GanglionError
from ganglion.fixed_point import element_range
from ganglion.loadable import ALIGNMENT, CRC_OFFSET, checked_words, element_bytes, write_whole

MAGIC = 0x53444E47  # "GNDS"
VERSION = 1
HEADER_FIELDS = (
    "magic", "version", "total_bytes", "crc32", "count", "c", "h", "w", "element_bytes", "classes", "images_offset",
    "labels_offset", "name_offset", "reserved0", "reserved1", "reserved2",
)  # fmt: skip


@dataclass(frozen=True)
class DatasetSlice:
    """Quantised images [count, c, h, w] and labels [count]."""

    name: str
    images: npt.NDArray[np.integer]
    labels: npt.NDArray[np.uint8]
    classes: int


def quantise_images(images: npt.ArrayLike, scale: float, operand_bits: int) -> npt.NDArray[np.int64]:
    """Real images to elements: round half to even of real/scale, clamped to N bits."""
    low, high = element_range(operand_bits)
    return np.clip(np.rint(np.asarray(images, dtype=np.float64) / scale), low, high).astype(np.int64)


def make_slice(
    name: str, images: npt.ArrayLike, labels: npt.ArrayLike, scale: float, operand_bits: int, classes: int
) -> DatasetSlice:
    """Quantises real images to a loadable's input scale and operand width."""
    dtype = np.int8 if element_bytes(operand_bits) == 1 else np.int16
    quantised = quantise_images(images, scale, operand_bits).astype(dtype)
    return DatasetSlice(name, quantised, np.asarray(labels, dtype=np.uint8), classes)


def to_bytes(piece: DatasetSlice) -> bytes:
    """Serialises; the same slice gives the same bytes."""
    count, c, h, w = piece.images.shape
    if len(piece.labels) != count:
        raise GanglionError(f"{len(piece.labels)} labels for {count} images", expected="one label an image")
    item = piece.images.dtype.itemsize
    data = bytearray(64)
    images_offset = len(data)
    data += piece.images.astype(f"<i{item}").tobytes()
    data += bytes(-len(data) % ALIGNMENT)
    labels_offset = len(data)
    data += piece.labels.tobytes()
    data += bytes(-len(data) % ALIGNMENT)
    name_offset = len(data)
    data += piece.name.encode() + b"\0"
    data += bytes(-len(data) % ALIGNMENT)
    words = (MAGIC, VERSION, len(data), 0, count, c, h, w, item, piece.classes, images_offset, labels_offset,
             name_offset, 0, 0, 0)  # fmt: skip
    struct.pack_into("<16I", data, 0, *words)
    struct.pack_into("<I", data, CRC_OFFSET, zlib.crc32(data))
    return bytes(data)


def from_bytes(data: bytes, where: str = "data set") -> DatasetSlice:
    """Reads and validates; errors name value and rule."""
    words = checked_words(data, MAGIC, VERSION, "ganglion.dataset", where)
    header = dict(zip(HEADER_FIELDS, words, strict=True))
    if header["element_bytes"] not in (1, 2):
        raise GanglionError(f"element_bytes {header['element_bytes']}", expected="1 or 2", where=where)
    shape = tuple(header[n] for n in ("count", "c", "h", "w"))
    elements = shape[0] * shape[1] * shape[2] * shape[3]
    for what, offset, size in (
        ("images", header["images_offset"], elements * header["element_bytes"]),
        ("labels", header["labels_offset"], header["count"]),
        ("name", header["name_offset"], 1),
    ):
        if offset < 64 or offset % ALIGNMENT or offset + size > len(data):
            raise GanglionError(
                f"{what}: {size} bytes at offset {offset}", expected=f"aligned, inside {len(data)} bytes", where=where
            )
    images = np.frombuffer(data, f"<i{header['element_bytes']}", elements, header["images_offset"]).reshape(shape)
    labels = np.frombuffer(data, np.uint8, header["count"], header["labels_offset"])
    name = data[header["name_offset"] :].split(b"\0", 1)[0].decode(errors="replace")
    return DatasetSlice(name, images, labels, header["classes"])


def save(piece: DatasetSlice, path: Path) -> None:
    """Writes the file whole."""
    write_whole(path, to_bytes(piece))


def load(path: Path) -> DatasetSlice:
    """Reads and validates the file at `path`."""
    return from_bytes(path.read_bytes(), where=str(path))
