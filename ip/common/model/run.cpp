#include "ip/common/model/run.h"

#include <stdexcept>
#include <string>

namespace ganglion::layers {

std::span<const uint8_t> Operands::bytes_of(const ByteRun& run) const {
  const auto& operand = [&]() -> const std::span<const uint8_t>& {
    switch (run.operand) {
      case Operand::kWeights:
        return weights;
      case Operand::kBias:
        return bias;
      case Operand::kMult:
        return mult;
      case Operand::kShift:
        return shift;
      default:
        return in;
    }
  }();
  if (run.offset + run.bytes > operand.size()) {
    throw std::invalid_argument(std::string("operand ") + name_of(run.operand) +
                                " is shorter than the layer says");
  }
  return operand.subspan(run.offset, run.bytes);
}

}  // namespace ganglion::layers
