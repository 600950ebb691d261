"""`ganglion-deepcam COMMAND`: the DeepCAM array on networks, on the platform, by emulation and by formulas."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ganglion import dataset, image_sources, loadable, studies
from ganglion.calibrate import VALIDATION_IMAGES
from ganglion.deepcam import (
    accuracy,
    counts,
    end_to_end,
    inference,
    noise_study,
    paper,
    paper_report,
    subject,
)
from ganglion.deepcam.array import HASH_LENGTHS
from ganglion.deepcam.placement import HashOptions
from ganglion.errors import EXIT_OK, GanglionError, run_command
from ganglion.loadable import write_whole


def _check_delta(delta: float) -> None:
    if not 0 <= delta <= 1:
        raise GanglionError(f"--delta {delta}", expected="a share of the validation images, 0..1")


def _accuracy(args: argparse.Namespace) -> int:
    _check_delta(args.delta)
    cam = counts.CamArray(args.rows, args.dataflow)
    for path in args.networks:
        bench = accuracy.prepare(path, args.data, args.images, args.validation, args.on_hart)
        count, chosen_on = len(bench.test.labels), len(bench.validation_labels)
        searched = f"; variable lengths from {chosen_on} training images, delta {args.delta:g}" if chosen_on else ""
        print(
            f"{path.stem}: {count} test images ({bench.test.name}); energy: R = {cam.rows}, {cam.dataflow}{searched}\n"
        )
        print("\n".join(accuracy.HEADER), flush=True)
        for row in accuracy.rows(bench, args.tiles, args.bits, args.delta, cam):
            print(accuracy.line(row, count), flush=True)
        print()
    return EXIT_OK


def _table(args: argparse.Namespace) -> int:
    if args.images < 1:
        raise GanglionError(f"--images {args.images}", expected="at least 1")
    _check_delta(args.delta)
    lines, rows = list(end_to_end.HEADER), []
    print("\n".join(lines), flush=True)
    for found in subject.subjects(image_sources.optional_data_folder(args.data)):
        for row in end_to_end.measure(found, args.images, args.tiles, args.delta):
            rows.append(row)
            lines.append(end_to_end.line(row))
            print(lines[-1], flush=True)
    write_whole(args.output / "accuracy.csv", studies.to_csv(rows, end_to_end.Row).encode())
    write_whole(args.output / "accuracy.md", ("\n".join(lines) + "\n").encode())
    return EXIT_OK


def _angles(args: argparse.Namespace) -> int:
    bench = accuracy.prepare(args.network, args.data, args.images)
    print("\n".join(accuracy.angle_table(bench, args.bits, args.tile, args.images)))
    return EXIT_OK


def _lenet5(args: argparse.Namespace) -> int:
    found = subject.lenet5(image_sources.data_folder(args.data))
    inference.check_hash(args.hash_bits, args.hash_tile, "--hash-bits, --hash-tile")
    compiled = found.compiled(HashOptions(args.hash_bits, args.hash_tile, args.dataflow))
    loadable.save(compiled, args.output / "lenet5_deepcam.gnl")
    dataset.save(found.slice(args.images), args.output / "mnist_test.gnd")
    print(f"ganglion run cam_lenet.yaml --data {args.output}")
    return EXIT_OK


def _noise(args: argparse.Namespace) -> int:
    study = noise_study.read(args.scenario)
    points = []
    for found in subject.subjects(image_sources.optional_data_folder(args.data)):
        for point in noise_study.measure(study, found):
            points.append(point)
            print(f"{point.line}: {point.axis} {point.value}, seed {point.seed}: {point.share:.1f} %", flush=True)
    for path in noise_study.write(points, args.output):
        print(path)
    return EXIT_OK


def _paper(args: argparse.Namespace) -> int:
    entries = list(paper.matrix(paper.read_axes(args.scenario)))
    for path in paper_report.write(entries, args.output):
        print(path)
    return EXIT_OK


def parser() -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(
        prog="ganglion-deepcam", description="DeepCAM array: accuracy, angle errors, the paper's comparison."
    )
    commands = p.add_subparsers(dest="command", required=True)

    a = commands.add_parser("accuracy", help="accuracy for fixed, tiled and variable hash lengths, as Markdown")
    a.add_argument("networks", type=Path, nargs="+", metavar="NET.onnx")
    a.add_argument("--images", type=int, metavar="N", help="only the first N test images")
    a.add_argument("--tiles", type=int, nargs="+", default=[0, 64], metavar="T", help="inputs a tile, 0: whole vectors")
    a.add_argument("--bits", type=int, nargs="+", choices=HASH_LENGTHS, default=list(HASH_LENGTHS), metavar="K")
    a.add_argument("--on-hart", default="", metavar="LAYER,...", help="layers that are not hashed")
    a.add_argument("--delta", type=float, default=0.01, help="validation accuracy that shorter hashes may lose")
    a.add_argument("--validation", type=int, choices=range(VALIDATION_IMAGES + 1), default=500, metavar="N",
                   help="training images that choose variable lengths (default 500; 0: none)")  # fmt: skip
    a.add_argument("--rows", type=int, choices=counts.ROWS, default=64, help="rows of the array that energy is for")
    a.add_argument("--dataflow", choices=counts.DATAFLOWS, default=counts.ACTIVATION_STATIONARY)
    a.add_argument("--data", type=Path, metavar="DIR", help="data folder (default: GANGLION_DATA)")
    a.set_defaults(run=_accuracy)

    t = commands.add_parser("table", help="accuracy by firmware on the platform and by emulation: Markdown, CSV")
    t.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    t.add_argument("--images", type=int, default=100, metavar="N", help="first test images that firmware classifies")
    t.add_argument("--tiles", type=int, nargs="+", default=[0, 64], metavar="T", help="inputs a tile, 0: whole vectors")
    t.add_argument("--delta", type=float, default=0.01, help="validation accuracy that shorter hashes may lose")
    t.add_argument("--data", type=Path, metavar="DIR", help="data folder (default: GANGLION_DATA); LeNet-5 needs it")
    t.set_defaults(run=_table)

    g = commands.add_parser("angles", help="angle error by layer against the binomial law, as Markdown")
    g.add_argument("network", type=Path, metavar="NET.onnx")
    g.add_argument("--bits", type=int, choices=HASH_LENGTHS, default=1024)
    g.add_argument("--tile", type=int, default=0, metavar="T", help="inputs a tile, 0: whole vectors")
    g.add_argument("--images", type=int, default=20, metavar="N", help="test images that patches come from")
    g.add_argument("--data", type=Path, metavar="DIR", help="data folder (default: GANGLION_DATA)")
    g.set_defaults(run=_angles)

    f = commands.add_parser("lenet5", help="the files of scenario cam_lenet: LeNet-5 compiled, MNIST test images")
    f.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    f.add_argument("--images", type=int, default=100, metavar="N", help="first test images (default 100)")
    f.add_argument("--hash-bits", type=int, choices=HASH_LENGTHS, default=1024)
    f.add_argument(
        "--hash-tile", type=int, default=64, metavar="T", help="inputs a tile, 0: whole vectors (default 64)"
    )
    f.add_argument("--dataflow", choices=counts.DATAFLOWS, default=counts.ACTIVATION_STATIONARY)
    f.add_argument("--data", type=Path, metavar="DIR", help="data folder (default: GANGLION_DATA)")
    f.set_defaults(run=_lenet5)

    n = commands.add_parser("noise", help="accuracy against device noise, by firmware: CSV, Markdown, plot")
    n.add_argument("scenario", type=Path, nargs="?", default=noise_study.SCENARIO, metavar="NOISE.yaml")
    n.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    n.add_argument("--data", type=Path, metavar="DIR", help="data folder (default: GANGLION_DATA); LeNet-5 needs it")
    n.set_defaults(run=_noise)

    m = commands.add_parser("paper", help="cycles and energy against Eyeriss and CPUs: CSV, Markdown, plot")
    m.add_argument("scenario", type=Path, nargs="?", default=paper.SCENARIO, metavar="MATRIX.yaml")
    m.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    m.set_defaults(run=_paper)
    return p


def main(argv: list[str] | None = None) -> int:
    args = parser().parse_args(argv)
    return args.run(args)


def command() -> int:
    """Entry point."""
    return run_command(main)


if __name__ == "__main__":
    sys.exit(command())
