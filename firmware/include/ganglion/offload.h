/// The accelerators that gn_network_open can place layers on.
#pragma once

#include <ganglion/network.h>

/// The SoC's accelerators behind their drivers, ready for jobs, as a list; NULL when the device tree has
/// none.
const gn_offload_t* gn_find_offload(void);

/// Where layers of this target run: "hart", or a block's name in the device tree without "ganglion,".
const char* gn_target_name(uint32_t target);
