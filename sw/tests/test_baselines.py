"""Networks, Eyeriss-like array and CPU against the tables of the fact sheets "DeepCAM array" and "baselines"."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest

from ganglion.baselines import costs, cpu, eyeriss, networks
from ganglion.errors import GanglionError

NETWORKS = {network.name: network for network in networks.all_networks()}
ARRAY = eyeriss.Array()


@pytest.mark.parametrize(
    ("name", "macs", "outputs", "patch_elements", "patches", "filters"),
    [
        ("LeNet5", 416_520, 6_518, 35_204, 887, 236),
        ("VGG11", 152_769_536, 151_562, 544_256, 1_449, 2_762),
        ("VGG16", 313_247_744, 276_580, 1_668_608, 2_813, 4_324),
        ("ResNet18", 555_468_800, 614_500, 4_222_464, 6_801, 4_900),
    ],
)
def test_networks_have_the_fact_sheets_sums(name, macs, outputs, patch_elements, patches, filters):
    layers = NETWORKS[name].layers

    assert sum(layer.macs for layer in layers) == macs
    assert sum(layer.outputs for layer in layers) == outputs
    assert sum(layer.patches * layer.taps for layer in layers) == patch_elements
    assert sum(layer.patches for layer in layers) == patches
    assert sum(layer.filters for layer in layers) == filters


@pytest.mark.parametrize(
    ("name", "ws", "output_stationary", "input_stationary", "rs", "bound"),
    [
        ("LeNet5", 19_797, 11_154, 19_290, 3_195, 2_479),
        ("VGG11", 2_949_715, 1_411_730, 1_646_386, 923_936, 909_342),
        ("VGG16", 5_167_508, 2_711_746, 3_216_208, 1_908_800, 1_864_570),
        ("ResNet18", 5_970_752, 4_154_602, 5_008_836, 3_417_816, 3_306_362),
    ],
)
def test_cycles_equal_the_table_of_baselines(name, ws, output_stationary, input_stationary, rs, bound):
    network = NETWORKS[name]

    found = [eyeriss.network_cycles(ARRAY, network, dataflow) for dataflow in eyeriss.DATAFLOWS]

    assert found == [ws, output_stationary, input_stationary, rs]
    assert eyeriss.lower_bound(ARRAY, network) == bound


def test_no_row_stationary_mapping_is_better_than_the_chosen_one():
    layer = networks.LayerShape("small", 5, 7, 3, 2, 6, 4)
    chosen = eyeriss.row_stationary(ARRAY, layer)

    everything = [
        math.ceil(7 / (p * t)) * math.ceil(5 / (q * r)) * math.ceil(6 / e) * p * q * 4 * 2
        for e, r, t, q, p in itertools.product(range(1, 7), range(1, 6), range(1, 8), range(1, 7), range(1, 25))
        if r * t <= (12 // 3) * (14 // e) and q * 2 <= 12 and p * q * 2 <= 224
    ]

    assert chosen.cycles == min(everything)
    assert chosen.r * chosen.t <= (12 // 3) * (14 // chosen.e)


def test_every_dataflow_takes_at_least_the_lower_bound():
    for network, dataflow in itertools.product(NETWORKS.values(), eyeriss.DATAFLOWS):
        assert eyeriss.network_cycles(ARRAY, network, dataflow) >= network.macs / ARRAY.pes


def test_unknown_dataflow_and_a_kernel_larger_than_the_array_are_errors():
    layer = networks.LayerShape("wide", 1, 1, 13, 3, 4, 4)

    with pytest.raises(ValueError, match="expected WS, OS or IS"):
        eyeriss.systolic_cycles(ARRAY, layer, "XS")
    with pytest.raises(ValueError, match="no row-stationary mapping"):
        eyeriss.row_stationary(ARRAY, layer)


def test_words_of_a_layer_that_fits_the_array_once_by_hand():
    layer = networks.LayerShape("tiny", 2, 3, 2, 3, 1, 5)  # 12 taps, 3 filters, 5 pixels: one fold of each kind

    found = eyeriss.actions(ARRAY, layer, eyeriss.WEIGHT_STATIONARY)

    assert found["mac"] == 12 * 3 * 5
    assert found["psum_pad"] == 2 * found["mac"]
    assert found["noc"] == 5 * 12 + 12 * 3 + 5 * 3
    assert found["buffer_read"] == 5 * 12 / 4  # no sum comes back
    assert found["buffer_write"] == 5 * 3 / 4
    assert found["dram"] == (12 * 3 + 2 * 2 * 7 + 5 * 3) / 4


def test_sums_that_pass_the_buffer_again_are_read_once_less_than_written():
    layer = networks.LayerShape("deep", 36, 1, 1, 1, 1, 5)  # three folds of 12 taps

    found = eyeriss.actions(ARRAY, layer, eyeriss.WEIGHT_STATIONARY)

    assert found["buffer_write"] == 3 * 5 / 4
    assert found["buffer_read"] == (5 * 36 + 2 * 5) / 4


def test_all_dataflows_have_the_same_arithmetic_and_every_action_has_a_price():
    table = costs.load(costs.FOLDER / "eyeriss.yaml")
    layer = NETWORKS["VGG11"].layers[2]

    for dataflow in eyeriss.DATAFLOWS:
        found = eyeriss.actions(ARRAY, layer, dataflow)
        energy = table.energy(found)
        assert found["mac"] == layer.macs
        assert energy.pj >= layer.macs * (2.2 + 0.146 + 0.823 + 2 * 0.153)
        assert energy.share("paper") == pytest.approx(1.0)


def test_row_stationary_moves_fewer_words_through_the_buffer_than_weight_stationary():
    layers = NETWORKS["VGG11"].layers[:-1]

    noc = {flow: sum(eyeriss.actions(ARRAY, layer, flow)["noc"] for layer in layers) for flow in eyeriss.DATAFLOWS}

    assert noc["RS"] < noc["WS"]


def test_cpu_variants_are_the_fact_sheets_and_int8_is_42_7():
    rates = [round(variant.macs_per_cycle, 1) for variant in cpu.CPUS]

    assert rates == [16.0, 32.0, 42.7]
    assert cpu.network_cycles(cpu.CPUS[0], NETWORKS["LeNet5"]) == 26_033
    assert all(variant.action in costs.load(costs.FOLDER / "cpu.yaml").actions for variant in cpu.CPUS)


GOOD = """schema: ganglion.cost/1
component: x
actions:
  a: {definition: d, pj: 2, low: 1, high: 4, node: 45 nm, voltage: 1.0 V, class: estimate, source: s}
  b: {definition: d, pj: 1, node: 45 nm, voltage: 1.0 V, class: paper, source: s}
