"""`ganglion.loadable/1`: a compiled network as one file that firmware maps and walks (little endian, 32-bit words).

    header  64 bytes        HEADER_FIELDS
    layers  128 bytes each  LAYER_FIELDS, in order of execution
    blobs   weights (OIHW or [out][in], element_bytes each), bias int32, mult uint32, shift uint32; each 64-byte aligned
    strings NUL-terminated UTF-8

Offsets called `in`, `in2`, `out`, `input`, `output` count from the start of the *arena* (activation memory, at least
`arena_bytes`, the firmware's to place); all others from the start of the file. Maps are dense CHW in the arena. The
checksum is CRC-32 (IEEE, as zlib) of the whole file with the checksum's own field 0. A reader must refuse a version it
does not know; fields called `reserved` are 0. Order and meaning of the fields are law for the generated C header.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ganglion import layer_hash
from ganglion.errors import GanglionError
from ganglion.fixed_point import MULT_MAX, SHIFT_MAX, SHIFT_MIN, element_range

MAGIC = 0x444C4E47  # "GNLD"
VERSION = 1
ALIGNMENT = 64

KIND_CONV2D, KIND_FULLY_CONNECTED, KIND_MAX_POOL, KIND_ADD, KIND_GLOBAL_AVERAGE_POOL = range(5)
TARGET_CPU, TARGET_SC_CNN, TARGET_DEEPCAM = range(3)
KIND_NAMES = ("conv2d", "fully_connected", "max_pool_2x2", "add", "global_average_pool")
TARGET_NAMES = ("cpu", "sc_cnn", "deepcam")

HEADER_FIELDS = (
    "magic", "version", "total_bytes", "crc32", "layer_count", "layers_offset", "arena_bytes", "operand_bits",
    "input_c", "input_h", "input_w", "input_offset", "output_offset", "classes", "name_offset", "element_bytes",
)  # fmt: skip
# (name, C type, comment)
LAYER_FIELDS = (
    ("kind", "uint32_t", "GANGLION_LAYER_*"),
    ("target", "uint32_t", "GANGLION_TARGET_*"),
    ("in_offset", "uint32_t", "arena: input map"),
    ("in2_offset", "uint32_t", "arena: second input of an addition, else 0"),
    ("out_offset", "uint32_t", "arena: stored output map"),
    ("in_c", "uint32_t", "channels; of a fully connected layer: all inputs, CHW"),
    ("in_h", "uint32_t", ""),
    ("in_w", "uint32_t", ""),
    ("out_c", "uint32_t", ""),
    ("out_h", "uint32_t", "before pooling"),
    ("out_w", "uint32_t", "before pooling"),
    ("kh", "uint32_t", ""),
    ("kw", "uint32_t", ""),
    ("stride", "uint32_t", ""),
    ("pad", "uint32_t", "zeros on every side"),
    ("pool", "uint32_t", "0 none, 1 = 2x2 max, stride 2, odd last row and column dropped; 1 in max-pool layers"),
    ("weights_offset", "uint32_t", "file; 64-byte aligned"),
    ("bias_offset", "uint32_t", "file: int32_t[out_c], accumulator units"),
    ("mult_offset", "uint32_t", "file: uint32_t[out_c], 31-bit M"),
    ("shift_offset", "uint32_t", "file: uint32_t[out_c], s in 1..62"),
    ("lo", "int32_t", "lower clamp; 0 is ReLU"),
    ("hi", "int32_t", "upper clamp"),
    ("weight_bits", "uint32_t", "n_w of dynamic precision; operand_bits = full"),
    ("guard_bits", "uint32_t", "sc_cnn: A, the accumulator is operand_bits + A wide"),
    ("zero_skip", "uint32_t", "1: operands whose counter is 0 cost no cycle"),
    ("name_offset", "uint32_t", "file: NUL-terminated name"),
    ("macs", "uint32_t", "multiplications, padding included"),
    ("in_scale_bits", "uint32_t", "float32 bits: real value of input 1; for tools only"),
    ("out_scale_bits", "uint32_t", "float32 bits: real value of output 1; for tools only"),
    ("norms_offset", "uint32_t", "file: deepcam: uint8_t[out_c][tiles], E4M3; weights are hashes [out_c][tiles][k/8]"),
    ("hash", "uint32_t", "deepcam: k | inputs of a tile << 16 (0: all)"),
    ("hash_options", "uint32_t", "deepcam: projection | norm shift << 16 | product shift << 20 | dataflow << 26"),
)
# A word of one target's that another uses under its own name: (name, comment).
LAYER_ALIASES = {"guard_bits": ("projection_seed", "deepcam: seed of the projections the weights were hashed with")}
HEADER_BYTES = 4 * len(HEADER_FIELDS)
LAYER_BYTES = 4 * len(LAYER_FIELDS)
CRC_OFFSET = 4 * HEADER_FIELDS.index("crc32")
_LAYER_FORMAT = "<" + "".join("i" if c_type == "int32_t" else "I" for _, c_type, _ in LAYER_FIELDS)


@dataclass(frozen=True)
class Layer:
    """One layer. Shapes: weights [out_c, in_c, kh, kw] or [out_c, in_c]; bias, mult, shift [out_c]; pools have none."""

    name: str
    kind: int
    target: int
    in_c: int
    in_h: int
    in_w: int
    out_c: int
    out_h: int
    out_w: int
    kh: int = 1
    kw: int = 1
    stride: int = 1
    pad: int = 0
    pool: int = 0
    lo: int = 0
    hi: int = 0
    weight_bits: int = 0
    guard_bits: int = 0
    zero_skip: int = 0
    in_offset: int = 0
    in2_offset: int = 0
    out_offset: int = 0
    in_scale: float = 0.0
    out_scale: float = 0.0
    weights: npt.NDArray[np.integer] | None = None
    bias: npt.NDArray[np.int32] | None = None
    mult: npt.NDArray[np.uint32] | None = None
    shift: npt.NDArray[np.uint32] | None = None
    hash: layer_hash.LayerHash | None = None  # of a layer on deepcam, in place of weights

    @property
    def taps(self) -> int:
        """Inputs of one output of a layer of weights."""
        return self.in_c * self.kh * self.kw

    @property
    def macs(self) -> int:
        """Multiplications of one image, those with padding included, or those that hashes stand for."""
        return 0 if self.bias is None else self.out_c * self.taps * self.out_h * self.out_w

    @property
    def stored_shape(self) -> tuple[int, int, int]:
        """Shape (c, h, w) of the map in the arena, after pooling."""
        step = 2 if self.pool else 1
        return self.out_c, self.out_h // step, self.out_w // step


@dataclass(frozen=True)
class Loadable:
    """A compiled network; `layers` run in order."""

    name: str
    operand_bits: int
    input_shape: tuple[int, int, int]
    classes: int
    layers: list[Layer] = field(default_factory=list)
    arena_bytes: int = 0
    input_offset: int = 0
    output_offset: int = 0

    @property
    def element_bytes(self) -> int:
        return element_bytes(self.operand_bits)

    @property
    def input_scale(self) -> float:
        """Real value of input element 1."""
        return self.layers[0].in_scale


def element_bytes(operand_bits: int) -> int:
    """Elements are int8 up to 8 bits and int16 above, never packed."""
    return 1 if operand_bits <= 8 else 2


def align(offset: int) -> int:
    """`offset` rounded up to the next blob boundary."""
    return (offset + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT


def with_arena(loadable: Loadable) -> Loadable:
    """Places the maps of a chain of layers: two regions used in turn, so that input and output never overlap."""
    sizes = [int(np.prod(loadable.input_shape)), *(int(np.prod(layer.stored_shape)) for layer in loadable.layers)]
    region = [max((align(n * loadable.element_bytes) for n in sizes[parity::2]), default=0) for parity in (0, 1)]
    starts = (0, region[0])
    layers = [
        replace(layer, in_offset=starts[i % 2], out_offset=starts[(i + 1) % 2])
        for i, layer in enumerate(loadable.layers)
    ]
    return replace(
        loadable, layers=layers, arena_bytes=sum(region), input_offset=0, output_offset=starts[len(layers) % 2]
    )


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
        struct.pack_into(_LAYER_FORMAT, file.data, HEADER_BYTES + i * LAYER_BYTES, *values)
    struct.pack_into("<I", file.data, CRC_OFFSET, zlib.crc32(file.data))
    return bytes(file.data)


def _fail(where: str, found: str, expected: str, remedy: str = "compile the network again") -> None:
    raise GanglionError(found, expected=expected, remedy=remedy, where=where)


def checked_words(data: bytes, magic: int, version: int, what: str, where: str) -> tuple[int, ...]:
    """The 16 header words of a loadable or data set file after magic, version, length and checksum agree."""
    if len(data) < HEADER_BYTES:
        _fail(where, f"{len(data)} bytes", f"a {what} of at least {HEADER_BYTES} bytes")
    words = struct.unpack_from("<16I", data)
    if words[0] != magic:
        _fail(where, f"magic 0x{words[0]:08x}", f"0x{magic:08x}, a {what}")
    if words[1] != version:
        _fail(where, f"version {words[1]}", f"version {version} of the {what} format")
    if words[2] != len(data):
        _fail(where, f"file of {len(data)} bytes", f"{words[2]} bytes as its header says (truncated copy?)")
    crc = zlib.crc32(data[:CRC_OFFSET] + bytes(4) + data[CRC_OFFSET + 4 :])
    if crc != words[3]:
        _fail(where, f"checksum 0x{crc:08x}", f"0x{words[3]:08x} as its header says (damaged file?)")
    return words


def _text(data: bytes, offset: int, where: str) -> str:
    end = data.find(b"\0", offset) if 0 < offset < len(data) else -1
    if end < 0:
        _fail(where, f"name at offset {offset}", f"a NUL-terminated name inside the file of {len(data)} bytes")
    return data[offset:end].decode(errors="replace")


def _blob(data: bytes, offset: int, count: int, dtype: str, where: str) -> npt.NDArray[np.integer]:
    size = count * np.dtype(dtype).itemsize
    if offset % ALIGNMENT or offset < HEADER_BYTES or offset + size > len(data):
        _fail(where, f"{size} bytes at offset {offset}", f"{ALIGNMENT}-byte aligned data inside {len(data)} bytes")
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
        _fail(where, f"{header['layer_count']} layers at offset {header['layers_offset']}", "layers inside the file")
    if header["element_bytes"] != element_bytes(header["operand_bits"]):
        _fail(where, f"element_bytes {header['element_bytes']}", f"{element_bytes(header['operand_bits'])}")
    element_type = "<i1" if header["element_bytes"] == 1 else "<i2"
    layers = []
    for i in range(header["layer_count"]):
        values = struct.unpack_from(_LAYER_FORMAT, data, header["layers_offset"] + i * LAYER_BYTES)
        record = {name: value for (name, _, _), value in zip(LAYER_FIELDS, values, strict=True)}
        layer_where = f"{where}: layer {i}"
        name = _text(data, record["name_offset"], layer_where)
        arrays: dict[str, npt.NDArray[np.integer] | layer_hash.LayerHash] = {}
        if record["kind"] in (KIND_CONV2D, KIND_FULLY_CONNECTED):
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
        _check_layer(layer, header["operand_bits"], f"{layer_where} ({name})")
        if layer.macs != record["macs"]:
            _fail(layer_where, f"macs {record['macs']}", f"{layer.macs} from its shape")
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


def check(loadable: Loadable, where: str) -> None:
    """Every rule a well-formed loadable obeys, whether read or about to be written."""
    bits = loadable.operand_bits
    if not 2 <= bits <= 16:
        _fail(where, f"operand_bits {bits}", "2..16")
    if not loadable.layers:
        _fail(where, "no layers", "at least one layer")
    maps = [(loadable.input_offset, loadable.input_shape, "input")]
    for i, layer in enumerate(loadable.layers):
        layer_where = f"{where}: layer {i} ({layer.name})"
        _check_layer(layer, bits, layer_where)
        maps.append((layer.in_offset, (layer.in_c, layer.in_h, layer.in_w), f"input of layer {layer.name}"))
        maps.append((layer.out_offset, layer.stored_shape, f"output of layer {layer.name}"))
    for offset, shape, what in maps:
        end = offset + int(np.prod(shape)) * loadable.element_bytes
        if offset % ALIGNMENT or end > loadable.arena_bytes:
            _fail(where, f"{what} at arena bytes {offset}..{end}", f"aligned, inside {loadable.arena_bytes} bytes")
    last = loadable.layers[-1]
    if int(np.prod(last.stored_shape)) != loadable.classes:
        _fail(where, f"{loadable.classes} classes", f"{int(np.prod(last.stored_shape))}, the size of the last map")
    if last.out_offset != loadable.output_offset:
        _fail(where, f"output_offset {loadable.output_offset}", f"{last.out_offset}, where the last layer writes")


def _check_layer(layer: Layer, bits: int, where: str) -> None:
    if layer.kind >= len(KIND_NAMES):
        _fail(where, f"kind {layer.kind}", f"0..{len(KIND_NAMES) - 1}: {', '.join(KIND_NAMES)}")
    if layer.target >= len(TARGET_NAMES):
        _fail(where, f"target {layer.target}", f"0..{len(TARGET_NAMES) - 1}: {', '.join(TARGET_NAMES)}")
    dimensions = (layer.in_c, layer.in_h, layer.in_w, layer.out_c, layer.out_h, layer.out_w, layer.kh, layer.kw)
    if min(*dimensions, layer.stride) < 1:
        _fail(where, f"a dimension or stride of 0 in {dimensions}, stride {layer.stride}", "all at least 1")
    if layer.kind == KIND_CONV2D:
        for what, size, kernel, out in (
            ("h", layer.in_h, layer.kh, layer.out_h),
            ("w", layer.in_w, layer.kw, layer.out_w),
        ):
            fit = (size + 2 * layer.pad - kernel) // layer.stride + 1
            if fit != out:
                _fail(where, f"out_{what} {out}", f"{fit} = ({size} + 2*{layer.pad} - {kernel}) / {layer.stride} + 1")
    if layer.kind == KIND_FULLY_CONNECTED and dimensions[1:3] + dimensions[4:] != (1,) * 6:
        _fail(where, f"shape {dimensions}", "a fully connected layer with h, w, kh, kw of 1")
    if layer.pool not in (0, 1) or (layer.pool and min(layer.out_h, layer.out_w) < 2):
        _fail(where, f"pool {layer.pool} on a {layer.out_h}x{layer.out_w} map", "0, or 1 on a map of at least 2x2")
    if (layer.target == TARGET_DEEPCAM) != (layer.hash is not None):
        _fail(where, f"target {TARGET_NAMES[layer.target]}", "hashes on deepcam, and only there")
    if layer.weights is None and layer.hash is None:
        if layer.kind in (KIND_CONV2D, KIND_FULLY_CONNECTED):
            _fail(where, "no weights", f"weights of a {KIND_NAMES[layer.kind]} layer")
        return
    low, high = element_range(bits)
    if layer.hash is not None:
        if bits != 8:
            _fail(where, f"{bits}-bit operands on deepcam", "8 bits")
        words = layer.hash.pack()
        layer_hash.check(layer_hash.unpack(*words) | {"seed": layer.hash.seed}, layer.taps, where)
        layer_hash.check_norms(layer.hash.norms, where)
    elif layer.weights.min() < low or layer.weights.max() > high:
        _fail(where, f"weights {layer.weights.min()}..{layer.weights.max()}", f"inside {low}..{high}")
    if not low <= layer.lo <= layer.hi <= high:
        _fail(where, f"clamp {layer.lo}..{layer.hi}", f"inside {low}..{high} for {bits}-bit operands")
    if layer.mult.max() > MULT_MAX:
        _fail(where, f"multiplier {layer.mult.max()}", f"at most {MULT_MAX}")
    if layer.shift.min() < SHIFT_MIN or layer.shift.max() > SHIFT_MAX:
        _fail(where, f"shift {layer.shift.min()}..{layer.shift.max()}", f"{SHIFT_MIN}..{SHIFT_MAX}")
    if not 1 <= layer.weight_bits <= bits:
        _fail(where, f"weight_bits {layer.weight_bits}", f"1..{bits}")


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
