"""Markdown table of a block's registers for its documentation."""

from ganglion.rdl.model import Block, Field, Register


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _bits(field: Field) -> str:
    high = field.lsb + field.width - 1
    return str(high) if field.width == 1 else f"{high}:{field.lsb}"


def _notes(register: Register) -> str:
    notes = []
    if register.shadowed:
        notes.append("shadowed")
    if register.instance_constant:
        notes.append("fixed when the instance is built")
    if register.latches_high:
        notes.append(f"reading latches {register.base_name}_HI")
    if register.time_sync != "always":
        notes.append(f"time_sync {register.time_sync}")
    if register.compare != "exact":
        notes.append(f"compare {register.compare}")
    return ", ".join(notes)


def generate(block: Block) -> str:
    lines = [f"# {block.title}", "", "Generated from the block's SystemRDL.", ""]
    lines += ["| offset | register | reset | rules | what it is |", "|---|---|---|---|---|"]
    for r in block.registers:
        lines.append(f"| 0x{r.offset:03x} | {r.name} | 0x{r.reset:08x} | {_notes(r)} | {_cell(r.description)} |")
    for r in block.registers:
        lines += ["", f"## {r.name} (0x{r.offset:03x})", "", "| bits | field | access | reset | what it is |"]
        lines.append("|---|---|---|---|---|")
        for f in reversed(r.fields):
            lines.append(f"| {_bits(f)} | {f.name} | {f.access.value} | 0x{f.reset:x} | {_cell(f.description)} |")
        for f in r.fields:
            if f.enum is not None:
                lines += ["", f"{f.name}:", "", "| value | name | meaning |", "|---|---|---|"]
                lines += [f"| {m.value} | {m.name} | {_cell(m.description)} |" for m in f.enum.members]
    return "\n".join(lines) + "\n"
