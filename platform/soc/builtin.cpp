#include "platform/soc/builtin.h"

#include "platform/accel/register.h"
#include "platform/bus/register.h"
#include "platform/cpu/hart.h"
#include "platform/peripherals/register.h"

namespace ganglion {

ComponentRegistry make_registry() {
  ComponentRegistry registry;
  register_bus(registry);
  register_hart(registry);
  register_peripherals(registry);
  register_accel(registry);
  register_blocks(registry);
  return registry;
}

}  // namespace ganglion
