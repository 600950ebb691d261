#include "platform/cpu/elf_image.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "platform/cpu/elf_debug.h"

namespace ganglion {

namespace {

[[noreturn]] void refuse(const SourceLocation& where, const std::string& path, const std::string& reason,
                         const std::string& remedy) {
  throw ConfigError({where, fmt::format("ELF file {}: {}", path, reason), "a RISC-V executable", remedy});
}

}  // namespace

ElfImage::ElfImage() : debug_(std::make_unique<Debug>()) {}
ElfImage::ElfImage(ElfImage&&) noexcept = default;
ElfImage& ElfImage::operator=(ElfImage&&) noexcept = default;
ElfImage::~ElfImage() = default;

ElfImage ElfImage::load(const std::string& path, int expected_xlen, const SourceLocation& where) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    refuse(where, path, fmt::format("cannot be opened ({})", std::strerror(errno)), "check the path");
  ElfImage image;
  image.path_ = path;
  std::vector<char>& bytes = image.debug_->bytes;
  bytes.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  if (!file && !file.eof()) refuse(where, path, "cannot be read (is it a directory?)", "check the path");

  if (bytes.size() < SELFMAG || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0)
    refuse(where, path, "is not an ELF file (its first bytes are not 7f 45 4c 46)",
           "give the linked firmware, not a binary image");
  const std::string truncated = fmt::format("is truncated: it ends after {} bytes", bytes.size());
  const std::string build_again = "build or copy it again";
  elf_version(EV_CURRENT);
  if (bytes.size() < EI_NIDENT) refuse(where, path, truncated, build_again);
  image.debug_->elf = elf_memory(bytes.data(), bytes.size());
  GElf_Ehdr header;
  if (image.debug_->elf == nullptr || gelf_getehdr(image.debug_->elf, &header) == nullptr)
    refuse(where, path, truncated, build_again);
  if (header.e_ident[EI_DATA] != ELFDATA2LSB)
    refuse(where, path, "is big endian", "compile for little endian RISC-V");
  if (header.e_machine != EM_RISCV)
    refuse(where, path, fmt::format("is for another machine (e_machine {})", header.e_machine),
           "compile with riscv64-unknown-elf-gcc");
  if (header.e_type != ET_EXEC)
    refuse(where, path,
           "is not a statically linked executable (e_type " + std::to_string(header.e_type) + ")",
           "link it, without -r, -shared or -pie");
  image.xlen_ = header.e_ident[EI_CLASS] == ELFCLASS32 ? 32 : 64;
  if (expected_xlen != 0 && image.xlen_ != expected_xlen)
    refuse(where, path, fmt::format("is for RV{}, the hart is RV{}", image.xlen_, expected_xlen),
           "compile for the hart's XLEN or choose another isa");
  image.entry_ = header.e_entry;

  // What follows the segments (symbols, lines, section headers) is cut off first.
  if (header.e_shoff > bytes.size() ||
      std::size_t{header.e_shnum} * header.e_shentsize > bytes.size() - header.e_shoff)
    refuse(where, path, truncated + ", before its section headers", build_again);
  const std::size_t count = header.e_phnum;
  if (header.e_phoff > bytes.size() || count * header.e_phentsize > bytes.size() - header.e_phoff)
    refuse(where, path, truncated + ", inside its program headers", build_again);
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(image.debug_->elf, static_cast<int>(i), &segment) == nullptr)
      refuse(where, path, truncated, build_again);
    if (segment.p_type != PT_LOAD || segment.p_memsz == 0) continue;
    if (segment.p_filesz > bytes.size() || segment.p_offset > bytes.size() - segment.p_filesz)
      refuse(where, path,
             fmt::format("{}, segment {} needs {}", truncated, i, segment.p_offset + segment.p_filesz),
             build_again);
    if (segment.p_filesz > segment.p_memsz)
      refuse(where, path, fmt::format("segment {} is larger in the file than in memory", i), build_again);
    Segment loaded;
    loaded.address = segment.p_paddr;
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(segment.p_offset);
    loaded.data.assign(begin, begin + static_cast<std::ptrdiff_t>(segment.p_filesz));
    loaded.memory_bytes = segment.p_memsz;
    image.segments_.push_back(std::move(loaded));
  }
  if (image.segments_.empty())
    refuse(where, path, "has nothing to load", "link it with a linker script that places .text");
  image.read_symbols();
  image.debug_->dwarf = dwarf_begin_elf(image.debug_->elf, DWARF_C_READ, nullptr);
  if (image.debug_->dwarf != nullptr) image.debug_->frames = dwarf_getcfi(image.debug_->dwarf);
  image.debug_->eh_frames = dwarf_getcfi_elf(image.debug_->elf);
  return image;
}

