"""Writes small CNNs as ONNX from NumPy weights: no framework's exporter, the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from ganglion.network import ADD, AVERAGE, CONV, DENSE, INPUT, PAD, POOL, Network

OPSET = 13
IR_VERSION = 8


class GraphWriter:
    """Each method appends a node that reads the tensor `last`; setting `last` back starts a branch."""

    def __init__(self, name: str, input_shape: tuple[int, int, int]) -> None:
        self._name = name
        self._input = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", *input_shape])
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self.last = "image"

    def node(self, op: str, name: str, arrays: dict[str, npt.ArrayLike] | None = None, *, second: str | None = None,
             **attributes: object) -> None:  # fmt: skip
        """Appends `op`; `second` is another tensor it reads, `arrays` its further inputs, stored as `<name>.<key>`."""
        inputs = [self.last] if second is None else [self.last, second]
        for key, array in (arrays or {}).items():
            values = np.asarray(array)
            values = values.astype(np.int64 if values.dtype.kind == "i" else np.float32)
            self._weights.append(numpy_helper.from_array(values, f"{name}.{key}"))
            inputs.append(f"{name}.{key}")
        self._nodes.append(helper.make_node(op, inputs, [f"{name}_out"], name=name, **attributes))
        self.last = f"{name}_out"

    def conv(self, name: str, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None, *,
             pad: int | tuple[int, int] = 0, stride: int = 1) -> None:  # fmt: skip
        """Conv with OIHW weights; `pad` on all sides, or (above and left, below and right)."""
        arrays = {"weight": weight} if bias is None else {"weight": weight, "bias": bias}
        kernel = list(np.asarray(weight).shape[2:])
        before, after = (pad, pad) if isinstance(pad, int) else pad
        self.node("Conv", name, arrays, kernel_shape=kernel, pads=[before] * 2 + [after] * 2, strides=[stride] * 2)

    def batch_norm(self, name: str, scale: npt.ArrayLike, bias: npt.ArrayLike, mean: npt.ArrayLike,
                   variance: npt.ArrayLike, epsilon: float = 1e-5) -> None:  # fmt: skip
        """BatchNormalization at inference."""
        arrays = {"scale": scale, "bias": bias, "mean": mean, "variance": variance}
        self.node("BatchNormalization", name, arrays, epsilon=epsilon)

    def relu(self, name: str) -> None:
        """Relu."""
        self.node("Relu", name)

    def max_pool(self, name: str) -> None:
        """2x2 maximum, stride 2."""
        self.node("MaxPool", name, kernel_shape=[2, 2], strides=[2, 2])

    def add(self, name: str, other: str) -> None:
        """Sum with the tensor `other`."""
        self.node("Add", name, second=other)

    def global_average_pool(self, name: str) -> None:
        """Mean of each channel."""
        self.node("GlobalAveragePool", name)

    def subsample(self, name: str, stride: int) -> None:
        """Every stride-th row and column, as an exporter writes x[:, :, ::stride, ::stride]."""
        last = np.iinfo(np.int64).max
        arrays = {"starts": [0, 0], "ends": [last, last], "axes": [2, 3], "steps": [stride, stride]}
        self.node("Slice", name, arrays)

    def pad(self, name: str, pads: list[int]) -> None:
        """Zeros before (n, c, h, w), then after."""
        self.node("Pad", name, {"pads": pads})

    def flatten(self, name: str) -> None:
        """CHW to one vector."""
        self.node("Flatten", name, axis=1)

    def gemm(self, name: str, weight: npt.ArrayLike, bias: npt.ArrayLike) -> None:
        """Fully connected with [out][in] weights."""
        self.node("Gemm", name, {"weight": weight, "bias": bias}, transB=1)

    def model(self, classes: int, metadata: dict[str, str] | None = None) -> onnx.ModelProto:
        """The checked model with the output `last`; `metadata` goes into its metadata_props (`ganglion.dataset`)."""
        output = helper.make_tensor_value_info(self.last, TensorProto.FLOAT, ["batch", classes])
        graph = helper.make_graph(self._nodes, self._name, [self._input], [output], self._weights)
        model = helper.make_model(graph, producer_name="ganglion", opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        helper.set_model_props(model, metadata or {})
        onnx.checker.check_model(model)
        return model

    def save(self, path: Path, classes: int, metadata: dict[str, str] | None = None) -> None:
        """Writes the model to `path`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.model(classes, metadata).SerializeToString(deterministic=True))


def writer_of(network: Network) -> GraphWriter:
    """The nodes of a network as the importer gave it: batch norms stay folded, pads stay apart."""
    writer = GraphWriter(network.name, network.input_shape)
    made = {INPUT: writer.last}
    for i, (stage, sources) in enumerate(zip(network.stages, network.inputs, strict=True)):
        writer.last = made[sources[0]]
        if stage.kind == CONV:
            writer.conv(stage.name, stage.weight, stage.bias, pad=stage.pad, stride=stage.stride)
        elif stage.kind == DENSE:
            writer.flatten(f"{stage.name}.flat")
            writer.gemm(stage.name, stage.weight, stage.bias)
        elif stage.kind == ADD:
            writer.add(stage.name, made[sources[1]])
        elif stage.kind == AVERAGE:
            writer.global_average_pool(stage.name)
        elif stage.kind == PAD:
            writer.subsample(f"{stage.name}.kept", stage.stride)
            before, after = zip(*stage.margins, strict=True)
            writer.pad(stage.name, [0, *before, 0, *after])
        if stage.relu:
            writer.relu(f"{stage.name}.relu")
        if stage.pool:
            writer.max_pool(stage.name if stage.kind == POOL else f"{stage.name}.pool")
        made[i] = writer.last
    return writer
