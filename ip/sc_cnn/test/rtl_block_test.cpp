#include "ip/sc_cnn/test/rtl_block.h"

#include "ip/common/test/rtl_layer_cycles.h"
#include "ip/common/test/rtl_layer_jobs.h"
#include "ip/common/test/rtl_layer_shell.h"

namespace ganglion::layers {

INSTANTIATE_TYPED_TEST_SUITE_P(ScCnnRtl, LayerRtl, sc_cnn::RtlBlock);
INSTANTIATE_TYPED_TEST_SUITE_P(ScCnnRtl, LayerRtlCycles, sc_cnn::RtlBlock);
INSTANTIATE_TYPED_TEST_SUITE_P(ScCnnRtl, LayerRtlShell, sc_cnn::RtlBlock);

}  // namespace ganglion::layers
