#include <ganglion/devices.h>
#include <string.h>

static gn_devices_t devices;

const gn_devices_t* gn_devices(void) { return &devices; }

static uintptr_t base_of(const char* compatible) {
  gn_fdt_node_t node;
  uint64_t address = 0;
  if (!gn_fdt_find(devices.device_tree, compatible, &node) || !gn_fdt_reg(&node, 0, &address, NULL)) return 0;
  return (uintptr_t)address;
}

void gn_devices_discover(uint64_t hart_id, const void* device_tree) {
  devices = (gn_devices_t){.hart_id = hart_id, .timebase_hz = 10000000};
  if (!gn_fdt_valid(device_tree)) return;
  devices.device_tree = device_tree;
  devices.uart = base_of("ns16550a");
  devices.plic = base_of("riscv,plic0");
  devices.clint = base_of("riscv,clint0");
  devices.test = base_of("sifive,test0");
  devices.pmu = base_of("ganglion,pmu");

  gn_fdt_node_t node;
  if (gn_fdt_find(device_tree, "ns16550a", &node)) (void)gn_fdt_u32(&node, "reg-shift", &devices.uart_shift);
  gn_fdt_walk_t walk = gn_fdt_walk(device_tree);
  while (gn_fdt_next(&walk, &node)) {
    if (gn_fdt_u32(&node, "timebase-frequency", &devices.timebase_hz)) break;
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
