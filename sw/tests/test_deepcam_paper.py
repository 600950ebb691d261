"""The paper's comparison: cycle formula of the block, matrix of ratios, its CSV, Markdown and plot."""

from __future__ import annotations

import csv
import io
import itertools

import pytest

from ganglion.baselines import networks
from ganglion.deepcam import __main__ as command
from ganglion.deepcam import counts, cycles, paper, paper_report
from ganglion.errors import GanglionError


@pytest.fixture(scope="module")
def entries():
    return list(paper.matrix(paper.read_axes(paper.SCENARIO)))


def test_cycles_of_a_layer_that_fits_the_array_at_once_by_hand():
    """25 patches of 36 taps, 10 filters: hashing a patch a cycle, one search a cycle, start 16, one tile 8."""
    layer = networks.LayerShape("l", 4, 10, 3, 3, 5, 5)

    assert cycles.compute_cycles(cycles.Block(), layer, 1024, "AS") == 16 + 8 + 25 + 10
    assert cycles.compute_cycles(cycles.Block(), layer, 1024, "WS") == 16 + 8 + 10 + 25
    slow = cycles.Block(im2col_width=16, write_cycles=2)  # three cycles to read a patch
    assert cycles.compute_cycles(slow, layer, 1024, "AS") == 16 + 8 + 25 * 3 + 10
    assert cycles.compute_cycles(slow, layer, 1024, "WS") == 16 + 8 + 10 * 2 + 25 * 3


def test_cycles_of_a_layer_folded_over_rows_and_post_processing_lanes():
    layer = networks.LayerShape("l", 1, 100, 3, 3, 20, 30)  # 600 patches: rows of 256, 256 and 88

    found = cycles.compute_cycles(cycles.Block(post_lanes=64), layer, 256, "AS")

    assert found == 16 + 3 * 8 + 600 + 100 * (4 + 4 + 2)


def test_cycles_with_tiles_write_and_search_once_a_page():
    layer = networks.LayerShape("l", 4, 10, 3, 3, 5, 5)

    assert cycles.compute_cycles(cycles.Block(), layer, 1024, "AS", tile=16) == 16 + 8 + 25 * 3 + 3 * (25 + 10)
    one_segment = cycles.Block(segments=1)
    assert cycles.compute_cycles(one_segment, layer, 1024, "WS") == 16 + 8 + 25 + 4 * (10 + 25)
    with pytest.raises(ValueError, match="expected AS or WS"):
        cycles.compute_cycles(cycles.Block(), layer, 1024, "RS")


def test_actions_of_the_block_contain_the_fact_sheets_formula():
    """Whole vectors: the same searches, writes, cells, senses and outputs, and the buffers' traffic besides."""
    for network, dataflow in itertools.product(networks.all_networks(), counts.DATAFLOWS):
        for layer in network.layers:
            found = cycles.block_actions(cycles.Block(rows=128), layer, 512, dataflow)
            formula = counts.actions(counts.CamArray(128, dataflow), layer, 512)
            assert {name: found[name] for name in formula} == formula, layer.name
            assert found["key_read"] > 0 and found["input_read"] == layer.patches * layer.taps


def test_transfers_of_a_layer_by_hand():
    """4 x 7 x 7 inputs, 10 filters of 1024 bits with norm and constants, 250 outputs."""
    layer = networks.LayerShape("l", 4, 10, 3, 3, 5, 5)

    found = cycles.block_actions(cycles.Block(), layer, 1024, "WS")

    assert found["buffer_write"] == (4 * 7 * 7 + 10 * (128 + 1 + 12)) / 8
    assert found["output_read"] == 250 / 8
    assert found["dma_beat"] == found["buffer_write"] + found["output_read"]


def test_cycles_are_never_fewer_than_searches():
    for network, rows, dataflow in itertools.product(networks.all_networks(), counts.ROWS, counts.DATAFLOWS):
        searches = counts.network_searches(counts.CamArray(rows, dataflow), network)
        assert cycles.network_cycles(cycles.Block(rows=rows), network, 1024, dataflow) > searches


