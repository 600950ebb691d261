// First sign of life: devices from the device tree, 64-bit counters through printf, a timer interrupt under
// WFI.
#include <ganglion/ganglion.h>
#include <stdio.h>
#include <string.h>

static void print_device(const char* name, uintptr_t base) {
  if (base != 0) {
    printf("  %-8s 0x%09llx\n", name, (unsigned long long)base);
  } else {
    printf("  %-8s none\n", name);
  }
}

/// picolibc's integer-only printf prints 0 for %lld: the linked one must not.
static bool printf_knows_64_bits(void) {
  volatile unsigned long long big = 18446744073709551615ull, pattern = 0x0123456789abcdefull;
  volatile long long negative = -9007199254740993ll;
  volatile double real = 1234.5625;
  char text[96];
  (void)snprintf(text, sizeof text, "%llu %lld %016llx %.3f", big, negative, pattern, real);
  if (strcmp(text, "18446744073709551615 -9007199254740993 0123456789abcdef 1234.562") == 0) return true;
  printf("printf is broken: \"%s\"\n", text);
  return false;
}

static void count(void* context) { ++*(volatile uint32_t*)context; }
static bool counted(void* context) { return *(volatile uint32_t*)context != 0; }

int main(void) {
  const gn_devices_t* devices = gn_devices();
  printf("Ganglion: hello from hart %llu\n", (unsigned long long)devices->hart_id);
  print_device("uart", devices->uart);
  print_device("plic", devices->plic);
  print_device("clint", devices->clint);
  print_device("test", devices->test);
  print_device("pmu", devices->pmu);

  const uint64_t cycles = gn_cycles(), instructions = gn_instructions();
  printf("mcycle %llu, minstret %llu, mtime %llu at %lu Hz\n", (unsigned long long)cycles,
         (unsigned long long)instructions, (unsigned long long)gn_time_ticks(),
         (unsigned long)devices->timebase_hz);
  if (!printf_knows_64_bits()) return 1;
  if (gn_cycles() <= cycles || gn_instructions() <= instructions) {
    printf("the counters stand still\n");
    return 2;
  }

  if (devices->clint != 0) {
    const uint64_t before = gn_time_ticks(), millisecond = devices->timebase_hz / 1000;
    gn_sleep_ticks(millisecond);
    const uint64_t slept = gn_time_ticks() - before;
    uint32_t software_interrupts = 0;
    gn_software_attach(count, &software_interrupts);
    gn_software_raise();
    gn_wait_until(counted, &software_interrupts);
    printf("timer interrupt after %s1 ms, %lu software interrupt\n", slept >= millisecond ? "" : "LESS THAN ",
           (unsigned long)software_interrupts);
    if (slept < millisecond) return 3;
  }
  printf("bye\n");
  return 0;
}
