"""ONNX file to a `Network`, a graph of the operators in `SUPPORTED`.

Everything else is refused with the node's name, what was found, what is supported and how to mend it. Batch norms are
folded into the weights in front of them; Dropout and Identity do nothing at inference; a last Softmax is dropped,
because it does not move the largest class. Padding that differs between sides, and strided Slices, become pad stages.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import numpy_helper

from ganglion.errors import GanglionError
from ganglion.network import ADD, AVERAGE, CONV, DENSE, PAD, POOL, FloatArray, Network
from ganglion.onnx_graph import GraphReader, Tensor

SUPPORTED = (
    "Conv, BatchNormalization, Relu, MaxPool 2x2, Gemm, MatMul + Add, Add of two maps, GlobalAveragePool, ReduceMean "
    "over height and width, Pad with zeros, Slice with steps, Flatten, Reshape (and Dropout, Identity, a last Softmax)"
)


class _Importer(GraphReader):
    """One method a kind of node; it returns the tensor that the node makes."""

    def run(self) -> None:
        """Fills `stages`."""
        for i, node in enumerate(self.graph.node):
            self.node = f"node {i} '{node.name or node.output[0]}' ({node.op_type})"
            if node.op_type == "Constant":
                self._constant(node)
                continue
            if node.op_type in ("Softmax", "LogSoftmax") and i == len(self.graph.node) - 1:
                self.define(node, self.operand(node))
                continue
            handler = getattr(self, f"_{node.op_type.lower()}", None)
            if handler is None or node.domain not in ("", "ai.onnx"):
                self.fail(f"operator {node.op_type}", SUPPORTED, "replace the operator, or export up to it only")
            made = handler(node)
            self.define(node, replace(made, pending_matmul=node.op_type == "MatMul"))
        self.node = ""
        self._check_ends()

    def _check_ends(self) -> None:
        """One output, and every stage serves it."""
        if not any(stage.kind in (CONV, DENSE) for stage in self.stages):
            self.fail("no Conv, Gemm or MatMul", "a network with at least one layer of weights", "check the export")
        read = {source for stage in self.stages for source in stage.inputs}
        unread = [stage.name for i, stage in enumerate(self.stages[:-1]) if i not in read]
        if unread:
            self.fail(f"nothing reads what '{unread[0]}' makes", "a graph that serves one output", "export one output")
        output = self.graph.output[0].name
        if output not in self.tensors or self.tensors[output].stage != len(self.stages) - 1:
            self.fail(
                f"output '{output}'", f"what '{self.stages[-1].name}', the last stage, makes", "export one output"
            )

    def _constant(self, node: onnx.NodeProto) -> None:
        for attribute in node.attribute:
            if attribute.name == "value":
                self.constants[node.output[0]] = numpy_helper.to_array(attribute.t)

    def _map(self, node: onnx.NodeProto) -> Tensor:
        """The operand, which must not be flattened yet."""
        tensor = self.operand(node)
        if tensor.flat:
            self.fail(
                "input is flattened", "a map [channels, height, width]", f"move the {node.op_type} before Flatten"
            )
        return tensor

    def _conv(self, node: onnx.NodeProto) -> Tensor:
        attributes, tensor = self.attributes(node), self._map(node)
        weight = self.constant(node, 1, "weight")
        if weight.ndim != 4:
            self.fail(f"weight of shape {weight.shape}", "[out, in, kh, kw]", "only 2-D convolutions are supported")
        self.expect(attributes.get("group", 1), (1,), "group", "use an ordinary convolution, not a grouped one")
        self.expect(list(attributes.get("dilations", [1, 1])), ([1, 1],), "dilations", "use a dense kernel")
        if weight.shape[1] != tensor.shape[0]:
            self.fail(
                f"{weight.shape[1]} input channels", f"{tensor.shape[0]} as the node before gives", "check the export"
            )
        strides = list(attributes.get("strides", [1, 1]))
        if strides[0] != strides[1]:
            self.fail(f"strides {strides}", "the same stride in both directions", "use a square stride")
        pads = self._conv_pads(attributes, tensor, weight.shape[2:], strides[0])
        if min(pads) < 0:
            self.fail(f"pads {pads}", "zeros around the map", "crop nothing")
        symmetric = len(set(pads)) == 1
        if not symmetric:
            tensor = self._padded(node, tensor, ((0, 0), (pads[0], pads[2]), (pads[1], pads[3])), suffix=".pad")
        pad = pads[0] if symmetric else 0
        kernel = weight.shape[2:]
        size = [(n + 2 * pad - k) // strides[0] + 1 for n, k in zip(tensor.shape[1:], kernel, strict=True)]
        if min(size) < 1:
            self.fail(f"kernel {kernel[0]}x{kernel[1]} on a {tensor.shape[1]}x{tensor.shape[2]} map",
                      "at least one output", "check shapes")  # fmt: skip
        bias = self.constant(node, 2, "bias") if len(node.input) > 2 else np.zeros(len(weight))
        return self.append(node, CONV, [tensor], (len(weight), *size), weight=weight, bias=bias, stride=strides[0],
                           pad=pad)  # fmt: skip

    def _conv_pads(self, attributes: dict, tensor: Tensor, kernel: tuple[int, ...], stride: int) -> list[int]:
        """Zeros above, left, below, right."""
        auto_pad = attributes.get("auto_pad", b"NOTSET").decode()
        self.expect(auto_pad, ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"), "auto_pad", "give pads")
        if not auto_pad.startswith("SAME"):
            return [int(n) for n in attributes.get("pads", [0, 0, 0, 0])]
        total = [max((-(-n // stride) - 1) * stride + k - n, 0) for n, k in zip(tensor.shape[1:], kernel, strict=True)]
        less, more = [n // 2 for n in total], [n - n // 2 for n in total]
        return less + more if auto_pad == "SAME_UPPER" else more + less

    def _padded(self, node: onnx.NodeProto, tensor: Tensor, margins: tuple[tuple[int, int], ...], stride: int = 1,
                suffix: str = "") -> Tensor:  # fmt: skip
        """A pad stage behind `tensor`, merged into a pad before it."""
        before = self.fusable(tensor)
        if before is not None and before.kind == PAD and stride == 1:
            stage = before
            stage.margins = tuple((a + c, b + d) for (a, b), (c, d) in zip(stage.margins, margins, strict=True))
        else:
            tensor = self.append(node, PAD, [tensor], tensor.shape, suffix, stride=stride, margins=margins)
            stage = self.stages[-1]
        kept = (stage.in_shape[0], *(-(-n // stage.stride) for n in stage.in_shape[1:]))
        stage.out_shape = tuple(n + sum(m) for n, m in zip(kept, stage.margins, strict=True))
        return replace(tensor, shape=stage.out_shape)

    def _pad(self, node: onnx.NodeProto) -> Tensor:
        attributes, tensor = self.attributes(node), self._map(node)
        self.expect(attributes.get("mode", b"constant").decode(), ("constant",), "mode", "pad with zeros")
        value = self.constants[node.input[2]].reshape(-1) if len(node.input) > 2 and node.input[2] else np.zeros(1)
        self.expect(float(value[0]), (0.0,), "value", "pad with zeros")
        pads = self.integers(node, 1, "pads") or [int(n) for n in attributes.get("pads", [])]
        axes = self.integers(node, 3, "axes") or list(range(4))
        if len(pads) != 2 * len(axes) or min(pads, default=-1) < 0 or not set(axes) <= {0, 1, 2, 3, -1, -2, -3, -4}:
            self.fail(
                f"pads {pads} of axes {axes}", "zeros before and after each axis, none negative", "check the export"
            )
        margins = [(0, 0)] * 4
        for i, axis in enumerate(axes):
            margins[axis % 4] = (pads[i], pads[i + len(axes)])
        if margins[0] != (0, 0):
            self.fail(f"pads {pads} of axes {axes}", "no zeros along the batch", "check the export")
        return self._padded(node, tensor, tuple(margins[1:]))

    def _slice(self, node: onnx.NodeProto) -> Tensor:
        tensor = self._map(node)
        starts, ends = (self.integers(node, i, what) or [] for i, what in ((1, "starts"), (2, "ends")))
        axes = self.integers(node, 3, "axes") or list(range(len(starts)))
        steps = self.integers(node, 4, "steps") or [1] * len(starts)
        sizes, step = (1, *tensor.shape), [1] * 4
        remedy = "keep whole maps, or every n-th row and column of them"
        for start, end, axis, stride in zip(starts, ends, axes, steps, strict=True):
            if start != 0 or (axis % 4 and end < sizes[axis % 4]):
                self.fail(f"elements {start} to {end} of axis {axis}", "0 to the end", remedy)
            step[axis % 4] = stride
        if step[:2] != [1, 1] or step[2] != step[3] or step[2] < 1:
            self.fail(f"steps {step}", "the same positive step for rows and columns, 1 elsewhere", remedy)
        return tensor if step[2] == 1 else self._padded(node, tensor, ((0, 0),) * 3, step[2])

    def _average(self, node: onnx.NodeProto, tensor: Tensor, flat: bool = False) -> Tensor:
        return replace(self.append(node, AVERAGE, [tensor], (tensor.shape[0], 1, 1)), flat=flat)

    def _globalaveragepool(self, node: onnx.NodeProto) -> Tensor:
        return self._average(node, self._map(node))

    def _averagepool(self, node: onnx.NodeProto) -> Tensor:
        attributes, tensor = self.attributes(node), self._map(node)
        remedy = "only the average of a whole map is supported"
        self.expect(list(attributes.get("kernel_shape", [])), (list(tensor.shape[1:]),), "kernel_shape", remedy)
        self.expect(list(attributes.get("pads", [0] * 4)), ([0] * 4,), "pads", remedy)
        return self._average(node, tensor)

    def _reducemean(self, node: onnx.NodeProto) -> Tensor:
        attributes, tensor = self.attributes(node), self._map(node)
        axes = self.integers(node, 1, "axes") or list(attributes.get("axes", []))
        remedy = "only the average of a whole map is supported"
        self.expect(sorted(axis % 4 for axis in axes), ([2, 3],), "axes", remedy)
        return self._average(node, tensor, flat=not attributes.get("keepdims", 1))

    def _dense(self, node: onnx.NodeProto, weight: FloatArray, bias: FloatArray) -> Tensor:
        tensor = self.operand(node)
        features = int(np.prod(tensor.shape))
        if not tensor.flat and tensor.shape[1:] != (1, 1):
            self.fail(f"input map {tensor.shape}", "a flattened input", "put a Flatten before it")
        if weight.ndim != 2 or weight.shape[1] != features:
            self.fail(f"weight [out][in] of shape {weight.shape}", f"{features} inputs", "check the export")
        if bias.size not in (1, len(weight)):
            self.fail(f"bias of shape {bias.shape}", f"{len(weight)} values", "check the export")
        bias = np.broadcast_to(bias.reshape(-1), len(weight)).copy()
        tensor = replace(tensor, shape=(features, 1, 1), flat=True)
        return self.append(node, DENSE, [tensor], (len(weight), 1, 1), weight=weight, bias=bias)

    def _gemm(self, node: onnx.NodeProto) -> Tensor:
        attributes = self.attributes(node)
        self.expect(attributes.get("transA", 0), (0,), "transA", "export a plain linear layer")
        for factor in ("alpha", "beta"):
            self.expect(attributes.get(factor, 1.0), (1.0,), factor, "fold the factor into weights and bias")
        weight = self.constant(node, 1, "weight")
        weight = weight if attributes.get("transB", 0) else weight.T
        bias = self.constant(node, 2, "bias") if len(node.input) > 2 else np.zeros(len(weight))
        return self._dense(node, weight, bias)

    def _matmul(self, node: onnx.NodeProto) -> Tensor:
        if node.input[0] in self.constants:
            self.fail("the constant is the first factor", "input x constant", "transpose the product")
        weight = self.constant(node, 1, "weight").T
        return self._dense(node, weight, np.zeros(len(weight)))

    def _add(self, node: onnx.NodeProto) -> Tensor:
        tensors = self.operands(node)
        if len(tensors) == 2:
            return self._sum(node, tensors)
        tensor, stage = tensors[0], self.fusable(tensors[0])
        if not tensor.pending_matmul or stage is None:
            self.fail("an addition of a constant", "Add of two maps, or of a constant right behind a MatMul",
                      "fold it into the bias before it")  # fmt: skip
        index = 0 if node.input[0] in self.constants else 1
        bias = self.constant(node, index, "bias").reshape(-1)
        if bias.size not in (1, len(stage.bias)):
            self.fail(f"bias of {bias.size} values", f"{len(stage.bias)} values", "check the export")
        stage.bias = stage.bias + bias
        return tensor

    def _sum(self, node: onnx.NodeProto, tensors: list[Tensor]) -> Tensor:
        a, b = tensors
        if a.shape != b.shape or a.flat != b.flat:
            self.fail(f"maps {a.shape} and {b.shape}", "two maps of the same shape", "broadcasting is not supported")
        return self.append(node, ADD, tensors, a.shape)

    def _batchnormalization(self, node: onnx.NodeProto) -> Tensor:
        tensor = self.operand(node)
        stage = self.fusable(tensor)
        if stage is None or stage.weight is None or stage.relu or stage.pool:
            self.fail("its place in the graph", "right behind a Conv or Gemm that nothing else reads",
                      "swap it with the ReLU or pooling before it")  # fmt: skip
        epsilon = self.attributes(node).get("epsilon", 1e-5)
        names = ("scale", "bias", "mean", "variance")
        scale, shift, mean, variance = (self.constant(node, i + 1, name) for i, name in enumerate(names))
        if scale.size != len(stage.weight):
            self.fail(f"{scale.size} channels", f"{len(stage.weight)} as the layer before gives", "check the export")
        factor = scale / np.sqrt(variance + epsilon)
        stage.weight = stage.weight * factor.reshape(-1, *[1] * (stage.weight.ndim - 1))
        stage.bias = (stage.bias - mean) * factor + shift
        return tensor

    def _relu(self, node: onnx.NodeProto) -> Tensor:
        tensor = self.operand(node)
        stage = self.fusable(tensor)
        if stage is None or stage.kind in (POOL, PAD):
            self.fail("its place in the graph", "right behind a Conv, Gemm, Add or average that nothing else reads",
                      "move the ReLU before pooling, padding or the branch")  # fmt: skip
        stage.relu = True
        return tensor

    def _maxpool(self, node: onnx.NodeProto) -> Tensor:
        attributes, tensor = self.attributes(node), self._map(node)
        remedy = "the pooling unit is 2x2 with stride 2"
        self.expect(list(attributes.get("kernel_shape", [])), ([2, 2],), "kernel_shape", remedy)
        self.expect(list(attributes.get("strides", [1, 1])), ([2, 2],), "strides", remedy)
        self.expect(list(attributes.get("pads", [0] * 4)), ([0] * 4,), "pads", remedy)
        self.expect(list(attributes.get("dilations", [1, 1])), ([1, 1],), "dilations", remedy)
        self.expect(attributes.get("auto_pad", b"NOTSET").decode(), ("NOTSET", "VALID"), "auto_pad", remedy)
        self.expect(attributes.get("ceil_mode", 0), (0,), "ceil_mode", remedy)
        if min(tensor.shape[1:]) < 2:
            self.fail(f"map {tensor.shape}", "at least 2x2", "drop the pooling")
        stage = self.fusable(tensor)
        if stage is None or stage.kind != CONV or stage.pool:
            return self.append(node, POOL, [tensor], tensor.shape, pool=True)
        stage.pool = True
        return replace(tensor, shape=stage.stored_shape)

    def _flatten(self, node: onnx.NodeProto) -> Tensor:
        self.expect(self.attributes(node).get("axis", 1), (1,), "axis", "flatten all but the batch")
        return replace(self.operand(node), flat=True)

    def _reshape(self, node: onnx.NodeProto) -> Tensor:
        name = node.input[1] if len(node.input) > 1 else ""
        if name not in self.constants:
            self.fail(
                f"target shape '{name}' is computed", "a constant shape", "export with a fixed batch, or use Flatten"
            )
        tensor = self.operand(node)
        target = [int(n) for n in self.constants[name].reshape(-1)]
        features = int(np.prod(tensor.shape))
        if len(target) != 2 or target[0] not in (-1, 0, 1) or target[1] not in (-1, features) or target == [-1, -1]:
            self.fail(f"target shape {target}", f"[batch, {features}]: a flattening", "use Flatten")
        return replace(tensor, flat=True)

    def _dropout(self, node: onnx.NodeProto) -> Tensor:
        """Nothing at inference."""
        return self.operand(node)

    def _identity(self, node: onnx.NodeProto) -> Tensor:
        """Nothing."""
        return self.operand(node)


def load_network(path: Path) -> Network:
    """Reads and checks an ONNX file."""
    try:
        model = onnx.load_model_from_string(path.read_bytes())
        onnx.checker.check_model(model)
    except (DecodeError, onnx.checker.ValidationError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else "cannot be decoded"
        raise GanglionError(f"not a valid ONNX model ({reason})", expected="a model that onnx.checker accepts",
                            remedy="export it again", where=str(path)) from None  # fmt: skip
    return import_model(model, str(path))


def import_model(model: onnx.ModelProto, where: str = "model") -> Network:
    """Turns a checked model into a `Network`."""
    importer = _Importer(model, where)
    importer.run()
    metadata = {p.key: p.value for p in model.metadata_props}
    return Network(model.graph.name or "network", importer.input_shape, importer.stages, metadata)
