#include "tests/isa/program_image.h"

#include <elf.h>
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "platform/cpu/elf_image.h"
#include "platform/cpu/isa.h"
#include "tests/isa/layout.h"

namespace ganglion::isa_test {
namespace {

constexpr std::array kCsrNames = {"mstatus",
#define X(name) #name,
                                  CSR_RESULTS(X)
#undef X
};

template <class T>
T at(const Memory& memory, uint64_t address) {
  T value{};
  std::memcpy(&value, &memory.at(address - kRamBase), sizeof value);
  return value;
}
template <class T>
void put(Memory& memory, uint64_t address, T value) {
  std::memcpy(&memory.at(address - kRamBase), &value, sizeof value);
}

void put_program(ProgramImage& image, uint64_t area, const RandomProgram& program) {
  Memory& memory = image.memory;
  const uint64_t bytes = AREA_CODE + program.code.size() * 2;
  memory.resize(area - kRamBase + bytes);
  for (unsigned i = 0; i < 30; ++i) put(memory, area + AREA_INITIAL + 8 * i, program.registers[i]);
  put(memory, area + AREA_INITIAL + 8 * 30, area + AREA_SANDBOX + SANDBOX_BYTES / 2);
  put(memory, area + AREA_ENTRY, area + AREA_CODE);
  put(memory, area + AREA_MSTATUS, program.mstatus);
  put(memory, area + AREA_MCOUNTEREN, program.mcounteren);
  put(memory, area + AREA_FCSR, program.fcsr);
  for (unsigned i = 0; i < 32; ++i) put(memory, area + AREA_FLOATS_INITIAL + 8 * i, program.floats[i]);
  for (unsigned i = 0; i < FLOAT_POOL_ENTRIES; ++i)
    put(memory, area + AREA_FLOAT_POOL + 8 * i, program.float_pool[i]);
  std::memcpy(&memory[area + AREA_SANDBOX - kRamBase], program.sandbox.data(), SANDBOX_BYTES);
  std::memcpy(&memory[area + AREA_CODE - kRamBase], program.code.data(), program.code.size() * 2);
}

/// Text of the first difference in one area, "" when there is none.
std::string difference(const ProgramImage& image, unsigned program, const Memory& ours,
                       const Memory& theirs) {
  const uint64_t area = image.areas[program];
  const uint64_t end = program + 1 < image.areas.size() ? image.areas[program + 1] : image.end;
  if (std::memcmp(&ours[area - kRamBase], &theirs[area - kRamBase], end - area) == 0) return "";

  const auto differs = [&](uint64_t offset, const std::string& name) -> std::string {
    const auto mine = at<uint64_t>(ours, area + offset), other = at<uint64_t>(theirs, area + offset);
    return mine == other ? "" : fmt::format("{} is {:#x}, QEMU has {:#x}", name, mine, other);
  };
  const auto traps = std::min<uint64_t>(at<uint64_t>(ours, area + AREA_TRAP_COUNT), TRAP_LOG_ENTRIES);
  for (uint64_t i = 0; i < traps; ++i) {  // the first trap that differs is nearest to the cause
    constexpr std::array names = {"mcause", "mepc", "mtval", "mstatus"};
    for (unsigned k = 0; k < names.size(); ++k) {
      const uint64_t offset = AREA_TRAP_LOG + 32 * i + 8 * k;
      std::string text = differs(offset, fmt::format("{} of trap {} (mcause {:#x}, mepc {:#x})", names[k], i,
                                                     at<uint64_t>(ours, area + AREA_TRAP_LOG + 32 * i),
                                                     at<uint64_t>(ours, area + AREA_TRAP_LOG + 32 * i + 8)));
      if (!text.empty()) return text;
    }
  }
  if (auto text = differs(AREA_TRAP_COUNT, "the number of traps"); !text.empty()) return text;
  for (unsigned i = 0; i < 32; ++i)
    if (auto text = differs(AREA_FINAL + 8 * i, fmt::format("x{}", i)); !text.empty()) return text;
  for (unsigned i = 0; i < 32; ++i)
    if (auto text = differs(AREA_FLOATS_FINAL + 8 * i, fmt::format("f{}", i)); !text.empty()) return text;
  for (unsigned i = 0; i < kCsrNames.size(); ++i)
    if (auto text = differs(AREA_CSRS + 8 * i, kCsrNames[i]); !text.empty()) return text;
  for (uint64_t offset = 0; offset + area < end; ++offset)
    if (ours[area + offset - kRamBase] != theirs[area + offset - kRamBase])
      return differs(offset & ~uint64_t{7},
                     offset < AREA_SANDBOX ? fmt::format("harness word {:#x}", offset & ~7ull)
                     : offset < AREA_CODE ? fmt::format("sandbox word {:#x}", (offset & ~7ull) - AREA_SANDBOX)
                                          : fmt::format("code word {:#x}", (offset & ~7ull) - AREA_CODE));
  return "";
}

template <class Ehdr, class Phdr>
void write_elf_of_class(const ProgramImage& image, const std::string& path) {
  Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = image.xlen == 64 ? ELFCLASS64 : ELFCLASS32;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = EM_RISCV;
  header.e_version = EV_CURRENT;
  header.e_entry = static_cast<decltype(header.e_entry)>(image.entry);
  header.e_phoff = sizeof(Ehdr);
  header.e_ehsize = sizeof(Ehdr);
  header.e_phentsize = sizeof(Phdr);
  header.e_phnum = 1;
  header.e_shentsize = image.xlen == 64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
  Phdr segment{};
  segment.p_type = PT_LOAD;
  segment.p_flags = PF_R | PF_W | PF_X;
  segment.p_offset = 0x1000;
  segment.p_vaddr = segment.p_paddr = static_cast<decltype(segment.p_vaddr)>(kRamBase);
  segment.p_filesz = segment.p_memsz = static_cast<decltype(segment.p_filesz)>(image.memory.size());
  segment.p_align = 0x1000;
  std::vector<char> front(0x1000);
  std::memcpy(front.data(), &header, sizeof header);
  std::memcpy(front.data() + sizeof header, &segment, sizeof segment);
  std::ofstream file(path, std::ios::binary);
  file.write(front.data(), static_cast<std::streamsize>(front.size()));
  file.write(reinterpret_cast<const char*>(image.memory.data()),
             static_cast<std::streamsize>(image.memory.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace

ProgramImage make_image(const std::string& harness_elf, std::vector<ProgramRecipe> recipes) {
  const ElfImage harness = ElfImage::load(harness_elf);
  ProgramImage image;
  image.xlen = harness.xlen();
  image.entry = harness.entry();
  image.recipes = std::move(recipes);
  image.used.assign(instruction_table().size(), 0);
  image.memory.resize(FIRST_AREA - kRamBase);
  for (const ElfImage::Segment& segment : harness.segments())
    std::memcpy(&image.memory.at(segment.address - kRamBase), segment.data.data(), segment.data.size());
  uint64_t area = FIRST_AREA;
  for (const ProgramRecipe& recipe : image.recipes) {
    const RandomProgram program = make_random_program(recipe);
    put_program(image, area, program);
    image.areas.push_back(area);
    image.text_instructions += program.instructions;
    for (std::size_t i = 0; i < program.used.size(); ++i) image.used[i] += program.used[i];
    area += (AREA_CODE + program.code.size() * 2 + 4095) & ~uint64_t{4095};
    image.memory.resize(area - kRamBase);
  }
  if (image.memory.size() > kRamBytes) throw std::runtime_error("too many programs for one image");
  image.end = area;
  put<uint64_t>(image.memory, PROGRAM_TABLE, image.areas.size());
  put<uint64_t>(image.memory, PROGRAM_TABLE + 8, image.end);
  for (std::size_t i = 0; i < image.areas.size(); ++i)
    put<uint64_t>(image.memory, PROGRAM_TABLE + 16 + 8 * i, image.areas[i]);
  return image;
}

void write_elf(const ProgramImage& image, const std::string& path) {
  if (image.xlen == 64)
    write_elf_of_class<Elf64_Ehdr, Elf64_Phdr>(image, path);
  else
    write_elf_of_class<Elf32_Ehdr, Elf32_Phdr>(image, path);
}

std::vector<Mismatch> compare(const ProgramImage& image, const Memory& ours, const Memory& theirs) {
  std::vector<Mismatch> result;
  for (unsigned i = 0; i < image.recipes.size(); ++i)
    if (std::string what = difference(image, i, ours, theirs); !what.empty())
      result.push_back({i, std::move(what)});
  return result;
}

}  // namespace ganglion::isa_test
