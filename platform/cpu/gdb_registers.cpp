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

unsigned gdb_float_bits(const HartCore& core) {
  constexpr unsigned kMisa = 0x301;
  const uint64_t misa = core.csr(kMisa).value_or(0);
  const auto has = [misa](char letter) { return (misa >> (letter - 'A') & 1) != 0; };
  return has('D') ? 64 : has('F') ? 32 : 0;
}

std::string gdb_description(const HartCore& core) {
  const int xlen = core.xlen();
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
  xml += "</feature>\n";
  if (const unsigned bits = gdb_float_bits(core); bits != 0) {
    xml += "<feature name=\"org.gnu.gdb.riscv.fpu\">\n";
    if (bits == 64)
      xml +=
          "<union id=\"riscv_double\"><field name=\"float\" type=\"ieee_single\"/>"
          "<field name=\"double\" type=\"ieee_double\"/></union>\n";
    for (unsigned i = 0; i < 32; ++i)
      reg(register_name(kFirstFloatRegister + i), kGdbFirstFloat + i, bits,
          bits == 64 ? " type=\"riscv_double\"" : " type=\"ieee_single\"");
    xml += "</feature>\n";
  }
  xml += "<feature name=\"org.gnu.gdb.riscv.virtual\">\n";
  reg("priv", kGdbPrivilege, static_cast<unsigned>(xlen),
      " type=\"int\" group=\"system\" save-restore=\"no\"");
  xml += "</feature>\n<feature name=\"org.gnu.gdb.riscv.csr\">\n";
  for (const GdbRegister& csr : gdb_csrs(core))
    reg(csr.name, csr.number, csr.bits, " type=\"int\" group=\"system\" save-restore=\"no\"");
  xml += "</feature>\n</target>\n";
  return xml;
}

}  // namespace ganglion
