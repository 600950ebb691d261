#pragma once

#include <array>

#include "ip/common/test/random_choice.h"
#include "ip/common/test/random_layer.h"

namespace ganglion::layers {

/// Ways to break a rule that all blocks which compute layers share.
inline constexpr unsigned kBrokenRules = 25;

/// Breaks rule number `rule` (below kBrokenRules) of a legal layer; some need another layer altogether.
template <class BlockLayer>
void break_rule(const Array& array, BlockLayer& l, unsigned rule, RandomChoice& choice) {
  const auto element = static_cast<uint32_t>(array.element_bytes());
  const std::array<uint32_t*, 6> sizes{&l.in_c, &l.in_h, &l.in_w, &l.out_c, &l.out_h, &l.out_w};
  const std::array<uint64_t*, 6> addresses{&l.in, &l.weights, &l.bias, &l.mult, &l.shift, &l.out};
  const auto convolution = [&](uint32_t in_c, uint32_t in_h, uint32_t in_w, uint32_t kernel, uint32_t out_c) {
    l.kind = Layer::kConvolution;
    l.in_c = in_c, l.in_h = in_h, l.in_w = in_w, l.out_c = out_c;
    l.kh = l.kw = kernel;
    l.stride = 1, l.pad = l.pool = 0;
    BlockLayer complete = l;
    complete_geometry(array, complete);
    l.out_h = complete.out_h, l.out_w = complete.out_w;
    l.in_row_stride = complete.in_row_stride, l.in_plane_stride = complete.in_plane_stride;
    l.out_row_stride = complete.out_row_stride, l.out_plane_stride = complete.out_plane_stride;
  };
  const uint32_t maps = std::min(array.mvms, l.out_c);
  switch (rule) {
    case 0:
      l.kind = choice.one_of({2U, 3U, 0x80000000U});
      break;
    case 1:
      *sizes[choice.below(sizes.size())] = 0;
      break;
    case 2:
      *sizes[choice.below(sizes.size())] = 65536 + choice.below(3) * 65535;
      break;
    case 3:
      convolution(2, 4, 4, 2, 3);
      (choice.percent(50) ? l.kh : l.kw) = choice.one_of({0U, 33U});
      break;
    case 4:
      convolution(2, 4, 4, 2, 3);
      l.stride = choice.one_of({0U, 33U, 65537U});
      break;
    case 5:
      convolution(2, 4, 4, 2, 3);
      l.pad = choice.one_of({32U, 0xffffffffU});
      break;
    case 6:
      l.out_h += choice.percent(50) && l.out_h > 1 ? -1U : 1U;
      break;
    case 7:
      l.out_w += choice.percent(50) && l.out_w > 1 ? -1U : 1U;
      break;
    case 8:
      l.pool = choice.one_of({2U, 3U, 65536U});
      break;
    case 9:  // one output row or column cannot be pooled
      convolution(1, choice.percent(50) ? 2 : 5, 2, 2, 2);
      l.pool = 1;
      break;
    case 10:
      l.in_row_stride -= element;
      break;
    case 11:
      l.in_plane_stride = l.in_h * l.in_row_stride - element;
      break;
    case 12:
      l.out_row_stride -= 1;
      break;
    case 13:
      l.out_plane_stride = l.stored_h() * l.out_row_stride - 1;
      break;
    case 14:
      l.lo =
          static_cast<int32_t>(choice.percent(50) ? signed_min(array.operand_bits) - 1 : INT64_C(-1) << 31);
      break;
    case 15:
      l.hi = static_cast<int32_t>(choice.percent(50) ? signed_max(array.operand_bits) + 1 : INT32_MAX);
      break;
    case 16:
      l.lo = static_cast<int32_t>(1 + choice.below(5));
      l.hi = l.lo - 1 - static_cast<int32_t>(choice.below(5));
      break;
    case 17:
      *addresses[choice.below(addresses.size())] += choice.pick(1, 7);
      break;
    case 18:
      *addresses[choice.below(addresses.size())] = ~uint64_t{7};
      break;
    case 19:  // its first or its last bytes
      l.out = *addresses[choice.below(5)];
      break;
    case 20: {  // a row of the input does not fit half its buffer
      const uint32_t fitting = array.input_buffer_bytes / 2 / element;
      convolution(16, 4, fitting / 16 + choice.pick(1, 5), 1, 1);
      break;
    }
    case 21: {  // nor the weights of a group theirs
      const uint32_t taps = array.weight_buffer_bytes / 2 / (maps * element);
      convolution(taps / 9 + 1, 3, 3, 3, l.out_c);
      break;
    }
    case 22:  // nor a row of outputs theirs
      convolution(1, 1, array.output_buffer_bytes / 2 / (maps * element) + choice.pick(1, 5), 1, l.out_c);
      break;
    case 23:
      convolution(1, 4, 4, 1, 3);
      l.kind = Layer::kFullyConnected;  // with more outputs than one a map
      break;
    default:  // the inputs of a fully connected layer do not fit
      convolution(3, 1, array.input_buffer_bytes / element / 3 + 1, 1, 3);
      l.kind = Layer::kFullyConnected;
      l.out_h = l.out_w = 1;
      break;
  }
}

}  // namespace ganglion::layers
