#pragma once

#include "platform/kernel/component_registry.h"
#include "platform/peripherals/mmio_device.h"

namespace ganglion {

/// The device through which firmware ends a run ("sifive,test", as on QEMU virt): writing 0x5555 is success,
/// 0x3333 | code << 16 a failure reported by firmware, 0x7777 asks for a reset; other values are logged and
/// ignored. The run ends at the kernel time of the write.
class ExitDevice : public MmioDevice {
 public:
  static ComponentType type();  ///< "exit_device"

  explicit ExitDevice(const ComponentContext& context);
  void reset() override {}

 protected:
  bool read(uint64_t offset, unsigned bytes, uint64_t& value) override;
  bool write(uint64_t offset, unsigned bytes, uint64_t value) override;
};

}  // namespace ganglion
