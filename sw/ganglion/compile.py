"""`ganglion-compile NET.onnx --target TARGET -o F`: ONNX network to a loadable, calibrated, with a summary.

Also writes the data set slices that go with the loadable (`--slice`), because images must be quantised with its input
scale. `ganglion compile` runs this command.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from ganglion import dataset, image_sources, loadable, onnx_import, reference
from ganglion.calibrate import CALIBRATION_IMAGES, SOURCE_IMAGES, Calibrated, calibrate
from ganglion.deepcam.counts import DATAFLOWS
from ganglion.deepcam.placement import HashOptions, ImageSet, place
from ganglion.errors import EXIT_OK, GanglionError, run_command
from ganglion.image_sources import Images
from ganglion.lower import ACC_MAX_DEFAULT, Options, lower
from ganglion.network import Network, predict

HASH_VALIDATION_IMAGES = 500


def calibration_source(argument: str | None, network: Network, data: Path | None) -> Images:
    """Calibration images: `digits`, `mnist`, `cifar10` (their training part), or a .npz with `images` and `labels`.

    Without an argument the network's own metadata entry `ganglion.dataset` decides.
    """
    name = argument or network.metadata.get("ganglion.dataset")
    if name is None:
        raise GanglionError("no calibration data given or named in the network", remedy="--calibration NAME|FILE.npz",
                            expected="digits, mnist, cifar10 or a .npz of real images")  # fmt: skip
    if not name.endswith(".npz"):
        return image_sources.load(f"{name}-train", data, SOURCE_IMAGES)
    try:
        arrays = np.load(name)
        images, labels = arrays["images"], arrays["labels"]
    except (KeyError, ValueError) as error:
        raise GanglionError(f"not usable as calibration data ({error})", where=name,
                            expected="arrays images [n, c, h, w] and labels [n]") from None  # fmt: skip
    if images.ndim != 4 or labels.shape != images.shape[:1] or not len(images):
        raise GanglionError(f"images {images.shape}, labels {labels.shape}", where=name,
                            expected="images [n, c, h, w] and labels [n]")  # fmt: skip
    return Images(Path(name).stem, images.astype(np.float64), labels.astype(np.uint8), network.classes)


def _pairs(text: str, what: str) -> dict[str, str]:
    """`conv1=5,conv2=6` as a dictionary."""
    entries = [entry.partition("=") for entry in text.split(",") if entry]
    for name, equals, value in entries:
        if not (name and equals and value):
            raise GanglionError(f"{what} '{text}'", expected=f"{what} LAYER=VALUE,LAYER=VALUE")
    return {name: value for name, _, value in entries}


def _weight_bits(text: str) -> dict[str, int]:
    result = {}
    for name, value in _pairs(text, "--weight-bits").items():
        if not value.isdigit():
            raise GanglionError(f"--weight-bits {name}={value}", expected="a whole number of bits")
        result[name] = int(value)
    return result


def hash_options_of(args: argparse.Namespace) -> HashOptions:
    """Options of layers on the DeepCAM array from the command line."""
    if args.hash_bits == "variable":
        bits = None
    elif args.hash_bits.isdigit():
        bits = int(args.hash_bits)
    else:
        raise GanglionError(f"--hash-bits {args.hash_bits}", expected="256, 512, 768, 1024 or variable")
    if not 0 <= args.delta <= 1:
        raise GanglionError(f"--delta {args.delta}", expected="a share of the validation images, 0..1")
    if not 0 <= args.hash_seed <= 0xFFFFFFFF:
        raise GanglionError(f"--hash-seed {args.hash_seed}", expected="0..4294967295")
    return HashOptions(bits, args.hash_tile, args.dataflow, args.delta, not args.no_bias_correction, args.hash_seed)


def compile_network(
    calibrated: Calibrated, options: Options, hashes: HashOptions, validation: ImageSet
) -> loadable.Loadable:
    """Lowers; layers for deepcam are lowered for the cpu first, because the array's accumulator has the same unit."""
    names = [s.stage.name for s in calibrated.quantised.stages if s.weights is not None]
    hashed = [name for name in names if options.placement.get(name, options.target) == "deepcam"]
    if not hashed:
        return lower(calibrated.quantised, options, calibrated.images)
    exact_options = replace(
        options,
        target="cpu" if options.target == "deepcam" else options.target,
        placement=options.placement | dict.fromkeys(hashed, "cpu"),
    )
    exact = lower(calibrated.quantised, exact_options, calibrated.images)
    return place(exact, hashed, hashes, ImageSet(calibrated.images), validation)


