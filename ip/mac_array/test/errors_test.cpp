#include "ip/common/test/layer_errors.h"
#include "ip/mac_array/test/bench.h"

namespace ganglion::layers {

INSTANTIATE_TYPED_TEST_SUITE_P(MacArray, LayerErrors, mac_array::Traits);

}  // namespace ganglion::layers
