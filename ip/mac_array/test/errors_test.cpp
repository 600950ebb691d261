#include "ip/common/test/layer_errors.h"
#include "ip/common/test/layer_faults.h"
#include "ip/common/test/layer_queue.h"
#include "ip/mac_array/test/bench.h"

namespace ganglion::layers {

INSTANTIATE_TYPED_TEST_SUITE_P(MacArray, LayerErrors, mac_array::Traits);
INSTANTIATE_TYPED_TEST_SUITE_P(MacArray, LayerQueue, mac_array::Bench);
INSTANTIATE_TYPED_TEST_SUITE_P(MacArray, LayerFaults, mac_array::Traits);

}  // namespace ganglion::layers
