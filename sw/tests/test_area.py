"""./dev area: parsing, arithmetic of equal throughput, refusals; without Yosys but for the slow test."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from ganglion import loadable as lo
from ganglion.area import __main__ as command
from ganglion.area import designs, elaboration, mapping, netlist, report, sta, throughput, tools
from ganglion.errors import GanglionError

ROOT = Path(__file__).resolve().parents[2]
RTLIL = """autoidx 5
attribute \\hdlname "\\\\leaf"
attribute \\src "a/b.sv:1.1-2.2"
module $paramod$00ff\\leaf
  parameter \\BYTES 32'00000000000000000000000000010000
  attribute \\src "a/b.sv:1.1-2.2"
  wire width 8 input 1 \\in
  wire output 2 \\out
  wire \\inside
end
module $paramod\\leaf\\BYTES=32'00000000000000000000000000000100
  parameter \\BYTES 4
  wire width 8 input 1 \\in
end
module \\middle
  cell $paramod$00ff\\leaf \\a
  end
  cell $paramod$00ff\\leaf \\b
  end
  cell $add $add$1
  end
end
module \\top
  cell \\middle \\m
  end
  cell \\middle \\n
  end
  cell $paramod\\leaf\\BYTES=32'00000000000000000000000000000100 \\o
  end
