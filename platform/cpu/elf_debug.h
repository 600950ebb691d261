#pragma once

#include <elfutils/libdw.h>
#include <gelf.h>

#include "platform/cpu/elf_image.h"

namespace ganglion {

/// The file's bytes with libelf's and libdw's views of them.
struct ElfImage::Debug {
  std::vector<char> bytes;
  Elf* elf = nullptr;
  Dwarf* dwarf = nullptr;
  ~Debug() {
    if (dwarf != nullptr) dwarf_end(dwarf);
    if (elf != nullptr) elf_end(elf);
  }
};

}  // namespace ganglion
