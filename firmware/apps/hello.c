// First sign of life: what the device tree says and what the counters count.
#include <ganglion/ganglion.h>
#include <stdio.h>

static void print_device(const char* name, uintptr_t base) {
  if (base != 0) {
    printf("  %-8s 0x%09llx\n", name, (unsigned long long)base);
  } else {
    printf("  %-8s none\n", name);
  }
}

int main(void) {
  const gn_devices_t* devices = gn_devices();
  printf("Ganglion: hello from hart %llu\n", (unsigned long long)devices->hart_id);
  print_device("uart", devices->uart);
  print_device("plic", devices->plic);
  print_device("clint", devices->clint);
  print_device("test", devices->test);
  print_device("pmu", devices->pmu);
  const char* name;
  const void* data;
  size_t bytes;
  for (uint32_t i = 0; gn_image(i, &name, &data, &bytes); ++i) {
    printf("  image \"%s\" at 0x%09llx, %zu bytes\n", name, (unsigned long long)(uintptr_t)data, bytes);
  }

  printf("mcycle %llu, minstret %llu, mtime %llu at %lu Hz\n", (unsigned long long)gn_cycles(),
         (unsigned long long)gn_instructions(), (unsigned long long)gn_time_ticks(),
         (unsigned long)devices->timebase_hz);
  printf("bye\n");
  return 0;
}
