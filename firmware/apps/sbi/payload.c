// What a kernel does first, in S mode on SBI firmware: prints by its console, takes a timer interrupt and one
// from the PLIC, turns on Sv39, takes a page fault, shuts down. SBI 1.0: base, legacy console, timer, reset.
#include <ganglion/csr.h>
#include <ganglion/fdt.h>
#include <ganglion/mmio.h>
#include <stdnoreturn.h>

noreturn void payload(uint64_t hart_id, const void* device_tree);
void trap(void);

enum { EXT_CONSOLE_PUTCHAR = 1, EXT_BASE = 0x10, EXT_TIME = 0x54494d45, EXT_RESET = 0x53525354 };
enum { BASE_VERSION = 0, BASE_IMPLEMENTATION = 1, BASE_PROBE = 3 };
enum { RESET_SHUTDOWN = 0, REASON_NONE = 0, REASON_FAILURE = 1 };
enum { CAUSE_TIMER = 5, CAUSE_EXTERNAL = 9, CAUSE_LOAD_PAGE_FAULT = 13 };
enum { SSTATUS_SIE = 1 << 1, SIE_TIMER = 1 << 5, SIE_EXTERNAL = 1 << 9 };

typedef struct {
  int64_t error, value;
} sbi_result_t;

static sbi_result_t sbi(uint64_t extension, uint64_t function, uint64_t first, uint64_t second) {
  register uint64_t a0 __asm__("a0") = first;
  register uint64_t a1 __asm__("a1") = second;
  register uint64_t a6 __asm__("a6") = function;
  register uint64_t a7 __asm__("a7") = extension;
  __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
  return (sbi_result_t){(int64_t)a0, (int64_t)a1};
}

static void put(const char* text) {
  for (; *text != '\0'; ++text) (void)sbi(EXT_CONSOLE_PUTCHAR, 0, (uint64_t)*text, 0);
}
static void put_number(uint64_t value) {
  char digits[21];
  char* at = digits + sizeof digits - 1;
  *at = '\0';
  do *--at = (char)('0' + value % 10);
  while ((value /= 10) != 0);
  put(at);
}

static noreturn void shut_down(uint64_t reason) {
  for (;;) (void)sbi(EXT_RESET, 0, RESET_SHUTDOWN, reason);
}
static void require(bool holds, const char* what) {
  put(what);
  put(holds ? ": ok\n" : ": FAILED\n");
  if (!holds) shut_down(REASON_FAILURE);
}

static volatile uint64_t timer_interrupts, external_interrupts, page_faults, fault_address;

// The PLIC's context 1 is S mode of hart 0; offsets from the RISC-V PLIC specification 1.0.
enum { PLIC_ENABLE = 0x2080, PLIC_THRESHOLD = 0x201000, PLIC_CLAIM = 0x201004 };
enum { UART_INTERRUPTS = 1, UART_CAUSE = 2, WHEN_EMPTY = 2 };
static uintptr_t plic, uart;
static uint32_t uart_source;

void trap(void) {
  const uint64_t cause = gn_csr_read(scause);
  if ((int64_t)cause >= 0) {
    page_faults += cause == CAUSE_LOAD_PAGE_FAULT;
    fault_address = gn_csr_read(stval);
    require(cause == CAUSE_LOAD_PAGE_FAULT && page_faults == 1, "the exception is the page fault asked for");
    gn_csr_write(sepc, gn_csr_read(sepc) + 4);
  } else if ((cause << 1 >> 1) == CAUSE_TIMER) {
    ++timer_interrupts;
    (void)sbi(EXT_TIME, 0, UINT64_MAX, 0);
  } else if ((cause << 1 >> 1) == CAUSE_EXTERNAL) {
    const uint32_t source = gn_read32(plic + PLIC_CLAIM);
    external_interrupts += source == uart_source;
    (void)gn_read8(uart + UART_CAUSE);
    gn_write8(uart + UART_INTERRUPTS, 0);
    gn_write32(plic + PLIC_CLAIM, source);
  }
}

/// SIE is off while the condition is tested, so that no interrupt is lost; WFI wakes all the same.
static void wait_for(const volatile uint64_t* count) {
  while (*count == 0) {
    __asm__ volatile("wfi");
    gn_csr_set(sstatus, SSTATUS_SIE);
    gn_csr_clear(sstatus, SSTATUS_SIE);
  }
}

