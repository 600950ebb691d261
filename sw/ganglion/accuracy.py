"""`python -m ganglion.accuracy`: accuracy of the NumPy reference for several operand widths, as a Markdown table."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ganglion import image_sources, onnx_import, reference
from ganglion.calibrate import SOURCE_IMAGES, calibrate
from ganglion.dataset import quantise_images
from ganglion.errors import EXIT_OK, run_command
from ganglion.lower import Options, lower
from ganglion.network import predict


@dataclass(frozen=True)
class Row:
    """Correct predictions at one operand width."""

    bits: int
    images: int
    float_correct: int
    cpu_correct: int
    sc_correct: int
    sc_plain_correct: int
    saturations: int
    sc_seconds: float


def measure(path: Path, bits_list: list[int], data: Path | None, count: int | None) -> list[Row]:
    """Rows for the network's own data set: held-back digits or the test part."""
    network = onnx_import.load_network(path)
    training_part, test_part = image_sources.parts_of(network.metadata, path)
    training = image_sources.load(training_part, data, SOURCE_IMAGES)
    test = image_sources.load(test_part, data).first(count)
    float_correct = int((predict(network, test.images) == test.labels).sum())
    prepared = network.prepare(test.images)
    rows = []
    for bits in bits_list:
        calibrated = calibrate(network, training, bits)
        inputs = quantise_images(prepared, calibrated.quantised.input_scale, bits)
        correct = {}
        for key, options in (
            ("cpu", Options("cpu")),
            ("plain", Options("sc_cnn", bias_correction=False)),
            ("sc", Options("sc_cnn")),
        ):
            result = lower(calibrated.quantised, options, calibrated.images)
            start = time.perf_counter()
            traces = reference.trace(result, inputs)
            seconds = time.perf_counter() - start
            correct[key] = int((traces[-1].output.argmax(axis=1) == test.labels).sum())
        saturations = sum(t.saturations for t in traces)
        rows.append(Row(bits, len(test.labels), float_correct, correct["cpu"], correct["sc"], correct["plain"],
                        saturations, seconds))  # fmt: skip
    return rows


def table(rows: list[Row]) -> str:
    """Markdown."""
    lines = [
        "| N | float % | exact integer % | SC-CNN % | SC-CNN without bias correction % | saturations | seconds |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        shares = (100 * n / r.images for n in (r.float_correct, r.cpu_correct, r.sc_correct, r.sc_plain_correct))
        lines.append(
            f"| {r.bits} | " + " | ".join(f"{s:.2f}" for s in shares) + f" | {r.saturations} | {r.sc_seconds:.1f} |"
        )
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(
        prog="ganglion-accuracy", description="Accuracy of networks for several operand widths."
    )
    p.add_argument("networks", type=Path, nargs="+", metavar="NET.onnx")
    p.add_argument("--bits", type=int, nargs="+", default=[4, 5, 6, 7, 8], metavar="N")
    p.add_argument("--images", type=int, help="only the first ones of the test images")
    p.add_argument("--data", type=Path, metavar="DIR", help="data folder (default: GANGLION_DATA)")
    args = p.parse_args(argv)
    for path in args.networks:
        rows = measure(path, args.bits, args.data, args.images)
        print(f"{path.stem}, {rows[0].images} images\n\n{table(rows)}\n", flush=True)
    return EXIT_OK


def command() -> int:
    """Entry point."""
    return run_command(main)


if __name__ == "__main__":
    sys.exit(command())
