#pragma once

// The instructions of F and D, a part of isa_list.h; see there for the columns. Encodings: Volume I, version
// 20191213, chapter 24. An instruction whose mask leaves funct3 out has a rounding mode there.
// clang-format off
#define GANGLION_RISCV_FLOAT_INSTRUCTIONS(X)                                        \
  X(Flw,        "flw",       0x00002007, 0x0000707f, kFloatLoad,    kLoad,  kAny, kF) \
  X(Fsw,        "fsw",       0x00002027, 0x0000707f, kFloatStore,   kStore, kAny, kF) \
  X(FmaddS,     "fmadd.s",   0x00000043, 0x0600007f, kFloatFused,   kFpMul, kAny, kF) \
  X(FmsubS,     "fmsub.s",   0x00000047, 0x0600007f, kFloatFused,   kFpMul, kAny, kF) \
  X(FnmsubS,    "fnmsub.s",  0x0000004b, 0x0600007f, kFloatFused,   kFpMul, kAny, kF) \
  X(FnmaddS,    "fnmadd.s",  0x0000004f, 0x0600007f, kFloatFused,   kFpMul, kAny, kF) \
  X(FaddS,      "fadd.s",    0x00000053, 0xfe00007f, kFloatReg,     kFp,    kAny, kF) \
  X(FsubS,      "fsub.s",    0x08000053, 0xfe00007f, kFloatReg,     kFp,    kAny, kF) \
  X(FmulS,      "fmul.s",    0x10000053, 0xfe00007f, kFloatReg,     kFpMul, kAny, kF) \
  X(FdivS,      "fdiv.s",    0x18000053, 0xfe00007f, kFloatReg,     kFpDiv, kAny, kF) \
  X(FsqrtS,     "fsqrt.s",   0x58000053, 0xfff0007f, kFloatUnary,   kFpDiv, kAny, kF) \
  X(FsgnjS,     "fsgnj.s",   0x20000053, 0xfe00707f, kFloatReg,     kFp,    kAny, kF) \
  X(FsgnjnS,    "fsgnjn.s",  0x20001053, 0xfe00707f, kFloatReg,     kFp,    kAny, kF) \
  X(FsgnjxS,    "fsgnjx.s",  0x20002053, 0xfe00707f, kFloatReg,     kFp,    kAny, kF) \
  X(FminS,      "fmin.s",    0x28000053, 0xfe00707f, kFloatReg,     kFp,    kAny, kF) \
  X(FmaxS,      "fmax.s",    0x28001053, 0xfe00707f, kFloatReg,     kFp,    kAny, kF) \
  X(FleS,       "fle.s",     0xa0000053, 0xfe00707f, kFloatCompare, kFp,    kAny, kF) \
  X(FltS,       "flt.s",     0xa0001053, 0xfe00707f, kFloatCompare, kFp,    kAny, kF) \
  X(FeqS,       "feq.s",     0xa0002053, 0xfe00707f, kFloatCompare, kFp,    kAny, kF) \
  X(FclassS,    "fclass.s",  0xe0001053, 0xfff0707f, kFloatToInt,   kFp,    kAny, kF) \
  X(FcvtWS,     "fcvt.w.s",  0xc0000053, 0xfff0007f, kFloatToInt,   kFp,    kAny, kF) \
  X(FcvtWuS,    "fcvt.wu.s", 0xc0100053, 0xfff0007f, kFloatToInt,   kFp,    kAny, kF) \
  X(FcvtLS,     "fcvt.l.s",  0xc0200053, 0xfff0007f, kFloatToInt,   kFp,    k64,  kF) \
  X(FcvtLuS,    "fcvt.lu.s", 0xc0300053, 0xfff0007f, kFloatToInt,   kFp,    k64,  kF) \
  X(FcvtSW,     "fcvt.s.w",  0xd0000053, 0xfff0007f, kIntToFloat,   kFp,    kAny, kF) \
  X(FcvtSWu,    "fcvt.s.wu", 0xd0100053, 0xfff0007f, kIntToFloat,   kFp,    kAny, kF) \
  X(FcvtSL,     "fcvt.s.l",  0xd0200053, 0xfff0007f, kIntToFloat,   kFp,    k64,  kF) \
  X(FcvtSLu,    "fcvt.s.lu", 0xd0300053, 0xfff0007f, kIntToFloat,   kFp,    k64,  kF) \
  X(FmvXW,      "fmv.x.w",   0xe0000053, 0xfff0707f, kFloatToInt,   kFp,    kAny, kF) \
  X(FmvWX,      "fmv.w.x",   0xf0000053, 0xfff0707f, kIntToFloat,   kFp,    kAny, kF) \
  X(Fld,        "fld",       0x00003007, 0x0000707f, kFloatLoad,    kLoad,  kAny, kD) \
  X(Fsd,        "fsd",       0x00003027, 0x0000707f, kFloatStore,   kStore, kAny, kD) \
  X(FmaddD,     "fmadd.d",   0x02000043, 0x0600007f, kFloatFused,   kFpMul, kAny, kD) \
  X(FmsubD,     "fmsub.d",   0x02000047, 0x0600007f, kFloatFused,   kFpMul, kAny, kD) \
  X(FnmsubD,    "fnmsub.d",  0x0200004b, 0x0600007f, kFloatFused,   kFpMul, kAny, kD) \
  X(FnmaddD,    "fnmadd.d",  0x0200004f, 0x0600007f, kFloatFused,   kFpMul, kAny, kD) \
  X(FaddD,      "fadd.d",    0x02000053, 0xfe00007f, kFloatReg,     kFp,    kAny, kD) \
  X(FsubD,      "fsub.d",    0x0a000053, 0xfe00007f, kFloatReg,     kFp,    kAny, kD) \
  X(FmulD,      "fmul.d",    0x12000053, 0xfe00007f, kFloatReg,     kFpMul, kAny, kD) \
  X(FdivD,      "fdiv.d",    0x1a000053, 0xfe00007f, kFloatReg,     kFpDiv, kAny, kD) \
  X(FsqrtD,     "fsqrt.d",   0x5a000053, 0xfff0007f, kFloatUnary,   kFpDiv, kAny, kD) \
  X(FsgnjD,     "fsgnj.d",   0x22000053, 0xfe00707f, kFloatReg,     kFp,    kAny, kD) \
  X(FsgnjnD,    "fsgnjn.d",  0x22001053, 0xfe00707f, kFloatReg,     kFp,    kAny, kD) \
  X(FsgnjxD,    "fsgnjx.d",  0x22002053, 0xfe00707f, kFloatReg,     kFp,    kAny, kD) \
  X(FminD,      "fmin.d",    0x2a000053, 0xfe00707f, kFloatReg,     kFp,    kAny, kD) \
  X(FmaxD,      "fmax.d",    0x2a001053, 0xfe00707f, kFloatReg,     kFp,    kAny, kD) \
  X(FleD,       "fle.d",     0xa2000053, 0xfe00707f, kFloatCompare, kFp,    kAny, kD) \
  X(FltD,       "flt.d",     0xa2001053, 0xfe00707f, kFloatCompare, kFp,    kAny, kD) \
  X(FeqD,       "feq.d",     0xa2002053, 0xfe00707f, kFloatCompare, kFp,    kAny, kD) \
  X(FclassD,    "fclass.d",  0xe2001053, 0xfff0707f, kFloatToInt,   kFp,    kAny, kD) \
  X(FcvtWD,     "fcvt.w.d",  0xc2000053, 0xfff0007f, kFloatToInt,   kFp,    kAny, kD) \
  X(FcvtWuD,    "fcvt.wu.d", 0xc2100053, 0xfff0007f, kFloatToInt,   kFp,    kAny, kD) \
  X(FcvtLD,     "fcvt.l.d",  0xc2200053, 0xfff0007f, kFloatToInt,   kFp,    k64,  kD) \
  X(FcvtLuD,    "fcvt.lu.d", 0xc2300053, 0xfff0007f, kFloatToInt,   kFp,    k64,  kD) \
  X(FcvtDW,     "fcvt.d.w",  0xd2000053, 0xfff0007f, kIntToFloat,   kFp,    kAny, kD) \
  X(FcvtDWu,    "fcvt.d.wu", 0xd2100053, 0xfff0007f, kIntToFloat,   kFp,    kAny, kD) \
  X(FcvtDL,     "fcvt.d.l",  0xd2200053, 0xfff0007f, kIntToFloat,   kFp,    k64,  kD) \
  X(FcvtDLu,    "fcvt.d.lu", 0xd2300053, 0xfff0007f, kIntToFloat,   kFp,    k64,  kD) \
  X(FmvXD,      "fmv.x.d",   0xe2000053, 0xfff0707f, kFloatToInt,   kFp,    k64,  kD) \
  X(FmvDX,      "fmv.d.x",   0xf2000053, 0xfff0707f, kIntToFloat,   kFp,    k64,  kD) \
  X(FcvtSD,     "fcvt.s.d",  0x40100053, 0xfff0007f, kFloatUnary,   kFp,    kAny, kD) \
  X(FcvtDS,     "fcvt.d.s",  0x42000053, 0xfff0007f, kFloatUnary,   kFp,    kAny, kD)
// clang-format on
