// From crt0.S into main, and what happens when the hart traps.
#include <ganglion/csr.h>
#include <ganglion/devices.h>
#include <ganglion/exit.h>
#include <ganglion/interrupt.h>
#include <ganglion/supervisor.h>
#include <ganglion/uart.h>
#include <stdio.h>

int main(void);
noreturn void gn_start(uint64_t hart_id, const void* device_tree);
void gn_trap(gn_trap_frame_t* frame);
noreturn void gn_trap_in_trap(uint64_t cause, uint64_t pc, uint64_t value);
void gn_interrupt(uint64_t cause);

static gn_exception_handler_t exception_handler;
static bool dying;

noreturn void gn_start(uint64_t hart_id, const void* device_tree) {
  gn_devices_discover(hart_id, device_tree);
  gn_uart_init();
  gn_interrupts_init();
  gn_exit(main());
}

void gn_exception_attach(gn_exception_handler_t handler) { exception_handler = handler; }

static const char* exception_name(uint64_t cause) {
  static const char* const names[] = {"instruction address misaligned",
                                      "instruction access fault",
                                      "illegal instruction",
                                      "breakpoint",
                                      "load address misaligned",
                                      "load access fault",
                                      "store address misaligned",
                                      "store access fault",
                                      "ecall from U mode",
                                      "ecall from S mode",
                                      "reserved",
                                      "ecall from M mode",
                                      "instruction page fault",
                                      "load page fault",
                                      "reserved",
                                      "store page fault"};
  return cause < sizeof names / sizeof names[0] ? names[cause] : "unknown exception";
}

/// A second exception while the first is reported leaves without more words.
static noreturn void die(const char* what, uint64_t cause, uint64_t pc, uint64_t value) {
  if (!dying) {
    dying = true;
    printf("\nunhandled exception%s: %s (mcause %llu) at pc 0x%016llx, mtval 0x%016llx\n", what,
           exception_name(cause), (unsigned long long)cause, (unsigned long long)pc,
           (unsigned long long)value);
  }
  gn_exit(GN_EXIT_EXCEPTION + (int)cause);
}

void gn_trap(gn_trap_frame_t* frame) {
  if ((int64_t)frame->cause < 0) {
    gn_interrupt(frame->cause << 1 >> 1);
    return;
  }
  if (gn_supervisor_left(frame->cause, frame->a7)) {
    frame->epc += 4;  // behind the ecall
    return;
  }
  if (exception_handler != NULL && exception_handler(frame)) return;
  die("", frame->cause, frame->epc, frame->value);
}

noreturn void gn_trap_in_trap(uint64_t cause, uint64_t pc, uint64_t value) {
  die(" in a trap handler", cause, pc, value);
}
