#pragma once

// Pairs of neighbouring operations that execute behind one dispatch. The second operation stays where it is
// and as it is: the handler of the first does the work of both, and leaves to the plain code of either when
// that must go out of line. So faults and counts are those of the plain operations. Chosen by how often the
// pairs occur in compiled code (string and array loops, prologues, sums of products). P(First, Second): a
// label do_FirstThenSecond in pair_operations.inc.
// GANGLION_PLAIN_OPERATIONS leaves them out: under sanitizers and coverage they cost clang many minutes.
// clang-format off
#ifdef GANGLION_PLAIN_OPERATIONS
#define GANGLION_HART_OPERATION_PAIRS(P)
#else
#define GANGLION_HART_OPERATION_PAIRS(P)                                                              \
  P(Addi, Addi) P(Addi, Add) P(Addi, Xor) P(Addi, Mulw) P(Addi, Mul) P(Addi, Beq) P(Addi, Bne)         \
  P(Addi, Bltu) P(Addi, Blt) P(Addi, AddiBne) P(Addi, Lbu) P(Addi, Lw) P(Addi, Ld) P(Addi, Sb)         \
  P(Addi, Sw) P(Addi, Sd)                                                                              \
  P(Addiw, Addi) P(Addiw, Bne) P(Addiw, Beq) P(Addiw, Blt) P(Addiw, Sb)                                \
  P(Add, Add) P(Add, Lb) P(Add, Lbu) P(Add, Lw) P(Add, Ld) P(Add, Sb) P(Add, Sw) P(Add, Jalr)          \
  P(Addw, Bne) P(Addw, Bltu) P(Addw, Blt) P(Addw, Addi) P(Addw, AddiBne)                               \
  P(Mulw, Addw) P(Mul, Add) P(Xor, Andi) P(Xor, Addi) P(Xor, Addiw) P(Srliw, Addi)                     \
  P(Andi, Beq) P(Andi, Bne) P(Andi, SlliAdd) P(Slt, Jalr)                                              \
  P(SlliAdd, Lbu) P(SlliAdd, Lw) P(SlliAdd, Ld) P(SlliSrli, Add)                                       \
  P(Lb, Lb) P(Lb, Addi) P(Lb, Mulw) P(Lbu, Addi) P(Lbu, Beq) P(Lbu, Bne) P(Lbu, Srliw) P(Lbu, Sltiu)   \
  P(Lw, Addi) P(Lw, Addiw) P(Lw, Addw) P(Lw, Xor) P(Lw, Ld) P(Lw, Lw) P(Lw, Beq) P(Lw, Bne)            \
  P(Ld, Ld) P(Ld, Add) P(Ld, Addi) P(Ld, Sd) P(Sd, Sd) P(Sd, Addi) P(Sd, AddiBne)                      \
  P(Sb, Addi) P(Sb, Addw) P(Sb, Bne) P(Sb, AddiBne) P(Sw, Addi) P(Sw, Beq) P(Sw, Sw)
#endif
// clang-format on
