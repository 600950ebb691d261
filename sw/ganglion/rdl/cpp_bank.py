"""C++ register bank: a class with one typed member per register and a plain Config of the shadowed ones.

The bank derives from ganglion::RegisterBank (platform/kernel/register_bank.h), or from the generated bank
that a register file names as cpp_base, so that code for the common registers is written once.
"""

from ganglion.rdl.model import Access, Block, Field, FieldEnum, Register, RegisterError

_ACCESS = {
    Access.READ_WRITE: "kReadWrite",
    Access.READ_ONLY: "kReadOnly",
    Access.WRITE_ONLY: "kWriteOnly",
    Access.WRITE_ONE_TO_CLEAR: "kWriteOneToClear",
    Access.PULSE: "kPulse",
}
_KEYWORDS_TEXT = (
    "alignas alignof and asm auto bool break case catch char class compl concept const continue decltype default "
    "delete do double else enum explicit export extern false float for friend goto if inline int long mutable "
    "namespace new not operator or private protected public register requires return short signed sizeof static "
    "struct switch template this throw true try typedef typename union unsigned using virtual void volatile while "
    "xor"
)
_KEYWORDS = frozenset(_KEYWORDS_TEXT.split())
# Members of RegisterBank and Register that a generated name must not hide.
_BANK_MEMBERS = frozenset(
    ("name", "read", "write", "peek", "reset", "registers", "find", "shadow", "state", "set_wide", "wide", "decode")
)
_REGISTER_MEMBERS = frozenset(
    (
        "raw",
        "set_raw",
        "info",
        "on_read",
        "on_write",
        "reset",
        "reset_value",
        "set_reset_value",
        "set_field",
        "latch_into",
    )
)


def camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:].lower() for part in name.split("_"))


def snake(name: str, taken: frozenset[str] = frozenset()) -> str:
    lower = name.lower()
    return lower + "_" if lower in _KEYWORDS or lower in taken else lower


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _field_type(field: Field) -> str:
    if field.enum is not None:
        return camel(field.enum.name)
    if field.width == 1:
        return "bool"
    return "int32_t" if field.twos_complement else "uint32_t"


def _decoded(field: Field, raw: str) -> str:
    """Expression of the field's type from the register's bits in `raw`."""
    value = f"({raw} & 0x{field.mask:x}u) >> {field.lsb}u"
    if field.twos_complement and field.width > 1 and field.enum is None:
        up = 32 - field.lsb - field.width
        return f"static_cast<int32_t>({raw} << {up}u) >> {32 - field.width}u"
    if field.enum is not None:
        return f"static_cast<{camel(field.enum.name)}>({value})"
    return f"({raw} & 0x{field.mask:x}u) != 0" if field.width == 1 else value


def _enum(enum: FieldEnum) -> list[str]:
    lines = [f"enum class {camel(enum.name)} : uint32_t {{"]
    for member in enum.members:
        comment = f"  ///< {member.description}" if member.description else ""
        lines.append(f"  k{camel(member.name)} = {member.value},{comment}")
    lines += ["};", f"inline constexpr NamedValue k{camel(enum.name)}Values[] = {{"]
    lines += [f"    {{{_literal(member.name)}, {member.value}}}," for member in enum.members]
    return [*lines, "};", ""]


def _info(register: Register) -> list[str]:
    name = camel(register.name)
    lines = [f"inline constexpr FieldInfo k{name}Fields[] = {{"]
    for f in register.fields:
        access = f"FieldAccess::{_ACCESS[f.access]}"
        values = f", k{camel(f.enum.name)}Values" if f.enum is not None else ""
        lines.append(f"    {{{_literal(f.name)}, {f.lsb}, {f.width}, {access}, 0x{f.reset:x}u{values}}},")
    lines.append("};")
    lines.append(
        f"inline constexpr RegisterInfo k{name}{{{_literal(register.name)}, 0x{register.offset:03x}, k{name}Fields, "
        f"TimeSync::k{camel(register.time_sync)}, Comparison::k{camel(register.compare)}, "
        f"{_boolean(register.shadowed)}, {_boolean(register.instance_constant)}}};"
    )
    return lines


def _register_type(register: Register) -> list[str]:
    lines = [f"  /// {register.description}"] if register.description else []
    lines += [f"  struct {camel(register.name)}Register : Register {{", "    using Register::Register;"]
    for f in register.fields:
        kind = _field_type(f)
        if f.description:
            lines.append(f"    /// {f.description}")
        lines.append(
            f"    [[nodiscard]] {kind} {snake(f.name, _REGISTER_MEMBERS)}() const {{ return {_decoded(f, 'raw()')}; }}"
        )
        lines.append(
            f"    void set_{f.name.lower()}({kind} value) "
            f"{{ set_field(0x{f.mask:x}u, {f.lsb}u, static_cast<uint32_t>(value)); }}"
        )
    return [*lines, "  };"]


