"""What Ganglion's blocks are compared with: Eyeriss-like arrays and CPUs, as cycle and energy formulas."""
