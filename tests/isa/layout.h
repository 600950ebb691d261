#pragma once

// Where a random program finds its things; read by C++ and by the assembler. Offsets from x31, which points
// at the program's area and which no random program writes. Registers take 8 bytes for both XLEN.
#define AREA_INITIAL 0    // x1..x30 before the program
#define AREA_FINAL 256    // x0..x31 after it
#define AREA_SAVED_S 512  // t0..t2 in the handler of S mode
#define AREA_TRAP_COUNT 640
#define AREA_TRAP_HASH 648
#define AREA_RECOVERY 656  // where to go on after a jump to nowhere
#define AREA_FINISH 664    // nonzero: the next ecall ends the program
#define AREA_SAVED 672     // t0..t2 in the handler
#define AREA_ENTRY 704
#define AREA_MSTATUS 712  // mstatus before the program: its mode is in MPP
#define AREA_MCOUNTEREN 720
#define AREA_FCSR 724        // fcsr before the program
#define AREA_FLOAT_POOL 768  // doubles and boxed singles, read only
#define FLOAT_POOL_ENTRIES 96
#define AREA_TRAP_LOG 1536  // ring of TRAP_LOG_ENTRIES {mcause, mepc, mtval, mstatus}
#define TRAP_LOG_ENTRIES 32
#define AREA_CSRS 2560            // CSRs after it, mstatus, then CSR_RESULTS
#define AREA_FLOATS_INITIAL 3584  // f0..f31 before the program
#define AREA_FLOATS_FINAL 3840    // f0..f31 after it
#define AREA_SANDBOX 4096         // 4 KiB that loads and stores reach; a page border in its middle
#define SANDBOX_BYTES 4096
#define AREA_CODE 8192

#define PROGRAM_TABLE 0x80002000  // u64 count, u64 address of the end, then an area's address each
#define FIRST_AREA 0x80010800     // half a page off, so that the sandbox crosses a page

// clang-format off
#define CSR_RESULTS(X) \
  X(mepc) X(mcause) X(mtval) X(mscratch) X(mie) X(mip) X(mcounteren) X(mcountinhibit) X(mtvec) X(misa) X(fcsr) \
  X(medeleg) X(mideleg) X(menvcfg) X(stvec) X(sepc) X(scause) X(stval) X(sscratch) X(scounteren) X(senvcfg) X(satp) \
  X(pmpaddr0) X(pmpaddr1) X(pmpaddr2) X(pmpaddr8) X(pmpaddr15) X(pmpcfg0) X(pmpcfg2)
// clang-format on
