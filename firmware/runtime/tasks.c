#include <ganglion/csr.h>
#include <ganglion/interrupt.h>
#include <ganglion/pmu.h>
#include <ganglion/tasks.h>

#include "idle.h"

/// Registers of a task that does not run; tasks_switch.S knows the layout.
typedef struct {
  gn_trap_frame_t frame;
  uint64_t s[12];
} registers_t;

typedef struct {
  registers_t registers;  // first: mscratch points here while the task runs
  const char* name;       // NULL: the caller of gn_tasks_run, or nobody
  bool used, ended;
  bool (*volatile done)(void* context);  // waits for that; NULL: ready
  void* context;
} task_t;

void gn_trap(gn_trap_frame_t* frame);
void gn_trap_entry(void);
void gn_task_trap_entry(void);
registers_t* gn_task_trap(registers_t* interrupted);

_Static_assert(offsetof(gn_trap_frame_t, sp) == 152 && sizeof(gn_trap_frame_t) == 160,
               "tasks_switch.S stores registers at these offsets");

static task_t caller, nobody, tasks[GN_TASKS];
static task_t* current;
static uint64_t slice, device_interrupts;
static bool turn_is_over, slice_is_over;
static gn_tasks_statistics_t counted;
uint64_t gn_task_trap_stack;  ///< top of the stack on which crt0.S handles traps

static void end_task(void) {
  current->ended = true;
  for (;;) gn_task_yield();
}

static void sleep_for_ever(void* context) {
  (void)context;
  for (;;) __asm__ volatile("wfi" ::: "memory");
}

static void prepare(task_t* task, const char* name, void (*entry)(void*), void* context, void* stack,
                    size_t stack_bytes) {
  *task = (task_t){.name = name, .used = true};
  task->registers.frame.epc = (uintptr_t)entry;
  task->registers.frame.a0 = (uintptr_t)context;
  task->registers.frame.ra = (uintptr_t)end_task;
  task->registers.frame.sp = ((uintptr_t)stack + stack_bytes) & ~(uintptr_t)15;
}

bool gn_task_create(const char* name, void (*entry)(void* context), void* context, void* stack,
                    size_t stack_bytes) {
  for (int i = 0; i < GN_TASKS; ++i) {
    if (tasks[i].used) continue;
    prepare(&tasks[i], name, entry, context, stack, stack_bytes);
    return true;
  }
  return false;
}

/// Ready, or has just become so.
static bool is_ready(task_t* task) {
  if (!task->used || task->ended) return false;
  if (task->done != NULL && task->done(task->context)) task->done = NULL;
  return task->done == NULL;
}

/// Who runs next: first whoever waited for what has come, then the current task while its turn lasts, then
/// the next one in the ring; nobody when all wait.
static task_t* choose(void) {
  const int here = current >= tasks && current < tasks + GN_TASKS ? (int)(current - tasks) : -1;
  for (int i = 1; i <= GN_TASKS; ++i) {
    task_t* task = &tasks[(here + i) % GN_TASKS];
    if (task->done != NULL && task != current && is_ready(task)) return task;
  }
  if (!turn_is_over && current != &nobody && is_ready(current)) return current;
  for (int i = 1; i <= GN_TASKS; ++i) {
    task_t* task = &tasks[(here + i) % GN_TASKS];
    if (is_ready(task)) return task;
  }
  return is_ready(&caller) ? &caller : &nobody;
}

static void tick(void* context) {
  (void)context;
  turn_is_over = slice_is_over = true;
  gn_timer_attach(gn_time_ticks() + slice, tick, NULL);
}

static void give_up_turn(void* context) {
  (void)context;
  turn_is_over = true;
}

/// From tasks_switch.S: handles the trap, says whose registers to go on with.
registers_t* gn_task_trap(registers_t* interrupted) {
  const uint64_t cause = interrupted->frame.cause;
  gn_trap(&interrupted->frame);
  if ((int64_t)cause >= 0) return interrupted;  // an exception that was handled
  if ((cause << 1 >> 1) == 11) ++device_interrupts;
  task_t* next = choose();
  if (next != current) {
    ++counted.switches;
    if (slice_is_over) ++counted.preemptions;
    if (current->name != NULL) gn_region_end();
    if (next->name != NULL) gn_region_begin(next->name);
    current = next;
  }
  turn_is_over = slice_is_over = false;
  return &current->registers;
}

void gn_task_yield(void) { gn_software_raise(); }

void gn_task_wait(bool (*done)(void* context), void* context) {
  task_t* self = current;
  gn_interrupts_off();
  self->context = context;
  self->done = done;
  gn_software_raise();
  gn_interrupts_on();
  while (self->done != NULL) continue;  // until the interrupt that was raised is taken
}

static bool device_interrupt_came(void* context) { return device_interrupts != *(uint64_t*)context; }

/// gn_idle of a task: interrupts are off before and after; what comes in between ends the wait.
static void idle_in_task(void) {
  uint64_t seen = device_interrupts;
  gn_task_wait(device_interrupt_came, &seen);
  gn_interrupts_off();
}

static bool all_ended(void* context) {
  (void)context;
  for (int i = 0; i < GN_TASKS; ++i) {
    if (tasks[i].used && !tasks[i].ended) return false;
  }
  return true;
}

bool gn_tasks_run(uint64_t slice_ticks, gn_tasks_statistics_t* statistics) {
  static uint8_t stack[512] __attribute__((aligned(16)));
  gn_interrupts_off();
  if (!gn_software_attach(give_up_turn, NULL)) {
    gn_interrupts_on();
    return false;
  }
  prepare(&nobody, NULL, sleep_for_ever, NULL, stack, sizeof stack);
  caller = (task_t){.used = true};
  current = &caller;
  slice = slice_ticks;
  counted = (gn_tasks_statistics_t){0};
  gn_task_trap_stack = gn_csr_read(mscratch);
  gn_csr_write(mscratch, (uintptr_t)&caller.registers);
  gn_csr_write(mtvec, (uintptr_t)gn_task_trap_entry);
  gn_idle_with(idle_in_task);
  tick(NULL);
  gn_task_wait(all_ended, NULL);

  gn_interrupts_off();
  gn_timer_attach(0, NULL, NULL);
  gn_software_attach(NULL, NULL);
  gn_idle_with(NULL);
  gn_csr_write(mtvec, (uintptr_t)gn_trap_entry);
  gn_csr_write(mscratch, gn_task_trap_stack);
  for (int i = 0; i < GN_TASKS; ++i) tasks[i].used = false;
  gn_interrupts_on();
  if (statistics != NULL) *statistics = counted;
  return true;
}
