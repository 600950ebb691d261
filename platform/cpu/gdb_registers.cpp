#include "platform/cpu/gdb_registers.h"

#include <fmt/format.h>

#include <iterator>

#include "platform/cpu/csr_names.h"
#include "platform/cpu/isa.h"

namespace ganglion {
std::vector<GdbRegister> gdb_csrs(const HartCore& core) {
  std::vector<GdbRegister> found;
  for (const CsrName& csr : csr_names()) {
    if (core.csr(csr.number))
      found.push_back({std::string(csr.name), kGdbFirstCsr + csr.number, static_cast<unsigned>(core.xlen())});
  }
  return found;
}

std::string gdb_description(int xlen, const std::vector<GdbRegister>& csrs) {
  std::string xml = fmt::format(
      "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target version=\"1.0\">\n"
      "<architecture>riscv:rv{}</architecture>\n<osabi>none</osabi>\n"
      "<feature name=\"org.gnu.gdb.riscv.cpu\">\n",
      xlen);
  auto out = std::back_inserter(xml);
  const auto reg = [&](std::string_view name, unsigned number, unsigned bits, std::string_view more) {
    fmt::format_to(out, "<reg name=\"{}\" bitsize=\"{}\" regnum=\"{}\"{}/>\n", name, bits, number, more);
  };
  for (unsigned i = 0; i < 32; ++i) {
    const bool address = i == 2;
    reg(register_name(i), i, static_cast<unsigned>(xlen),
        address  ? " type=\"data_ptr\""
        : i == 1 ? " type=\"code_ptr\""
                 : " type=\"int\"");
  }
  reg("pc", kGdbPc, static_cast<unsigned>(xlen), " type=\"code_ptr\"");
  xml += "</feature>\n<feature name=\"org.gnu.gdb.riscv.csr\">\n";
  for (const GdbRegister& csr : csrs)
    reg(csr.name, csr.number, csr.bits, " type=\"int\" group=\"system\" save-restore=\"no\"");
  xml += "</feature>\n</target>\n";
  return xml;
}

}  // namespace ganglion
