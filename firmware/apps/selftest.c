// The runtime tests itself on whatever it runs on: one line a topic, exit code = number of the first that
// fails.
#include <ganglion/ganglion.h>
#include <ganglion/mmio.h>
#include <ganglion/supervisor.h>
#include <ganglion/tasks.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int topic;

static bool report(const char* name, bool passed) {
  ++topic;
  printf("%2d %-40s %s\n", topic, name, passed ? "ok" : "FAILED");
  return passed;
}

/// picolibc's integer-only printf prints 0 for %lld.
static bool printf_prints_64_bits_and_reals(void) {
  volatile unsigned long long big = 18446744073709551615ull;
  volatile long long negative = -9007199254740993ll;
  volatile double real = 1234.5625;
  char text[96];
  (void)snprintf(text, sizeof text, "%llu %lld %.4f", big, negative, real);
  return strcmp(text, "18446744073709551615 -9007199254740993 1234.5625") == 0;
}

static volatile bool zeroed[2];
static volatile uint64_t initialised = 0x0123456789abcdef;

static bool memory_is_set_up(void) {
  const uintptr_t end = 0x80400000;  // architecture: everything within the first 4 MiB
  void* volatile block = malloc(1 << 20);
  const bool heap_works = block != NULL && (uintptr_t)block % 8 == 0;
  const bool low =
      (uintptr_t)&topic < end && (uintptr_t)__builtin_frame_address(0) < end && (uintptr_t)block < end;
  free(block);
  void* volatile too_much = malloc(8 << 20);
  return heap_works && low && !zeroed[0] && !zeroed[1] && initialised == 0x0123456789abcdef &&
         too_much == NULL;
}

static bool counters_count(void) {
  const uint64_t cycles = gn_cycles(), instructions = gn_instructions();
  return gn_cycles() > cycles && gn_instructions() > instructions;
}

static volatile uint64_t trapped_cause;

static bool skip_instruction(gn_trap_frame_t* frame) {
  trapped_cause = frame->cause;
  frame->epc += 4;
  return true;
}

static bool exceptions_can_be_handled(void) {
  uint64_t kept = 42;
  gn_exception_attach(skip_instruction);
  trapped_cause = 0;
  __asm__ volatile(".4byte 0xc0001073" ::: "memory");  // unimp; its compressed form has 2 bytes
  const bool illegal = trapped_cause == 2;
  __asm__ volatile("ecall" : "+r"(kept)::"memory");
  const bool call = trapped_cause == 11;
  gn_exception_attach(NULL);
  return illegal && call && kept == 42;
}

static void count(void* context) { ++*(volatile uint32_t*)context; }
static bool counted(void* context) { return *(volatile uint32_t*)context != 0; }

/// A thousand deadlines so near that many pass before the WFI: a lost wake-up would hang here.
static bool timer_wakes_without_loss(void) {
  for (uint32_t i = 0; i < 1000; ++i) {
    uint32_t fired = 0;
    const uint64_t deadline = gn_time_ticks() + i % 7;
    if (!gn_timer_attach(deadline, count, &fired)) return false;
    gn_wait_until(counted, &fired);
    if (gn_time_ticks() < deadline || fired != 1) return false;
  }
  return true;
}

static bool software_interrupt_arrives_once(void) {
  uint32_t fired = 0;
  if (!gn_software_attach(count, &fired)) return false;
  gn_software_raise();
  gn_wait_until(counted, &fired);
  gn_sleep_ticks(10);
  gn_software_attach(NULL, NULL);
  return fired == 1;
}

enum { UART_IER = 1, UART_IIR = 2, IER_TRANSMITTER_EMPTY = 2, IIR_CAUSE = 0xf, IIR_TRANSMITTER_EMPTY = 2 };
static uint32_t uart_cause;

static void uart_interrupt(void* context) {
  const uintptr_t uart = gn_devices()->uart;
  const uint32_t shift = gn_devices()->uart_shift;
  uart_cause = gn_read8(uart + (UART_IIR << shift)) & IIR_CAUSE;  // reading takes the request back
  gn_write8(uart + (UART_IER << shift), 0);
  count(context);
}

/// Through the PLIC: the UART asks for characters as soon as it may.
static bool external_interrupt_arrives_once(void) {
  gn_fdt_node_t node;
  uint32_t source = 0, fired = 0;
  if (!gn_fdt_find(gn_devices()->device_tree, "ns16550a", &node) || !gn_fdt_u32(&node, "interrupts", &source))
    return false;
  if (!gn_irq_attach(source, uart_interrupt, &fired)) return false;
  for (uint32_t round = 1; round <= 3; ++round) {
    gn_write8(gn_devices()->uart + (UART_IER << gn_devices()->uart_shift), IER_TRANSMITTER_EMPTY);
    while (fired != round) {
      uint32_t before = fired;
      gn_interrupts_off();
      while (*(volatile uint32_t*)&fired == before) gn_idle();
      gn_interrupts_on();
    }
    if (uart_cause != IIR_TRANSMITTER_EMPTY) return false;
  }
  gn_irq_attach(source, NULL, NULL);
  gn_write8(gn_devices()->uart + (UART_IER << gn_devices()->uart_shift), IER_TRANSMITTER_EMPTY);
  gn_sleep_ticks(10);
  gn_write8(gn_devices()->uart + (UART_IER << gn_devices()->uart_shift), 0);
  return fired == 3;
}