def _config_members(register: Register) -> list[str]:
    member = snake(register.name)
    comment = [f"    /// {register.description}"] if register.description else []
    if len(register.fields) == 1:
        return [*comment, f"    {_field_type(register.fields[0])} {member}{{}};"]
    fields = [f"      {_field_type(f)} {snake(f.name)}{{}};" for f in register.fields]
    return [*comment, f"    struct {camel(register.name)} {{", *fields, f"    }} {member};"]


def _config_decoding(index: int, register: Register) -> list[str]:
    member = f"config.{snake(register.name)}"
    raw = f"shadow[{index}]"
    if len(register.fields) == 1:
        return [f"    {member} = {_decoded(register.fields[0], raw)};"]
    return [f"    {member}.{snake(f.name)} = {_decoded(f, raw)};" for f in register.fields]


def _config(block: Block) -> list[str]:
    shadowed = [register for register in block.registers if register.shadowed]
    if any(register.inherited_from for register in shadowed):
        raise RegisterError(f"{block.name}: a register of the cpp_base cannot be shadowed")
    names = {register.name for register in shadowed}
    lines = ["  /// What START latches: the shadowed registers, decoded.", "  struct Config {"]
    for register in shadowed:
        lines += _config_members(register)
    for low, high in block.wide_pairs():
        if {low.name, high.name} <= names and len(low.fields) == 1 and len(high.fields) == 1:
            lines.append(
                f"    [[nodiscard]] uint64_t {snake(low.base_name)}() const "
                f"{{ return uint64_t{{{snake(high.name)}}} << 32u | {snake(low.name)}; }}"
            )
    lines += ["  };", "  /// `shadow` as shadow() gives it."]
    lines += ["  [[nodiscard]] static Config decode([[maybe_unused]] std::span<const uint32_t> shadow) {"]
    lines.append("    Config config;")
    for index, register in enumerate(shadowed):
        lines += _config_decoding(index, register)
    return [*lines, "    return config;", "  }"]


def _wide_accessors(block: Block) -> list[str]:
    lines = []
    for low, high in block.wide_pairs():
        if low.inherited_from is not None:
            continue
        lo, hi = snake(low.name, _BANK_MEMBERS), snake(high.name, _BANK_MEMBERS)
        name = low.base_name.lower()
        lines.append(f"  [[nodiscard]] uint64_t {name}() const {{ return wide({lo}, {hi}); }}")
        lines.append(f"  void set_{name}(uint64_t value) {{ set_wide({lo}, {hi}, value); }}")
    return lines


def generate(block: Block) -> str:
    own = [register for register in block.registers if register.inherited_from is None]
    base_include = f"{block.base}_register_bank.h" if block.base else "platform/kernel/register_bank.h"
    base_class = f"::ganglion::{block.base}::Registers" if block.base else "RegisterBank"
    lines = [f"// {block.title}. Generated by ganglion.rdl: edit the RDL instead.", "#pragma once", ""]
    lines += ["#include <cstdint>", "#include <span>", "#include <string>", "", f'#include "{base_include}"', ""]
    lines += [f"namespace ganglion::{block.name} {{", ""]
    for enum in block.enums():
        lines += _enum(enum)
    lines += ["/// Descriptions of the registers, for messages and for access by name.", "namespace register_info {"]
    for register in own:
        lines += _info(register)
    lines += ["}  // namespace register_info", ""]
    lines += [f"class Registers : public {base_class} {{", " public:"]
    for register in own:
        lines += _register_type(register)
    lines += ["", *_config(block), ""]
    lines.append(f"  explicit Registers(std::string name) : {base_class}(std::move(name)) {{")
    for register in block.registers:
        member = snake(register.name, _BANK_MEMBERS)
        if register.inherited_from is not None and register.name in ("ID", "VERSION"):
            lines.append(f"    {member}.set_reset_value(0x{register.reset:08x}u);")
        elif register.latches_high and register.inherited_from is None:
            lines.append(f"    {member}.latch_into({snake(f'{register.base_name}_HI', _BANK_MEMBERS)});")
    lines += ["  }", ""]
    for register in own:
        member = snake(register.name, _BANK_MEMBERS)
        lines.append(f"  {camel(register.name)}Register {member}{{*this, register_info::k{camel(register.name)}}};")
    lines += _wide_accessors(block)
    return "\n".join([*lines, "};", "", f"}}  // namespace ganglion::{block.name}", ""])
