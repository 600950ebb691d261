#include "ip/mac_array/test/rtl_block.h"

#include "ip/common/test/rtl_layer_cycles.h"
#include "ip/common/test/rtl_layer_jobs.h"
#include "ip/common/test/rtl_layer_shell.h"

namespace ganglion::layers {

INSTANTIATE_TYPED_TEST_SUITE_P(MacArrayRtl, LayerRtl, mac_array::RtlBlock);
INSTANTIATE_TYPED_TEST_SUITE_P(MacArrayRtl, LayerRtlCycles, mac_array::RtlBlock);
INSTANTIATE_TYPED_TEST_SUITE_P(MacArrayRtl, LayerRtlShell, mac_array::RtlBlock);

}  // namespace ganglion::layers
