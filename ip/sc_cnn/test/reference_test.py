"""The C++ model against the NumPy reference of `ganglion compile`, which knows only the fact sheet: bit for bit.

Usage: reference_test.py PATH_OF_sc_cnn_run_jobs. Exit code 1 and the first differing job when they disagree.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from ganglion import loadable as lo
from ganglion import reference
from ganglion.sc_arithmetic import counter_value, product_cycles

JOBS = 120


@dataclass(frozen=True)
class Case:
    """One job in both forms."""

    request: dict[str, Any]
    layer: lo.Layer
    maps: np.ndarray  # [1, c, h, w]


def random_case(rng: np.random.Generator) -> Case:
    """A random legal job: every operand width, convolution and fully connected, rails near and far."""
    bits = int(rng.integers(4, 11))
    half = 1 << (bits - 1)
    dense = bool(rng.integers(3) == 0)
    in_c, in_h, in_w = (int(v) for v in (rng.integers(1, 6), rng.integers(5, 15), rng.integers(5, 15)))
    kh, kw = (1, 1) if dense else (int(rng.integers(1, 6)), int(rng.integers(1, 6)))
    stride, pad = (1, 0) if dense else (int(rng.integers(1, 4)), int(rng.integers(0, 3)))
    out_c = int(rng.integers(1, 40))
    out_h = 1 if dense else (in_h + 2 * pad - kh) // stride + 1
    out_w = 1 if dense else (in_w + 2 * pad - kw) // stride + 1
    pool = int(not dense and min(out_h, out_w) >= 2 and rng.integers(2))
    acc_max = int(rng.integers(bits, 21))
    layer = lo.Layer(
        name="layer",
        kind=lo.KIND_FULLY_CONNECTED if dense else lo.KIND_CONV2D,
        target=lo.TARGET_SC_CNN,
        in_c=in_c,
        in_h=in_h,
        in_w=in_w,
        out_c=out_c,
        out_h=out_h,
        out_w=out_w,
        kh=kh,
        kw=kw,
        stride=stride,
        pad=pad,
        pool=pool,
        lo=int(rng.choice([-half, 0])),
        hi=half - 1,
        weight_bits=int(rng.integers(2, bits + 1)) if rng.integers(3) == 0 else bits,
        guard_bits=int(rng.integers(0, acc_max - bits + 1)),
        zero_skip=int(rng.integers(2)),
        weights=_weights(rng, half, (out_c, in_c * in_h * in_w) if dense else (out_c, in_c, kh, kw)),
        bias=rng.integers(-4 * half, 4 * half, out_c).astype(np.int32),
        mult=rng.integers(1 << 29, 1 << 31, out_c).astype(np.uint32),
        shift=rng.integers(29, 34, out_c).astype(np.uint32),
    )
    maps = rng.integers(-half, half, (1, in_c, in_h, in_w))
    request = {
        "config": {
            "operand_bits": bits,
            "bit_parallel": 1 << int(rng.integers(0, min(6, bits))),
            "lanes": int(rng.choice([4, 16, 24])),
            "mvms": int(rng.choice([3, 8, 16])),
            "accumulator_max_bits": acc_max,
            "scheduling": str(rng.choice(["barrier", "fifo"])),
        },
        "layer": {
            "kind": int(dense),
            "in_c": in_c,
            "in_h": in_h,
            "in_w": in_w,
            "out_c": out_c,
            "kernel_h": kh,
            "kernel_w": kw,
            "stride": stride,
            "pad": pad,
            "pool": pool,
            "out_min": layer.lo,
            "out_max": layer.hi,
            "weight_bits": layer.weight_bits,
            "guard_bits": layer.guard_bits,
            "zero_skip": layer.zero_skip,
        },
        "in": maps.ravel().tolist(),
        "weights": layer.weights.ravel().tolist(),
        "bias": layer.bias.tolist(),
        "mult": layer.mult.tolist(),
        "shift": layer.shift.tolist(),
    }
    return Case(request, layer, maps)


def _weights(rng: np.random.Generator, half: int, shape: tuple[int, ...]) -> np.ndarray:
    spread = float(rng.choice([0.05, 0.2, 0.6])) * half
    return np.clip(np.rint(rng.normal(0.0, spread, shape)), -half, half - 1).astype(np.int16)


def expected(case: Case) -> dict[str, Any]:
    """What the reference says: outputs, clamped products, cycles that lanes are busy."""
    layer, bits = case.layer, case.request["config"]["operand_bits"]
    trace = reference.LayerTrace()
    outputs = reference.run_layer(layer, case.maps, bits, trace)
    dense = layer.kind == lo.KIND_FULLY_CONNECTED
    counted = case.maps if dense else layer.weights
    counts = counter_value(bits, counted.ravel(), layer.weight_bits)
    cycles = int(product_cycles(counts, case.request["config"]["bit_parallel"], bool(layer.zero_skip)).sum())
    step = 2 if layer.pool else 1
    lanes = layer.out_c if dense else (layer.out_h // step * step) * (layer.out_w // step * step)
    return {"output": outputs.ravel().tolist(), "saturations": trace.saturations, "lane_cycles": cycles * lanes}


def main() -> int:
    """0 when every job agrees."""
    rng = np.random.default_rng(20)
    cases = [random_case(rng) for _ in range(JOBS)]
    lines = "\n".join(json.dumps(case.request) for case in cases)
    done = subprocess.run([sys.argv[1]], input=lines, capture_output=True, text=True, check=True)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    if len(results) != len(cases):
        print(f"{len(cases)} jobs, {len(results)} results")
        return 1
    compared = saturating = 0
    for number, (case, found) in enumerate(zip(cases, results, strict=True)):
        if "fault" in found:
            if "too large" not in found["fault"] and "must fit" not in found["fault"]:
                print(f"job {number} is refused: {found['fault']}")
                return 1
            continue
        for key, value in expected(case).items():
            if found[key] != value:
                print(
                    f"job {number}: {key} differs\n model     {found[key]}\n"
                    f" reference {value}\n {case.request['layer']}"
                )
                return 1
        compared += 1
        saturating += found["saturations"] > 0
    print(f"{compared} jobs agree, {saturating} of them saturate")
    return 0 if compared >= JOBS * 3 // 4 and saturating >= JOBS // 10 else 1


if __name__ == "__main__":
    sys.exit(main())
