"""Generates C header, C++ register bank, SystemVerilog register file, Markdown table and self-test from SystemRDL.

Use: ``python -m ganglion.rdl FILE.rdl --top NAME --include ROOT --output DIR``.
"""
