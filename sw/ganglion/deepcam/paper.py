"""The DeepCAM paper's comparison as a matrix: cycles and energy of the array against Eyeriss-like dataflows and CPUs.

Models: ratios of cycles and energy of one image, batch 1. Cycles of the array in two columns: `searches` (what the
fact sheet's golden table counts) and `job_cycles` (the block's formula: hashing, row writes, post-processing too; no
DMA). Leaves out: clock frequencies (a ratio of cycles is not one of time). All energies are of 45 nm at 0.9 to 1.0 V
and not scaled. Nothing here is fitted to the paper's headline.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ganglion import studies
from ganglion.baselines import costs, cpu, eyeriss, networks
from ganglion.deepcam import counts, cycles
from ganglion.deepcam.array import HASH_LENGTHS
from ganglion.deepcam.lengths import COSTS
from ganglion.errors import GanglionError

SCHEMA = "ganglion.deepcam-matrix/1"
SCENARIO = Path(__file__).resolve().parents[3] / "scenarios" / "papers" / "deepcam" / "matrix.yaml"
CLAIM_EYERISS_CYCLES, CLAIM_CPU_CYCLES, CLAIM_ENERGY = 523, 3498, (2.16, 109)
DRAM_BITS = 64


@dataclass(frozen=True)
class Axes:
    """What is combined."""

    networks: tuple[networks.NetworkShape, ...]
    rows: tuple[int, ...]
    dataflows: tuple[str, ...]
    hash_bits: tuple[int, ...]


@dataclass(frozen=True)
class Entry:
    """One configuration of the array on one network against one baseline. Energies in uJ an image; 0: not modelled."""

    network: str
    rows: int
    dataflow: str
    hash_bits: int
    searches: int
    job_cycles: int
    energy_uj: float
    energy_low_uj: float
    energy_high_uj: float
    energy_block_uj: float
    energy_dram_uj: float
    baseline: str
    baseline_cycles: int
    baseline_energy_uj: float
    baseline_dram_uj: float

    @property
    def ratio_searches(self) -> float:
        """Cycles of the baseline over searches."""
        return self.baseline_cycles / self.searches

    @property
    def ratio_job_cycles(self) -> float:
        """Cycles of the baseline over JOB_CYCLES without transfers."""
        return self.baseline_cycles / self.job_cycles

    @property
    def ratio_energy(self) -> tuple[float, float, float]:
        """On-chip energy ratio: value, low, high, from the bounds of the array's estimates."""
        energies = (self.energy_uj, self.energy_high_uj, self.energy_low_uj)
        return tuple(self.baseline_energy_uj / e for e in energies)

    @property
    def ratio_energy_block(self) -> float:
        """On-chip energy ratio with every action the block books: buffers, norm unit, control too."""
        return self.baseline_energy_uj / self.energy_block_uj

    @property
    def ratio_energy_dram(self) -> float:
        """The same with DRAM on both sides."""
        return (self.baseline_energy_uj + self.baseline_dram_uj) / (self.energy_block_uj + self.energy_dram_uj)


def read_axes(path: Path) -> Axes:
    """The scenario file; unknown keys and values are GanglionErrors."""
    known = {network.name: network for network in networks.all_networks()}
    allowed = {"networks": tuple(known), "rows": counts.ROWS, "dataflows": counts.DATAFLOWS, "hash_bits": HASH_LENGTHS}
    document = studies.read_document(path, SCHEMA, "DeepCAM matrix", needed=(), optional=allowed)
    chosen = {}
    for key, values in allowed.items():
        found = document.get(key, list(values))
        wrong = [v for v in found if v not in values] if isinstance(found, list) else [found]
        if wrong or not found:
            raise GanglionError(f"{key}: {wrong[0] if wrong else found}", where=str(path),
                                expected="a list of " + ", ".join(map(str, values)))  # fmt: skip
        chosen[key] = tuple(found)
    return Axes(tuple(known[n] for n in chosen["networks"]), chosen["rows"], chosen["dataflows"], chosen["hash_bits"])


@dataclass(frozen=True)
class Baseline:
    """Cycles of one image, on-chip energy and DRAM energy, uJ."""

    name: str
    cycles: int
    energy_uj: float
    dram_uj: float


def baselines(network: networks.NetworkShape) -> list[Baseline]:
    """Eyeriss-like array in four dataflows, then the CPU variants (arithmetic energy only, no DRAM)."""
    array = eyeriss.Array()
    eyeriss_costs = costs.load(costs.FOLDER / "eyeriss.yaml")
    found = []
    for dataflow in eyeriss.DATAFLOWS:
        total: dict[str, float] = {}
        for layer in network.layers:
            for name, count in eyeriss.actions(array, layer, dataflow).items():
                total[name] = total.get(name, 0) + count
        dram = eyeriss_costs.energy({"dram": total.pop("dram")}).pj
        found.append(Baseline(f"Eyeriss {dataflow}", eyeriss.network_cycles(array, network, dataflow),
                              eyeriss_costs.energy(total).pj * 1e-6, dram * 1e-6))  # fmt: skip
    cpu_costs = costs.load(costs.FOLDER / "cpu.yaml")
    for variant in cpu.CPUS:
        energy = cpu_costs.energy({variant.action: network.macs}).pj * 1e-6
        name = f"CPU {variant.name}, {variant.macs_per_cycle:.3g} MAC/cycle"
        found.append(Baseline(name, cpu.network_cycles(variant, network), energy, 0.0))
    return found


def _array_energy(network: networks.NetworkShape, cam: counts.CamArray, bits: int) -> tuple[costs.Energy, float]:
    """On-chip energy; DRAM energy in pJ: hashes and norms of filters, input and output maps of 8 bits, once each."""
    total: dict[str, float] = {}
    dram_bits = 0
    for layer in network.layers:
        for name, count in counts.actions(cam, layer, bits).items():
            total[name] = total.get(name, 0) + count
        dram_bits += layer.filters * (bits + 8) + 8 * (layer.input_elements + layer.outputs)
    price = costs.load(costs.FOLDER / "eyeriss.yaml").actions["dram"].pj
    return costs.load(COSTS).energy(total), dram_bits / DRAM_BITS * price


def _block_energy_pj(network: networks.NetworkShape, block: cycles.Block, bits: int, dataflow: str) -> float:
    table = costs.load(COSTS)
    return sum(table.energy(cycles.block_actions(block, layer, bits, dataflow)).pj for layer in network.layers)


def matrix(axes: Axes) -> Iterator[Entry]:
    """Every combination, networks outermost, baselines innermost."""
    for network in axes.networks:
        compared = baselines(network)
        for rows in axes.rows:
            for dataflow in axes.dataflows:
                cam, block = counts.CamArray(rows, dataflow), cycles.Block(rows=rows)
                for bits in axes.hash_bits:
                    energy, dram_pj = _array_energy(network, cam, bits)
                    array = (network.name, rows, dataflow, bits, counts.network_searches(cam, network),
                             cycles.network_cycles(block, network, bits, dataflow), energy.pj * 1e-6,
                             energy.low * 1e-6, energy.high * 1e-6,
                             _block_energy_pj(network, block, bits, dataflow) * 1e-6, dram_pj * 1e-6)  # fmt: skip
                    for b in compared:
                        yield Entry(*array, b.name, b.cycles, b.energy_uj, b.dram_uj)
