"""Bytes of a loadable: writer and reader."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ganglion import layer_hash
from ganglion.loadable.layers import (
    ALIGNMENT,
    CRC_OFFSET,
    HEADER_BYTES,
    HEADER_FIELDS,
    KIND_FULLY_CONNECTED,
    LAYER_BYTES,
    LAYER_FIELDS,
    LAYER_FORMAT,
    MAGIC,
    TARGET_DEEPCAM,
    VERSION,
    WEIGHTED_KINDS,
    Layer,
    Loadable,
    element_bytes,
)
from ganglion.loadable.rules import CONSTANTS, check, check_layer, fail


def _float_bits(value: float) -> int:
    return struct.unpack("<I", struct.pack("<f", value))[0]


def _bits_float(bits: int) -> float:
    return struct.unpack("<f", struct.pack("<I", bits))[0]


_BLOBS = ("weights_offset", "norms_offset", "bias_offset", "mult_offset", "shift_offset")


class _FileBuilder:
    """Appends aligned blobs and remembers where they went."""

    def __init__(self, reserved_bytes: int) -> None:
        self.data = bytearray(reserved_bytes)

    def append(self, blob: bytes, alignment: int = ALIGNMENT) -> int:
        self.data += bytes(-len(self.data) % alignment)
        offset = len(self.data)
        self.data += blob
        return offset


def to_bytes(loadable: Loadable) -> bytes:
    """Serialises; the same loadable gives the same bytes. Raises GanglionError where `check` does."""
    check(loadable, where=loadable.name)
    element_type = "<i1" if loadable.element_bytes == 1 else "<i2"
    file = _FileBuilder(HEADER_BYTES + LAYER_BYTES * len(loadable.layers))
    records = []
    for layer in loadable.layers:
        offsets = dict.fromkeys(_BLOBS, 0)
        hash_word, hash_options = layer.hash.pack() if layer.hash else (0, 0)
        if layer.bias is not None:
            weights = layer.hash.hashes if layer.hash else layer.weights.astype(element_type)
            offsets["weights_offset"] = file.append(np.ascontiguousarray(weights).tobytes())
            if layer.hash:
                offsets["norms_offset"] = file.append(layer.hash.norms.tobytes())
            offsets["bias_offset"] = file.append(np.asarray(layer.bias, dtype="<i4").tobytes())
        if layer.mult is not None:
            offsets["mult_offset"] = file.append(np.asarray(layer.mult, dtype="<u4").tobytes())
            offsets["shift_offset"] = file.append(np.asarray(layer.shift, dtype="<u4").tobytes())
        computed = {
            **offsets,
            "name_offset": 0,
            "macs": layer.macs,
            "in_scale_bits": _float_bits(layer.in_scale),
            "out_scale_bits": _float_bits(layer.out_scale),
            "hash": hash_word,
            "hash_options": hash_options,
            **({"guard_bits": layer.hash.seed} if layer.hash else {}),
        }
        records.append({n: computed[n] if n in computed else getattr(layer, n) for n, _, _ in LAYER_FIELDS})
    name_offset = file.append(loadable.name.encode() + b"\0")
    for record, layer in zip(records, loadable.layers, strict=True):
        record["name_offset"] = file.append(layer.name.encode() + b"\0", alignment=1)
    file.append(b"")  # a whole number of blobs, so that images laid behind one another stay aligned
    header = {
        "magic": MAGIC,
        "version": VERSION,
        "total_bytes": len(file.data),
        "crc32": 0,
        "layer_count": len(loadable.layers),
        "layers_offset": HEADER_BYTES,
        "arena_bytes": loadable.arena_bytes,
        "operand_bits": loadable.operand_bits,
        "input_c": loadable.input_shape[0],
        "input_h": loadable.input_shape[1],
        "input_w": loadable.input_shape[2],
        "input_offset": loadable.input_offset,
        "output_offset": loadable.output_offset,
        "classes": loadable.classes,
        "name_offset": name_offset,
        "element_bytes": loadable.element_bytes,
    }
    struct.pack_into("<16I", file.data, 0, *(header[name] for name in HEADER_FIELDS))
    for i, record in enumerate(records):
        values = (record[name] for name, _, _ in LAYER_FIELDS)
        struct.pack_into(LAYER_FORMAT, file.data, HEADER_BYTES + i * LAYER_BYTES, *values)
    struct.pack_into("<I", file.data, CRC_OFFSET, zlib.crc32(file.data))
    return bytes(file.data)


def checked_words(data: bytes, magic: int, version: int, what: str, where: str) -> tuple[int, ...]:
    """The 16 header words of a loadable or data set file after magic, version, length and checksum agree."""
    if len(data) < HEADER_BYTES:
        fail(where, f"{len(data)} bytes", f"a {what} of at least {HEADER_BYTES} bytes")
    words = struct.unpack_from("<16I", data)
    if words[0] != magic:
        fail(where, f"magic 0x{words[0]:08x}", f"0x{magic:08x}, a {what}")
    if words[1] != version:
        fail(where, f"version {words[1]}", f"version {version} of the {what} format")
    if words[2] != len(data):
        fail(where, f"file of {len(data)} bytes", f"{words[2]} bytes as its header says (truncated copy?)")
    crc = zlib.crc32(data[:CRC_OFFSET] + bytes(4) + data[CRC_OFFSET + 4 :])
    if crc != words[3]:
        fail(where, f"checksum 0x{crc:08x}", f"0x{words[3]:08x} as its header says (damaged file?)")
    return words


def _text(data: bytes, offset: int, where: str) -> str:
    end = data.find(b"\0", offset) if 0 < offset < len(data) else -1
    if end < 0:
        fail(where, f"name at offset {offset}", f"a NUL-terminated name inside the file of {len(data)} bytes")
    return data[offset:end].decode(errors="replace")


def _blob(data: bytes, offset: int, count: int, dtype: str, where: str) -> npt.NDArray[np.integer]:
    size = count * np.dtype(dtype).itemsize
    if offset % ALIGNMENT or offset < HEADER_BYTES or offset + size > len(data):
        fail(where, f"{size} bytes at offset {offset}", f"{ALIGNMENT}-byte aligned data inside {len(data)} bytes")
    return np.frombuffer(data, dtype=dtype, count=count, offset=offset)


def _read_hash(data: bytes, record: dict[str, int], taps: int, where: str) -> layer_hash.LayerHash:
    parameters = layer_hash.unpack(record["hash"], record["hash_options"]) | {"seed": record["guard_bits"]}
    layer_hash.check(parameters, taps, where)
    shape = (record["out_c"], layer_hash.tiles_of(taps, parameters["tile"]))
    norms = _blob(data, record["norms_offset"], shape[0] * shape[1], "u1", where)
    size = parameters["bits"] // 8
    hashes = _blob(data, record["weights_offset"], norms.size * size, "u1", where)
    return layer_hash.LayerHash(hashes.reshape(*shape, size), norms.reshape(shape), **parameters)


def from_bytes(data: bytes, where: str = "loadable") -> Loadable:
    """Reads and validates; every inconsistency is a GanglionError that names layer, value and rule."""
    words = checked_words(data, MAGIC, VERSION, "ganglion.loadable", where)
    header = dict(zip(HEADER_FIELDS, words, strict=True))
    end_of_layers = header["layers_offset"] + header["layer_count"] * LAYER_BYTES
    if header["layers_offset"] % 4 or header["layers_offset"] < HEADER_BYTES or end_of_layers > len(data):
        fail(where, f"{header['layer_count']} layers at offset {header['layers_offset']}", "layers inside the file")
    if header["element_bytes"] != element_bytes(header["operand_bits"]):
        fail(where, f"element_bytes {header['element_bytes']}", f"{element_bytes(header['operand_bits'])}")
    element_type = "<i1" if header["element_bytes"] == 1 else "<i2"
    layers = []
    for i in range(header["layer_count"]):
        values = struct.unpack_from(LAYER_FORMAT, data, header["layers_offset"] + i * LAYER_BYTES)
        record = {name: value for (name, _, _), value in zip(LAYER_FIELDS, values, strict=True)}
        layer_where = f"{where}: layer {i}"
        name = _text(data, record["name_offset"], layer_where)
        arrays: dict[str, npt.NDArray[np.integer] | layer_hash.LayerHash] = {}
        if record["kind"] in WEIGHTED_KINDS:
            shape = (record["out_c"], record["in_c"], record["kh"], record["kw"])
            if record["kind"] == KIND_FULLY_CONNECTED:
                shape = shape[:2]
            count = int(np.prod([int(n) for n in shape], dtype=object))
            if record["target"] == TARGET_DEEPCAM:
                arrays["hash"] = _read_hash(data, record, count // max(record["out_c"], 1), layer_where)
            else:
                blob = _blob(data, record["weights_offset"], count, element_type, layer_where)
                arrays["weights"] = blob.reshape(shape)
            for array, dtype in (("bias", "<i4"), ("mult", "<u4"), ("shift", "<u4")):
                arrays[array] = _blob(data, record[f"{array}_offset"], record["out_c"], dtype, layer_where)
        for array, count in zip(("mult", "shift"), CONSTANTS.get(record["kind"], ()), strict=False):
            arrays[array] = _blob(data, record[f"{array}_offset"], count, "<u4", layer_where)
        names = set(Layer.__dataclass_fields__) - {
            "name",
            "in_scale",
            "out_scale",
            *("weights", "bias", "mult", "shift", "hash"),
        }
        layer = Layer(
            name=name,
            in_scale=_bits_float(record["in_scale_bits"]),
            out_scale=_bits_float(record["out_scale_bits"]),
            **{n: record[n] for n in names} | ({"guard_bits": 0} if "hash" in arrays else {}),
            **arrays,
        )
        check_layer(layer, header["operand_bits"], f"{layer_where} ({name})")
        if layer.macs != record["macs"]:
            fail(layer_where, f"macs {record['macs']}", f"{layer.macs} from its shape")
        layers.append(layer)
    loadable = Loadable(
        name=_text(data, header["name_offset"], where),
        operand_bits=header["operand_bits"],
        input_shape=(header["input_c"], header["input_h"], header["input_w"]),
        classes=header["classes"],
        layers=layers,
        arena_bytes=header["arena_bytes"],
        input_offset=header["input_offset"],
        output_offset=header["output_offset"],
    )
    check(loadable, where)
    return loadable


def save(loadable: Loadable, path: Path) -> None:
    """Writes the file whole: a reader never meets half of it."""
    write_whole(path, to_bytes(loadable))


def load(path: Path) -> Loadable:
    """Reads and validates the file at `path`."""
    return from_bytes(path.read_bytes(), where=str(path))


def write_whole(path: Path, data: bytes) -> None:
    """Writes beside `path` and renames, creating folders as needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(data)
    partial.replace(path)
