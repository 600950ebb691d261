#include "ip/deepcam/model/layer.h"

#include <array>
#include <string>
#include <utility>

#include "ip/deepcam/model/norm.h"
#include "ip/deepcam/model/schedule.h"

namespace ganglion::deepcam {
namespace {

using layers::MaybeFault;

MaybeFault fault(Fault fault, const char* register_name, int64_t value, std::string rule) {
  return layers::job_fault(fault, register_name, value, std::move(rule));
}

std::string text(uint64_t value) { return std::to_string(value); }

MaybeFault check_kind(const Layer& l) {
  if (l.kind <= Layer::kFullyConnected) return std::nullopt;
  return fault(Fault::kKind, "KIND", l.kind,
               "must be 0 (convolution), 1 (fully connected), 2 (store) or 3 (search)");
}

MaybeFault check_hash(const Config& c, const Layer& l) {
  if (l.hash_bits == 0 || l.hash_bits % kSegmentBits != 0 || l.hash_bits > kMaxHashBits) {
    return fault(Fault::kHashLength, "HASH_BITS", l.hash_bits,
                 "must be 256, 512, 768 or 1024: whole segments of 256 bits");
  }
  if (l.taps() > c.projection_inputs) {
    return fault(Fault::kProjection, "IN_C", l.in_c,
                 "the " + text(l.taps()) + " inputs of an output must not exceed the projection store's " +
                     text(c.projection_inputs));
  }
  if (l.hash_tile % kTileStep != 0)
    return fault(Fault::kHashTile, "HASH_TILE", l.hash_tile, "must be 0 (no tiles) or a multiple of 8");
  if (l.tiling().tiles() > kMaxTiles) {
    return fault(Fault::kHashTile, "HASH_TILE", l.hash_tile,
                 "must cut the " + text(l.taps()) + " inputs into 16 tiles at most");
  }
  if (l.hash_layer > kMaxHashLayer)
    return fault(Fault::kHashLayer, "HASH_LAYER", l.hash_layer, "must be 0 to 65535");
  if (l.norm_shift > kMaxNormShift)
    return fault(Fault::kShift, "NORM_SHIFT", l.norm_shift, "must be 0 to 15");
  if (l.product_shift < 1 || l.product_shift > kMaxProductShift)
    return fault(Fault::kShift, "PRODUCT_SHIFT", l.product_shift, "must be 1 to 48");
  return std::nullopt;
}

MaybeFault check_mapping(const Config& c, const Layer& l) {
  if (l.dataflow > Layer::kWeightStationary) {
    return fault(Fault::kDataflow, "DATAFLOW", l.dataflow,
                 "must be 0 (activation stationary) or 1 (weight stationary)");
  }
  if (l.fold > 1) return fault(Fault::kFolding, "FOLD", l.fold, "must be 0 or 1");
  if (l.fold == 1) return std::nullopt;
  const uint64_t rows = l.weight_stationary() ? l.out_c : l.patches();
  if (rows > c.rows) {
    return fault(Fault::kFolding, "FOLD", l.fold,
                 "must be 1: the " + text(rows) + (l.weight_stationary() ? " filters" : " patches") +
                     " of this job need more than the array's " + text(c.rows) + " rows");
  }
  if (l.hash_bits > c.segments * kSegmentBits) {
    return fault(Fault::kFolding, "FOLD", l.fold,
                 "must be 1: a hash of " + text(l.hash_bits) + " bits is longer than the array's word of " +
                     text(c.segments * kSegmentBits));
  }
  if (l.tiling().tiles() > 1) {
    return fault(Fault::kFolding, "FOLD", l.fold, "must be 1: the tiles of a hash take turns in the array");
  }
  return std::nullopt;
}

MaybeFault check_buffers(const Config& c, const Layer& l) {
  const Schedule schedule(c, l);
  if (schedule.input_resident() || schedule.largest_stripe_bytes() <= c.input_buffer_bytes / 2)
    return std::nullopt;
  return fault(Fault::kInputTooLarge, "IN_W", l.in_w,
               "the " + text(schedule.largest_stripe_bytes()) + " input bytes that " +
                   text(schedule.patch_step()) + " patches read must fit half the input buffer, " +
                   text(c.input_buffer_bytes / 2));
}

MaybeFault check_addresses(const Layer& l) {
  const std::array<layers::Region, 6> operands{{{"IN_LO", l.in, l.input_layout().span_bytes()},
                                                {"WEIGHTS_LO", l.weights, l.out_c * l.key_bytes()},
                                                {"NORMS_LO", l.norms, uint64_t{l.out_c} * l.tiling().tiles()},
                                                {"BIAS_LO", l.bias, uint64_t{l.out_c} * 4},
                                                {"MULT_LO", l.mult, uint64_t{l.out_c} * 4},
                                                {"SHIFT_LO", l.shift, uint64_t{l.out_c} * 4}}};
  return layers::check_regions(operands, {"OUT_LO", l.out, l.output_layout().span_bytes()});
}

}  // namespace

std::optional<JobFault> find_job_fault(const Config& config, const Layer& layer) {
  if (auto found = check_kind(layer)) return found;
  if (auto found = check_sizes(layer)) return found;
  if (auto found = check_strides(layer, 1)) return found;
  if (auto found = check_hash(config, layer)) return found;
  if (auto found = check_mapping(config, layer)) return found;
  if (auto found = check_output_range(layer, 8)) return found;
  if (auto found = check_buffers(config, layer)) return found;
  return check_addresses(layer);
}

}  // namespace ganglion::deepcam