def options_of(args: argparse.Namespace) -> Options:
    """Lowering options from the command line, targets checked."""
    placement = _pairs(args.place, "--place")
    for name, target in placement.items():
        if target not in loadable.TARGET_NAMES:
            raise GanglionError(f"--place {name}={target}", expected=f"one of {', '.join(loadable.TARGET_NAMES)}")
    return Options(
        target=args.target,
        placement=placement,
        weight_bits=_weight_bits(args.weight_bits),
        guard_bits=args.guard_bits,
        acc_max_bits=args.acc_max,
        zero_skip=not args.no_zero_skip,
        bias_correction=not args.no_bias_correction,
    )


def validation_of(network: Network, source: Images, calibrated: Calibrated) -> ImageSet:
    """Quantised labelled images behind those that set the ranges, for choices by measured accuracy."""
    chosen = slice(CALIBRATION_IMAGES, CALIBRATION_IMAGES + HASH_VALIDATION_IMAGES)
    prepared = network.prepare(source.images[chosen])
    images = dataset.quantise_images(prepared, calibrated.quantised.input_scale, calibrated.quantised.bits)
    return ImageSet(images, source.labels[chosen])


def summary(result: loadable.Loadable, calibrated: Calibrated) -> str:
    """What was decided, for people."""
    lines = [f"{result.name}: {result.operand_bits}-bit operands, input scale {result.input_scale:.6g}, "
             f"arena {result.arena_bytes} bytes, range rule {calibrated.quantised.percentile:g} % of"]  # fmt: skip
    for c in calibrated.candidates:
        lines.append(
            f"  {c.percentile:6g} %: {c.correct} of {c.images} validation images, logit error {c.logit_error:.4g}"
        )
    width = max(16, *(len(layer.name) + 1 for layer in result.layers))
    lines.append(f"  {'layer':<{width}}{'kind':<20}{'target':<8}{'output':<12}{'MACs':>9}  n_w  A")
    for layer in result.layers:
        shape = "x".join(str(n) for n in layer.stored_shape)
        kind, target = loadable.KIND_NAMES[layer.kind], loadable.TARGET_NAMES[layer.target]
        lines.append(
            f"  {layer.name:<{width}}{kind:<20}{target:<8}{shape:<12}"
            f"{layer.macs:>9}  {layer.weight_bits:>3}  {layer.guard_bits}"
            + (f"  k = {layer.hash.bits}, {layer.hash.norms.shape[1]} tiles" if layer.hash else "")
        )
    return "\n".join(lines)


def saturation_warnings(result: loadable.Loadable, calibrated: Calibrated) -> list[str]:
    """Core layers whose accumulator clamps products of the calibration images."""
    if all(layer.target != loadable.TARGET_SC_CNN for layer in result.layers):
        return []
    traces = reference.trace(result, calibrated.images)
    return [
        f"layer '{layer.name}': {trace.saturations} products of {len(calibrated.images)} calibration images clamp at "
        f"{result.operand_bits + layer.guard_bits} bits; remedy: more guard bits, or a core with a wider accumulator"
        for layer, trace in zip(result.layers, traces, strict=True)
        if trace.saturations
    ]


def write_slice(argument: str, network: Network, result: loadable.Loadable, data: Path | None) -> None:
    """`NAME[:COUNT]=FILE.gnd`: quantises images for `result` and writes them."""
    source_name, equals, file = argument.partition("=")
    if not equals or not file:
        raise GanglionError(f"--slice {argument}", expected="--slice NAME[:COUNT]=FILE.gnd, such as "
                            "digits-heldback:100=digits.gnd")  # fmt: skip
    source = image_sources.select(source_name, data)
    if source.images.shape[1:] != result.input_shape:
        raise GanglionError(f"--slice {source_name}: images of shape {source.images.shape[1:]}",
                            expected=f"{result.input_shape}, the network's input")  # fmt: skip
    prepared = network.prepare(source.images)
    piece = dataset.make_slice(
        source.name, prepared, source.labels, result.input_scale, result.operand_bits, source.classes
    )
    dataset.save(piece, Path(file))


def report(network: Network, result: loadable.Loadable, calibrated: Calibrated, held_back: Images | None) -> dict:
    """The summary as data; with `held_back` also the accuracy of float network and loadable on it."""
    found = {
        "name": result.name,
        "operand_bits": result.operand_bits,
        "input_scale": result.input_scale,
        "percentile": calibrated.quantised.percentile,
        "candidates": [vars(c) for c in calibrated.candidates],
        "layers": [
            {"name": layer.name, "target": loadable.TARGET_NAMES[layer.target], "macs": layer.macs,
             "weight_bits": layer.weight_bits, "guard_bits": layer.guard_bits,
             **({"hash_bits": layer.hash.bits, "hash_tile": layer.hash.tile} if layer.hash else {})}
            for layer in result.layers
        ],
    }  # fmt: skip
    if held_back is not None:
        prepared = network.prepare(held_back.images)
        inputs = dataset.quantise_images(prepared, result.input_scale, result.operand_bits)
        found["images"] = len(held_back.labels)
        found["float_correct"] = int((predict(network, held_back.images) == held_back.labels).sum())
        found["loadable_correct"] = int((reference.predict(result, inputs) == held_back.labels).sum())
    return found


