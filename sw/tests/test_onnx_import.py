"""ONNX import: accepted graphs give the float function, refused ones a message that helps."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from ganglion import onnx_import
from ganglion.errors import GanglionError
from ganglion.network import forward, outputs
from ganglion.onnx_export import GraphWriter

RNG = np.random.default_rng(11)


def array(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def start(*shape: int) -> GraphWriter:
    return GraphWriter("net", shape or (2, 6, 6))


def imported(writer: GraphWriter, classes: int = 5):
    return onnx_import.import_model(writer.model(classes), "net.onnx")


def dense_head(writer: GraphWriter, features: int) -> GraphWriter:
    writer.flatten("flat")
    writer.gemm("fc", array(5, features), array(5))
    return writer


def test_batch_norm_folds_into_the_convolution():
    weight, scale, shift, mean, variance = array(4, 2, 3, 3), array(4), array(4), array(4), np.abs(array(4)) + 0.1
    writer = start()
    writer.conv("conv", weight, pad=1)
    writer.batch_norm("norm", scale, shift, mean, variance, epsilon=1e-3)
    network = imported(dense_head(writer, 4 * 36))
    images = RNG.normal(size=(3, 2, 6, 6))

    folded = next(forward(network, images))

    bare = GraphWriter("bare", (2, 6, 6))
    bare.conv("conv", weight, pad=1)
    before = next(forward(imported(dense_head(bare, 4 * 36)), images))
    expand = (slice(None), None, None)
    expected = (before - mean[expand]) / np.sqrt(variance[expand] + 1e-3) * scale[expand] + shift[expand]
    np.testing.assert_allclose(folded, expected, rtol=1e-5, atol=1e-5)


def test_convolution_with_stride_and_padding_equals_plain_loops():
    weight, bias = array(3, 2, 3, 2), array(3)
    writer = start(2, 7, 6)
    writer.conv("conv", weight, bias, pad=1, stride=2)
    network = imported(dense_head(writer, 3 * 4 * 4))
    image = RNG.normal(size=(1, 2, 7, 6))

    got = next(forward(network, image))[0]

    padded = np.pad(image[0], ((0, 0), (1, 1), (1, 1)))
    for o, y, x in np.ndindex(3, 4, 4):
        expected = (padded[:, 2 * y : 2 * y + 3, 2 * x : 2 * x + 2] * weight[o]).sum() + bias[o]
        assert got[o, y, x] == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_matmul_and_add_equal_gemm():
    weight, bias = array(5, 72), array(5)
    gemm = start()
    gemm.flatten("flat")
    gemm.gemm("fc", weight, bias)
    matmul = start()
    matmul.node("Reshape", "flat", {"shape": np.array([-1, 72])})
    matmul.node("MatMul", "product", {"weight": weight.T})
    matmul.node("Add", "sum", {"bias": bias})
    matmul.node("Softmax", "softmax", axis=1)
    images = RNG.normal(size=(2, 2, 6, 6))

    results = [outputs(imported(writer), images) for writer in (gemm, matmul)]

    np.testing.assert_allclose(results[0], results[1], rtol=1e-6)


def test_pooling_without_a_convolution_before_it_is_a_stage_of_its_own():
    writer = start(2, 8, 8)
    writer.max_pool("first")
    writer.conv("conv", array(3, 2, 3, 3), pad=1)
    writer.relu("relu")
    writer.max_pool("fused")
    writer.max_pool("second")

    network = imported(dense_head(writer, 3))

    assert [(s.name, s.kind, s.relu, s.pool) for s in network.stages] == [
        ("first", "pool", False, True), ("conv", "conv", True, True), ("second", "pool", False, True),
        ("fc", "dense", False, False),
    ]  # fmt: skip


def conv(weight_shape: tuple[int, ...], **attributes):
    return lambda writer: writer.node("Conv", "odd", {"w": array(*weight_shape)}, **attributes)


def node(op: str, arrays: dict | None = None, **attributes):
    return lambda writer: writer.node(op, "odd", arrays, **attributes)


REFUSED = {
    "operator": (node("Sigmoid"), r"node 0 'odd' \(Sigmoid\): operator Sigmoid; expected: Conv, .*remedy"),
    "group": (conv((2, 1, 3, 3), group=2), r"node 0 'odd' \(Conv\): group 2; expected: group 1"),
    "dilation": (conv((2, 2, 2, 2), dilations=[2, 2]), r"dilations \[2, 2\]"),
    "strides": (conv((2, 2, 3, 3), strides=[1, 2]), r"strides \[1, 2\]"),
    "kernel": (conv((2, 2, 9, 9)), r"kernel 9x9 on a 6x6 map"),
    "channels": (conv((2, 3, 3, 3)), r"3 input channels; expected: 2"),
    "pool": (node("MaxPool", kernel_shape=[3, 3], strides=[2, 2]), r"kernel_shape \[3, 3\]; .*\[2, 2\]"),
    "pool stride": (node("MaxPool", kernel_shape=[2, 2]), r"strides \[1, 1\]; expected: strides \[2, 2\]"),
    "dense on map": (lambda w: w.gemm("odd", array(5, 72), array(5)), r"input map \(2, 6, 6\); .*flattened.*Flatten"),
    "relu first": (node("Relu"), r"node 0 'odd' \(Relu\): its place"),
    "norm first": (lambda w: w.batch_norm("odd", *(np.ones(2),) * 4), r"BatchNormalization\): its place"),
    "reshape": (node("Reshape", {"s": np.array([1, 2, 36])}), r"target shape \[1, 2, 36\]"),
    "add": (node("Add", {"b": array(1)}), r"an addition of a constant; expected: Add of two maps"),
    "nan": (node("Conv", {"w": np.full((1, 2, 3, 3), np.nan)}), r"NaN"),
    "empty": (lambda w: w.flatten("flat"), r"no Conv, Gemm or MatMul"),
}


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


def test_branches_are_refused():
    nodes = [
        helper.make_node("Relu", ["x"], ["a"], name="left"),
        helper.make_node("Add", ["a", "x"], ["y"], name="join"),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2, 4, 4])
    graph = helper.make_graph(nodes, "g", [x], [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])

    with pytest.raises(GanglionError, match="node 0 'left'"):
        onnx_import.import_model(helper.make_model(graph), "g.onnx")


@pytest.mark.parametrize("shape", [(8,), (1, 3, 8), (2, 3, 8, 8), (1, 0, 8, 8)])
def test_input_shape_is_checked(shape):
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", [x], [y])

    with pytest.raises(GanglionError, match="input 'x' of shape"):
        onnx_import.import_model(helper.make_model(graph), "g.onnx")


def test_file_that_is_no_onnx_is_refused(tmp_path):
    for content in (b"", b"not a model", bytes(range(256)) * 10):
        (tmp_path / "bad.onnx").write_bytes(content)

        with pytest.raises(GanglionError, match=r"bad\.onnx: not a valid ONNX model"):
            onnx_import.load_network(tmp_path / "bad.onnx")


def test_demo_network_is_what_the_training_script_documents(digits_onnx):
    network = onnx_import.load_network(digits_onnx)

    assert [(s.name, s.out_shape, s.relu, s.pool) for s in network.stages] == [
        ("conv1", (8, 8, 8), True, False), ("conv2", (16, 8, 8), True, True), ("fc", (10, 1, 1), False, False)
    ]  # fmt: skip
    assert onnx.load(digits_onnx).producer_name == "ganglion"
