// Source lines and functions of addresses (DWARF 5, sections 3.3 and 6.2).
#include <dwarf.h>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>

#include "platform/cpu/elf_debug.h"

namespace ganglion {
namespace {

struct Free {
  void operator()(Dwarf_Die* dies) const { std::free(dies); }  // NOLINT: libdw says so
};
using Scopes = std::unique_ptr<Dwarf_Die, Free>;

std::string name_of(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  const char* const name = dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &attribute));
  return name == nullptr ? "?" : name;
}

std::string base_name(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? file : file.substr(slash + 1);
}

/// The compilation unit that holds `pc`. Not dwarf_addrdie: it needs .debug_aranges of every unit, and
/// compilers leave that out.
std::optional<Dwarf_Die> unit_at(Dwarf* dwarf, uint64_t pc) {
  Dwarf_Off offset = 0;
  Dwarf_Off next = 0;
  std::size_t header_bytes = 0;
  while (dwarf != nullptr &&
         dwarf_nextcu(dwarf, offset, &next, &header_bytes, nullptr, nullptr, nullptr) == 0) {
    Dwarf_Die unit;
    if (dwarf_offdie(dwarf, offset + header_bytes, &unit) != nullptr && dwarf_haspc(&unit, pc) > 0)
      return unit;
    offset = next;
  }
  return std::nullopt;
}

/// The line of `pc` in the file as compiled; line 0 when it is not known.
std::pair<std::string, int> line_in(Dwarf_Die& unit, uint64_t pc) {
  Dwarf_Line* const entry = dwarf_getsrc_die(&unit, pc);
  const char* const file = entry == nullptr ? nullptr : dwarf_linesrc(entry, nullptr, nullptr);
  int line = 0;
  if (file == nullptr || dwarf_lineno(entry, &line) != 0) return {};
  return {file, line};
}

}  // namespace

std::string SourceFrame::to_string() const {
  return fmt::format("{}, {}:{} (pc {:#x})", function, base_name(file), line, pc);
}

std::string ElfImage::line_at(uint64_t pc) const {
  std::optional<Dwarf_Die> unit = unit_at(debug_->dwarf, pc);
  if (!unit) return {};
  const auto [file, line] = line_in(*unit, pc);
  return file.empty() ? std::string() : fmt::format("{}:{}", base_name(file), line);
}

void ElfImage::add_source_frames(uint64_t pc, std::vector<SourceFrame>& frames) const {
  std::optional<Dwarf_Die> unit = unit_at(debug_->dwarf, pc);
  if (!unit) return;
  auto [file, line] = line_in(*unit, pc);
  Dwarf_Files* files = nullptr;
  std::size_t file_count = 0;
  (void)dwarf_getsrcfiles(&*unit, &files, &file_count);

  Dwarf_Die* found = nullptr;
  if (dwarf_getscopes(&*unit, pc, &found) <= 0) return;
  const Scopes at_pc(found);
  const int count =
      dwarf_getscopes_die(found, &found);  // of the code as it lies, not of the abstract functions
  const Scopes scopes(count > 0 ? found : nullptr);
  for (int i = 0; i < count; ++i) {
    Dwarf_Die* const scope = scopes.get() + i;
    const int tag = dwarf_tag(scope);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) continue;
    frames.push_back({pc, name_of(scope), file, line});
    if (tag == DW_TAG_subprogram) break;
    Dwarf_Attribute attribute;
    Dwarf_Word number = 0;
    if (dwarf_formudata(dwarf_attr(scope, DW_AT_call_file, &attribute), &number) == 0 &&
        number < file_count) {
      if (const char* name = dwarf_filesrc(files, number, nullptr, nullptr)) file = name;
    }
    if (dwarf_formudata(dwarf_attr(scope, DW_AT_call_line, &attribute), &number) == 0)
      line = static_cast<int>(number);
  }
}

std::vector<SourceFrame> ElfImage::source_frames(const std::vector<uint64_t>& call_stack) const {
  std::vector<SourceFrame> frames;
  for (const uint64_t pc : call_stack) add_source_frames(pc, frames);
  return frames;
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
