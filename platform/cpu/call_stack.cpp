#include "platform/cpu/call_stack.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace ganglion {
namespace {

constexpr unsigned kRegisters = 32;
constexpr unsigned kReturnAddress = 1;
constexpr unsigned kMostFrames = 32;

struct Registers {
  std::array<uint64_t, kRegisters> value{};
};

/// The value of a location or of the CFA that `operations` describe; nullopt for forms that RISC-V code has
/// not.
std::optional<uint64_t> evaluate(const Dwarf_Op* operations, std::size_t count, const Registers& registers,
                                 std::optional<uint64_t> cfa) {
  uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Dwarf_Op& op = operations[i];
    if (op.atom >= DW_OP_breg0 && op.atom <= DW_OP_breg31) {
      value = registers.value[op.atom - DW_OP_breg0] + op.number;
    } else if (op.atom == DW_OP_bregx && op.number < kRegisters) {
      value = registers.value[op.number] + op.number2;
    } else if (op.atom == DW_OP_call_frame_cfa && cfa) {
      value = *cfa;
    } else if (op.atom == DW_OP_plus_uconst) {
      value += op.number;
    } else {
      return std::nullopt;
    }
  }
  return value;
}

std::string name_of(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  const char* const name = dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &attribute));
  return name == nullptr ? "?" : name;
}

}  // namespace

std::string SourceFrame::to_string() const {
  const std::size_t slash = file.rfind('/');
  return fmt::format("{}, {}:{} (pc {:#x})", function,
                     slash == std::string::npos ? file : file.substr(slash + 1), line, pc);
}

struct CallStack::Debug {
  int file = -1;
  Dwarf* dwarf = nullptr;
  Dwarf_CFI* frames = nullptr;     ///< .debug_frame, belongs to `dwarf`
  Dwarf_CFI* eh_frames = nullptr;  ///< .eh_frame
  ~Debug() {
    if (eh_frames != nullptr) dwarf_cfi_end(eh_frames);
    if (dwarf != nullptr) dwarf_end(dwarf);
    if (file >= 0) close(file);
  }
};

CallStack::CallStack(const std::string& elf) : debug_(std::make_unique<Debug>()) {
  debug_->file = open(elf.c_str(), O_RDONLY | O_CLOEXEC);
  if (debug_->file < 0) return;
  debug_->dwarf = dwarf_begin(debug_->file, DWARF_C_READ);
  if (debug_->dwarf == nullptr) return;
  debug_->frames = dwarf_getcfi(debug_->dwarf);
  debug_->eh_frames = dwarf_getcfi_elf(dwarf_getelf(debug_->dwarf));
}

CallStack::~CallStack() = default;

/// The functions that hold `lookup`, from the innermost inlined one to the real one.
void CallStack::add_scopes(uint64_t pc, uint64_t lookup, std::vector<SourceFrame>& out) const {
  Dwarf_Die unit;
  bool found = false;
  Dwarf_Off offset = 0;
  Dwarf_Off next = 0;
  std::size_t header = 0;
  while (!found && dwarf_nextcu(debug_->dwarf, offset, &next, &header, nullptr, nullptr, nullptr) == 0) {
    found = dwarf_offdie(debug_->dwarf, offset + header, &unit) != nullptr && dwarf_haspc(&unit, lookup) > 0;
    offset = next;
  }
  if (!found) return;
  std::string file;
  int line = 0;
  if (Dwarf_Line* const entry = dwarf_getsrc_die(&unit, lookup); entry != nullptr) {
    if (const char* name = dwarf_linesrc(entry, nullptr, nullptr)) file = name;
    (void)dwarf_lineno(entry, &line);
  }
  Dwarf_Files* files = nullptr;
  std::size_t file_count = 0;
  (void)dwarf_getsrcfiles(&unit, &files, &file_count);

  Dwarf_Die* at_pc = nullptr;
  if (dwarf_getscopes(&unit, lookup, &at_pc) <= 0) return;
  Dwarf_Die* scopes = nullptr;  // of the code as it lies, not of the abstract functions
  const int count = dwarf_getscopes_die(&at_pc[0], &scopes);
  for (int i = 0; i < count; ++i) {
    const int tag = dwarf_tag(&scopes[i]);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) continue;
    out.push_back({pc, name_of(&scopes[i]), file, line});
    if (tag == DW_TAG_subprogram) break;
    Dwarf_Attribute attribute;
    Dwarf_Word number = 0;
    if (dwarf_formudata(dwarf_attr(&scopes[i], DW_AT_call_file, &attribute), &number) == 0 &&
        number < file_count) {
      if (const char* name = dwarf_filesrc(files, number, nullptr, nullptr)) file = name;
    }
    if (dwarf_formudata(dwarf_attr(&scopes[i], DW_AT_call_line, &attribute), &number) == 0)
      line = static_cast<int>(number);
  }
  std::free(scopes);
  std::free(at_pc);
}

std::vector<SourceFrame> CallStack::frames(uint64_t pc, const Register& registers, const Memory& memory,
                                           unsigned bytes) const {
  std::vector<SourceFrame> stack;
  if (debug_->dwarf == nullptr) return stack;
  Registers now;
  for (unsigned i = 1; i < kRegisters; ++i) now.value[i] = registers(i);
  for (unsigned depth = 0; depth < kMostFrames && pc != 0; ++depth) {
    // A return address may be the first one behind the caller's function.
    const uint64_t lookup = depth == 0 ? pc : pc - 1;
    const std::size_t before = stack.size();
    add_scopes(pc, lookup, stack);
    if (stack.size() == before) break;

    Dwarf_Frame* frame = nullptr;
    if ((debug_->frames == nullptr || dwarf_cfi_addrframe(debug_->frames, lookup, &frame) != 0) &&
        (debug_->eh_frames == nullptr || dwarf_cfi_addrframe(debug_->eh_frames, lookup, &frame) != 0)) {
      break;
    }
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    std::optional<uint64_t> cfa;
    if (dwarf_frame_cfa(frame, &operations, &count) == 0)
      cfa = evaluate(operations, count, now, std::nullopt);
    Registers caller = now;
    for (unsigned i = 1; i < kRegisters && cfa; ++i) {
      std::array<Dwarf_Op, 3> place{};
      if (dwarf_frame_register(frame, static_cast<int>(i), place.data(), &operations, &count) != 0) continue;
      if (operations == nullptr || count == 0) continue;  // as it is, or unknown
      const auto address = evaluate(operations, count, now, cfa);
      uint64_t value = 0;
      if (address && memory(*address, &value, bytes)) caller.value[i] = value;
    }
    std::free(frame);
    if (!cfa) break;
    constexpr unsigned kStackPointer = 2;
    caller.value[kStackPointer] = *cfa;
    const uint64_t return_address = caller.value[kReturnAddress];
    if (return_address == pc && *cfa == now.value[kStackPointer]) break;
    pc = return_address;
    now = caller;
  }
  return stack;
}

const SourceFrame* application_frame(const std::vector<SourceFrame>& frames) {
  for (const SourceFrame& frame : frames) {
    if (frame.file.find("/driver/") == std::string::npos && !frame.file.ends_with("_regs.h") &&
        !frame.file.ends_with("/mmio.h")) {
      return &frame;
    }
  }
  return frames.empty() ? nullptr : &frames.front();
}

}  // namespace ganglion
