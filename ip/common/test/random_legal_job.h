#pragma once

#include <algorithm>
#include <limits>

#include "ip/common/test/random_choice.h"
#include "ip/common/test/random_layer.h"

namespace ganglion::layers {

/// A random layer out of `sizes`; mostly legal. `Traits::choose_arithmetic(array, layer, choice)` sets what
/// is the block's own.
template <class Traits>
typename Traits::Layer draw_layer(const typename Traits::Config& array, const JobSizes& sizes,
                                  RandomChoice& choice) {
  typename Traits::Layer layer;
  layer.in_c = choice.pick(sizes.in_c);
  layer.kh = choice.pick(sizes.kernel);
  layer.kw = choice.pick(sizes.kernel);
  layer.stride = choice.pick(sizes.stride);
  layer.pad = choice.pick(sizes.pad);
  const JobSizes::Range& side = choice.below(8) == 0 ? sizes.large_side : sizes.side;
  layer.in_h = std::max(layer.kh, choice.pick(side));
  layer.in_w = std::max(layer.kw, choice.pick(side));
  if (choice.percent(sizes.fully_connected_percent)) {
    layer.kind = Layer::kFullyConnected;
    layer.out_c = std::max(1U, array.array_lanes() * choice.pick(sizes.outputs_percent) / 100);
  } else {
    layer.out_c = (choice.pick(sizes.groups) - 1) * array.mvms + choice.pick(1, array.mvms);
  }
  complete_geometry(array, layer);
  if (!layer.fully_connected() && layer.out_h > 1 && layer.out_w > 1 &&
      choice.percent(sizes.pooled_percent)) {
    layer.pool = 1;
    complete_geometry(array, layer);
  }
  const auto element = static_cast<uint32_t>(array.element_bytes());
  if (choice.percent(50)) {
    layer.in_row_stride += element * choice.pick(sizes.row_gap);
    layer.in_plane_stride = layer.in_row_stride * layer.in_h + element * choice.pick(sizes.plane_gap);
    layer.out_row_stride += element * choice.pick(sizes.row_gap);
    layer.out_plane_stride = layer.out_row_stride * layer.stored_h() + element * choice.pick(sizes.plane_gap);
  }
  layer.hi = static_cast<int32_t>(signed_max(array.operand_bits));
  layer.lo = choice.percent(50) ? 0 : static_cast<int32_t>(signed_min(array.operand_bits));
  if (choice.percent(20)) {
    layer.lo = -static_cast<int32_t>(choice.below(8));
    layer.hi = static_cast<int32_t>(choice.below(8));
  }
  Traits::choose_arithmetic(array, layer, choice);
  return layer;
}

/// Every element of `to` from `low` to `high`.
inline void fill_elements(std::vector<uint8_t>& to, int element_bytes, int low, int high,
                          RandomChoice& choice) {
  for (std::size_t i = 0; i < to.size() / static_cast<std::size_t>(element_bytes); ++i)
    put_element(to, i, low + static_cast<int>(choice.below(static_cast<uint64_t>(high - low) + 1)),
                element_bytes);
}

/// Operands of one of several tempers: small weights, many of them 0; wide ones; inputs and weights of one
/// sign, which saturate; the largest values there are. Constants that spread the sums over the outputs, or
/// any legal ones.
template <class BlockLayer>
OwnedJob<BlockLayer> draw_operands(const Array& array, const BlockLayer& layer, RandomChoice& choice) {
  auto owned = with_random_operands(array, layer, choice.engine, choice.one_of({0.03, 0.06, 0.2}));
  const int bytes = array.element_bytes();
  const int half = 1 << (array.operand_bits - 1);
  switch (choice.below(5)) {
    case 0:
    case 2:
      fill_elements(owned.in, bytes, half / 2, half - 1, choice);
      fill_elements(owned.weights, bytes, 0, half / 6, choice);
      break;
    case 1:
      fill_elements(owned.in, bytes, choice.percent(50) ? -half : half - 2,
                    choice.percent(50) ? half - 1 : half - 2, choice);
      break;
    default:
      break;
  }
  if (choice.percent(4)) fill_elements(owned.weights, bytes, -half, -half, choice);
  if (choice.percent(25)) {
    owned.bias.clear(), owned.mult.clear(), owned.shift.clear();
    for (uint32_t i = 0; i < layer.out_c; ++i) {
      append_le32(owned.bias, choice.percent(10) ? choice.one_of({0x7fffffffU, 0x80000000U}) : choice.word());
      append_le32(owned.mult, choice.word() >> choice.pick(1, 8));
      append_le32(owned.shift, choice.percent(80) ? choice.pick(24, 46) : choice.pick(1, 62));
    }
  }
  return owned;
}

}  // namespace ganglion::layers