def parser() -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(prog="ganglion compile", description="Compile an ONNX network to a Ganglion loadable.")
    p.add_argument("network", type=Path, metavar="NET.onnx")
    p.add_argument("--target", choices=loadable.TARGET_NAMES, required=True, help="where layers with weights run")
    p.add_argument("-o", "--output", type=Path, required=True, metavar="F.gnl")
    p.add_argument("--bits", type=int, default=8, metavar="N", help="operand bits, 4..10 (default 8)")
    p.add_argument("--calibration", metavar="NAME|F.npz", help="digits, mnist, cifar10 (training part) or real images "
                   "in a .npz; default: what the network names")  # fmt: skip
    p.add_argument("--percentile", type=float, help="range rule; default: the best of several on validation images")
    p.add_argument("--data", type=Path, metavar="DIR", help="data folder (default: GANGLION_DATA)")
    p.add_argument("--place", default="", metavar="LAYER=TARGET,...", help="layers that run elsewhere than --target")
    p.add_argument("--weight-bits", default="", metavar="LAYER=N,...", help="dynamic precision of sc_cnn layers")
    p.add_argument("--guard-bits", type=int, metavar="A", help="of every sc_cnn layer; default: from calibration")
    p.add_argument("--acc-max", type=int, default=ACC_MAX_DEFAULT, metavar="BITS", help="the core's widest accumulator "
                   f"(default {ACC_MAX_DEFAULT})")  # fmt: skip
    p.add_argument("--no-zero-skip", action="store_true", help="zero counts cost a cycle")
    p.add_argument("--no-bias-correction", action="store_true", help="keep the mean error of SC products and hashes")
    p.add_argument("--hash-bits", default="1024", metavar="K", help="deepcam: 256, 512, 768, 1024 (default), or "
                   "variable: searched by layer on training images")  # fmt: skip
    p.add_argument("--hash-tile", type=int, default=0, metavar="T", help="deepcam: inputs that a hash covers (default: "
                   "all)")  # fmt: skip
    p.add_argument("--hash-seed", type=int, default=1, metavar="S", help="deepcam: seed of the projections, as the "
                   "array's projection_seed (default 1)")  # fmt: skip
    p.add_argument("--delta", type=float, default=0.01, help="validation accuracy that variable hashes may lose")
    p.add_argument("--dataflow", choices=DATAFLOWS, default=DATAFLOWS[0], help="deepcam: activations (AS) or weights "
                   "(WS) stay in the array")  # fmt: skip
    p.add_argument("--slice", action="append", default=[], metavar="NAME[:COUNT]=F.gnd",
                   help="also write images quantised for this loadable; may be repeated")  # fmt: skip
    p.add_argument("--measure", metavar="NAME[:COUNT]", help="also measure float and loadable accuracy on these images")
    p.add_argument("--json", action="store_true", help="print the summary as JSON")
    p.add_argument("-q", "--quiet", action="store_true", help="print nothing but errors")
    return p


def main(argv: list[str] | None = None) -> int:
    args = parser().parse_args(argv)
    if not 4 <= args.bits <= 10:
        raise GanglionError(f"--bits {args.bits}", expected="4..10")
    if args.percentile is not None and not 50 <= args.percentile <= 100:
        raise GanglionError(f"--percentile {args.percentile}", expected="50..100 (100 is the maximum)")
    options, hashes = options_of(args), hash_options_of(args)
    network = onnx_import.load_network(args.network)
    source = calibration_source(args.calibration, network, args.data)
    calibrated = calibrate(network, source, args.bits, args.percentile)
    result = compile_network(calibrated, options, hashes, validation_of(network, source, calibrated))
    loadable.save(result, args.output)
    for argument in args.slice:
        write_slice(argument, network, result, args.data)
    held_back = image_sources.select(args.measure, args.data) if args.measure else None
    for warning in saturation_warnings(result, calibrated):
        print(f"warning: {warning}", file=sys.stderr)
    if args.quiet:
        return EXIT_OK
    found = report(network, result, calibrated, held_back)
    print(json.dumps(found, indent=2) if args.json else summary(result, calibrated))
    if held_back is not None and not args.json:
        print(f"  {held_back.name}: float {found['float_correct']}, loadable {found['loadable_correct']} "
              f"of {found['images']} correct")  # fmt: skip
    return EXIT_OK


def command() -> int:
    """Entry point."""
    return run_command(main)


if __name__ == "__main__":
    sys.exit(command())
