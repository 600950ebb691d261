"""The register generator: what it reads, what it refuses, what it writes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("systemrdl")

from ganglion.rdl import c_header, cpp_bank, markdown, self_test, systemverilog
from ganglion.rdl.__main__ import GENERATORS, main
from ganglion.rdl.model import Access, RegisterError, read_block

ROOT = Path(__file__).resolve().parents[3]
VECTOR_ADD = ROOT / "platform/accel/test/vector_add.rdl"
PMU = ROOT / "platform/peripherals/pmu.rdl"
ALL = [(ROOT / "platform/accel/common.rdl", "accelerator_common"), (VECTOR_ADD, "vector_add"), (PMU, "gn_pmu")]


def block_of(tmp_path, body, top="dut"):
    rdl = tmp_path / "dut.rdl"
    rdl.write_text(f'`include "platform/kernel/register_properties.rdl"\naddrmap dut {{ {body} }};\n', encoding="utf-8")
    return read_block(rdl, top, [ROOT])


@pytest.fixture(scope="module")
def vector_add():
    return read_block(VECTOR_ADD, "vector_add", [ROOT])


def test_register_files_are_transparent_and_inherited(vector_add):
    assert vector_add.base == "accelerator_common"
    assert vector_add.register("CTRL").inherited_from == "accelerator_common"
    assert vector_add.register("LENGTH").inherited_from is None
    assert vector_add.register("ID").reset == 0x44444156
    assert vector_add.register("VERSION").reset == 0x00020001


def test_access_kinds(vector_add):
    def access(register, field):
        return next(f.access for f in vector_add.register(register).fields if f.name == field)

    assert access("CTRL", "START") is Access.PULSE
    assert access("STATUS", "BUSY") is Access.READ_ONLY
    assert access("IRQ_ENABLE", "DONE") is Access.READ_WRITE
    assert access("IRQ_STATUS", "DONE") is Access.WRITE_ONE_TO_CLEAR


def test_arrays_are_unrolled():
    names = [register.name for register in read_block(PMU, "gn_pmu", [ROOT]).registers]
    assert [f"DOMAIN_NAME{i}" for i in range(4)] == [name for name in names if name.startswith("DOMAIN_NAME")]


def test_polled_and_host_priced_registers_are_the_only_ones_not_compared():
    block = read_block(ROOT / "platform/accel/common.rdl", "accelerator_common", [ROOT])
    assert {register.name for register in block.registers if register.compare == "never"} == {
        "STATUS",
        "JOB_CYCLES_LO",
        "JOB_CYCLES_HI",
        "JOB_ENERGY_FJ_LO",
        "JOB_ENERGY_FJ_HI",
    }


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("reg { field {sw=r;} V[31:0]; } A @ 0;", "A.V: reset value missing"),
        ("reg { regwidth=64; field {sw=r;} V[63:0]=0; } A @ 0;", "A: registers are 32 bits wide"),
        ("reg { field {sw=rw; onread=rclr;} V[31:0]=0; } A @ 0;", "A.V: access .* is not supported"),
        ("reg { field {sw=rw; onwrite=wzc;} V[31:0]=0; } A @ 0;", "A.V: access .* is not supported"),
        ("reg { shadowed=true; field {sw=r;} V[31:0]=0; } A @ 0;", "A.V: shadowed fields are sw=rw"),
        ("reg { latches_high=true; field {sw=r;} V[31:0]=0; } A_LO @ 0;", "A_LO: latches_high belongs on NAME_LO"),
        ("reg { field {sw=r;} V[31:0]=0; } A @ 0x10000;", "A: offset 0x10000 is not a multiple of 4 below 64 KiB"),
        ("reg { field {sw=r;} V[31:0]=0; } A[2] @ 0; reg { field {sw=r;} V[31:0]=0; } A1 @ 8;", "two registers.* A1"),
    ],
)
def test_refuses(tmp_path, body, message):
    with pytest.raises(RegisterError, match=message):
        block_of(tmp_path, body)


SHARED = """
addrmap part {
  reg { shadowed=true; field {sw=rw; hw=r;} V[31:0]=0; } SIZE @ 4;
  reg { field {sw=r; hw=w;} V[31:0]=0; } COUNT @ 8;
};
addrmap dut { rtl_shared = "part"; %s };
"""


def shared_block(tmp_path, body):
    rdl = tmp_path / "dut.rdl"
    include = '`include "platform/kernel/register_properties.rdl"\n'
    rdl.write_text(include + SHARED % body, encoding="utf-8")
    return read_block(rdl, "dut", [ROOT])


SIZE = "reg { shadowed=true; field {sw=rw; hw=r;} V[31:0]=0; } SIZE @ %s;"
COUNT = "reg { field {sw=r; hw=w;} V[31:0]=0; } COUNT @ 8;"
OWN = "reg { shadowed=true; field {sw=rw; hw=r;} V[31:0]=0; } OWN @ 12;"


def test_shared_registers_are_on_ports_of_their_own(tmp_path):
    block = shared_block(tmp_path, SIZE % 4 + COUNT + OWN)
    config = re.search(r"struct packed \{(.*?)\} config_t;", systemverilog.package(block), re.DOTALL).group(1)
    assert "own" in config
    assert "size" not in config
    module = systemverilog.module(block)
    assert "input part_registers_pkg::status_t shared_status" in module
    assert "output part_registers_pkg::config_t shared_shadow" in module
    assert "assign shared_shadow.size = size_q;" in module
    assert "assign shadow.own = own_q;" in module
    assert "dut_registers_pkg::ADDRESS_COUNT: read_data = shared_status.count;" in module


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (COUNT, "dut: register SIZE is missing; rtl_shared = part has it at 0x4"),
        (SIZE % 16 + COUNT, "dut: register SIZE is at 0x10; rtl_shared = part has it at 0x4"),
    ],
)
def test_refuses_a_block_without_the_shared_registers(tmp_path, body, message):
    with pytest.raises(RegisterError, match=message):
        shared_block(tmp_path, body)


def test_refuses_two_macros_of_one_name(tmp_path):
    body = "reg { field {sw=r;} B_C[31:0]=0; } A @ 0; reg { field {sw=r;} C[31:0]=0; } A_B @ 4;"
    with pytest.raises(RegisterError, match="DUT_A_B_C_MASK"):
        c_header.generate(block_of(tmp_path, body))


def test_c_header_has_the_contracts_macros(vector_add):
    macros = {name: int(value.rstrip("u"), 0) for name, value, _ in c_header.macros(vector_add)}
    assert macros["VECTOR_ADD_REG_CTRL"] == 0x00C
    assert macros["VECTOR_ADD_CTRL_RESET_MASK"] == 8
    assert macros["VECTOR_ADD_TIMING_CYCLES_MASK"] == 0x3FFF0000
    assert macros["VECTOR_ADD_TIMING_CYCLES_SHIFT"] == 16
    assert macros["VECTOR_ADD_TIMING_RESET_VALUE"] == 64 | 10 << 16
    assert macros["VECTOR_ADD_ERROR_CODE_MISALIGNED"] == 4


@pytest.mark.parametrize(("rdl", "top"), ALL)
def test_c_header_compiles_freestanding(tmp_path, rdl, top):
    compiler = shutil.which("cc")
    assert compiler, "a C compiler is part of the tool chain"
    header = tmp_path / f"{top}_regs.h"
    header.write_text(c_header.generate(read_block(rdl, top, [ROOT])), encoding="utf-8")
    source = tmp_path / "use.c"
    source.write_text(f'#include "{header.name}"\n#include "{header.name}"\n', encoding="utf-8")
    flags = ["-std=c11", "-ffreestanding", "-Wall", "-Wextra", "-Werror"]
    done = subprocess.run([compiler, *flags, "-fsyntax-only", str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_config_has_one_member_per_shadowed_register(vector_add):
    bank = cpp_bank.generate(vector_add)
    config = re.search(r"struct Config \{(.*?)\n  \};", bank, re.DOTALL).group(1)
    for name in ("a_lo", "a_hi", "length", "timing", "bias"):
        assert re.search(rf"\b{name}(\{{\}})?;", config), name
    assert "irq_enable" not in config
    assert "uint64_t out() const" in config


def test_cpp_keywords_and_bank_members_get_an_underscore(tmp_path):
    body = "reg { field {sw=rw;} V[31:0]=0; } DOUBLE @ 0; reg { field {sw=rw;} RAW[31:0]=0; } RESET @ 4;"
    bank = cpp_bank.generate(block_of(tmp_path, body))
    assert "double_{" in bank
    assert "reset_{" in bank
    assert "raw_() const" in bank


def test_markdown_lists_every_register_and_field(vector_add):
    text = markdown.generate(vector_add)
    for register in vector_add.registers:
        assert f"| 0x{register.offset:03x} | {register.name} |" in text
        for field in register.fields:
            assert f"| {field.name} | {field.access.value} |" in text


def test_self_test_states_the_rdl(vector_add):
    text = self_test.generate(vector_add)
    assert '{"IRQ_STATUS", 0x018, 0x00000000, 0x00000000, 0x00000007, 0x00000007},' in text
    assert '{"TIMING", 0x11c, 0x000a0040, 0x7fffffff, 0x00000000, 0x7fffffff},' in text
    assert "0xfffc" in text  # an undefined offset


@pytest.mark.parametrize(("rdl", "top"), ALL)
def test_output_is_deterministic_and_names_no_place_of_this_machine(tmp_path, rdl, top):
    texts = []
    for run in ("one", "two"):
        assert main([str(rdl), "--top", top, "--include", str(ROOT), "--output", str(tmp_path / run)]) == 0
        texts.append({path.name: path.read_text(encoding="utf-8") for path in sorted((tmp_path / run).iterdir())})
    assert texts[0] == texts[1]
    assert len(texts[0]) == len(GENERATORS)
    assert not any(str(ROOT) in text or str(tmp_path) in text for text in texts[0].values())


def test_command_line_says_what_is_wrong(tmp_path, capsys):
    rdl = tmp_path / "bad.rdl"
    rdl.write_text("addrmap bad { reg { field {sw=r;} V[31:0]; } A @ 0; };", encoding="utf-8")
    assert main([str(rdl), "--top", "bad", "--output", str(tmp_path / "out")]) == 2
    assert "bad.A.V: reset value missing" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
