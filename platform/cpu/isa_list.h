#pragma once

#include "platform/cpu/isa_list_float.h"

// The one list of instructions: decoder, disassembler, interpreter, timing and trace are generated from it.
// Encodings: The RISC-V Instruction Set Manual, Volume I, version 20191213, chapter 24, and Volume II,
// version 20211203 (xRET, WFI); RISC-V Integer Conditional Operations (Zicond), version 1.0.
//
// X(Name, mnemonic, match, mask, Format, Class, Width, Extension): a word w is `Name` when (w & mask) ==
// match; Width kAny exists in RV32 and RV64, k32 and k64 in one of them.
// clang-format off
#define GANGLION_RISCV_INSTRUCTIONS(X)                                        \
  X(Lui,        "lui",       0x00000037, 0x0000007f, kUpper,   kAlu,    kAny, kI)        \
  X(Auipc,      "auipc",     0x00000017, 0x0000007f, kUpper,   kAlu,    kAny, kI)        \
  X(Jal,        "jal",       0x0000006f, 0x0000007f, kJump,    kJump,   kAny, kI)        \
  X(Jalr,       "jalr",      0x00000067, 0x0000707f, kLoad,    kJump,   kAny, kI)        \
  X(Beq,        "beq",       0x00000063, 0x0000707f, kBranch,  kBranch, kAny, kI)        \
  X(Bne,        "bne",       0x00001063, 0x0000707f, kBranch,  kBranch, kAny, kI)        \
  X(Blt,        "blt",       0x00004063, 0x0000707f, kBranch,  kBranch, kAny, kI)        \
  X(Bge,        "bge",       0x00005063, 0x0000707f, kBranch,  kBranch, kAny, kI)        \
  X(Bltu,       "bltu",      0x00006063, 0x0000707f, kBranch,  kBranch, kAny, kI)        \
  X(Bgeu,       "bgeu",      0x00007063, 0x0000707f, kBranch,  kBranch, kAny, kI)        \
  X(Lb,         "lb",        0x00000003, 0x0000707f, kLoad,    kLoad,   kAny, kI)        \
  X(Lh,         "lh",        0x00001003, 0x0000707f, kLoad,    kLoad,   kAny, kI)        \
  X(Lw,         "lw",        0x00002003, 0x0000707f, kLoad,    kLoad,   kAny, kI)        \
  X(Ld,         "ld",        0x00003003, 0x0000707f, kLoad,    kLoad,   k64,  kI)        \
  X(Lbu,        "lbu",       0x00004003, 0x0000707f, kLoad,    kLoad,   kAny, kI)        \
  X(Lhu,        "lhu",       0x00005003, 0x0000707f, kLoad,    kLoad,   kAny, kI)        \
  X(Lwu,        "lwu",       0x00006003, 0x0000707f, kLoad,    kLoad,   k64,  kI)        \
  X(Sb,         "sb",        0x00000023, 0x0000707f, kStore,   kStore,  kAny, kI)        \
  X(Sh,         "sh",        0x00001023, 0x0000707f, kStore,   kStore,  kAny, kI)        \
  X(Sw,         "sw",        0x00002023, 0x0000707f, kStore,   kStore,  kAny, kI)        \
  X(Sd,         "sd",        0x00003023, 0x0000707f, kStore,   kStore,  k64,  kI)        \
  X(Addi,       "addi",      0x00000013, 0x0000707f, kImm,     kAlu,    kAny, kI)        \
  X(Slti,       "slti",      0x00002013, 0x0000707f, kImm,     kAlu,    kAny, kI)        \
  X(Sltiu,      "sltiu",     0x00003013, 0x0000707f, kImm,     kAlu,    kAny, kI)        \
  X(Xori,       "xori",      0x00004013, 0x0000707f, kImm,     kAlu,    kAny, kI)        \
  X(Ori,        "ori",       0x00006013, 0x0000707f, kImm,     kAlu,    kAny, kI)        \
  X(Andi,       "andi",      0x00007013, 0x0000707f, kImm,     kAlu,    kAny, kI)        \
  X(Slli,       "slli",      0x00001013, 0xfc00707f, kShift,   kAlu,    kAny, kI)        \
  X(Srli,       "srli",      0x00005013, 0xfc00707f, kShift,   kAlu,    kAny, kI)        \
  X(Srai,       "srai",      0x40005013, 0xfc00707f, kShift,   kAlu,    kAny, kI)        \
  X(Add,        "add",       0x00000033, 0xfe00707f, kReg,     kAlu,    kAny, kI)        \
  X(Sub,        "sub",       0x40000033, 0xfe00707f, kReg,     kAlu,    kAny, kI)        \
  X(Sll,        "sll",       0x00001033, 0xfe00707f, kReg,     kAlu,    kAny, kI)        \
  X(Slt,        "slt",       0x00002033, 0xfe00707f, kReg,     kAlu,    kAny, kI)        \
  X(Sltu,       "sltu",      0x00003033, 0xfe00707f, kReg,     kAlu,    kAny, kI)        \
  X(Xor,        "xor",       0x00004033, 0xfe00707f, kReg,     kAlu,    kAny, kI)        \
  X(Srl,        "srl",       0x00005033, 0xfe00707f, kReg,     kAlu,    kAny, kI)        \
  X(Sra,        "sra",       0x40005033, 0xfe00707f, kReg,     kAlu,    kAny, kI)        \
  X(Or,         "or",        0x00006033, 0xfe00707f, kReg,     kAlu,    kAny, kI)        \
  X(And,        "and",       0x00007033, 0xfe00707f, kReg,     kAlu,    kAny, kI)        \
  X(Addiw,      "addiw",     0x0000001b, 0x0000707f, kImm,     kAlu,    k64,  kI)        \
  X(Slliw,      "slliw",     0x0000101b, 0xfe00707f, kShift,   kAlu,    k64,  kI)        \
  X(Srliw,      "srliw",     0x0000501b, 0xfe00707f, kShift,   kAlu,    k64,  kI)        \
  X(Sraiw,      "sraiw",     0x4000501b, 0xfe00707f, kShift,   kAlu,    k64,  kI)        \
  X(Addw,       "addw",      0x0000003b, 0xfe00707f, kReg,     kAlu,    k64,  kI)        \
  X(Subw,       "subw",      0x4000003b, 0xfe00707f, kReg,     kAlu,    k64,  kI)        \
  X(Sllw,       "sllw",      0x0000103b, 0xfe00707f, kReg,     kAlu,    k64,  kI)        \
  X(Srlw,       "srlw",      0x0000503b, 0xfe00707f, kReg,     kAlu,    k64,  kI)        \
  X(Sraw,       "sraw",      0x4000503b, 0xfe00707f, kReg,     kAlu,    k64,  kI)        \
  X(Mul,        "mul",       0x02000033, 0xfe00707f, kReg,     kMul,    kAny, kM)        \
  X(Mulh,       "mulh",      0x02001033, 0xfe00707f, kReg,     kMul,    kAny, kM)        \
  X(Mulhsu,     "mulhsu",    0x02002033, 0xfe00707f, kReg,     kMul,    kAny, kM)        \
  X(Mulhu,      "mulhu",     0x02003033, 0xfe00707f, kReg,     kMul,    kAny, kM)        \
  X(Div,        "div",       0x02004033, 0xfe00707f, kReg,     kDiv,    kAny, kM)        \
  X(Divu,       "divu",      0x02005033, 0xfe00707f, kReg,     kDiv,    kAny, kM)        \
  X(Rem,        "rem",       0x02006033, 0xfe00707f, kReg,     kDiv,    kAny, kM)        \
  X(Remu,       "remu",      0x02007033, 0xfe00707f, kReg,     kDiv,    kAny, kM)        \
  X(Mulw,       "mulw",      0x0200003b, 0xfe00707f, kReg,     kMul,    k64,  kM)        \
  X(Divw,       "divw",      0x0200403b, 0xfe00707f, kReg,     kDiv,    k64,  kM)        \
  X(Divuw,      "divuw",     0x0200503b, 0xfe00707f, kReg,     kDiv,    k64,  kM)        \
  X(Remw,       "remw",      0x0200603b, 0xfe00707f, kReg,     kDiv,    k64,  kM)        \
  X(Remuw,      "remuw",     0x0200703b, 0xfe00707f, kReg,     kDiv,    k64,  kM)        \
  X(Sh1add,     "sh1add",    0x20002033, 0xfe00707f, kReg,     kAlu,    kAny, kZba)      \
  X(Sh2add,     "sh2add",    0x20004033, 0xfe00707f, kReg,     kAlu,    kAny, kZba)      \
  X(Sh3add,     "sh3add",    0x20006033, 0xfe00707f, kReg,     kAlu,    kAny, kZba)      \
  X(AddUw,      "add.uw",    0x0800003b, 0xfe00707f, kReg,     kAlu,    k64,  kZba)      \
  X(Sh1addUw,   "sh1add.uw", 0x2000203b, 0xfe00707f, kReg,     kAlu,    k64,  kZba)      \
  X(Sh2addUw,   "sh2add.uw", 0x2000403b, 0xfe00707f, kReg,     kAlu,    k64,  kZba)      \
  X(Sh3addUw,   "sh3add.uw", 0x2000603b, 0xfe00707f, kReg,     kAlu,    k64,  kZba)      \
  X(SlliUw,     "slli.uw",   0x0800101b, 0xfc00707f, kShift,   kAlu,    k64,  kZba)      \
  X(Andn,       "andn",      0x40007033, 0xfe00707f, kReg,     kAlu,    kAny, kZbb)      \
  X(Orn,        "orn",       0x40006033, 0xfe00707f, kReg,     kAlu,    kAny, kZbb)      \
  X(Xnor,       "xnor",      0x40004033, 0xfe00707f, kReg,     kAlu,    kAny, kZbb)      \
  X(Max,        "max",       0x0a006033, 0xfe00707f, kReg,     kAlu,    kAny, kZbb)      \
  X(Maxu,       "maxu",      0x0a007033, 0xfe00707f, kReg,     kAlu,    kAny, kZbb)      \
  X(Min,        "min",       0x0a004033, 0xfe00707f, kReg,     kAlu,    kAny, kZbb)      \
  X(Minu,       "minu",      0x0a005033, 0xfe00707f, kReg,     kAlu,    kAny, kZbb)      \
  X(Rol,        "rol",       0x60001033, 0xfe00707f, kReg,     kAlu,    kAny, kZbb)      \
  X(Ror,        "ror",       0x60005033, 0xfe00707f, kReg,     kAlu,    kAny, kZbb)      \
  X(Rolw,       "rolw",      0x6000103b, 0xfe00707f, kReg,     kAlu,    k64,  kZbb)      \
  X(Rorw,       "rorw",      0x6000503b, 0xfe00707f, kReg,     kAlu,    k64,  kZbb)      \
  X(Rori,       "rori",      0x60005013, 0xfc00707f, kShift,   kAlu,    kAny, kZbb)      \
  X(Roriw,      "roriw",     0x6000501b, 0xfe00707f, kShift,   kAlu,    k64,  kZbb)      \
  X(Clz,        "clz",       0x60001013, 0xfff0707f, kUnary,   kAlu,    kAny, kZbb)      \
  X(Ctz,        "ctz",       0x60101013, 0xfff0707f, kUnary,   kAlu,    kAny, kZbb)      \
  X(Cpop,       "cpop",      0x60201013, 0xfff0707f, kUnary,   kAlu,    kAny, kZbb)      \
  X(SextB,      "sext.b",    0x60401013, 0xfff0707f, kUnary,   kAlu,    kAny, kZbb)      \
  X(SextH,      "sext.h",    0x60501013, 0xfff0707f, kUnary,   kAlu,    kAny, kZbb)      \
  X(Clzw,       "clzw",      0x6000101b, 0xfff0707f, kUnary,   kAlu,    k64,  kZbb)      \
  X(Ctzw,       "ctzw",      0x6010101b, 0xfff0707f, kUnary,   kAlu,    k64,  kZbb)      \
  X(Cpopw,      "cpopw",     0x6020101b, 0xfff0707f, kUnary,   kAlu,    k64,  kZbb)      \
  X(OrcB,       "orc.b",     0x28705013, 0xfff0707f, kUnary,   kAlu,    kAny, kZbb)      \
  X(Rev8,       "rev8",      0x6b805013, 0xfff0707f, kUnary,   kAlu,    k64,  kZbb)      \
  X(Rev8Rv32,   "rev8",      0x69805013, 0xfff0707f, kUnary,   kAlu,    k32,  kZbb)      \
  X(ZextH,      "zext.h",    0x0800403b, 0xfff0707f, kUnary,   kAlu,    k64,  kZbb)      \
  X(ZextHRv32,  "zext.h",    0x08004033, 0xfff0707f, kUnary,   kAlu,    k32,  kZbb)      \
  X(Bclr,       "bclr",      0x48001033, 0xfe00707f, kReg,     kAlu,    kAny, kZbs)      \
  X(Bext,       "bext",      0x48005033, 0xfe00707f, kReg,     kAlu,    kAny, kZbs)      \
  X(Binv,       "binv",      0x68001033, 0xfe00707f, kReg,     kAlu,    kAny, kZbs)      \
  X(Bset,       "bset",      0x28001033, 0xfe00707f, kReg,     kAlu,    kAny, kZbs)      \
  X(Bclri,      "bclri",     0x48001013, 0xfc00707f, kShift,   kAlu,    kAny, kZbs)      \
  X(Bexti,      "bexti",     0x48005013, 0xfc00707f, kShift,   kAlu,    kAny, kZbs)      \
  X(Binvi,      "binvi",     0x68001013, 0xfc00707f, kShift,   kAlu,    kAny, kZbs)      \
  X(Bseti,      "bseti",     0x28001013, 0xfc00707f, kShift,   kAlu,    kAny, kZbs)      \
  X(CzeroEqz,   "czero.eqz", 0x0e005033, 0xfe00707f, kReg,     kAlu,    kAny, kZicond)   \
  X(CzeroNez,   "czero.nez", 0x0e007033, 0xfe00707f, kReg,     kAlu,    kAny, kZicond)   \
  X(LrW,        "lr.w",      0x1000202f, 0xf9f0707f, kAmo,     kAmo,    kAny, kA)        \
  X(ScW,        "sc.w",      0x1800202f, 0xf800707f, kAmo,     kAmo,    kAny, kA)        \
  X(AmoswapW,   "amoswap.w", 0x0800202f, 0xf800707f, kAmo,     kAmo,    kAny, kA)        \
  X(AmoaddW,    "amoadd.w",  0x0000202f, 0xf800707f, kAmo,     kAmo,    kAny, kA)        \
  X(AmoxorW,    "amoxor.w",  0x2000202f, 0xf800707f, kAmo,     kAmo,    kAny, kA)        \
  X(AmoandW,    "amoand.w",  0x6000202f, 0xf800707f, kAmo,     kAmo,    kAny, kA)        \
  X(AmoorW,     "amoor.w",   0x4000202f, 0xf800707f, kAmo,     kAmo,    kAny, kA)        \
  X(AmominW,    "amomin.w",  0x8000202f, 0xf800707f, kAmo,     kAmo,    kAny, kA)        \
  X(AmomaxW,    "amomax.w",  0xa000202f, 0xf800707f, kAmo,     kAmo,    kAny, kA)        \
  X(AmominuW,   "amominu.w", 0xc000202f, 0xf800707f, kAmo,     kAmo,    kAny, kA)        \
  X(AmomaxuW,   "amomaxu.w", 0xe000202f, 0xf800707f, kAmo,     kAmo,    kAny, kA)        \
  X(LrD,        "lr.d",      0x1000302f, 0xf9f0707f, kAmo,     kAmo,    k64,  kA)        \
  X(ScD,        "sc.d",      0x1800302f, 0xf800707f, kAmo,     kAmo,    k64,  kA)        \
  X(AmoswapD,   "amoswap.d", 0x0800302f, 0xf800707f, kAmo,     kAmo,    k64,  kA)        \
  X(AmoaddD,    "amoadd.d",  0x0000302f, 0xf800707f, kAmo,     kAmo,    k64,  kA)        \
  X(AmoxorD,    "amoxor.d",  0x2000302f, 0xf800707f, kAmo,     kAmo,    k64,  kA)        \
  X(AmoandD,    "amoand.d",  0x6000302f, 0xf800707f, kAmo,     kAmo,    k64,  kA)        \
  X(AmoorD,     "amoor.d",   0x4000302f, 0xf800707f, kAmo,     kAmo,    k64,  kA)        \
  X(AmominD,    "amomin.d",  0x8000302f, 0xf800707f, kAmo,     kAmo,    k64,  kA)        \
  X(AmomaxD,    "amomax.d",  0xa000302f, 0xf800707f, kAmo,     kAmo,    k64,  kA)        \
  X(AmominuD,   "amominu.d", 0xc000302f, 0xf800707f, kAmo,     kAmo,    k64,  kA)        \
  X(AmomaxuD,   "amomaxu.d", 0xe000302f, 0xf800707f, kAmo,     kAmo,    k64,  kA)        \
  X(Csrrw,      "csrrw",     0x00001073, 0x0000707f, kCsr,     kCsr,    kAny, kZicsr)    \
  X(Csrrs,      "csrrs",     0x00002073, 0x0000707f, kCsr,     kCsr,    kAny, kZicsr)    \
  X(Csrrc,      "csrrc",     0x00003073, 0x0000707f, kCsr,     kCsr,    kAny, kZicsr)    \
  X(Csrrwi,     "csrrwi",    0x00005073, 0x0000707f, kCsrImm,  kCsr,    kAny, kZicsr)    \
  X(Csrrsi,     "csrrsi",    0x00006073, 0x0000707f, kCsrImm,  kCsr,    kAny, kZicsr)    \
  X(Csrrci,     "csrrci",    0x00007073, 0x0000707f, kCsrImm,  kCsr,    kAny, kZicsr)    \
  X(Fence,      "fence",     0x0000000f, 0x0000707f, kBare,    kSystem, kAny, kI)        \
  X(FenceI,     "fence.i",   0x0000100f, 0x0000707f, kBare,    kSystem, kAny, kZifencei) \
  X(Ecall,      "ecall",     0x00000073, 0xffffffff, kBare,    kSystem, kAny, kI)        \
  X(Ebreak,     "ebreak",    0x00100073, 0xffffffff, kBare,    kSystem, kAny, kI)        \
  X(Mret,       "mret",      0x30200073, 0xffffffff, kBare,    kSystem, kAny, kI)        \
  X(Sret,       "sret",      0x10200073, 0xffffffff, kBare,    kSystem, kAny, kS)        \
  X(SfenceVma,  "sfence.vma", 0x12000073, 0xfe007fff, kBare,   kSystem, kAny, kS)        \
  X(Wfi,        "wfi",       0x10500073, 0xffffffff, kBare,    kSystem, kAny, kI)        \
  GANGLION_RISCV_FLOAT_INSTRUCTIONS(X)

// Operations the translator makes out of the above; no encoding of their own.
// X(Name)
#define GANGLION_HART_DERIVED_OPERATIONS(X)                                                      \
  X(Constant)      /* rd = sign-extended immediate: lui, auipc, link addresses               */  \
  X(ConstantPool)  /* rd = constants[imm]                                                    */  \
  X(SlliAdd)       /* slli t,a,n; add t,t,b                                                  */  \
  X(SlliSrli)      /* slli t,a,n; srli t,t,m                                                 */  \
  X(AddiBne)       /* addi r,r,i; bne r,b,exit                                               */  \
  X(JumpForward)   /* direct jump forward that is not inlined: no check                      */  \
  X(JumpBackward)  /* direct jump to itself or backward: checks                              */  \
  X(FallThrough)   /* the block ends, the program goes on at the next instruction: no check  */  \
  X(Illegal)       /* no instruction: raises the exception in imm                            */  \
  X(Debug)         /* first operation of a block before which a debugger is asked             */  \
  X(Unresolved)    /* first operation of a target that was never translated                  */
// clang-format on
