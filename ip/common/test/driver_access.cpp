#include "ip/common/test/driver_access.h"

#include <utility>

#include "ip/common/driver/accelerator.h"

namespace ganglion::test {
namespace {

const DriverAccess* active = nullptr;

}  // namespace

DriverAccess::DriverAccess(Read read, Write write) : read(std::move(read)), write(std::move(write)) {
  active = this;
}

DriverAccess::~DriverAccess() { active = nullptr; }

}  // namespace ganglion::test

extern "C" uint32_t accelerator_mmio_read(uintptr_t address) {
  using namespace ganglion::test;
  return active->read(address - DriverAccess::kBase);
}
extern "C" void accelerator_mmio_write(uintptr_t address, uint32_t value) {
  using namespace ganglion::test;
  active->write(address - DriverAccess::kBase, value);
}
