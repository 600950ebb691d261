#include "ip/deepcam/tlm/latched_job.h"

#include "ip/common/tlm/latched_layer.h"

namespace ganglion::deepcam {

Layer layer_of(const Registers::Config& c) {
  Layer layer;
  layers::read_layer(c, layer);
  layer.norms = c.norms();
  layer.hash_bits = c.hash_bits;
  layer.hash_tile = c.hash_tile;
  layer.hash_layer = c.hash_layer;
  layer.norm_shift = c.norm_shift;
  layer.product_shift = c.product_shift;
  layer.dataflow = c.dataflow;
  layer.fold = c.fold;
  return layer;
}

AssociativeJob associative_job_of(const Registers::Config& c) {
  AssociativeJob job;
  job.in = c.in();
  job.care = c.weights();
  job.out = c.out();
  job.search = c.kind == kSearch;
  job.count = c.in_c;
  job.row_begin = c.row_begin;
  job.hash_bits = c.hash_bits;
  job.threshold = c.threshold;
  return job;
}

uint64_t address_of(const Layer& layer, Operand operand) {
  return operand == Operand::kNorms ? layer.norms : layers::address_of(layer, operand);
}

AcceleratorError code_of(Fault fault) {
  const auto own = [](DeepcamFault code) {
    return static_cast<AcceleratorError>(static_cast<uint32_t>(code));
  };
  switch (fault) {
    case Fault::kKind:
      return own(DeepcamFault::kKind);
    case Fault::kDimension:
      return own(DeepcamFault::kDimension);
    case Fault::kKernel:
      return own(DeepcamFault::kKernel);
    case Fault::kGeometry:
      return own(DeepcamFault::kGeometry);
    case Fault::kPool:
      return own(DeepcamFault::kPool);
    case Fault::kStride:
      return own(DeepcamFault::kStride);
    case Fault::kClamp:
      return own(DeepcamFault::kClamp);
    case Fault::kHashLength:
      return own(DeepcamFault::kHashLength);
    case Fault::kHashTile:
      return own(DeepcamFault::kHashTile);
    case Fault::kHashLayer:
      return own(DeepcamFault::kHashLayer);
    case Fault::kProjection:
      return own(DeepcamFault::kProjection);
    case Fault::kShift:
      return own(DeepcamFault::kShiftRange);
    case Fault::kDataflow:
      return own(DeepcamFault::kDataflow);
    case Fault::kFolding:
      return own(DeepcamFault::kFolding);
    case Fault::kInputTooLarge:
      return own(DeepcamFault::kInputTooLarge);
    case Fault::kMisaligned:
      return AcceleratorError::kMisaligned;
    case Fault::kAddressRange:
      return AcceleratorError::kOverflow;
    case Fault::kOverlap:
      return own(DeepcamFault::kOverlap);
    case Fault::kNorm:
      return own(DeepcamFault::kNorm);
    case Fault::kRows:
      return own(DeepcamFault::kRows);
    case Fault::kRequantisation:
      return own(DeepcamFault::kRequantisation);
    case Fault::kPrecision:
    case Fault::kGuardBits:
    case Fault::kZeroSkip:
    case Fault::kWeightsTooLarge:
    case Fault::kOutputTooLarge:
    case Fault::kOperandRange:
      break;  // no rules of this block
  }
  return AcceleratorError::kInternal;
}

}  // namespace ganglion::deepcam
