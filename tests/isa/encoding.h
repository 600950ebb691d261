#pragma once

#include <cstdint>

namespace ganglion::isa_test {

// Words from operands. Source: Volume I, section 2.2 and chapter 16.
constexpr uint32_t i_type(uint32_t opcode, unsigned rd, unsigned rs1, int32_t imm) {
  return opcode | rd << 7 | rs1 << 15 | static_cast<uint32_t>(imm) << 20;
}
constexpr uint32_t s_type(uint32_t opcode, unsigned rs1, unsigned rs2, int32_t imm) {
  const auto i = static_cast<uint32_t>(imm);
  return opcode | (i & 31) << 7 | rs1 << 15 | rs2 << 20 | (i >> 5 & 0x7f) << 25;
}
constexpr uint32_t b_offset(int32_t offset) {
  const auto o = static_cast<uint32_t>(offset);
  return (o >> 12 & 1) << 31 | (o >> 5 & 0x3f) << 25 | (o >> 1 & 0xf) << 8 | (o >> 11 & 1) << 7;
}
constexpr uint32_t j_type(unsigned rd, int32_t offset) {
  const auto o = static_cast<uint32_t>(offset);
  return 0x6f | rd << 7 | (o >> 20 & 1) << 31 | (o >> 1 & 0x3ff) << 21 | (o >> 11 & 1) << 20 |
         (o >> 12 & 0xff) << 12;
}
constexpr uint16_t cb_offset(int32_t offset) {
  const auto o = static_cast<uint32_t>(offset);
  return static_cast<uint16_t>((o >> 8 & 1) << 12 | (o >> 3 & 3) << 10 | (o >> 6 & 3) << 5 |
                               (o >> 1 & 3) << 3 | (o >> 5 & 1) << 2);
}
constexpr uint32_t addi(unsigned rd, unsigned rs1, int32_t imm) { return i_type(0x13, rd, rs1, imm); }
constexpr uint32_t lui(unsigned rd, uint32_t upper) { return 0x37 | rd << 7 | (upper & 0xfffff000); }
constexpr uint32_t auipc(unsigned rd) { return 0x17 | rd << 7; }

}  // namespace ganglion::isa_test
