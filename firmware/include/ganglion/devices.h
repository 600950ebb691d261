/// What the device tree says is there. An address of 0 means: this SoC has no such device.
#pragma once

#include <ganglion/fdt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  const void* device_tree;  ///< NULL when a1 named none at reset
  uint64_t hart_id;
  uintptr_t uart, plic, clint, test, pmu;
  uint32_t uart_shift;   ///< log2 of the distance between two UART registers
  uint32_t timebase_hz;  ///< ticks of mtime a second
} gn_devices_t;

/// The devices found at boot.
const gn_devices_t* gn_devices(void);

/// An accelerator by its `compatible` string: base address and PLIC source (0: none given).
bool gn_find_accelerator(const char* compatible, uintptr_t* base, uint32_t* irq);

/// Files the scenario placed in memory: nodes under /reserved-memory, `compatible = "ganglion,image"`, with
/// `ganglion,name`. By number from 0 (false beyond the last one) and by name.
bool gn_image(uint32_t index, const char** name, const void** data, size_t* bytes);
bool gn_find_image(const char* name, const void** data, size_t* bytes);

/// Where results are written for the platform's report (`compatible = "ganglion,results"`).
bool gn_find_results(void** data, size_t* bytes);

/// Boot only.
void gn_devices_discover(uint64_t hart_id, const void* device_tree);
