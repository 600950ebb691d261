"""Activity of netlists that are simulated gate by gate; without Yosys."""

from __future__ import annotations

import numpy as np
import pytest

from ganglion.area import activity, gate_sim

LIBERTY = """
cell (INVX1) {
  pin(A)  { direction : input; }
  pin(Y)  { function : "(!A)"; }
}
cell (XOR2X1) {
  pin(A)  { direction : input; }
  pin(Y)  { function : "(A^B)"; }
}
cell (AOI21X1) {
  pin(Y)  { function : "(!((A B)+C))"; }
}
cell (DFFPOSX1) {
  ff (DS0000,P0002) { next_state : "D"; }
  pin(Q)  { function : "DS0000"; }
}
"""
TOGGLE = """module t(clk, enable, q);
  INVX1 _1_ (
    .A(enable),
    .Y(n)
  );
  XOR2X1 _2_ (
    .A(state),
    .B(\\x.en ),
    .Y(d)
  );
  DFFPOSX1 _3_ (
    .CLK(clk),
    .D(d),
    .Q(state)
  );
  assign q = state;
  assign \\x.en  = enable;
endmodule
"""


@pytest.mark.parametrize(
    ("text", "inputs", "expected"),
    [
        ("(!((A B)+C))", {"A": 0b1100, "B": 0b1010, "C": 0b0001}, 0b0110),
        ("(!((S A) + (!S B)))", {"S": 0b1100, "A": 0b1010, "B": 0b0110}, 0b0101),
        ("((A^B)^C)", {"A": 0b1100, "B": 0b1010, "C": 0b1111}, 0b1001),
        ("(((A B)+(B C))+(C A))", {"A": 0b1100, "B": 0b1010, "C": 0b0110}, 0b1110),
    ],
)
def test_functions_of_cells(text, inputs, expected):
    function = gate_sim.expression(text).format(**{pin: f"({value})" for pin, value in inputs.items()})

    assert eval(function, {"M": 0b1111}) == expected


def test_toggles_of_a_flip_flop_that_is_enabled_in_one_run():
    cells = gate_sim.functions(LIBERTY)
    netlist = gate_sim.read(TOGGLE, cells)

    v, toggles, cycles = gate_sim.simulate(netlist, 2, [{"enable": 0b01}] * 5, glitches=False)

    assert set(cells) == {"INVX1", "XOR2X1", "AOI21X1"}
    assert cycles == 5 and v[netlist.index["q"]] == 0b00  # toggled four times in run 0, never in run 1
    assert toggles[netlist.index["state"]] == 4 and toggles[netlist.index["d"]] == 5


def test_equal_delays_show_glitches_that_settle():
    chain = "module t(a, y);\n  INVX1 _1_ (\n    .A(a),\n    .Y(n)\n  );\n"
    chain += "  XOR2X1 _2_ (\n    .A(a),\n    .B(n),\n    .Y(y)\n  );\nendmodule\n"
    netlist = gate_sim.read(chain, gate_sim.functions(LIBERTY))
    stimulus = [{"a": 0}, {"a": 1}, {"a": 0}]

    settled = gate_sim.simulate(netlist, 1, stimulus, glitches=False)[1]
    glitching = gate_sim.simulate(netlist, 1, stimulus, glitches=True)[1]

    assert settled[netlist.index["y"]] == 0 and glitching[netlist.index["y"]] == 4


def test_the_core_drops_taps_without_a_count_and_the_array_does_not():
    weights = np.zeros((activity.RUNS, 4), np.int64)
    weights[:, 1], weights[:, 3] = 17, -8
    taps = activity.Taps(weights, np.full((activity.RUNS, 4, 2), 5, np.int64))

    core = [inputs["load"] != 0 for inputs in activity.sc_stimulus(taps, 8, 2)]
    array = [inputs["run"] != 0 for inputs in activity.mac_stimulus(taps, 2)]

    assert [cycle for cycle, load in enumerate(core) if load] == [0, 3]  # 17 takes three rows of 8
    assert array == [False, True, True, True, True, False]
