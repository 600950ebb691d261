"""A block's registers as plain data: what every generator reads.

``read_block`` compiles SystemRDL, unrolls arrays (NAME[2] becomes NAME0, NAME1), makes register files
transparent (names are unique in a block) and refuses what the generators do not support.
"""

from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from systemrdl import RDLCompiler
from systemrdl.node import AddrmapNode, FieldNode, RegfileNode, RegNode
from systemrdl.rdltypes import AccessType, OnWriteType

WORD_BYTES = 4
WINDOW_BYTES = 0x10000


class RegisterError(Exception):
    """The RDL is valid but breaks a rule of ours; the text names register, value and rule."""


class Access(Enum):
    """What software may do with a field."""

    READ_WRITE = "rw"
    READ_ONLY = "ro"
    WRITE_ONLY = "wo"
    WRITE_ONE_TO_CLEAR = "w1c"
    PULSE = "pulse"


@dataclass(frozen=True)
class EnumMember:
    name: str
    value: int
    description: str


@dataclass(frozen=True)
class FieldEnum:
    name: str
    members: tuple[EnumMember, ...]


@dataclass(frozen=True)
class Field:
    name: str
    lsb: int
    width: int
    access: Access
    reset: int
    twos_complement: bool
    enum: FieldEnum | None
    constant: bool  # hardware never drives it: the reset value is all it ever has
    description: str

    @property
    def mask(self) -> int:
        return ((1 << self.width) - 1) << self.lsb

    @property
    def reset_mask(self) -> int:
        """The reset value at the field's place."""
        return self.reset << self.lsb


@dataclass(frozen=True)
class Register:
    name: str
    offset: int
    fields: tuple[Field, ...]
    time_sync: str
    compare: str
    shadowed: bool
    instance_constant: bool
    latches_high: bool
    inherited_from: str | None  # block whose generated C++ bank has this register
    description: str

    @property
    def reset(self) -> int:
        return sum(field.reset_mask for field in self.fields)

    def mask_of(self, *accesses: Access) -> int:
        return sum(field.mask for field in self.fields if field.access in accesses)

    @property
    def base_name(self) -> str:
        """NAME of a register called NAME_LO or NAME_HI."""
        return self.name[:-3]


@dataclass(frozen=True)
class Block:
    name: str
    title: str
    registers: tuple[Register, ...]
    base: str | None  # block whose generated C++ bank this one derives from
    rtl_shared: "Block | None" = None  # registers of this block that shared hardware reads and drives

    def register(self, name: str) -> Register:
        return next(register for register in self.registers if register.name == name)

    def has(self, name: str) -> bool:
        return any(register.name == name for register in self.registers)

    def enums(self) -> tuple[FieldEnum, ...]:
        """Enumerations of this block's own registers, in order, each once."""
        found: dict[str, FieldEnum] = {}
        for register in self.registers:
            if register.inherited_from is None:
                for field in register.fields:
                    if field.enum is not None:
                        found[field.enum.name] = field.enum
        return tuple(found.values())

    def wide_pairs(self) -> tuple[tuple[Register, Register], ...]:
        """All (NAME_LO, NAME_HI)."""
        return tuple(
            (low, self.register(f"{low.base_name}_HI"))
            for low in self.registers
            if low.name.endswith("_LO") and self.has(f"{low.base_name}_HI")
        )


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _access(field: FieldNode) -> Access:
    software = field.get_property("sw")
    on_write = field.get_property("onwrite")
    pulse = field.get_property("singlepulse")
    if field.get_property("onread") is None:
        if pulse and software == AccessType.w and on_write is None:
            return Access.PULSE
        if on_write == OnWriteType.woclr and software == AccessType.rw and not pulse:
            return Access.WRITE_ONE_TO_CLEAR
        plain = {AccessType.rw: Access.READ_WRITE, AccessType.r: Access.READ_ONLY, AccessType.w: Access.WRITE_ONLY}
        if on_write is None and not pulse and software in plain:
            return plain[software]
    raise RegisterError(
        f"{field.get_path()}: access sw={software.name}, onwrite={on_write}, singlepulse={pulse} is not supported; "
        "one of rw, r, w, rw with onwrite=woclr, w with singlepulse is"
    )