typedef struct {
  volatile uint64_t count, moves;
  uint64_t wrong;
} counter_t;
static counter_t counters[2];

/// Counts, with sums in registers, until both tasks have seen the other's count move five times, which only
/// preemption lets happen. Then counts again alone and compares.
static void count_against_other(void* context) {
  counter_t* mine = context;
  const counter_t* other = mine == counters ? counters + 1 : counters;
  uint64_t seen = other->count, a = 1, b = 2, c = 3, i = 0;
  while (mine->moves < 5 || other->moves < 5) {
    a += ++i;
    b ^= a << 1;
    c += b;
    mine->count = i;
    if (other->count != seen) {
      seen = other->count;
      ++mine->moves;
    }
  }
  uint64_t d = 1, e = 2, f = 3;
  for (uint64_t k = 1; k <= i; ++k) {
    d += k;
    e ^= d << 1;
    f += e;
  }
  mine->wrong = (a - d) | (b - e) | (c - f);
}

static uint8_t stacks[2][4096] __attribute__((aligned(16)));

static bool tasks_are_preempted_and_keep_registers(void) {
  gn_tasks_statistics_t statistics;
  for (int i = 0; i < 2; ++i) {
    if (!gn_task_create("count", count_against_other, &counters[i], stacks[i], sizeof stacks[i]))
      return false;
  }
  return gn_tasks_run(200, &statistics) && (counters[0].wrong | counters[1].wrong) == 0 &&
         statistics.preemptions >= 8;
}

static volatile bool produced, consumed;
static bool is_set(void* flag) { return *(volatile bool*)flag; }

static void consume(void* order) {
  gn_task_wait(is_set, (void*)&produced);
  consumed = true;
  *(uint32_t*)order = *(uint32_t*)order * 10 + 2;
}
static void produce(void* order) {
  for (volatile uint32_t i = 0; i < 1000; ++i) continue;
  *(uint32_t*)order = *(uint32_t*)order * 10 + 1;
  produced = true;
  gn_task_wait(is_set, (void*)&consumed);
  *(uint32_t*)order = *(uint32_t*)order * 10 + 3;
}

/// Slices far longer than the test: only waiting passes the hart on.
static bool tasks_wait_for_each_other(void) {
  uint32_t order = 0;
  if (!gn_task_create("consume", consume, &order, stacks[0], sizeof stacks[0])) return false;
  if (!gn_task_create("produce", produce, &order, stacks[1], sizeof stacks[1])) return false;
  return gn_tasks_run(UINT64_MAX / 4, NULL) && order == 123;
}

/// Below M mode its CSRs are out of reach and S mode's are not; memory and code are where they were.
static bool runs_in_supervisor_mode(gn_paging_t paging) {
  uint64_t value = 0;
  gn_exception_attach(skip_instruction);
  gn_supervisor_enter(paging);
  trapped_cause = 0;
  __asm__ volatile(".option push\n .option norvc\n csrr %0, mscratch\n .option pop" : "=r"(value)::"memory");
  const bool below_machine = trapped_cause == 2;
  gn_csr_write(sscratch, topic + 1);
  const bool supervisor = gn_csr_read(sscratch) == (uint64_t)topic + 1;
  const bool paged = gn_csr_read(satp) >> 60 == (paging == GN_PAGING_OFF ? 0 : 8);
  zeroed[1] = initialised == 0x0123456789abcdef;
  gn_supervisor_leave();
  const bool back = gn_csr_read(mscratch) != 0;  // the trap stack
  gn_exception_attach(NULL);
  return below_machine && supervisor && paged && back && zeroed[1];
}

int main(void) {
  if (!report("printf prints 64 bits and reals", printf_prints_64_bits_and_reals())) return topic;
  if (!report("memory is set up", memory_is_set_up())) return topic;
  if (!report("counters count", counters_count())) return topic;
  if (!report("exceptions can be handled", exceptions_can_be_handled())) return topic;
  if (!report("the timer wakes without loss", timer_wakes_without_loss())) return topic;
  if (!report("a software interrupt arrives once", software_interrupt_arrives_once())) return topic;
  if (!report("an external interrupt arrives once", external_interrupt_arrives_once())) return topic;
  if (!report("tasks are preempted and keep registers", tasks_are_preempted_and_keep_registers()))
    return topic;
  if (!report("tasks wait for each other", tasks_wait_for_each_other())) return topic;
  if (!report("S mode", runs_in_supervisor_mode(GN_PAGING_OFF))) return topic;
  if (!report("S mode under Sv39, 4 KiB pages", runs_in_supervisor_mode(GN_PAGING_4K))) return topic;
  if (!report("S mode under Sv39, 2 MiB pages", runs_in_supervisor_mode(GN_PAGING_2M))) return topic;
  return 0;
}