def test_the_matrix_has_every_combination_once(entries):
    keys = {(e.network, e.rows, e.dataflow, e.hash_bits, e.baseline) for e in entries}

    assert len(entries) == len(keys) == 4 * 4 * 2 * 4 * (4 + 3)


def test_ratios_of_vgg11_from_both_fact_sheets_tables(entries):
    found = {
        e.baseline: e.ratio_searches
        for e in entries
        if (e.network, e.rows, e.dataflow, e.hash_bits) == ("VGG11", 512, "WS", 256)
    }

    assert found["Eyeriss WS"] == pytest.approx(2_949_715 / 1449)
    assert found["Eyeriss RS"] == pytest.approx(923_936 / 1449)
    assert found["CPU Skylake client, AVX2 fp32, 16 MAC/cycle"] == pytest.approx(152_769_536 / 16 / 1449)


def test_energy_bounds_enclose_the_value_and_longer_hashes_cost_more(entries):
    for e in entries:
        value, low, high = e.ratio_energy
        assert low < value < high
    series = [e.energy_uj for e in entries if (e.network, e.rows, e.dataflow) == ("VGG16", 128, "AS")][::7]
    assert series == sorted(series) and len(set(series)) == 4


def test_energy_of_lenet5_by_the_fact_sheets_formula(entries):
    """R = 64, AS, k = 512: searches, writes, crossbar cells, senses, outputs of the golden sums."""
    found = next(e for e in entries if (e.network, e.rows, e.dataflow, e.hash_bits) == ("LeNet5", 64, "AS", 512))

    expected = 324 * 2 * 7.394 + 887 * 2 * 6.227 + 35_204 * 512 * 0.43e-3 + 887 * 512 * 5e-3 + 6_518 * 3
    assert found.energy_uj == pytest.approx(expected * 1e-6)
    assert found.energy_dram_uj > 0


def test_csv_has_all_entries_and_ratios_that_follow_from_its_own_columns(entries):
    rows = list(csv.DictReader(io.StringIO(paper_report.to_csv(entries))))

    assert len(rows) == len(entries)
    for row in rows[::50]:
        assert float(row["ratio_searches"]) == pytest.approx(
            int(row["baseline_cycles"]) / int(row["searches"]), rel=1e-5
        )
        energy = float(row["baseline_energy_uj"]) / float(row["energy_uj"])
        assert float(row["ratio_energy"]) == pytest.approx(energy, rel=1e-4)


def test_markdown_marks_claims_and_reconstruction(entries):
    text = paper_report.to_markdown(entries)

    for word in ("523x", "3498x", "2.16x to 109x", "reconstruction"):
        assert word in text
    assert sum(line.startswith("| VGG16 | 64 | AS |") for line in text.splitlines()) == 7


def test_the_command_writes_three_files(tmp_path, capsys):
    scenario = tmp_path / "small.yaml"
    scenario.write_text(f"schema: {paper.SCHEMA}\nnetworks: [LeNet5]\nrows: [64]\nhash_bits: [256]\n")

    assert command.main(["paper", str(scenario), "-o", str(tmp_path / "out")]) == 0

    printed = capsys.readouterr().out.split()
    assert [path.rsplit(".")[-1] for path in printed] == ["csv", "md", "png"]
    assert (tmp_path / "out" / "matrix.png").read_bytes()[:4] == b"\x89PNG"
    assert len((tmp_path / "out" / "matrix.csv").read_text().splitlines()) == 1 + 2 * 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rows: [64]", "expected: schema"),
        (f"schema: {paper.SCHEMA}\nrows: [65]", "rows: 65"),
        (f"schema: {paper.SCHEMA}\nrows: 64", "rows: 64"),
        (f"schema: {paper.SCHEMA}\nnetworks: []", "networks"),
        (f"schema: {paper.SCHEMA}\nhash_bit: [256]", "unknown key 'hash_bit'"),
        ("{", "not YAML"),
    ],
)
def test_mistakes_in_the_scenario_are_named(tmp_path, text, message):
    path = tmp_path / "bad.yaml"
    path.write_text(text)

    with pytest.raises(GanglionError, match=message):
        paper.read_axes(path)
