"""ONNX graphs with branches: additions, averages, pads, slices; what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper

from ganglion import onnx_import
from ganglion.errors import GanglionError
from ganglion.network import forward, outputs
from ganglion.onnx_export import GraphWriter, writer_of

RNG = np.random.default_rng(23)


def array(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def start(*shape: int) -> GraphWriter:
    return GraphWriter("net", shape or (2, 6, 6))


def imported(writer: GraphWriter, classes: int = 5):
    return onnx_import.import_model(writer.model(classes), "net.onnx")


def head(writer: GraphWriter, channels: int) -> GraphWriter:
    writer.global_average_pool("mean")
    writer.flatten("flat")
    writer.gemm("fc", array(5, channels), array(5))
    return writer


def last_map(writer: GraphWriter, channels: int, images: np.ndarray) -> np.ndarray:
    """The map in front of the head."""
    network = imported(head(writer, channels))
    return list(forward(network, images))[-3]


def test_a_block_is_the_sum_of_both_ways():
    weight, bias = array(2, 2, 3, 3), array(2)
    writer = start()
    writer.conv("stem", array(2, 2, 1, 1))
    shortcut = writer.last
    writer.conv("inner", weight, bias, pad=1)
    writer.add("sum", shortcut)
    writer.relu("relu")
    network = imported(head(writer, 2))
    images = RNG.normal(size=(3, 2, 6, 6))

    stem, inner, total, mean, logits = forward(network, images)

    assert [(s.kind, s.relu) for s in network.stages] == [
        ("conv", False), ("conv", False), ("add", True), ("average", False), ("dense", False)
    ]  # fmt: skip
    assert network.inputs == [(-1,), (0,), (1, 0), (2,), (3,)]
    np.testing.assert_allclose(total, np.maximum(stem + inner, 0))
    np.testing.assert_allclose(mean[:, :, 0, 0], total.mean(axis=(2, 3)))
    np.testing.assert_allclose(outputs(network, images, batch=2), logits[:, :, 0, 0])


@pytest.mark.parametrize(("before", "after", "stride", "side"), [(0, 1, 2, 6), (2, 0, 1, 5), (1, 2, 3, 7)])
def test_padding_that_differs_between_sides_equals_plain_loops(before, after, stride, side):
    weight, bias = array(3, 2, 3, 3), array(3)
    writer = start(2, side, side)
    writer.conv("conv", weight, bias, pad=(before, after), stride=stride)
    image = RNG.normal(size=(1, 2, side, side))

    found = last_map(writer, 3, image)[0]

    padded = np.pad(image[0], ((0, 0), (before, after), (before, after)))
    size = (side + before + after - 3) // stride + 1
    assert found.shape == (3, size, size)
    for o, y, x in np.ndindex(found.shape):
        patch = padded[:, stride * y : stride * y + 3, stride * x : stride * x + 3]
        assert found[o, y, x] == pytest.approx((patch * weight[o]).sum() + bias[o], rel=1e-5, abs=1e-5)


@pytest.mark.parametrize(("auto_pad", "expected"), [("SAME_UPPER", (0, 1)), ("SAME_LOWER", (1, 0))])
def test_same_padding_of_a_strided_convolution_is_uneven(auto_pad, expected):
    weight = array(3, 2, 3, 3)
    one, other = start(), start()
    one.node("Conv", "conv", {"w": weight}, auto_pad=auto_pad, strides=[2, 2], kernel_shape=[3, 3])
    other.conv("conv", weight, pad=expected, stride=2)
    images = RNG.normal(size=(2, 2, 6, 6))

    np.testing.assert_allclose(last_map(one, 3, images), last_map(other, 3, images))


def test_every_second_pixel_and_channels_of_zeros_become_one_stage():
    writer = start()
    writer.conv("stem", array(4, 2, 1, 1))
    writer.subsample("every_second", 2)
    writer.pad("channels", [0, 2, 0, 0, 0, 1, 0, 0])
    network = imported(head(writer, 7))
    images = RNG.normal(size=(2, 2, 6, 6))

    stem, padded, *_ = forward(network, images)

    assert [s.kind for s in network.stages] == ["conv", "pad", "average", "dense"]
    np.testing.assert_allclose(padded, np.pad(stem[:, :, ::2, ::2], ((0, 0), (2, 1), (0, 0), (0, 0))))


@pytest.mark.parametrize("form", ["GlobalAveragePool", "AveragePool", "ReduceMean", "ReduceMean flat"])
def test_averages_of_whole_maps_have_several_names(form):
    writer = start()
    writer.conv("conv", array(4, 2, 3, 3), pad=1)
    if form == "GlobalAveragePool":
        writer.global_average_pool("mean")
    elif form == "AveragePool":
        writer.node("AveragePool", "mean", kernel_shape=[6, 6])
    else:
        writer.node("ReduceMean", "mean", axes=[-1, 2], keepdims=int(form == "ReduceMean"))
    if form != "ReduceMean flat":
        writer.flatten("flat")
    writer.gemm("fc", array(5, 4), array(5))
    images = RNG.normal(size=(2, 2, 6, 6))

    conv, mean, _ = forward(imported(writer), images)

    np.testing.assert_allclose(mean[:, :, 0, 0], conv.mean(axis=(2, 3)))


def test_stages_of_one_name_are_told_apart():
    writer = start()
    writer.conv("conv", array(2, 2, 1, 1))
    before = writer.last
    writer._nodes[0].name = writer.last = "conv"
    writer.last = before
    writer.node("Conv", "other", {"w": array(2, 2, 1, 1)})
    writer._nodes[1].name = "conv"

    assert [s.name for s in imported(head(writer, 2)).stages][:2] == ["conv", "conv_2"]


def test_a_network_written_back_computes_the_same(tiny_residual, digits_onnx):
    for path in (tiny_residual[0], digits_onnx):
        network = onnx_import.load_network(path)

        again = onnx_import.import_model(writer_of(network).model(network.classes), "again.onnx")

        assert [(s.kind, s.relu, s.pool) for s in again.stages] == [(s.kind, s.relu, s.pool) for s in network.stages]
        images = RNG.random((5, *network.input_shape))
        np.testing.assert_allclose(outputs(again, images), outputs(network, images), rtol=1e-4, atol=1e-4)


def two_readers(writer: GraphWriter, op: str, **attributes: object) -> None:
    """A convolution that `op` and an addition read."""
    writer.conv("conv", array(2, 2, 1, 1))
    both = writer.last
    writer.node(op, "odd", **attributes)
    writer.add("sum", both)


def different_shapes(writer: GraphWriter) -> None:
    writer.conv("conv", array(3, 2, 1, 1))
    writer.add("odd", "image")


def dead_end(writer: GraphWriter) -> None:
    writer.conv("conv", array(2, 2, 1, 1))
    before = writer.last
    writer.conv("odd", array(2, 2, 1, 1))
    writer.last = before
    head(writer, 2)


def sliced(starts: list[int], ends: list[int], axes: list[int], steps: list[int]):
    return lambda w: w.node("Slice", "odd", {"starts": starts, "ends": ends, "axes": axes, "steps": steps})


REFUSED = {
    "relu of a shared map": (lambda w: two_readers(w, "Relu"), r"'odd' \(Relu\): its place .* nothing else reads"),
    "shapes": (different_shapes, r"maps \(3, 6, 6\) and \(2, 6, 6\); expected: two maps of the same shape"),
    "dead end": (dead_end, "nothing reads what 'odd' makes"),
    "slice begin": (sliced([1], [99], [2], [1]), "elements 1 to 99 of axis 2; expected: 0 to the end"),
    "slice end": (sliced([0], [5], [3], [1]), "elements 0 to 5 of axis 3"),
    "slice steps": (sliced([0, 0], [99, 99], [2, 3], [2, 1]), r"steps \[1, 1, 2, 1\]; expected: the same"),
    "slice channels": (sliced([0], [99], [1], [2]), r"steps \[1, 2, 1, 1\]"),
    "negative pads": (lambda w: w.pad("odd", [0, 0, -1, 0, 0, 0, 0, 0]), "pads .*none negative"),
    "batch pads": (lambda w: w.pad("odd", [1, 0, 0, 0, 0, 0, 0, 0]), "no zeros along the batch"),
    "pad mode": (lambda w: w.node("Pad", "odd", {"p": np.zeros(8, int)}, mode="reflect"), "mode reflect; .*constant"),
    "pad value": (lambda w: w.node("Pad", "odd", {"p": np.zeros(8, int), "v": np.ones(1)}), "value 1.0"),
    "average of a part": (lambda w: w.node("AveragePool", "odd", kernel_shape=[2, 2]), r"kernel_shape \[2, 2\]; .*6, "),
    "mean of channels": (lambda w: w.node("ReduceMean", "odd", axes=[1]), r"axes \[1\]; expected: axes \[2, 3\]"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_graph_names_node_finding_rule_and_remedy(case):
    build, message = REFUSED[case]
    writer = start()
    build(writer)
    model = writer.model(5)

    with pytest.raises(GanglionError, match=message) as caught:
        onnx_import.import_model(model, "net.onnx")

    assert str(caught.value).startswith("net.onnx")
    assert "remedy: " in str(caught.value)


def test_nodes_out_of_order_are_refused():
    nodes = [
        helper.make_node("Add", ["late", "x"], ["y"], name="first"),
        helper.make_node("Relu", ["x"], ["late"], name="second"),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2, 4, 4])
    graph = helper.make_graph(nodes, "g", [x], [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])

    with pytest.raises(GanglionError, match=r"node 0 'first' \(Add\): inputs \['late', 'x'\]"):
        onnx_import.import_model(helper.make_model(graph), "g.onnx")
