#include "ip/common/tlm/latched_layer.h"

#include "layer_register_bank.h"

namespace ganglion::layers {

uint64_t address_of(const Layer& layer, Operand operand) {
  switch (operand) {
    case Operand::kInput:
      return layer.in;
    case Operand::kWeights:
      return layer.weights;
    case Operand::kBias:
      return layer.bias;
    case Operand::kMult:
      return layer.mult;
    case Operand::kShift:
      return layer.shift;
    case Operand::kOutput:
      return layer.out;
    case Operand::kNorms:
      break;
  }
  return 0;
}

AcceleratorError code_of(Fault fault) {
  const auto own = [](layer::LayerFault code) {
    return static_cast<AcceleratorError>(static_cast<uint32_t>(code));
  };
  switch (fault) {
    case Fault::kKind:
      return own(layer::LayerFault::kKind);
    case Fault::kDimension:
      return own(layer::LayerFault::kDimension);
    case Fault::kKernel:
      return own(layer::LayerFault::kKernel);
    case Fault::kGeometry:
      return own(layer::LayerFault::kGeometry);
    case Fault::kPool:
      return own(layer::LayerFault::kPool);
    case Fault::kStride:
      return own(layer::LayerFault::kStride);
    case Fault::kPrecision:
      return own(layer::LayerFault::kPrecision);
    case Fault::kGuardBits:
      return own(layer::LayerFault::kGuardBits);
    case Fault::kZeroSkip:
      return own(layer::LayerFault::kZeroSkip);
    case Fault::kClamp:
      return own(layer::LayerFault::kClamp);
    case Fault::kMisaligned:
      return AcceleratorError::kMisaligned;
    case Fault::kAddressRange:
      return AcceleratorError::kOverflow;
    case Fault::kOverlap:
      return own(layer::LayerFault::kOverlap);
    case Fault::kInputTooLarge:
      return own(layer::LayerFault::kInputTooLarge);
    case Fault::kWeightsTooLarge:
      return own(layer::LayerFault::kWeightsTooLarge);
    case Fault::kOutputTooLarge:
      return own(layer::LayerFault::kOutputTooLarge);
    case Fault::kOperandRange:
      return own(layer::LayerFault::kOperandRange);
    case Fault::kRequantisation:
      return own(layer::LayerFault::kRequantisation);
    case Fault::kHashLength:
    case Fault::kHashTile:
    case Fault::kHashLayer:
    case Fault::kProjection:
    case Fault::kShift:
    case Fault::kDataflow:
    case Fault::kFolding:
    case Fault::kNorm:
    case Fault::kRows:
      break;  // no rules of a block with layer_fault
  }
  return AcceleratorError::kInternal;
}

JobError to_job_error(const JobFault& fault, AcceleratorError code, const RegisterBank& registers,
                      const std::function<uint64_t(Operand)>& address_of) {
  JobError error =
      broken_rule(code, registers.find(fault.register_name), fault.value, fault.rule, fault.offset);
  if (fault.offset) {
    for (const Operand operand : {Operand::kInput, Operand::kWeights, Operand::kNorms, Operand::kBias,
                                  Operand::kMult, Operand::kShift}) {
      if (fault.register_name == name_of(operand)) error.address = address_of(operand) + *fault.offset;
    }
  }
  return error;
}

JobError to_job_error(const JobFault& fault, const Layer& layer, const RegisterBank& registers) {
  return to_job_error(fault, code_of(fault.fault), registers,
                      [&layer](Operand operand) { return address_of(layer, operand); });
}

}  // namespace ganglion::layers