end
"""


def convolution(weights, out_h=1, out_w=1):
    array = np.array(weights, np.int8)
    shape = {"in_c": 1, "in_h": 1, "in_w": 1, "out_c": len(weights), "out_h": out_h, "out_w": out_w}
    return lo.Layer("c", lo.KIND_CONV2D, lo.TARGET_SC_CNN, **shape, zero_skip=1, weights=array)


def test_modules_get_readable_names_and_lose_positions():
    modules = elaboration.parse(RTLIL, "top")

    assert set(modules) == {"leaf", "leaf__2", "middle", "top"}
    assert modules["middle"].instances == Counter({"leaf": 2})
    assert modules["leaf"].parameters == {"BYTES": 16}
    assert "src" not in modules["leaf"].text and "cell \\leaf \\a" in modules["middle"].text
    assert modules["leaf__2"].kind == "leaf"
    assert "\\inside" not in modules["leaf"].ports and "wire output 2 \\out" in modules["leaf"].ports


def test_instances_multiply_down_the_hierarchy():
    modules = elaboration.parse(RTLIL, "top")

    assert elaboration.counts(modules, "top") == Counter({"leaf": 4, "middle": 2, "top": 1, "leaf__2": 1})


def test_memories_are_left_out_and_their_bits_stated():
    modules = elaboration.parse(RTLIL.replace("leaf", "scratchpad"), "top")

    assert elaboration.memory_bits(modules, "top") == 8 * (4 * 16 + 4)
    assert mapping.to_map(modules, "top") == ["top", "middle"]
    assert "attribute \\blackbox 1\nmodule \\scratchpad\n" in mapping.source_of(modules, "middle")


def test_a_flat_module_is_mapped_with_all_below_it():
    modules = elaboration.parse(RTLIL.replace("middle", "sc_mvm"), "top")

    assert "leaf" not in mapping.to_map(modules, "top")[1:2] and "blackbox" not in mapping.source_of(modules, "sc_mvm")
    assert "-flatten -top sc_mvm" in mapping.script("sc_mvm", True)


def test_a_missing_top_module_is_refused():
    with pytest.raises(GanglionError, match=r"no module nowhere; expected: one of leaf, leaf__2, middle, top"):
        elaboration.parse(RTLIL, "nowhere")


def test_the_report_of_yosys():
    said = "     DFFPOSX1                        8\n     NAND2X1     12\n   Chip area for module '\\x': 1056.500000\n"

    assert mapping.read_stat(said) == (1056.5, 8)
    assert mapping.read_stat("   Number of cells: 0\n") == (0.0, 0)


def test_the_reports_of_opensta():
    power = "Total                  1.54e-02   4.19e-03   4.78e-07   1.96e-02 100.0%\n"

    assert sta.read_path("Endpoint: a/_1_ (rising)\nworst slack 4.83\n") == (
        pytest.approx(sta.CLOCK_NS - 4.83),
        "a/_1_",
    )
    assert sta.read_power(power) == pytest.approx(19.6)
    with pytest.raises(GanglionError, match="expected: a total power"):
        sta.read_power("Error: sta.tcl, 6 can't use non-numeric floating-point value")
    with pytest.raises(GanglionError, match="expected: a worst slack"):
        sta.read_path("No paths found.")


def test_assignments_become_single_bits():
    text = "module m(a, b);\n  input [3:0] a;\n  wire \\x.y ;\n  wire [1:0] c;\n"
    text += "  assign { c, \\x.y } = { a[3:2], 1'h1 };\n  assign c[1:0] = a[1:0];\nendmodule\n"

    found = netlist.plain_assignments(text).splitlines()

    assert "  assign c[1] = a[3];" in found and "  assign c[0] = a[2];" in found
    assert "  assign \\x.y  = 1'b1;" in found and "  assign c[1] = a[1];" in found


def test_a_group_waits_for_its_largest_count():
    layers = [convolution([[[[8, -17]]], [[[0, 1]]], [[[4, 64]]]])]

    # Alone at b = 8: 1 + 3, 0 + 1, 1 + 8 cycles for six products. Two that meet: max 1 and 3 for two maps, then 1 + 8.
    assert throughput.mean_cycles(layers, 8, 8, 8, 1) == pytest.approx(14 / 6)
    assert throughput.mean_cycles(layers, 8, 8, 8, 2) == pytest.approx((2 * 4 + 9) / 6)
    assert throughput.mean_cycles(layers, 8, 8, 8, 16) == pytest.approx(3 * (1 + 8) / 6)


def test_cycles_are_a_mean_over_products():
    layers = [convolution([[[[1]]]], 3, 3), convolution([[[[127]]]])]

    assert throughput.mean_cycles(layers, 8, 8, 1, 16) == pytest.approx((9 * 1 + 127) / 10)
    assert throughput.mean_cycles(layers, 8, 4, 1, 16) == pytest.approx((9 * 0 + 8) / 10)


def test_a_network_without_convolutions_on_the_core_is_refused():
    with pytest.raises(GanglionError, match="no convolution for the SC-CNN core"):
        throughput.mean_cycles([], 8, 8, 8, 16)


@pytest.mark.parametrize(
    ("cycles", "mvms", "lanes", "mismatch"),
    [(1.0, 16, 16, 0.0), (16.0, 1, 16, 0.0), (13.87, 1, 16, -0.133), (2.0, 8, 16, 0.0), (11.5, 1, 16, -0.281),
     (11.0, 2, 16, 0.375), (64.0, 1, 4, 0.0), (108.0, 1, 4, 0.6875)],
)  # fmt: skip
def test_the_binary_array_of_equal_throughput(cycles, mvms, lanes, mismatch):
    equal = throughput.equal_array(256, cycles)

    assert (equal.mvms, equal.lanes) == (mvms, lanes)
    assert equal.mismatch == pytest.approx(mismatch, abs=1e-3)


def results():
    def figures(name, top, area, **parameters):
        return designs.Figures(name, top, parameters, 16, 1.0, "x", 0, [designs.Part(top, 1, area, 5, 0.5)])

    row = throughput.Weights("net", 8, 200, 190, {8: (2.0, 4.0)})
    found = [figures("s", "sc_mvm", 100.0, BIT_PARALLEL=8, LANES=16)]
    found += [figures("m", "mac_mvm", 100.0 * bits / 10, ACC_BITS=bits, LANES=16) for bits in (20, 32)]
    return report.Results(found, [row])


def test_products_an_area():
    assert "| net | 8 | 95.0 | 8 | 2.00 | 4.00 | 1.00 / 0.50 | 1.60 / 0.80 |" in report.weights_table(results())


def test_figures_survive_their_file():
    assert report.from_json(report.to_json(results()), "x") == results()
    with pytest.raises(GanglionError, match=r"x: schema 'other'; expected: ganglion.area/1"):
        report.from_json('{"schema": "other"}', "x")


def test_a_section_is_replaced_between_its_marks():
    text = "before\n<!-- area:a -->\nold\n<!-- /area:a -->\nafter\n"

    assert report.with_section(text, "a", "new", "f") == "before\n<!-- area:a -->\n\nnew\n\n<!-- /area:a -->\nafter\n"
    with pytest.raises(GanglionError, match="f: no marks of section b"):
        report.with_section(text, "b", "new", "f")


def test_the_documentation_shows_the_committed_figures():
    committed = report.from_json((ROOT / report.PATH).read_text(), str(report.PATH))
    readme = (ROOT / report.README).read_text()

    for name, text in report.sections(committed).items():
        assert report.with_section(readme, name, text, str(report.README)) == readme


def test_a_missing_tool_names_its_package(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(GanglionError, match=r"module m: yosys is missing; .*Debian package yosys"):
        tools.call(["yosys", "-q"], tmp_path, "module m")
    with pytest.raises(GanglionError, match=r"Debian package opensta"):
        tools.call(["sta"], tmp_path, "module m")
    with pytest.raises(GanglionError, match=r"no cell library.*qflow-tech-osu018"):
        tools.check_library(tmp_path / "cells.lib")


def test_a_tool_that_fails_is_quoted_at_the_line_that_matters(tmp_path):
    script = "echo reading; echo 'lane.sv:7: ERROR: syntax error, unexpected TOK_ID' >&2; exit 1"

    with pytest.raises(GanglionError, match=r"core: lane.sv:7: ERROR: syntax error, unexpected TOK_ID; expected"):
        tools.call(["sh", "-c", script], tmp_path, "core")


def test_missing_sources_are_refused_before_yosys(tmp_path):
    design = elaboration.Design("d", "m", (Path("none.sv"),))

    with pytest.raises(GanglionError, match=r"none.sv: no such source"):
        elaboration.elaborate(design, tmp_path)
    with pytest.raises(GanglionError, match=r"no list of sources; expected: a configured build tree"):
        designs.sources_of(tmp_path, "sc_cnn", tmp_path)


def test_writing_the_tables_needs_the_data_they_show(monkeypatch, tmp_path):
    monkeypatch.delenv("GANGLION_DATA", raising=False)

    with pytest.raises(GanglionError, match="--write without a data folder"):
        command.main(["--build", str(tmp_path), "--write"])


@pytest.mark.slow
def test_yosys_and_opensta_measure_a_small_module(tmp_path):
    missing = [name for name in tools.PACKAGES if shutil.which(name) is None]
    if missing or not tools.LIBERTY.is_file():
        pytest.skip(f"not installed: {', '.join(missing) or tools.LIBERTY} (./dev area installs it)")
    (tmp_path / "s.sv").write_text(
        "module add4(input logic clk, input logic [3:0] a, output logic [3:0] s);\n"
        "  always_ff @(posedge clk) s <= s + a;\nendmodule\n"
        "module top(input logic clk, input logic [3:0] a, output logic [7:0] s);\n"
        "  add4 low (.clk, .a, .s(s[3:0]));\n  add4 high (.clk, .a, .s(s[7:4]));\nendmodule\n"
    )
    design = elaboration.Design("small", "top", (Path("s.sv"),), lanes=1)
    mapped: list[str] = []

    first = designs.synthesise(design, tmp_path, tmp_path / "cache", mapped.append)
    again = designs.synthesise(design, tmp_path, tmp_path / "cache")

    assert again == first and sorted(mapped) == ["add4", "top"]
    assert first.flip_flops == 8 and [(p.name, p.number) for p in first.parts] == [("add4", 2), ("top", 1)]
    assert 8 * 96 < first.area < 8 * 96 + 8 * 300  # flip-flops of 96 um2, an adder's bit and buffers
    assert 0.3 < first.path_ns < 4 and 0 < first.power_mw < 2
    (tmp_path / "s.sv").write_text("module top(input logic clk; endmodule\n")
    with pytest.raises(GanglionError, match=r"small: .*s.sv:1.*syntax error"):
        designs.synthesise(design, tmp_path, tmp_path / "cache")
