#include <ganglion/devices.h>
#include <string.h>

static gn_devices_t devices;

const gn_devices_t* gn_devices(void) { return &devices; }

void gn_devices_discover(uint64_t hart_id, const void* device_tree) {
  devices = (gn_devices_t){.hart_id = hart_id, .timebase_hz = 10000000};
  if (!gn_fdt_valid(device_tree)) return;
  devices.device_tree = device_tree;
  const struct {
    const char* compatible;
    uintptr_t* base;
  } wanted[] = {{"ns16550a", &devices.uart},
                {"riscv,plic0", &devices.plic},
                {"riscv,clint0", &devices.clint},
                {"sifive,test0", &devices.test},
                {"ganglion,pmu", &devices.pmu}};
  gn_fdt_walk_t walk = gn_fdt_walk(device_tree);
  gn_fdt_node_t node;
  while (gn_fdt_next(&walk, &node)) {
    uint32_t length = 0;
    uint64_t address = 0;
    if (gn_fdt_property(&node, "compatible", &length) == NULL) {
      (void)gn_fdt_u32(&node, "timebase-frequency", &devices.timebase_hz);  // of /cpus
      continue;
    }
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; ++i) {
      if (*wanted[i].base != 0 || !gn_fdt_is_compatible(&node, wanted[i].compatible) ||
          !gn_fdt_reg(&node, 0, &address, NULL)) {
        continue;
      }
      *wanted[i].base = (uintptr_t)address;
      if (wanted[i].base == &devices.uart) (void)gn_fdt_u32(&node, "reg-shift", &devices.uart_shift);
    }
  }
}

bool gn_find_accelerator(const char* compatible, uintptr_t* base, uint32_t* irq) {
  gn_fdt_node_t node;
  uint64_t address = 0;
  if (!gn_fdt_find(devices.device_tree, compatible, &node) || !gn_fdt_reg(&node, 0, &address, NULL))
    return false;
  *base = (uintptr_t)address;
  *irq = 0;
  (void)gn_fdt_u32(&node, "interrupts", irq);
  return true;
}

bool gn_image(uint32_t index, const char** name, const void** data, size_t* bytes) {
  if (devices.device_tree == NULL) return false;
  gn_fdt_walk_t walk = gn_fdt_walk(devices.device_tree);
  gn_fdt_node_t node;
  while (gn_fdt_next(&walk, &node)) {
    uint32_t length = 0;
    const char* found = gn_fdt_property(&node, "ganglion,name", &length);
    uint64_t address = 0, size = 0;
    if (found == NULL || length == 0 || found[length - 1] != '\0' ||
        !gn_fdt_is_compatible(&node, "ganglion,image") || !gn_fdt_reg(&node, 0, &address, &size) ||
        index-- != 0) {
      continue;
    }
    *name = found;
    *data = (const void*)(uintptr_t)address;
    *bytes = size;
    return true;
  }
  return false;
}

bool gn_find_image(const char* name, const void** data, size_t* bytes) {
  const char* found;
  for (uint32_t index = 0; gn_image(index, &found, data, bytes); ++index) {
    if (strcmp(found, name) == 0) return true;
  }
  return false;
}

bool gn_find_results(void** data, size_t* bytes) {
  gn_fdt_node_t node;
  uint64_t address = 0, size = 0;
  if (!gn_fdt_find(devices.device_tree, "ganglion,results", &node) ||
      !gn_fdt_reg(&node, 0, &address, &size)) {
    return false;
  }
  *data = (void*)(uintptr_t)address;
  *bytes = size;
  return true;
}
