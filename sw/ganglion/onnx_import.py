"""ONNX file to a `Network`, a chain of the operators in `SUPPORTED`.

Everything else is refused with the node's name, what was found, what is supported and how to mend it. Batch norms are
folded into the weights in front of them; Dropout and Identity do nothing at inference; a last Softmax is dropped,
because it does not move the largest class.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import numpy_helper

from ganglion.errors import GanglionError
from ganglion.network import CONV, DENSE, POOL, FloatArray, Network, Stage

SUPPORTED = (
    "Conv, BatchNormalization, Relu, MaxPool 2x2, Gemm, MatMul + Add, Flatten, Reshape "
    "(and Dropout, Identity, a last Softmax)"
)


class _Importer:
    """Follows the chain from the graph's input; one method a kind of node."""

    def __init__(self, model: onnx.ModelProto, where: str) -> None:
        self.graph = model.graph
        self.where = where
        self.constants = {t.name: numpy_helper.to_array(t) for t in self.graph.initializer}
        self.node = ""
        self.stages: list[Stage] = []
        self.flat = False  # the chain's tensor is [batch][features]
        self.pending_matmul = False  # a MatMul whose Add may follow
        self.shape = self._input_shape()

    def fail(self, found: str, expected: str, remedy: str) -> None:
        place = f"{self.where}: {self.node}" if self.node else self.where
        raise GanglionError(found, expected=expected, remedy=remedy, where=place)

    def _input_shape(self) -> tuple[int, int, int]:
        inputs = [i for i in self.graph.input if i.name not in self.constants]
        if len(inputs) != 1:
            self.fail(f"{len(inputs)} inputs", "one input, the image", "export the network with one input")
        self.last = inputs[0].name
        dims = [d.dim_value for d in inputs[0].type.tensor_type.shape.dim]
        if len(dims) != 4 or min(dims[1:]) < 1 or dims[0] > 1:
            self.fail(f"input '{self.last}' of shape {dims}", "[batch, channels, height, width], batch 1 or free, the "
                      "others fixed", "export the network for one image in NCHW layout")  # fmt: skip
        self.input_shape = (dims[1], dims[2], dims[3])
        return self.input_shape

    def run(self) -> list[Stage]:
        for i, node in enumerate(self.graph.node):
            self.node = f"node {i} '{node.name or node.output[0]}' ({node.op_type})"
            if node.op_type == "Constant":
                self._constant(node)
                continue
            if node.op_type in ("Softmax", "LogSoftmax") and i == len(self.graph.node) - 1:
                self._follow(node)
                continue
            handler = getattr(self, f"_{node.op_type.lower()}", None)
            if handler is None or node.domain not in ("", "ai.onnx"):
                self.fail(f"operator {node.op_type}", SUPPORTED, "replace the operator, or export up to it only")
            self._follow(node)
            if node.op_type != "Add":
                self.pending_matmul = False
            handler(node)
        self.node = ""
        if not any(stage.kind in (CONV, DENSE) for stage in self.stages):
            self.fail("no Conv, Gemm or MatMul", "a network with at least one layer of weights", "check the export")
        if self.last != self.graph.output[0].name:
            self.fail(
                f"output '{self.graph.output[0].name}'", f"'{self.last}', the end of the chain", "export one output"
            )
        return self.stages

    def _follow(self, node: onnx.NodeProto) -> None:
        data = [name for name in node.input if name and name not in self.constants]
        if data != [self.last]:
            self.fail(f"inputs {data}", f"['{self.last}'], the node before it: a chain without branches",
                      "shortcuts and several branches are not supported")  # fmt: skip
        self.last = node.output[0]

    def _constant(self, node: onnx.NodeProto) -> None:
        for attribute in node.attribute:
            if attribute.name == "value":
                self.constants[node.output[0]] = numpy_helper.to_array(attribute.t)

    def _attributes(self, node: onnx.NodeProto) -> dict:
        return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}

    def _weights(self, node: onnx.NodeProto, index: int, what: str) -> FloatArray:
        name = node.input[index] if index < len(node.input) else ""
        if name not in self.constants:
            self.fail(f"{what} '{name}' is computed", f"{what} as a constant", "fold constants when exporting")
        values = self.constants[name].astype(np.float64)
        if not np.isfinite(values).all():
            self.fail(f"{what} '{name}' holds NaN or infinity", "finite numbers", "train or export again")
        return values

    def _expect(self, found: object, allowed: tuple, what: str, remedy: str) -> None:
        if found not in allowed:
            self.fail(f"{what} {found}", f"{what} " + " or ".join(str(a) for a in allowed), remedy)

    def _name(self, node: onnx.NodeProto) -> str:
        return node.name or node.output[0]

    def _conv(self, node: onnx.NodeProto) -> None:
        attributes = self._attributes(node)
        if self.flat:
            self.fail("input is flattened", "a map [channels, height, width]", "move the Conv before Flatten")
        weight = self._weights(node, 1, "weight")
        if weight.ndim != 4:
            self.fail(f"weight of shape {weight.shape}", "[out, in, kh, kw]", "only 2-D convolutions are supported")
        self._expect(attributes.get("group", 1), (1,), "group", "use an ordinary convolution, not a grouped one")
        self._expect(list(attributes.get("dilations", [1, 1])), ([1, 1],), "dilations", "use a dense kernel")
        if weight.shape[1] != self.shape[0]:
            self.fail(
                f"{weight.shape[1]} input channels", f"{self.shape[0]} as the node before gives", "check the export"
            )
        strides = list(attributes.get("strides", [1, 1]))
        pads = list(attributes.get("pads", [0, 0, 0, 0]))
        auto_pad = attributes.get("auto_pad", b"NOTSET").decode()
        self._expect(auto_pad, ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"), "auto_pad", "give pads")
        kh, kw = weight.shape[2:]
        if auto_pad.startswith("SAME"):
            if strides != [1, 1] or kh % 2 == 0 or kw % 2 == 0:
                self.fail(f"auto_pad {auto_pad} with strides {strides}, kernel {kh}x{kw}",
                          "equal padding on all sides: stride 1 and an odd kernel", "give pads")  # fmt: skip
            pads = [kh // 2, kw // 2, kh // 2, kw // 2]
        if strides[0] != strides[1]:
            self.fail(f"strides {strides}", "the same stride in both directions", "use a square stride")
        if len(set(pads)) != 1:
            self.fail(f"pads {pads}", "the same padding on all four sides", "pad the input instead")
        out_h, out_w = (
            (size + 2 * pads[0] - k) // strides[0] + 1 for size, k in ((self.shape[1], kh), (self.shape[2], kw))
        )
        if min(out_h, out_w) < 1:
            self.fail(
                f"kernel {kh}x{kw} on a {self.shape[1]}x{self.shape[2]} map", "at least one output", "check shapes"
            )
        bias = self._weights(node, 2, "bias") if len(node.input) > 2 else np.zeros(len(weight))
        out_shape = (len(weight), out_h, out_w)
        self.stages.append(
            Stage(self._name(node), CONV, self.shape, out_shape, weight, bias, stride=strides[0], pad=pads[0])
        )
        self.shape = out_shape

    def _dense(self, node: onnx.NodeProto, weight: FloatArray, bias: FloatArray) -> None:
        features = int(np.prod(self.shape))
        if not self.flat and self.shape[1:] != (1, 1):
            self.fail(f"input map {self.shape}", "a flattened input", "put a Flatten before it")
        if weight.ndim != 2 or weight.shape[1] != features:
            self.fail(f"weight [out][in] of shape {weight.shape}", f"{features} inputs", "check the export")
        if bias.size not in (1, len(weight)):
            self.fail(f"bias of shape {bias.shape}", f"{len(weight)} values", "check the export")
        out_shape = (len(weight), 1, 1)
        bias = np.broadcast_to(bias.reshape(-1), len(weight)).copy()
        self.stages.append(Stage(self._name(node), DENSE, (features, 1, 1), out_shape, weight, bias))
        self.shape, self.flat = out_shape, True

    def _gemm(self, node: onnx.NodeProto) -> None:
        attributes = self._attributes(node)
        self._expect(attributes.get("transA", 0), (0,), "transA", "export a plain linear layer")
        for factor in ("alpha", "beta"):
            self._expect(attributes.get(factor, 1.0), (1.0,), factor, "fold the factor into weights and bias")
        weight = self._weights(node, 1, "weight")
        weight = weight if attributes.get("transB", 0) else weight.T
        bias = self._weights(node, 2, "bias") if len(node.input) > 2 else np.zeros(len(weight))
        self._dense(node, weight, bias)

    def _matmul(self, node: onnx.NodeProto) -> None:
        if node.input[0] in self.constants:
            self.fail("the constant is the first factor", "input x constant", "transpose the product")
        weight = self._weights(node, 1, "weight").T
        self._dense(node, weight, np.zeros(len(weight)))
        self.pending_matmul = True

    def _add(self, node: onnx.NodeProto) -> None:
        if not self.pending_matmul:
            self.fail("an addition", "Add of a constant right behind a MatMul", "fold it into the bias before it")
        index = 0 if node.input[0] in self.constants else 1
        bias = self._weights(node, index, "bias").reshape(-1)
        if bias.size not in (1, len(self.stages[-1].bias)):
            self.fail(f"bias of {bias.size} values", f"{len(self.stages[-1].bias)} values", "check the export")
        self.stages[-1].bias = self.stages[-1].bias + bias
        self.pending_matmul = False

    def _batchnormalization(self, node: onnx.NodeProto) -> None:
        stage = self.stages[-1] if self.stages else None
        if stage is None or stage.weight is None or stage.relu or stage.pool:
            self.fail(
                "its place in the chain", "right behind a Conv or Gemm", "swap it with the ReLU or pooling before it"
            )
        epsilon = self._attributes(node).get("epsilon", 1e-5)
        names = ("scale", "bias", "mean", "variance")
        scale, shift, mean, variance = (self._weights(node, i + 1, name) for i, name in enumerate(names))
        if scale.size != len(stage.weight):
            self.fail(f"{scale.size} channels", f"{len(stage.weight)} as the layer before gives", "check the export")
        factor = scale / np.sqrt(variance + epsilon)
        stage.weight = stage.weight * factor.reshape(-1, *[1] * (stage.weight.ndim - 1))
        stage.bias = (stage.bias - mean) * factor + shift

    def _relu(self, node: onnx.NodeProto) -> None:
        stage = self.stages[-1] if self.stages else None
        if stage is None or stage.weight is None:
            self.fail("its place in the chain", "a Conv or Gemm before it", "move the ReLU before the second pooling")
        stage.relu = True

    def _maxpool(self, node: onnx.NodeProto) -> None:
        attributes = self._attributes(node)
        remedy = "the pooling unit is 2x2 with stride 2"
        if self.flat:
            self.fail("input is flattened", "a map [channels, height, width]", "move the MaxPool before Flatten")
        self._expect(list(attributes.get("kernel_shape", [])), ([2, 2],), "kernel_shape", remedy)
        self._expect(list(attributes.get("strides", [1, 1])), ([2, 2],), "strides", remedy)
        self._expect(list(attributes.get("pads", [0] * 4)), ([0] * 4,), "pads", remedy)
        self._expect(list(attributes.get("dilations", [1, 1])), ([1, 1],), "dilations", remedy)
        self._expect(attributes.get("auto_pad", b"NOTSET").decode(), ("NOTSET", "VALID"), "auto_pad", remedy)
        self._expect(attributes.get("ceil_mode", 0), (0,), "ceil_mode", remedy)
        if min(self.shape[1:]) < 2:
            self.fail(f"map {self.shape}", "at least 2x2", "drop the pooling")
        if self.stages and self.stages[-1].kind == CONV and not self.stages[-1].pool:
            self.stages[-1].pool = True
        else:
            self.stages.append(Stage(self._name(node), POOL, self.shape, self.shape, pool=True))
        self.shape = self.stages[-1].stored_shape

    def _flatten(self, node: onnx.NodeProto) -> None:
        self._expect(self._attributes(node).get("axis", 1), (1,), "axis", "flatten all but the batch")
        self.flat = True

    def _reshape(self, node: onnx.NodeProto) -> None:
        name = node.input[1] if len(node.input) > 1 else ""
        if name not in self.constants:
            self.fail(
                f"target shape '{name}' is computed", "a constant shape", "export with a fixed batch, or use Flatten"
            )
        target = [int(n) for n in self.constants[name].reshape(-1)]
        features = int(np.prod(self.shape))
        if len(target) != 2 or target[0] not in (-1, 0, 1) or target[1] not in (-1, features) or target == [-1, -1]:
            self.fail(f"target shape {target}", f"[batch, {features}]: a flattening", "use Flatten")
        self.flat = True

    def _dropout(self, node: onnx.NodeProto) -> None:
        """Nothing at inference."""

    def _identity(self, node: onnx.NodeProto) -> None:
        """Nothing."""


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
    stages = importer.run()
    metadata = {p.key: p.value for p in model.metadata_props}
    return Network(model.graph.name or "network", importer.input_shape, stages, metadata)