"""


def test_energy_adds_prices_bounds_and_classes(tmp_path):
    path = tmp_path / "cost.yaml"
    path.write_text(GOOD)

    energy = costs.load(path).energy({"a": 3, "b": 4})

    assert (energy.pj, energy.low, energy.high) == (10, 7, 16)
    assert energy.share("estimate") == 0.6


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ganglion.cost/1", "ganglion.cost/9", "schema"),
        ("pj: 2", "pj: -2", "not negative"),
        ("low: 1, ", "", "low and high for an estimate"),
        ("pj: 1,", "pj: 1, low: 1, high: 1,", "neither otherwise"),
        ("low: 1,", "low: 3,", "low <= pj <= high"),
        ("45 nm", "45", "a value in nm"),
        ("class: paper", "class: rumour", "one of silicon"),
        ("source: s}", "sauce: s}", "unknown key 'sauce'"),
        ("class: paper, source: s", "class: paper", "no key 'source'"),
    ],
)
def test_a_broken_rule_is_named(tmp_path, old, new, message):
    path = tmp_path / "cost.yaml"
    path.write_text(GOOD.replace(old, new))

    with pytest.raises(GanglionError, match=message):
        costs.load(path)


def test_an_action_without_a_price_is_an_error():
    table = replace(costs.load(costs.FOLDER / "cpu.yaml"), where="t")

    with pytest.raises(GanglionError, match="no cost of action 'mac_int4'"):
        table.energy({"mac_int4": 1})
