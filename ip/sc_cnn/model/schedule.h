#pragma once

#include "ip/common/model/schedule.h"

// The core is tiled as every array that computes layers is: ip/common/model/schedule.h.

namespace ganglion::sc_cnn {

using layers::ByteRun;
using layers::Operand;
using layers::Tile;

}  // namespace ganglion::sc_cnn
