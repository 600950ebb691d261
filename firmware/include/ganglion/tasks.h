/// Preemptive tasks on one hart: a ring of tasks that take turns by the machine timer. A task that waits
/// (gn_task_wait, or gn_idle and what is built on it: drivers, gn_network_*) gives the hart to the others and
/// goes on as soon as an interrupt brings what it waited for.
///
/// models: time slices, waiting without polling, one region of the power and performance monitor a slice, so
/// that the timeline shows who ran when.
/// leaves out: priorities, floating-point registers (firmware is compiled without), locks: malloc and printf
/// belong to one task at a time. While tasks run the machine timer and the software interrupt are the
/// scheduler's (no gn_timer_attach, gn_sleep_ticks, gn_software_attach); no task may have a region open when
/// it is interrupted.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GN_TASKS = 8 };

/// A task for the next gn_tasks_run: `entry(context)` on a stack of the caller's, `name` on the timeline.
/// False when there are GN_TASKS already.
bool gn_task_create(const char* name, void (*entry)(void* context), void* context, void* stack,
                    size_t stack_bytes);

typedef struct {
  uint64_t switches;     ///< from one task (or sleep) to another
  uint64_t preemptions;  ///< of them at the end of a slice
} gn_tasks_statistics_t;

/// Runs the tasks until each has returned, `slice_ticks` of mtime at a time, and forgets them. False, and
/// nothing runs, without a CLINT.
bool gn_tasks_run(uint64_t slice_ticks, gn_tasks_statistics_t* statistics);

/// In a task: the others' turn until `done(context)` holds. It is looked at after every interrupt, with
/// interrupts off.
void gn_task_wait(bool (*done)(void* context), void* context);
/// In a task: the others' turn.
void gn_task_yield(void);
