#pragma once

// The one list of instructions: decoder, disassembler, interpreter, timing and trace are generated from it.
// Encodings: The RISC-V Instruction Set Manual, Volume I, version 20191213, chapter 24, and Volume II,
// version 20211203 (xRET, WFI).
//
// X(Name, mnemonic, match, mask, Format, Class, Width): a word w is `Name` when (w & mask) == match;
// Width kAny exists in RV32 and RV64, k64 in RV64 only.
// clang-format off
#define GANGLION_RISCV_INSTRUCTIONS(X)                                        \
  X(Lui,     "lui",       0x00000037, 0x0000007f, kUpper,   kAlu,    kAny)    \
  X(Auipc,   "auipc",     0x00000017, 0x0000007f, kUpper,   kAlu,    kAny)    \
  X(Jal,     "jal",       0x0000006f, 0x0000007f, kJump,    kJump,   kAny)    \
  X(Jalr,    "jalr",      0x00000067, 0x0000707f, kLoad,    kJump,   kAny)    \
  X(Beq,     "beq",       0x00000063, 0x0000707f, kBranch,  kBranch, kAny)    \
  X(Bne,     "bne",       0x00001063, 0x0000707f, kBranch,  kBranch, kAny)    \
  X(Blt,     "blt",       0x00004063, 0x0000707f, kBranch,  kBranch, kAny)    \
  X(Bge,     "bge",       0x00005063, 0x0000707f, kBranch,  kBranch, kAny)    \
  X(Bltu,    "bltu",      0x00006063, 0x0000707f, kBranch,  kBranch, kAny)    \
  X(Bgeu,    "bgeu",      0x00007063, 0x0000707f, kBranch,  kBranch, kAny)    \
  X(Lb,      "lb",        0x00000003, 0x0000707f, kLoad,    kLoad,   kAny)    \
  X(Lh,      "lh",        0x00001003, 0x0000707f, kLoad,    kLoad,   kAny)    \
  X(Lw,      "lw",        0x00002003, 0x0000707f, kLoad,    kLoad,   kAny)    \
  X(Ld,      "ld",        0x00003003, 0x0000707f, kLoad,    kLoad,   k64)     \
  X(Lbu,     "lbu",       0x00004003, 0x0000707f, kLoad,    kLoad,   kAny)    \
  X(Lhu,     "lhu",       0x00005003, 0x0000707f, kLoad,    kLoad,   kAny)    \
  X(Lwu,     "lwu",       0x00006003, 0x0000707f, kLoad,    kLoad,   k64)     \
  X(Sb,      "sb",        0x00000023, 0x0000707f, kStore,   kStore,  kAny)    \
  X(Sh,      "sh",        0x00001023, 0x0000707f, kStore,   kStore,  kAny)    \
  X(Sw,      "sw",        0x00002023, 0x0000707f, kStore,   kStore,  kAny)    \
  X(Sd,      "sd",        0x00003023, 0x0000707f, kStore,   kStore,  k64)     \
  X(Addi,    "addi",      0x00000013, 0x0000707f, kImm,     kAlu,    kAny)    \
  X(Slti,    "slti",      0x00002013, 0x0000707f, kImm,     kAlu,    kAny)    \
  X(Sltiu,   "sltiu",     0x00003013, 0x0000707f, kImm,     kAlu,    kAny)    \
  X(Xori,    "xori",      0x00004013, 0x0000707f, kImm,     kAlu,    kAny)    \
  X(Ori,     "ori",       0x00006013, 0x0000707f, kImm,     kAlu,    kAny)    \
  X(Andi,    "andi",      0x00007013, 0x0000707f, kImm,     kAlu,    kAny)    \
  X(Slli,    "slli",      0x00001013, 0xfc00707f, kShift,   kAlu,    kAny)    \
  X(Srli,    "srli",      0x00005013, 0xfc00707f, kShift,   kAlu,    kAny)    \
  X(Srai,    "srai",      0x40005013, 0xfc00707f, kShift,   kAlu,    kAny)    \
  X(Add,     "add",       0x00000033, 0xfe00707f, kReg,     kAlu,    kAny)    \
  X(Sub,     "sub",       0x40000033, 0xfe00707f, kReg,     kAlu,    kAny)    \
  X(Sll,     "sll",       0x00001033, 0xfe00707f, kReg,     kAlu,    kAny)    \
  X(Slt,     "slt",       0x00002033, 0xfe00707f, kReg,     kAlu,    kAny)    \
  X(Sltu,    "sltu",      0x00003033, 0xfe00707f, kReg,     kAlu,    kAny)    \
  X(Xor,     "xor",       0x00004033, 0xfe00707f, kReg,     kAlu,    kAny)    \
  X(Srl,     "srl",       0x00005033, 0xfe00707f, kReg,     kAlu,    kAny)    \
  X(Sra,     "sra",       0x40005033, 0xfe00707f, kReg,     kAlu,    kAny)    \
  X(Or,      "or",        0x00006033, 0xfe00707f, kReg,     kAlu,    kAny)    \
  X(And,     "and",       0x00007033, 0xfe00707f, kReg,     kAlu,    kAny)    \
  X(Addiw,   "addiw",     0x0000001b, 0x0000707f, kImm,     kAlu,    k64)     \
  X(Slliw,   "slliw",     0x0000101b, 0xfe00707f, kShift,   kAlu,    k64)     \
  X(Srliw,   "srliw",     0x0000501b, 0xfe00707f, kShift,   kAlu,    k64)     \
  X(Sraiw,   "sraiw",     0x4000501b, 0xfe00707f, kShift,   kAlu,    k64)     \
  X(Addw,    "addw",      0x0000003b, 0xfe00707f, kReg,     kAlu,    k64)     \
  X(Subw,    "subw",      0x4000003b, 0xfe00707f, kReg,     kAlu,    k64)     \
  X(Sllw,    "sllw",      0x0000103b, 0xfe00707f, kReg,     kAlu,    k64)     \
  X(Srlw,    "srlw",      0x0000503b, 0xfe00707f, kReg,     kAlu,    k64)     \
  X(Sraw,    "sraw",      0x4000503b, 0xfe00707f, kReg,     kAlu,    k64)     \
  X(Mul,     "mul",       0x02000033, 0xfe00707f, kReg,     kMul,    kAny)    \
  X(Mulh,    "mulh",      0x02001033, 0xfe00707f, kReg,     kMul,    kAny)    \
  X(Mulhsu,  "mulhsu",    0x02002033, 0xfe00707f, kReg,     kMul,    kAny)    \
  X(Mulhu,   "mulhu",     0x02003033, 0xfe00707f, kReg,     kMul,    kAny)    \
  X(Div,     "div",       0x02004033, 0xfe00707f, kReg,     kDiv,    kAny)    \
  X(Divu,    "divu",      0x02005033, 0xfe00707f, kReg,     kDiv,    kAny)    \
  X(Rem,     "rem",       0x02006033, 0xfe00707f, kReg,     kDiv,    kAny)    \
  X(Remu,    "remu",      0x02007033, 0xfe00707f, kReg,     kDiv,    kAny)    \
  X(Mulw,    "mulw",      0x0200003b, 0xfe00707f, kReg,     kMul,    k64)     \
  X(Divw,    "divw",      0x0200403b, 0xfe00707f, kReg,     kDiv,    k64)     \
  X(Divuw,   "divuw",     0x0200503b, 0xfe00707f, kReg,     kDiv,    k64)     \
  X(Remw,    "remw",      0x0200603b, 0xfe00707f, kReg,     kDiv,    k64)     \
  X(Remuw,   "remuw",     0x0200703b, 0xfe00707f, kReg,     kDiv,    k64)     \
  X(LrW,     "lr.w",      0x1000202f, 0xf9f0707f, kAmo,     kAmo,    kAny)    \
  X(ScW,     "sc.w",      0x1800202f, 0xf800707f, kAmo,     kAmo,    kAny)    \
  X(AmoswapW,"amoswap.w", 0x0800202f, 0xf800707f, kAmo,     kAmo,    kAny)    \
  X(AmoaddW, "amoadd.w",  0x0000202f, 0xf800707f, kAmo,     kAmo,    kAny)    \
  X(AmoxorW, "amoxor.w",  0x2000202f, 0xf800707f, kAmo,     kAmo,    kAny)    \
  X(AmoandW, "amoand.w",  0x6000202f, 0xf800707f, kAmo,     kAmo,    kAny)    \
  X(AmoorW,  "amoor.w",   0x4000202f, 0xf800707f, kAmo,     kAmo,    kAny)    \
  X(AmominW, "amomin.w",  0x8000202f, 0xf800707f, kAmo,     kAmo,    kAny)    \
  X(AmomaxW, "amomax.w",  0xa000202f, 0xf800707f, kAmo,     kAmo,    kAny)    \
  X(AmominuW,"amominu.w", 0xc000202f, 0xf800707f, kAmo,     kAmo,    kAny)    \
  X(AmomaxuW,"amomaxu.w", 0xe000202f, 0xf800707f, kAmo,     kAmo,    kAny)    \
  X(LrD,     "lr.d",      0x1000302f, 0xf9f0707f, kAmo,     kAmo,    k64)     \
  X(ScD,     "sc.d",      0x1800302f, 0xf800707f, kAmo,     kAmo,    k64)     \
  X(AmoswapD,"amoswap.d", 0x0800302f, 0xf800707f, kAmo,     kAmo,    k64)     \
  X(AmoaddD, "amoadd.d",  0x0000302f, 0xf800707f, kAmo,     kAmo,    k64)     \
  X(AmoxorD, "amoxor.d",  0x2000302f, 0xf800707f, kAmo,     kAmo,    k64)     \
  X(AmoandD, "amoand.d",  0x6000302f, 0xf800707f, kAmo,     kAmo,    k64)     \
  X(AmoorD,  "amoor.d",   0x4000302f, 0xf800707f, kAmo,     kAmo,    k64)     \
  X(AmominD, "amomin.d",  0x8000302f, 0xf800707f, kAmo,     kAmo,    k64)     \
  X(AmomaxD, "amomax.d",  0xa000302f, 0xf800707f, kAmo,     kAmo,    k64)     \
  X(AmominuD,"amominu.d", 0xc000302f, 0xf800707f, kAmo,     kAmo,    k64)     \
  X(AmomaxuD,"amomaxu.d", 0xe000302f, 0xf800707f, kAmo,     kAmo,    k64)     \
  X(Csrrw,   "csrrw",     0x00001073, 0x0000707f, kCsr,     kCsr,    kAny)    \
  X(Csrrs,   "csrrs",     0x00002073, 0x0000707f, kCsr,     kCsr,    kAny)    \
  X(Csrrc,   "csrrc",     0x00003073, 0x0000707f, kCsr,     kCsr,    kAny)    \
  X(Csrrwi,  "csrrwi",    0x00005073, 0x0000707f, kCsrImm,  kCsr,    kAny)    \
  X(Csrrsi,  "csrrsi",    0x00006073, 0x0000707f, kCsrImm,  kCsr,    kAny)    \
  X(Csrrci,  "csrrci",    0x00007073, 0x0000707f, kCsrImm,  kCsr,    kAny)    \
  X(Fence,   "fence",     0x0000000f, 0x0000707f, kBare,    kSystem, kAny)    \
  X(FenceI,  "fence.i",   0x0000100f, 0x0000707f, kBare,    kSystem, kAny)    \
  X(Ecall,   "ecall",     0x00000073, 0xffffffff, kBare,    kSystem, kAny)    \
  X(Ebreak,  "ebreak",    0x00100073, 0xffffffff, kBare,    kSystem, kAny)    \
  X(Mret,    "mret",      0x30200073, 0xffffffff, kBare,    kSystem, kAny)    \
  X(Wfi,     "wfi",       0x10500073, 0xffffffff, kBare,    kSystem, kAny)

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
  X(Unresolved)    /* first operation of a target that was never translated                  */
// clang-format on
