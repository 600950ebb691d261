"""Fields of the file, layers and networks as data, and their sizes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ganglion import layer_hash

MAGIC = 0x444C4E47  # "GNLD"
VERSION = 1
ALIGNMENT = 64

KIND_CONV2D, KIND_FULLY_CONNECTED, KIND_MAX_POOL, KIND_ADD, KIND_GLOBAL_AVERAGE_POOL, KIND_PAD = range(6)
TARGET_CPU, TARGET_SC_CNN, TARGET_DEEPCAM, TARGET_MAC_ARRAY = range(4)
KIND_NAMES = ("conv2d", "fully_connected", "max_pool_2x2", "add", "global_average_pool", "pad")
WEIGHTED_KINDS = (KIND_CONV2D, KIND_FULLY_CONNECTED)
TARGET_NAMES = ("cpu", "sc_cnn", "deepcam", "mac_array")

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
    ("kh", "uint32_t", "of a pad layer: rows of zeros above"),
    ("kw", "uint32_t", "of a pad layer: columns of zeros to the left"),
    ("stride", "uint32_t", "of a pad layer: every stride-th row and column is kept"),
    ("pad", "uint32_t", "zeros on every side; of a pad layer: channels of zeros in front"),
    ("pool", "uint32_t", "0 none, 1 = 2x2 max, stride 2, odd last row and column dropped; 1 in max-pool layers"),
    ("weights_offset", "uint32_t", "file; 64-byte aligned"),
    ("bias_offset", "uint32_t", "file: int32_t[out_c], accumulator units"),
    ("mult_offset", "uint32_t", "file: uint32_t[out_c], 31-bit M; add: [2], one an input; average: [1]"),
    ("shift_offset", "uint32_t", "file: uint32_t[out_c], s in 1..62; add and average: [1]"),
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
LAYER_FORMAT = "<" + "".join("i" if c_type == "int32_t" else "I" for _, c_type, _ in LAYER_FIELDS)


@dataclass(frozen=True)
class Layer:
    """One layer. Shapes: weights [out_c, in_c, kh, kw] or [out_c, in_c]; bias, mult, shift [out_c].

    An addition has mult [2] and shift [1], a global average pool one of each; max-pool and pad layers have none.
    """

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
    def weighted(self) -> bool:
        """A layer that multiplies by weights: the ones an accelerator takes."""
        return self.kind in WEIGHTED_KINDS

    @property
    def input_shapes(self) -> list[tuple[int, int, int]]:
        """Shape (c, h, w) of each map it reads."""
        return [(self.in_c, self.in_h, self.in_w)] * (2 if self.kind == KIND_ADD else 1)

    @property
    def in_offsets(self) -> list[int]:
        """Arena offset of each map it reads."""
        return [self.in_offset, self.in2_offset] if self.kind == KIND_ADD else [self.in_offset]

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
