/// The accelerators that gn_network_open can place layers on.
#pragma once

#include <ganglion/network.h>

/// The SoC's SC-CNN core behind its driver, ready for jobs; NULL when the device tree has none.
const gn_offload_t* gn_find_offload(void);
