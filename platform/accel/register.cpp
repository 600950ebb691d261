#include "platform/accel/register.h"

#include "platform/accel/cosim/rtl_block.h"

namespace ganglion {

void register_accel(ComponentRegistry& registry) { registry.add(RtlBlock::type()); }

}  // namespace ganglion
