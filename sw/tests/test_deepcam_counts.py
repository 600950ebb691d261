"""Golden table of the fact sheet "DeepCAM array": searches of four networks, four sizes, two dataflows."""

from __future__ import annotations

import itertools

import pytest

from ganglion.baselines import networks
from ganglion.deepcam import counts

GOLDEN = {
    "LeNet5": ((324, 889), (272, 887), (254, 887), (242, 887)),
    "VGG11": ((4106, 2369), (3338, 1697), (2954, 1489), (2826, 1449)),
    "VGG16": ((7012, 4322), (5476, 3185), (4708, 2873), (4452, 2813)),
    "ResNet18": ((11620, 9602), (7780, 7361), (5860, 6881), (5220, 6801)),
}
CASES = [
    (network, rows, dataflow, GOLDEN[network.name][i][j])
    for network in networks.all_networks()
    for i, rows in enumerate(counts.ROWS)
    for j, dataflow in enumerate(counts.DATAFLOWS)
]


@pytest.mark.parametrize(("network", "rows", "dataflow", "expected"), CASES, ids=lambda v: getattr(v, "name", str(v)))
def test_searches_equal_the_golden_table(network, rows, dataflow, expected):
    assert counts.network_searches(counts.CamArray(rows, dataflow), network) == expected


def test_the_golden_table_has_32_entries():
    assert len(CASES) == 32


def test_every_pair_of_patch_and_filter_is_compared_once():
    """Counted one by one: a search compares one key with the rows that are stored at that time."""
    layer = networks.LayerShape("l", 3, 10, 3, 3, 5, 5)
    for rows, dataflow in itertools.product((4, 64), counts.DATAFLOWS):
        stored, keys = (25, 10) if dataflow == "AS" else (10, 25)
        searches = sum(1 for _ in range(0, stored, rows) for _ in range(keys))

        array = counts.CamArray(rows, dataflow)

        assert array.searches(layer) == searches
        assert array.row_writes(layer) == stored
        network = networks.NetworkShape("n", "", (layer,))
        assert counts.utilisation(array, network) == pytest.approx(250 / (searches * rows))


def test_actions_of_a_small_layer_by_hand():
    layer = networks.LayerShape("l", 4, 10, 3, 3, 5, 5)

    found = counts.actions(counts.CamArray(64, "AS"), layer, 768)

    assert found == {
        "segment_search_fefet_r64": 10 * 3,
        "segment_write_fefet_r64": 25 * 3,
        "hash_cell": 25 * 36 * 768,
        "sense_bit": 25 * 768,
        "product": 250,
        "requantise": 250,
    }


def test_tiles_multiply_searches_and_senses_but_not_crossbar_cells():
    layer = networks.LayerShape("l", 4, 10, 3, 3, 5, 5)
    array = counts.CamArray(64, "WS")

    one, three = (counts.actions(array, layer, 256, tiles) for tiles in (1, 3))

    for action in ("segment_search_fefet_r64", "segment_write_fefet_r64", "sense_bit", "product"):
        assert three[action] == 3 * one[action]
    for action in ("hash_cell", "requantise"):
        assert three[action] == one[action]


def test_a_hash_that_is_no_whole_number_of_segments_and_an_unknown_dataflow_are_errors():
    layer = networks.lenet5().layers[0]

    with pytest.raises(ValueError, match="multiple of 256"):
        counts.actions(counts.CamArray(), layer, 300)
    with pytest.raises(ValueError, match="expected AS or WS"):
        counts.CamArray(64, "OS").searches(layer)