static bool external_interrupt_arrives(const void* device_tree) {
  gn_fdt_node_t node;
  uint64_t base = 0;
  if (!gn_fdt_find(device_tree, "riscv,plic0", &node) || !gn_fdt_reg(&node, 0, &base, NULL)) return false;
  plic = (uintptr_t)base;
  if (!gn_fdt_find(device_tree, "ns16550a", &node) || !gn_fdt_reg(&node, 0, &base, NULL)) return false;
  uart = (uintptr_t)base;
  if (!gn_fdt_u32(&node, "interrupts", &uart_source)) return false;
  gn_write32(plic + 4 * (uintptr_t)uart_source, 1);
  gn_write32(plic + PLIC_ENABLE + uart_source / 32 * 4, 1u << uart_source % 32);
  gn_write32(plic + PLIC_THRESHOLD, 0);
  gn_csr_set(sie, SIE_EXTERNAL);
  gn_write8(uart + UART_INTERRUPTS, WHEN_EMPTY);
  wait_for(&external_interrupts);
  return external_interrupts == 1;
}

enum { ENTRIES = 512, GIB_BITS = 30, PTE_PAGE = 0xcf, ALIAS_GIB = 5, HOLE_GIB = 6 };
static const uint64_t SATP_SV39 = 8ull << 60;
static _Alignas(4096) uint64_t root[ENTRIES];
static volatile uint64_t word = 0x0123456789abcdef;

/// The first 4 GiB are themselves; the program's GiB is a second time at ALIAS_GIB.
static bool pages_are_translated(void) {
  const uint64_t here = (uintptr_t)&word >> GIB_BITS;
  for (uint64_t i = 0; i < 4; ++i) root[i] = i << (GIB_BITS - 2) | PTE_PAGE;
  root[ALIAS_GIB] = here << (GIB_BITS - 2) | PTE_PAGE;
  gn_csr_write(satp, SATP_SV39 | (uintptr_t)root >> 12);
  __asm__ volatile("sfence.vma" ::: "memory");
  const uintptr_t offset = (uintptr_t)&word & ((1ull << GIB_BITS) - 1);
  volatile uint64_t* alias = (volatile uint64_t*)(((uintptr_t)ALIAS_GIB << GIB_BITS) + offset);
  *alias += 1;
  return gn_csr_read(satp) >> 60 == 8 && word == 0x0123456789abcdf0;
}

static bool a_hole_faults(void) {
  const uint64_t hole = (uint64_t)HOLE_GIB << GIB_BITS;
  uint64_t value = 0;
  __asm__ volatile(".option push\n.option norvc\nld %0, 0(%1)\n.option pop" : "+r"(value) : "r"(hole));
  return page_faults == 1 && fault_address == hole && value == 0;
}

noreturn void payload(uint64_t hart_id, const void* device_tree) {
  put("payload: S mode on hart ");
  put_number(hart_id);
  const uint64_t version = (uint64_t)sbi(EXT_BASE, BASE_VERSION, 0, 0).value;
  put(", SBI ");
  put_number(version >> 24);
  put(".");
  put_number(version & 0xffffff);
  put(", implementation ");
  put_number((uint64_t)sbi(EXT_BASE, BASE_IMPLEMENTATION, 0, 0).value);
  put("\n");
  require(gn_fdt_valid(device_tree), "a device tree is passed on");
  require(sbi(EXT_BASE, BASE_PROBE, EXT_TIME, 0).value != 0, "there is a timer");
  require(sbi(EXT_BASE, BASE_PROBE, EXT_RESET, 0).value != 0, "there is a shutdown");

  enum { TICKS = 1000 };  // 0.1 ms
  const uint64_t deadline = gn_csr_read(time) + TICKS;
  gn_csr_set(sie, SIE_TIMER);
  (void)sbi(EXT_TIME, 0, deadline, 0);
  wait_for(&timer_interrupts);
  require(timer_interrupts == 1 && gn_csr_read(time) >= deadline, "the timer interrupts");
  require(external_interrupt_arrives(device_tree), "the PLIC interrupts");
  require(pages_are_translated(), "Sv39 translates");
  require(a_hole_faults(), "a page fault is taken in S mode");
  put("payload: shutting down\n");
  shut_down(REASON_NONE);
}
