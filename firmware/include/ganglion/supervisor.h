/// Running a part of a program in S mode. The file that implements it needs nothing of the runtime but, for
/// the way back, its trap handler: other bare programs may link runtime/supervisor.c alone.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  GN_PAGING_OFF,  ///< satp bare
  GN_PAGING_4K,   ///< Sv39, the first 4 MiB of DRAM (the program) in 4 KiB pages, the rest in larger ones
  GN_PAGING_2M,   ///< Sv39, DRAM in 2 MiB pages
} gn_paging_t;

/// Returns in S mode with the same stack, all addresses as they were (identity tables). PMP grants
/// everything, counters may be read, traps still go to M mode. In M mode only; needs a hart with S mode.
void gn_supervisor_enter(gn_paging_t paging);
/// Back to M mode, by an ecall that the runtime's trap handler knows.
void gn_supervisor_leave(void);

/// For the trap handler: true when an ecall of S mode with `call` in a7 is gn_supervisor_leave(); mret then
/// goes to M mode.
bool gn_supervisor_left(uint64_t cause, uint64_t call);
