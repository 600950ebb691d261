/// Interrupts and exceptions of the hart. Handlers run with interrupts off, on a stack of 8 KiB of their own;
/// an exception in a handler ends the run.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { GN_IRQ_SOURCES = 96 };  ///< PLIC sources 1 to 95 (architecture.md section 5)

typedef void (*gn_irq_handler_t)(void* context);

/// Enables a PLIC source at priority 1 and calls the handler between claim and complete; the handler must
/// lower the device's request. NULL disables the source. False without a PLIC or for a source out of range.
bool gn_irq_attach(uint32_t source, gn_irq_handler_t handler, void* context);

/// Machine timer: called once when mtime reaches `deadline` (ticks). NULL cancels. False without a CLINT.
bool gn_timer_attach(uint64_t deadline, gn_irq_handler_t handler, void* context);
/// Machine software interrupt (CLINT msip of hart 0); the runtime clears msip before the call.
bool gn_software_attach(gn_irq_handler_t handler, void* context);
void gn_software_raise(void);

/// mtime, 0 without a CLINT.
uint64_t gn_time_ticks(void);
/// Sleeps (WFI) at least that many ticks; returns at once without a CLINT.
void gn_sleep_ticks(uint64_t ticks);

/// No interrupt is taken between these two; one that arrives stays pending.
void gn_interrupts_off(void);
void gn_interrupts_on(void);
/// With interrupts off: sleeps (WFI) until one is pending, takes it, returns with interrupts off. A test made
/// after gn_interrupts_off cannot miss its interrupt: what is pending ends the WFI at once.
void gn_idle(void);
/// Sleeps until `done(context)` holds, looking again after every interrupt.
void gn_wait_until(bool (*done)(void* context), void* context);

/// Registers at a trap; see crt0.S. `epc` is where execution goes on after the trap.
typedef struct {
  uint64_t ra, t0, t1, t2, a0, a1, a2, a3, a4, a5, a6, a7, t3, t4, t5, t6;
  uint64_t cause, epc, value, sp;
} gn_trap_frame_t;

/// Sees each exception first; true: handled, go on at frame->epc. Otherwise cause, address and value are
/// printed and the run ends with GN_EXIT_EXCEPTION + cause.
typedef bool (*gn_exception_handler_t)(gn_trap_frame_t* frame);
void gn_exception_attach(gn_exception_handler_t handler);

/// Boot only.
void gn_interrupts_init(void);
