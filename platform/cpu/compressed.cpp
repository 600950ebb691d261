// Compressed instructions: each row says which half words it covers and which 32-bit instruction they stand
// for.
#include <array>

#include "platform/cpu/isa.h"

namespace ganglion {
namespace {

using Half = uint32_t;

// Bits high..low of `h`, moved to bit `to`.
constexpr uint32_t bits(Half h, int high, int low, int to = 0) {
  return ((h >> low) & ((1u << (high - low + 1)) - 1)) << to;
}
constexpr uint32_t sign(uint32_t value, int width) {
  return static_cast<uint32_t>(static_cast<int32_t>(value << (32 - width)) >> (32 - width));
}
constexpr uint32_t full_register(Half h, int low) { return bits(h, low + 4, low); }
constexpr uint32_t short_register(Half h, int low) { return 8 + bits(h, low + 2, low); }

constexpr uint32_t kOpImm = 0x13, kOpImm32 = 0x1b, kOp = 0x33, kOp32 = 0x3b, kLoadOp = 0x03, kStoreOp = 0x23,
                   kFloatLoadOp = 0x07, kFloatStoreBit = 0x04;

constexpr uint32_t i_type(uint32_t opcode, uint32_t funct3, uint32_t rd, uint32_t rs1, uint32_t imm) {
  return opcode | rd << 7 | funct3 << 12 | rs1 << 15 | imm << 20;
}
constexpr uint32_t r_type(uint32_t opcode, uint32_t funct3, uint32_t funct7, uint32_t rd, uint32_t rs1,
                          uint32_t rs2) {
  return opcode | rd << 7 | funct3 << 12 | rs1 << 15 | rs2 << 20 | funct7 << 25;
}
constexpr uint32_t s_type(uint32_t funct3, uint32_t rs1, uint32_t rs2, uint32_t imm) {
  return kStoreOp | (imm & 0x1f) << 7 | funct3 << 12 | rs1 << 15 | rs2 << 20 | (imm >> 5) << 25;
}
constexpr uint32_t j_type(uint32_t rd, uint32_t imm) {
  return 0x6f | rd << 7 | (imm & 0xff000) | ((imm >> 11) & 1) << 20 | ((imm >> 1) & 0x3ff) << 21 |
         ((imm >> 20) & 1) << 31;
}
constexpr uint32_t b_type(uint32_t funct3, uint32_t rs1, uint32_t imm) {
  return 0x63 | ((imm >> 11) & 1) << 7 | ((imm >> 1) & 0xf) << 8 | funct3 << 12 | rs1 << 15 |
         ((imm >> 5) & 0x3f) << 25 | ((imm >> 12) & 1) << 31;
}

uint32_t imm6(Half h) { return sign(bits(h, 12, 12, 5) | bits(h, 6, 2), 6); }
uint32_t shamt(Half h) { return bits(h, 12, 12, 5) | bits(h, 6, 2); }
uint32_t word_offset(Half h) { return bits(h, 12, 10, 3) | bits(h, 6, 6, 2) | bits(h, 5, 5, 6); }
uint32_t double_offset(Half h) { return bits(h, 12, 10, 3) | bits(h, 6, 5, 6); }
uint32_t jump_offset(Half h) {
  return sign(bits(h, 12, 12, 11) | bits(h, 11, 11, 4) | bits(h, 10, 9, 8) | bits(h, 8, 8, 10) |
                  bits(h, 7, 7, 6) | bits(h, 6, 6, 7) | bits(h, 5, 3, 1) | bits(h, 2, 2, 5),
              12);
}
uint32_t branch_offset(Half h) {
  return sign(
      bits(h, 12, 12, 8) | bits(h, 11, 10, 3) | bits(h, 6, 5, 6) | bits(h, 4, 3, 1) | bits(h, 2, 2, 5), 9);
}

enum class Only { kBoth, k32, k64 };
struct Row {
  std::string_view mnemonic;
  uint16_t match;
  uint16_t mask;
  Only xlen;
  uint32_t (*expand)(Half);  ///< 0: reserved
};

// The first row that matches decides.
constexpr std::array kRows = {
    Row{"c.addi4spn", 0x0000, 0xe003, Only::kBoth,
        [](Half h) {
          const uint32_t imm = bits(h, 12, 11, 4) | bits(h, 10, 7, 6) | bits(h, 6, 6, 2) | bits(h, 5, 5, 3);
          return imm == 0 ? 0 : i_type(kOpImm, 0, short_register(h, 2), 2, imm);
        }},
    Row{"c.lw", 0x4000, 0xe003, Only::kBoth,
        [](Half h) {
          return i_type(kLoadOp, 2, short_register(h, 2), short_register(h, 7), word_offset(h));
        }},
    Row{"c.fld", 0x2000, 0xe003, Only::kBoth,
        [](Half h) {
          return i_type(kFloatLoadOp, 3, short_register(h, 2), short_register(h, 7), double_offset(h));
        }},
    Row{"c.flw", 0x6000, 0xe003, Only::k32,
        [](Half h) {
          return i_type(kFloatLoadOp, 2, short_register(h, 2), short_register(h, 7), word_offset(h));
        }},
    Row{"c.fsd", 0xa000, 0xe003, Only::kBoth,
        [](Half h) {
          return s_type(3, short_register(h, 7), short_register(h, 2), double_offset(h)) | kFloatStoreBit;
        }},
    Row{"c.fsw", 0xe000, 0xe003, Only::k32,
        [](Half h) {
          return s_type(2, short_register(h, 7), short_register(h, 2), word_offset(h)) | kFloatStoreBit;
        }},
    Row{"c.ld", 0x6000, 0xe003, Only::k64,
        [](Half h) {
          return i_type(kLoadOp, 3, short_register(h, 2), short_register(h, 7), double_offset(h));
        }},
    Row{"c.sw", 0xc000, 0xe003, Only::kBoth,
        [](Half h) { return s_type(2, short_register(h, 7), short_register(h, 2), word_offset(h)); }},
    Row{"c.sd", 0xe000, 0xe003, Only::k64,
        [](Half h) { return s_type(3, short_register(h, 7), short_register(h, 2), double_offset(h)); }},
    Row{"c.addi", 0x0001, 0xe003, Only::kBoth,
        [](Half h) { return i_type(kOpImm, 0, full_register(h, 7), full_register(h, 7), imm6(h)); }},
    Row{"c.jal", 0x2001, 0xe003, Only::k32, [](Half h) { return j_type(1, jump_offset(h)); }},
    Row{"c.addiw", 0x2001, 0xe003, Only::k64,
        [](Half h) {
          const uint32_t rd = full_register(h, 7);
          return rd == 0 ? 0 : i_type(kOpImm32, 0, rd, rd, imm6(h));
        }},
    Row{"c.li", 0x4001, 0xe003, Only::kBoth,
        [](Half h) { return i_type(kOpImm, 0, full_register(h, 7), 0, imm6(h)); }},
    Row{"c.addi16sp", 0x6101, 0xef83, Only::kBoth,
        [](Half h) {
          const uint32_t imm = sign(
              bits(h, 12, 12, 9) | bits(h, 6, 6, 4) | bits(h, 5, 5, 6) | bits(h, 4, 3, 7) | bits(h, 2, 2, 5),
              10);
          return imm == 0 ? 0 : i_type(kOpImm, 0, 2, 2, imm);
        }},
    Row{"c.lui", 0x6001, 0xe003, Only::kBoth,
        [](Half h) {
          const uint32_t imm = imm6(h);
          return imm == 0 ? 0 : 0x37 | full_register(h, 7) << 7 | imm << 12;
        }},
    Row{"c.srli", 0x8001, 0xec03, Only::kBoth,
        [](Half h) { return i_type(kOpImm, 5, short_register(h, 7), short_register(h, 7), shamt(h)); }},
    Row{"c.srai", 0x8401, 0xec03, Only::kBoth,
        [](Half h) {
          return i_type(kOpImm, 5, short_register(h, 7), short_register(h, 7), shamt(h) | 0x400);
        }},
    Row{"c.andi", 0x8801, 0xec03, Only::kBoth,
        [](Half h) { return i_type(kOpImm, 7, short_register(h, 7), short_register(h, 7), imm6(h)); }},
    Row{"c.sub", 0x8c01, 0xfc63, Only::kBoth,
        [](Half h) {
          return r_type(kOp, 0, 0x20, short_register(h, 7), short_register(h, 7), short_register(h, 2));
        }},
    Row{"c.xor", 0x8c21, 0xfc63, Only::kBoth,
        [](Half h) {
          return r_type(kOp, 4, 0, short_register(h, 7), short_register(h, 7), short_register(h, 2));
        }},
    Row{"c.or", 0x8c41, 0xfc63, Only::kBoth,
        [](Half h) {
          return r_type(kOp, 6, 0, short_register(h, 7), short_register(h, 7), short_register(h, 2));
        }},
    Row{"c.and", 0x8c61, 0xfc63, Only::kBoth,
        [](Half h) {
          return r_type(kOp, 7, 0, short_register(h, 7), short_register(h, 7), short_register(h, 2));
        }},
    Row{"c.subw", 0x9c01, 0xfc63, Only::k64,
        [](Half h) {
          return r_type(kOp32, 0, 0x20, short_register(h, 7), short_register(h, 7), short_register(h, 2));
        }},
    Row{"c.addw", 0x9c21, 0xfc63, Only::k64,
        [](Half h) {
          return r_type(kOp32, 0, 0, short_register(h, 7), short_register(h, 7), short_register(h, 2));
        }},
    Row{"c.j", 0xa001, 0xe003, Only::kBoth, [](Half h) { return j_type(0, jump_offset(h)); }},
    Row{"c.beqz", 0xc001, 0xe003, Only::kBoth,
        [](Half h) { return b_type(0, short_register(h, 7), branch_offset(h)); }},
    Row{"c.bnez", 0xe001, 0xe003, Only::kBoth,
        [](Half h) { return b_type(1, short_register(h, 7), branch_offset(h)); }},
    Row{"c.slli", 0x0002, 0xe003, Only::kBoth,
        [](Half h) { return i_type(kOpImm, 1, full_register(h, 7), full_register(h, 7), shamt(h)); }},
    Row{"c.lwsp", 0x4002, 0xe003, Only::kBoth,
        [](Half h) {
          const uint32_t rd = full_register(h, 7);
          const uint32_t imm = bits(h, 12, 12, 5) | bits(h, 6, 4, 2) | bits(h, 3, 2, 6);
          return rd == 0 ? 0 : i_type(kLoadOp, 2, rd, 2, imm);
        }},
    Row{"c.fldsp", 0x2002, 0xe003, Only::kBoth,
        [](Half h) {
          return i_type(kFloatLoadOp, 3, full_register(h, 7), 2,
                        bits(h, 12, 12, 5) | bits(h, 6, 5, 3) | bits(h, 4, 2, 6));
        }},
    Row{"c.flwsp", 0x6002, 0xe003, Only::k32,
        [](Half h) {
          return i_type(kFloatLoadOp, 2, full_register(h, 7), 2,
                        bits(h, 12, 12, 5) | bits(h, 6, 4, 2) | bits(h, 3, 2, 6));
        }},
    Row{"c.ldsp", 0x6002, 0xe003, Only::k64,
        [](Half h) {
          const uint32_t rd = full_register(h, 7);
          const uint32_t imm = bits(h, 12, 12, 5) | bits(h, 6, 5, 3) | bits(h, 4, 2, 6);
          return rd == 0 ? 0 : i_type(kLoadOp, 3, rd, 2, imm);
        }},
    Row{"c.jr", 0x8002, 0xf07f, Only::kBoth,
        [](Half h) {
          const uint32_t rs1 = full_register(h, 7);
          return rs1 == 0 ? 0 : i_type(0x67, 0, 0, rs1, 0);
        }},
    Row{"c.mv", 0x8002, 0xf003, Only::kBoth,
        [](Half h) { return r_type(kOp, 0, 0, full_register(h, 7), 0, full_register(h, 2)); }},
    Row{"c.ebreak", 0x9002, 0xffff, Only::kBoth, [](Half) { return 0x00100073u; }},
    Row{"c.jalr", 0x9002, 0xf07f, Only::kBoth,
        [](Half h) { return i_type(0x67, 0, 1, full_register(h, 7), 0); }},
    Row{"c.add", 0x9002, 0xf003, Only::kBoth,
        [](Half h) {
          return r_type(kOp, 0, 0, full_register(h, 7), full_register(h, 7), full_register(h, 2));
        }},
    Row{"c.swsp", 0xc002, 0xe003, Only::kBoth,
        [](Half h) { return s_type(2, 2, full_register(h, 2), bits(h, 12, 9, 2) | bits(h, 8, 7, 6)); }},
    Row{"c.fsdsp", 0xa002, 0xe003, Only::kBoth,
        [](Half h) {
          return s_type(3, 2, full_register(h, 2), bits(h, 12, 10, 3) | bits(h, 9, 7, 6)) | kFloatStoreBit;
        }},
    Row{"c.fswsp", 0xe002, 0xe003, Only::k32,
        [](Half h) {
          return s_type(2, 2, full_register(h, 2), bits(h, 12, 9, 2) | bits(h, 8, 7, 6)) | kFloatStoreBit;
        }},
    Row{"c.sdsp", 0xe002, 0xe003, Only::k64,
        [](Half h) { return s_type(3, 2, full_register(h, 2), bits(h, 12, 10, 3) | bits(h, 9, 7, 6)); }},
};

}  // namespace

std::optional<uint32_t> expand_compressed(uint16_t half, int xlen) {
  for (const Row& row : kRows) {
    if ((half & row.mask) != row.match) continue;
    if ((row.xlen == Only::k32 && xlen != 32) || (row.xlen == Only::k64 && xlen != 64)) continue;
    const uint32_t word = row.expand(half);
    if (word == 0) return std::nullopt;
    return word;  // a shift by 32 or more on RV32 is refused by the decoder
  }
  return std::nullopt;
}

}  // namespace ganglion
