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
  Dwarf_CFI* frames = nullptr;     ///< .debug_frame, belongs to `dwarf`
  Dwarf_CFI* eh_frames = nullptr;  ///< .eh_frame
  ~Debug() {
    if (eh_frames != nullptr) dwarf_cfi_end(eh_frames);
    if (dwarf != nullptr) dwarf_end(dwarf);
    if (elf != nullptr) elf_end(elf);
  }
};

}  // namespace ganglion
