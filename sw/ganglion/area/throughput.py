"""Products a cycle of the SC-CNN core's lanes for measured weights, and the binary lanes that do as many.

A product takes ceil(k / b) cycles, k from the weight; MVMs that share their taps wait for the slowest one at every
weight (barrier), so a group of maps takes the largest of its counts. Convolutions only: the weight drives the counter
there. Leaves out: start-up, runs and tiles (`sc_cnn_cycles`), maps and lanes that a layer leaves idle in both designs.
"""

from __future__ import annotations

from dataclasses import dataclass

from ganglion import loadable as lo
from ganglion import reference
from ganglion.deepcam.subject import Subject, correct
from ganglion.errors import GanglionError
from ganglion.lower import Options, lower
from ganglion.sc_arithmetic import counter_value, product_cycles

MVMS = 16  # of the core, that meet at every weight
PARALLEL_BITS = (4, 8, 16)
WEIGHT_BITS = (8, 7, 6, 5, 4)


@dataclass(frozen=True)
class Weights:
    """Convolutions of a network at one precision of the weights."""

    network: str
    weight_bits: int
    images: int
    correct: int
    cycles: dict[int, tuple[float, float]]  # by b: mean cycles of a product, an MVM alone and 16 that meet

    @property
    def share(self) -> float:
        """Correct, %."""
        return 100 * self.correct / self.images


def mean_cycles(layers: list[lo.Layer], bits: int, weight_bits: int, parallel_bits: int, mvms: int) -> float:
    """Mean cycles of a product of these convolutions, `mvms` meeting at every weight; a mean over products."""
    cycles = products = 0
    for layer in layers:
        counts = counter_value(bits, layer.weights.reshape(layer.out_c, -1), weight_bits)
        cost = product_cycles(counts, parallel_bits, bool(layer.zero_skip))
        pixels = layer.out_h * layer.out_w
        for first in range(0, layer.out_c, mvms):
            group = cost[first : first + mvms]
            cycles += pixels * len(group) * int(group.max(axis=0).sum())
            products += pixels * group.size
    if products == 0:
        raise GanglionError("no convolution for the SC-CNN core", expected="a network with one")
    return cycles / products


def core_convolutions(network: lo.Loadable) -> list[lo.Layer]:
    """Those that the core runs."""
    return [layer for layer in network.layers if layer.kind == lo.KIND_CONV2D and layer.target == lo.TARGET_SC_CNN]


def measure(subject: Subject, images: int | None = None) -> list[Weights]:
    """Cycles and right predictions (of the first `images`, None: all) at each precision of the convolutions."""
    quantised = subject.calibrated.quantised
    convolutions = [layer.name for layer in core_convolutions(_lowered(subject, {}))]
    chosen = subject.slice(images)
    rows = []
    for weight_bits in WEIGHT_BITS:
        network = _lowered(subject, dict.fromkeys(convolutions, weight_bits))
        layers = core_convolutions(network)
        outputs = reference.trace(network, chosen.images)[-1].output
        cycles = {
            b: (
                mean_cycles(layers, quantised.bits, weight_bits, b, 1),
                mean_cycles(layers, quantised.bits, weight_bits, b, MVMS),
            )
            for b in PARALLEL_BITS
        }
        right = correct(outputs.reshape(len(outputs), -1).argmax(axis=1), chosen.labels)
        rows.append(Weights(subject.network.name, weight_bits, len(chosen.labels), right, cycles))
    return rows


def _lowered(subject: Subject, weight_bits: dict[str, int]) -> lo.Loadable:
    return lower(subject.calibrated.quantised, Options("sc_cnn", weight_bits=weight_bits), subject.calibrated.images)


@dataclass(frozen=True)
class Equal:
    """Binary lanes that do as many products a cycle as the core's, as near as the array can be built."""

    wanted: float  # products a cycle of the core
    mvms: int
    lanes: int  # a MVM

    @property
    def products(self) -> int:
        """A cycle."""
        return self.mvms * self.lanes

    @property
    def mismatch(self) -> float:
        """Products of the binary array over those of the core, less 1."""
        return self.products / self.wanted - 1


def equal_array(core_lanes: int, cycles: float, lanes: int = 16, fewest: int = 4) -> Equal:
    """The binary array of equal throughput at the same clock; MVMs and lanes are powers of two, `fewest` at least."""
    wanted = core_lanes / cycles
    sizes = [fewest << i for i in range(20) if fewest << i <= core_lanes * 4]
    total = min(sizes, key=lambda size: max(size / wanted, wanted / size))
    return Equal(wanted, max(1, total // lanes), min(total, lanes))
