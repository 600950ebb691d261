#include "ip/common/model/transfers.h"

#include <stdexcept>
#include <string>

namespace ganglion::layers {

const char* name_of(Operand operand) {
  switch (operand) {
    case Operand::kInput:
      return "IN_LO";
    case Operand::kWeights:
      return "WEIGHTS_LO";
    case Operand::kBias:
      return "BIAS_LO";
    case Operand::kMult:
      return "MULT_LO";
    case Operand::kShift:
      return "SHIFT_LO";
    case Operand::kOutput:
      return "OUT_LO";
    case Operand::kNorms:
      return "NORMS_LO";
  }
  return "";
}

void append_run(std::vector<ByteRun>& runs, const ByteRun& run) {
  if (run.bytes == 0) return;
  if (!runs.empty()) {
    ByteRun& last = runs.back();
    if (last.operand == run.operand && last.offset + last.bytes == run.offset &&
        last.buffer_offset + last.bytes == run.buffer_offset) {
      last.bytes += run.bytes;
      return;
    }
  }
  runs.push_back(run);
}

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
      case Operand::kNorms:
        return norms;
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
