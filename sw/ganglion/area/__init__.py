"""Area, timing and power of the arrays in standard cells: `./dev area`, python -m ganglion.area.

Models: Yosys maps the SystemVerilog to the OSU 0.18 um cells, module by module, with buffers and sizes for a target
period; OpenSTA reads the netlist. Area is cell area (um2) and gate equivalents (of a NAND2X1); timing is the longest
path between flip-flops without wires; power is dynamic and leakage power at a clock and an activity.
Leaves out: wires and placement, clock tree and clock gates, memories (only their ports are there), scan, what an
optimiser gains across the boundaries of modules. All designs are mapped by the same script, so what is left out is left
out of all of them.
Checked against: nothing outside; the figures of a module are the same alone and inside a design.
Error bound: of ratios between designs unknown; of um2 against another library or node none at all.
"""
