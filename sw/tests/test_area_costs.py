"""What the cost tables take from the syntheses."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ganglion.area import costs, designs, report

ROOT = Path(__file__).resolve().parents[2]


def figures(top, lanes, area, settled, glitching, **parameters):
    part = designs.Part(top, 1, area, 1, 1.0)
    return designs.Figures(top, top, {"LANES": lanes, **parameters}, lanes, 1.0, "x", 0, [part], settled, glitching)


@pytest.fixture
def results():
    """SC: 10 b + 50 um2 a lane and 30 shared; binary: 10 um2 a bit of the accumulator, 200 of multiplier, 40 shared."""
    found = []
    for lanes in (16, 4, 2):
        for b in designs.PARALLEL_BITS:
            area = lanes * (10 * b + 50) + 30
            found.append(figures("sc_mvm", lanes, area, lanes * 0.1 * b, lanes * 0.2 * b, BIT_PARALLEL=b))
        for bits in designs.ACCUMULATORS:
            area = lanes * (10 * bits + 200) + 40
            found.append(figures("mac_mvm", lanes, area, lanes * (2 + 0.1 * bits), lanes * 8.0, ACC_BITS=bits))
    return report.Results(found, [])


def test_ratios_become_costs(results):
    derived = costs.derive(results)

    lane = derived["sc_cnn"]["area", "lane_b8"]
    assert lane.value == pytest.approx(130 / 400 * 598.88)
    assert (lane.low, lane.high) == (pytest.approx(0.8 * lane.value), pytest.approx(1.2 * lane.value))
    assert derived["sc_cnn"]["area", "mvm_control"].value == pytest.approx(30 / 400 * 598.88)
    cycle = derived["sc_cnn"]["actions", "lane_cycle_b8"]  # 0.8 of 4 pJ settled, 1.6 of 8 glitching
    assert cycle.value == pytest.approx(0.2 * 0.662) and cycle.low == pytest.approx(0.8 * 0.2 * 0.662)
    assert "ratio 0.200 to 0.200" in cycle.source and "./dev area" in cycle.source


def test_multiplier_and_accumulator_are_the_published_mac_again(results):
    array = costs.derive(results)["mac_array"]

    assert array["area", "multiplier_8"].value == pytest.approx(0.5 * 598.88)
    assert array["area", "multiplier_8"].value + array["area", "accumulator_20"].value == pytest.approx(598.88)
    assert ("actions", "product_8") not in array and ("actions", "accumulate_20") not in array
    wide = array["actions", "accumulate_32"]  # 5.2 of 4 pJ settled, 8 of 8 glitching, less the product
    assert wide.value == pytest.approx(1.15 * 0.662 - 0.411) and wide.low == pytest.approx(0.8 * 0.662 - 0.411)
    assert array["area", "accumulator_48"].value == pytest.approx(480 / 400 * 598.88)


def test_a_changed_number_or_source_is_a_difference(results):
    derived = costs.derive(results)["sc_cnn"]
    text = (ROOT / costs.TABLES["sc_cnn"]).read_text()

    mended = costs.rewritten(derived, text)
    table = yaml.safe_load(mended)

    assert costs.differences(derived, table) == []
    assert table["clock"] == yaml.safe_load(text)["clock"] and mended.splitlines()[0] == text.splitlines()[0]
    table["area"]["lane_b8"]["um2"] += 1
    table["actions"]["lane_cycle_b1"]["source"] = "none"
    assert [text.split(":")[0] for text in costs.differences(derived, table)] == [
        "actions.lane_cycle_b1", "area.lane_b8"
    ]  # fmt: skip


def test_the_cost_tables_say_what_the_committed_figures_give():
    committed = report.from_json((ROOT / report.PATH).read_text(), str(report.PATH))

    for name, derived in costs.derive(committed).items():
        assert costs.differences(derived, costs.read(ROOT / costs.TABLES[name])) == []


@pytest.mark.parametrize(("name", "lane"), [("sc_cnn", ["lane_b8"]), ("mac_array", ["multiplier_8", "accumulator_32"])])
def test_leakage_is_that_of_the_areas(name, lane):
    table, shared = costs.read(ROOT / costs.TABLES[name]), costs.read(ROOT / "ip/common/cost.yaml")
    um2 = {key: entry["um2"] for key, entry in (shared["area"] | table["area"]).items()}

    logic = 256 * sum(um2[key] for key in lane) + 16 * um2["mvm_control"] + 4 * um2["requantiser"]
    assert table["leakage"]["nw"] == pytest.approx(0.14 * logic + 144 * 1024 * 8 * 0.01, rel=0.01)