void ElfImage::read_symbols() {
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(debug_->elf, section)) != nullptr) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_SYMTAB || header.sh_entsize == 0)
      continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (data == nullptr) continue;
    for (std::size_t i = 0; i < header.sh_size / header.sh_entsize; ++i) {
      GElf_Sym symbol;
      if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) break;
      const int type = GELF_ST_TYPE(symbol.st_info);
      const char* name = elf_strptr(debug_->elf, header.sh_link, symbol.st_name);
      if (name == nullptr || *name == '\0' || symbol.st_shndx == SHN_UNDEF || type == STT_FILE ||
          type == STT_SECTION)
        continue;
      addresses_.emplace(name, symbol.st_value);
      // Mapping symbols ($x, $d) and absolute ones name no place; a function beats a label at its address.
      if (name[0] == '$' || name[0] == '.' || symbol.st_shndx == SHN_ABS) continue;
      if (type == STT_FUNC) {
        if (symbol.st_size != 0)
          functions_[symbol.st_value] = {name, symbol.st_value, symbol.st_value + symbol.st_size};
        symbols_[symbol.st_value] = {name, symbol.st_size};
      } else {
        symbols_.emplace(symbol.st_value, Symbol{name, symbol.st_size});
      }
    }
  }
}

std::optional<uint64_t> ElfImage::symbol(const std::string& name) const {
  const auto found = addresses_.find(name);
  return found == addresses_.end() ? std::nullopt : std::optional<uint64_t>(found->second);
}

bool ElfImage::is_loaded(uint64_t address) const {
  return std::any_of(segments_.begin(), segments_.end(), [address](const Segment& segment) {
    return address >= segment.address && address - segment.address < segment.memory_bytes;
  });
}

auto ElfImage::function_at(uint64_t pc) const -> std::optional<Function> {
  auto function = functions_.upper_bound(pc);
  if (function != functions_.begin() && (--function)->second.contains(pc)) return function->second;
  const auto next = symbols_.upper_bound(pc);
  if (!is_loaded(pc) || next == symbols_.begin()) return std::nullopt;
  const auto label = std::prev(next);
  if (label->second.size != 0 && pc - label->first >= label->second.size) return std::nullopt;
  return Function{label->second.name, label->first, next == symbols_.end() ? ~uint64_t{0} : next->first};
}

auto ElfImage::function_named(const std::string& name) const -> std::optional<Function> {
  const auto address = symbol(name);
  return address ? function_at(*address) : std::nullopt;
}

std::vector<std::string> ElfImage::function_names() const {
  std::vector<std::string> names;
  for (const auto& [address, function] : functions_) names.push_back(function.name);
  return names;
}

std::string ElfImage::symbol_at(uint64_t pc) const {
  const bool inside = is_loaded(pc);
  auto found = symbols_.upper_bound(pc);
  if (!inside || found == symbols_.begin()) return {};
  --found;
  const uint64_t offset = pc - found->first;
  if (found->second.size != 0 && offset >= found->second.size) return {};
  return offset == 0 ? found->second.name : fmt::format("{}+{:#x}", found->second.name, offset);
}

std::string ElfImage::describe(uint64_t pc) const {
  std::string symbol = symbol_at(pc);
  const std::string line = line_at(pc);
  if (line.empty()) return symbol;
  return symbol.empty() ? fmt::format("({})", line) : fmt::format("{} ({})", symbol, line);
}

}  // namespace ganglion