def _field(node: FieldNode) -> Field:
    encode = node.get_property("encode")
    enum = None
    if encode is not None:
        enum = FieldEnum(
            encode.type_name,
            tuple(EnumMember(m.name, int(m.value), _one_line(m.rdl_desc)) for m in encode),
        )
    reset = node.get_property("reset")
    if not isinstance(reset, int):
        raise RegisterError(f"{node.get_path()}: reset value missing; every bit of state has one")
    return Field(
        name=node.inst_name,
        lsb=node.lsb,
        width=node.width,
        access=_access(node),
        reset=reset,
        twos_complement=bool(node.get_property("twos_complement", default=False)),
        enum=enum,
        constant=node.get_property("sw") == AccessType.r and node.get_property("hw") == AccessType.na,
        description=_one_line(node.get_property("desc")),
    )


def _rule_name(node: RegNode, name: str, default: str) -> str:
    value = node.get_property(name, default=None)
    return default if value is None else value.name


def _register(node: RegNode, inherited_from: str | None) -> Register:
    path = node.get_path()
    if node.get_property("regwidth") != WORD_BYTES * 8:
        raise RegisterError(f"{path}: registers are 32 bits wide; 64-bit values are NAME_LO and NAME_HI")
    if node.absolute_address % WORD_BYTES or node.absolute_address >= WINDOW_BYTES:
        raise RegisterError(f"{path}: offset {node.absolute_address:#x} is not a multiple of 4 below 64 KiB")
    index = "".join(str(i) for i in node.current_idx) if node.is_array else ""
    return Register(
        name=node.inst_name + index,
        offset=node.absolute_address,
        fields=tuple(_field(field) for field in node.fields()),
        time_sync=_rule_name(node, "time_sync", "always"),
        compare=_rule_name(node, "compare", "exact"),
        shadowed=bool(node.get_property("shadowed", default=False)),
        instance_constant=bool(node.get_property("instance_constant", default=False)),
        latches_high=bool(node.get_property("latches_high", default=False)),
        inherited_from=inherited_from,
        description=_one_line(node.get_property("desc")),
    )


def _collect(node: AddrmapNode | RegfileNode, top: str, inherited_from: str | None) -> list[Register]:
    registers: list[Register] = []
    for child in node.children(unroll=True):
        if isinstance(child, RegNode):
            registers.append(_register(child, inherited_from))
        elif isinstance(child, RegfileNode):
            base = child.get_property("cpp_base", default=None)
            registers += _collect(child, top, inherited_from if base in (None, top) else base)
        else:
            raise RegisterError(f"{child.get_path()}: only registers and register files are supported")
    return registers


def _check(block: Block) -> None:
    seen: dict[str, int] = {}
    for register in block.registers:
        if register.name in seen:
            raise RegisterError(
                f"{block.name}: two registers are called {register.name} (at {seen[register.name]:#x} and "
                f"{register.offset:#x}); names are unique in a block"
            )
        seen[register.name] = register.offset
        if register.latches_high and not (register.name.endswith("_LO") and block.has(f"{register.base_name}_HI")):
            raise RegisterError(f"{block.name}.{register.name}: latches_high belongs on NAME_LO beside NAME_HI")
        for field in register.fields:
            if register.shadowed and field.access != Access.READ_WRITE:
                raise RegisterError(f"{block.name}.{register.name}.{field.name}: shadowed fields are sw=rw")


def _shared(compiler: RDLCompiler, block: Block, name: str) -> Block:
    """The addrmap that the block shares hardware with: every register of it is the block's, too."""
    shared = _read(compiler, name)
    for register in shared.registers:
        found = next((r.offset for r in block.registers if r.name == register.name), None)
        if found != register.offset:
            place = "is missing" if found is None else f"is at {found:#x}"
            raise RegisterError(
                f"{block.name}: register {register.name} {place}; rtl_shared = {name} has it at {register.offset:#x}"
            )
    return shared


def _read(compiler: RDLCompiler, top: str) -> Block:
    node = compiler.elaborate(top_def_name=top).top
    registers = sorted(_collect(node, top, None), key=lambda register: register.offset)
    bases = sorted({register.inherited_from for register in registers if register.inherited_from})
    if len(bases) > 1:
        raise RegisterError(f"{top}: registers from more than one cpp_base: {', '.join(bases)}")
    title = _one_line(node.get_property("name"))
    block = Block(top, title if title != top else f"Registers of {top}", tuple(registers), bases[0] if bases else None)
    _check(block)
    shared = node.get_property("rtl_shared", default=None)
    return block if shared is None else replace(block, rtl_shared=_shared(compiler, block, shared))


def read_block(rdl: Path, top: str, include: list[Path]) -> Block:
    """Registers of addrmap ``top`` in ``rdl``. Raises RegisterError or systemrdl.RDLCompileError."""
    compiler = RDLCompiler()
    compiler.compile_file(str(rdl), incl_search_paths=[str(path) for path in include])
    return _read(compiler, top)
