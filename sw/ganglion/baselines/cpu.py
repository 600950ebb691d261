"""CPU cycles as MACs divided by a stated peak MAC rate: what a ratio "against a CPU" rests on.

Models: peak arithmetic throughput. Leaves out: memory, im2col, loop overhead, so real code needs more cycles.
Source: fact sheet "baselines". Error bound: a lower bound of cycles, no upper bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ganglion.baselines.networks import NetworkShape


@dataclass(frozen=True)
class Cpu:
    """A CPU variant: multiply-accumulates a cycle, and the action of costs/cpu.yaml that one of them costs."""

    name: str
    macs_per_cycle: float
    action: str
    note: str


CPUS = (
    Cpu("Skylake client, AVX2 fp32", 16.0, "mac_fp32", "32 fp32 FLOP a cycle"),
    Cpu("Skylake server, 2 x AVX-512 fp32", 32.0, "mac_fp32", "computed from the units' width"),
    Cpu("Skylake server, AVX-512 int8 without VNNI", 128.0 / 3.0, "mac_int8",
        "reconstruction: 64 int8 MACs by three instructions, two of them a cycle"),
)  # fmt: skip


def network_cycles(cpu: Cpu, network: NetworkShape) -> int:
    """Fewest cycles of one image, rounded up."""
    return math.ceil(network.macs / cpu.macs_per_cycle)
