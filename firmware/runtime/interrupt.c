#include <ganglion/csr.h>
#include <ganglion/devices.h>
#include <ganglion/interrupt.h>
#include <ganglion/mmio.h>
#include <stddef.h>

#include "idle.h"

// PLIC, context 0 = hart 0 in M mode.
enum { PLIC_PRIORITY = 0, PLIC_ENABLE = 0x2000, PLIC_THRESHOLD = 0x200000, PLIC_CLAIM = 0x200004 };
enum { CLINT_MSIP = 0, CLINT_MTIMECMP = 0x4000, CLINT_MTIME = 0xbff8 };
enum { CAUSE_SOFTWARE = 3, CAUSE_TIMER = 7, CAUSE_EXTERNAL = 11 };

typedef struct {
  gn_irq_handler_t handler;
  void* context;
} slot_t;

static slot_t external[GN_IRQ_SOURCES];
static slot_t timer, software;

void gn_interrupts_init(void) {
  if (gn_devices()->plic != 0) {
    for (uint32_t word = 0; word < GN_IRQ_SOURCES / 32; ++word) {
      gn_write32(gn_devices()->plic + PLIC_ENABLE + 4 * word, 0);
    }
    gn_write32(gn_devices()->plic + PLIC_THRESHOLD, 0);
    gn_csr_set(mie, GN_MIE_EXTERNAL);
  }
  gn_csr_set(mstatus, GN_MSTATUS_MIE);
}

bool gn_irq_attach(uint32_t source, gn_irq_handler_t handler, void* context) {
  const uintptr_t plic = gn_devices()->plic;
  if (plic == 0 || source == 0 || source >= GN_IRQ_SOURCES) return false;
  const uintptr_t enable = plic + PLIC_ENABLE + 4 * (source / 32);
  const uint32_t bit = 1u << source % 32;
  gn_write32(enable, gn_read32(enable) & ~bit);
  external[source] = (slot_t){handler, context};
  if (handler != NULL) {
    gn_write32(plic + PLIC_PRIORITY + 4 * source, 1);
    gn_write32(enable, gn_read32(enable) | bit);
  }
  return true;
}

bool gn_timer_attach(uint64_t deadline, gn_irq_handler_t handler, void* context) {
  const uintptr_t clint = gn_devices()->clint;
  if (clint == 0) return false;
  gn_csr_clear(mie, GN_MIE_TIMER);
  timer = (slot_t){handler, context};
  if (handler != NULL) {
    gn_write32(clint + CLINT_MTIMECMP + 4, UINT32_MAX);  // never an earlier deadline in between
    gn_write32(clint + CLINT_MTIMECMP, (uint32_t)deadline);
    gn_write32(clint + CLINT_MTIMECMP + 4, (uint32_t)(deadline >> 32));
    gn_csr_set(mie, GN_MIE_TIMER);
  }
  return true;
}

bool gn_software_attach(gn_irq_handler_t handler, void* context) {
  if (gn_devices()->clint == 0) return false;
  gn_csr_clear(mie, GN_MIE_SOFTWARE);
  software = (slot_t){handler, context};
  if (handler != NULL) gn_csr_set(mie, GN_MIE_SOFTWARE);
  return true;
}

void gn_software_raise(void) {
  if (gn_devices()->clint != 0) gn_write32(gn_devices()->clint + CLINT_MSIP, 1);
}

uint64_t gn_time_ticks(void) {
  const uintptr_t mtime = gn_devices()->clint + CLINT_MTIME;
  if (gn_devices()->clint == 0) return 0;
  for (;;) {  // two halves of a running counter
    const uint32_t high = gn_read32(mtime + 4);
    const uint32_t low = gn_read32(mtime);
    if (gn_read32(mtime + 4) == high) return (uint64_t)high << 32 | low;
  }
}

void gn_interrupts_off(void) { gn_csr_clear(mstatus, GN_MSTATUS_MIE); }
void gn_interrupts_on(void) { gn_csr_set(mstatus, GN_MSTATUS_MIE); }

static void (*idle)(void);

void gn_idle_with(void (*replacement)(void)) { idle = replacement; }

void gn_idle(void) {
  if (idle != NULL) {
    idle();
    return;
  }
  __asm__ volatile("wfi" ::: "memory");
  gn_interrupts_on();  // what is pending is taken here
  gn_interrupts_off();
}

void gn_wait_until(bool (*done)(void* context), void* context) {
  gn_interrupts_off();
  while (!done(context)) gn_idle();
  gn_interrupts_on();
}

static void set_flag(void* context) { *(volatile bool*)context = true; }
static bool flag_is_set(void* context) { return *(volatile bool*)context; }

void gn_sleep_ticks(uint64_t ticks) {
  bool elapsed = false;
  if (gn_timer_attach(gn_time_ticks() + ticks, set_flag, &elapsed)) gn_wait_until(flag_is_set, &elapsed);
}

static void call(const slot_t* slot) {
  if (slot->handler != NULL) slot->handler(slot->context);
}

void gn_interrupt(uint64_t cause);

/// Interrupt `cause` (mcause without its top bit).
void gn_interrupt(uint64_t cause) {
  if (cause == CAUSE_EXTERNAL) {
    const uintptr_t claim = gn_devices()->plic + PLIC_CLAIM;
    for (uint32_t source; (source = gn_read32(claim)) != 0;) {
      if (source < GN_IRQ_SOURCES) call(&external[source]);
      gn_write32(claim, source);
    }
  } else if (cause == CAUSE_TIMER) {
    gn_csr_clear(mie, GN_MIE_TIMER);  // one shot
    call(&timer);
  } else if (cause == CAUSE_SOFTWARE) {
    gn_write32(gn_devices()->clint + CLINT_MSIP, 0);
    call(&software);
  }
}
