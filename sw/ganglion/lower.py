"""Quantised network to a loadable: placement, requantisation constants, guard bits.

The accumulator unit is in_scale * weight_scale on the cpu and 2^(N-1) times that on the SC-CNN core, whose product is
x*w/2^(N-1). With dynamic precision the core shifts its accumulator left by N - n_w before the bias: same unit.

Bias correction: the SC product of activation 0 and weight w is sgn(w)*(|w| mod 2), not 0, so sums of SC products are
off by a mean that depends on the weights. Its mean over calibration images, per output channel, goes into the bias; it
costs no hardware.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ganglion import loadable as lo
from ganglion import reference
from ganglion.errors import GanglionError
from ganglion.fixed_point import INT32_MAX, derive_multiplier, derive_multipliers, element_range
from ganglion.network import ADD, AVERAGE, CONV, PAD, POOL
from ganglion.quantize import QuantisedNetwork, QuantisedStage
from ganglion.sc_arithmetic import BITS_MAX, BITS_MIN

SC_KERNEL_MAX = 32
SC_WEIGHT_BITS_MIN = 2
ACC_MAX_DEFAULT = 16  # widest accumulator of the core as built by default: N + A may not exceed it
BIAS_IMAGES = 128  # calibration images whose mean error is measured; one map has many pixels


@dataclass(frozen=True)
class Options:
    """How to lower: target, exceptions by layer name, and what the core was built with."""

    target: str = "cpu"
    placement: dict[str, str] = field(default_factory=dict)  # layer -> target
    weight_bits: dict[str, int] = field(default_factory=dict)  # layer -> n_w
    guard_bits: int | None = None  # None: from calibration
    acc_max_bits: int = ACC_MAX_DEFAULT
    zero_skip: bool = True
    bias_correction: bool = True


def _check_names(q: QuantisedNetwork, options: Options) -> None:
    known = [s.stage.name for s in q.stages if s.weights is not None]
    for name in (*options.placement, *options.weight_bits):
        if name not in known:
            raise GanglionError(f"layer '{name}'", expected=f"one of {', '.join(known)}")


def _layer_target(stage: QuantisedStage, options: Options) -> int:
    if stage.weights is None:
        return lo.TARGET_CPU
    return lo.TARGET_NAMES.index(options.placement.get(stage.stage.name, options.target))


def _lower_stage(q: QuantisedStage, bits: int, options: Options) -> lo.Layer:
    stage = q.stage
    target = _layer_target(q, options)
    shape = dict(
        zip(("in_c", "in_h", "in_w", "out_c", "out_h", "out_w"), stage.in_shape + stage.out_shape, strict=True)
    )
    common = {"target": target, **shape, "pool": int(stage.pool), "in_scale": q.in_scale, "out_scale": q.out_scale}
    low, high = element_range(bits)
    if q.weights is None:
        return _lower_weightless(q, common, 0 if stage.relu else low, high)
    on_core = target == lo.TARGET_SC_CNN
    unit = q.in_scale * q.weight_scales * (2.0 ** (bits - 1) if on_core else 1.0)
    bias = np.rint(stage.bias / unit).astype(np.int64)
    pairs = [derive_multiplier(float(r)) for r in unit / q.out_scale]
    weight_bits = options.weight_bits.get(stage.name, bits) if on_core else bits
    kernel = q.weights.shape[2:] if stage.kind == CONV else (1, 1)
    layer = lo.Layer(
        stage.name,
        lo.KIND_CONV2D if stage.kind == CONV else lo.KIND_FULLY_CONNECTED,
        **common,
        kh=kernel[0],
        kw=kernel[1],
        stride=stage.stride,
        pad=stage.pad,
        lo=0 if stage.relu else low,
        hi=high,
        weight_bits=weight_bits,
        zero_skip=int(options.zero_skip and on_core),
        weights=q.weights.astype(np.int8 if bits <= 8 else np.int16),
        bias=bias.astype(np.int32),
        mult=np.array([m for m, _ in pairs], np.uint32),
        shift=np.array([s for _, s in pairs], np.uint32),
    )
    if on_core:
        _check_core(layer, bits)
    else:
        peak = np.abs(q.weights).reshape(len(bias), -1).sum(axis=1) * -low + np.abs(bias)
        if peak.max() > INT32_MAX:
            raise GanglionError(f"layer '{stage.name}' may sum to {peak.max()}", expected="sums inside int32",
                                remedy="fewer operand bits (--bits)")  # fmt: skip
    return layer


def _lower_weightless(q: QuantisedStage, common: dict, low: int, high: int) -> lo.Layer:
    """Pool, pad, addition or global average; they run on the cpu."""
    stage = q.stage
    if stage.kind == POOL:
        return lo.Layer(stage.name, lo.KIND_MAX_POOL, **common)
    if stage.kind == PAD:
        (channels, _), (rows, _), (columns, _) = stage.margins
        return lo.Layer(stage.name, lo.KIND_PAD, **common, stride=stage.stride, pad=channels, kh=rows, kw=columns)
    area = stage.in_shape[1] * stage.in_shape[2] if stage.kind == AVERAGE else 1
    mult, shift = derive_multipliers(tuple(scale / q.out_scale / area for scale in q.in_scales))
    kind = lo.KIND_ADD if stage.kind == ADD else lo.KIND_GLOBAL_AVERAGE_POOL
    return lo.Layer(stage.name, kind, **common, lo=low, hi=high, mult=np.array(mult, np.uint32),
                    shift=np.array([shift], np.uint32))  # fmt: skip


def _check_core(layer: lo.Layer, bits: int) -> None:
    where = f"layer '{layer.name}' on sc_cnn"
    if not BITS_MIN <= bits <= BITS_MAX:
        raise GanglionError(f"{bits} operand bits", expected=f"{BITS_MIN}..{BITS_MAX}", remedy="--bits", where=where)
    if not SC_WEIGHT_BITS_MIN <= layer.weight_bits <= bits:
        raise GanglionError(f"weight bits {layer.weight_bits}", expected=f"{SC_WEIGHT_BITS_MIN}..{bits}",
                            remedy="--weight-bits", where=where)  # fmt: skip
    if max(layer.kh, layer.kw, layer.stride) > SC_KERNEL_MAX:
        raise GanglionError(f"kernel {layer.kh}x{layer.kw}, stride {layer.stride}", where=where,
                            expected=f"at most {SC_KERNEL_MAX}", remedy=f"--place {layer.name}=cpu")  # fmt: skip


def _with_wide_accumulators(network: lo.Loadable) -> lo.Loadable:
    """Core layers that never clamp, for measurements."""
    wide = 63 - network.operand_bits
    layers = [
        replace(layer, guard_bits=wide) if layer.target == lo.TARGET_SC_CNN else layer for layer in network.layers
    ]
    return replace(network, layers=layers)


def _with_guard_bits(network: lo.Loadable, calibration: np.ndarray, options: Options) -> lo.Loadable:
    """A per core layer: twice the largest running sum of the calibration images fits, as far as ACC_MAX allows."""
    bits = network.operand_bits
    most = options.acc_max_bits - bits
    if most < 0 or (options.guard_bits or 0) > most:
        raise GanglionError(f"{bits} operand bits and {options.guard_bits or 0} guard bits",
                            expected=f"a sum of at most ACC_MAX = {options.acc_max_bits}",
                            remedy="fewer bits, or a core with a wider accumulator (--acc-max)")  # fmt: skip
    if options.guard_bits is not None:
        chosen = [options.guard_bits] * len(network.layers)
    else:
        traces = reference.trace(_with_wide_accumulators(network), calibration)
        chosen = [min(most, max(0, (2 * t.peak).bit_length() + 1 - bits)) for t in traces]
    layers = [
        replace(layer, guard_bits=guard) if layer.target == lo.TARGET_SC_CNN else layer
        for layer, guard in zip(network.layers, chosen, strict=True)
    ]
    return replace(network, layers=layers)


def _with_bias_correction(network: lo.Loadable, calibration: np.ndarray) -> lo.Loadable:
    """Core layers in order, each on what the corrected layers before it give: bias += mean(exact sum - SC sum)."""
    bits = network.operand_bits
    layers = list(network.layers)

    def step(i: int, maps: list[np.ndarray]) -> np.ndarray:
        layer = layers[i]
        if layer.target != lo.TARGET_SC_CNN:
            return reference.run_layer(layer, maps[0], bits, reference.LayerTrace(), *maps[1:])
        columns = reference.layer_columns(layer, maps[0])
        sums = reference.accumulate(layer, columns, bits, reference.LayerTrace())
        exact = reference.accumulate(replace(layer, target=lo.TARGET_CPU), columns, bits, reference.LayerTrace())
        error = (exact / 2.0 ** (bits - 1) - sums).mean(axis=(0, 1, 2))
        bias = layer.bias.astype(np.int64) + np.rint(error).astype(np.int64)
        layers[i] = replace(layer, bias=bias.astype(np.int32))
        return reference.finish(layers[i], sums)

    reference.run(network, np.asarray(calibration, dtype=np.int64), step)
    return replace(network, layers=layers)


def lower(q: QuantisedNetwork, options: Options, calibration: np.ndarray) -> lo.Loadable:
    """The loadable; `calibration` are quantised input images [n, c, h, w] that set the guard bits."""
    _check_names(q, options)
    layers = [_lower_stage(stage, q.bits, options) for stage in q.stages]
    network = lo.Loadable(q.network.name, q.bits, q.network.input_shape, q.network.classes, layers)
    network = lo.with_arena(network, q.network.inputs)
    if any(layer.target == lo.TARGET_SC_CNN for layer in layers):
        if options.bias_correction and len(calibration):
            network = _with_bias_correction(_with_wide_accumulators(network), calibration[:BIAS_IMAGES])
        network = _with_guard_bits(network, calibration, options)
    lo.check(network, network.name)
    return network
