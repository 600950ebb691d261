#include <algorithm>
#include <vector>

#include "ip/common/model/phase_planes.h"
#include "ip/sc_cnn/model/accumulate.h"
#include "ip/sc_cnn/model/core.h"
#include "ip/sc_cnn/model/multiplier.h"
#include "platform/base/fixed_point.h"

// How a tile is computed fast. Channels are read as phase planes. Every weight magnitude that occurs in a
// channel gets its plane of products once, by table; taps then only add and clamp.

namespace ganglion::sc_cnn {

using layers::PhasePlanes;
static_assert(PhasePlanes::kPixelBlock % kPixelBlock == 0);

template <typename Accumulator>
uint64_t Core::convolve(const Tile& tile) {
  const PhasePlanes shape(layer_, tile);
  const int n = config_.operand_bits;
  const ProductTable& table = ProductTable::of(n);
  // With 16-bit lanes, rails beyond 16 bits are out of reach (see compute).
  const int bits =
      std::min(n + static_cast<int>(layer_.guard_bits), static_cast<int>(8 * sizeof(Accumulator)));
  const auto low = static_cast<Accumulator>(signed_min(bits));
  const auto high = static_cast<Accumulator>(signed_max(bits));
  const uint32_t kernel = layer_.kh * layer_.kw;
  const std::size_t taps = layer_.taps();

  std::vector<Accumulator> lanes(shape.padded_pixels() * tile.map_count, 0);
  std::vector<uint16_t> clamped(lanes.size(), 0);
  std::vector<uint16_t> operands(shape.elements());
  std::vector<int32_t> slot_of_count(std::size_t{1} << n);
  std::vector<std::vector<int16_t>> slots;
  std::vector<TapProducts> work(kernel);
  uint64_t saturations = 0;
  const auto count_saturations = [&] {
    for (uint32_t m = 0; m < tile.map_count; ++m) {
      for (uint32_t y = 0; y < tile.row_count; ++y) {
        const uint16_t* row = clamped.data() + m * shape.padded_pixels() + shape.pixel(y, 0);
        for (uint32_t x = 0; x < layer_.computed_w(); ++x) saturations += row[x];
      }
    }
    std::ranges::fill(clamped, uint16_t{0});
  };

  uint32_t taps_since_count = 0;
  const auto zero = static_cast<uint16_t>(to_offset_binary(0, n));
  for (uint32_t c = 0; c < layer_.in_c; ++c) {
    shape.spread(input(), tile, c, zero, operands, [n](int16_t x) { return to_offset_binary(x, n); });
    std::ranges::fill(slot_of_count, -1);
    std::size_t used = 0;
    if (taps_since_count + kernel > 65535) {
      count_saturations();
      taps_since_count = 0;
    }
    taps_since_count += kernel;
    for (uint32_t m = 0; m < tile.map_count; ++m) {
      const int16_t* kernels = weights().data() + m * taps + std::size_t{c} * kernel;
      work.clear();
      for (uint32_t t = 0; t < kernel; ++t) {
        const uint16_t k = count_of(kernels[t]);
        if (k == 0) continue;  // no stream, no product
        int32_t& slot = slot_of_count[k];
        if (slot < 0) {
          slot = static_cast<int32_t>(used++);
          if (slots.size() < used) slots.emplace_back(shape.elements() + shape.padded_pixels());
          const int16_t* products = table.row(k);
          int16_t* plane = slots[static_cast<std::size_t>(slot)].data();
          for (std::size_t i = 0; i < operands.size(); ++i) plane[i] = products[operands[i]];
        }
        const std::size_t from = shape.index(t / layer_.kw, t % layer_.kw);
        work.push_back({slots[static_cast<std::size_t>(slot)].data() + from,
                        static_cast<int16_t>(kernels[t] < 0 ? -1 : 0)});
      }
      accumulate(lanes.data() + m * shape.padded_pixels(), clamped.data() + m * shape.padded_pixels(),
                 shape.padded_pixels(), work, low, high);
    }
  }
  count_saturations();

  for (uint32_t m = 0; m < tile.map_count; ++m) {
    for (uint32_t y = 0; y < tile.row_count; ++y) {
      const Accumulator* row = lanes.data() + m * shape.padded_pixels() + shape.pixel(y, 0);
      for (uint32_t x = 0; x < layer_.computed_w(); ++x) finish(tile, m, y, x, in_units_of_bias(row[x]));
    }
  }
  return saturations;
}

template uint64_t Core::convolve<int16_t>(const Tile&);
template uint64_t Core::convolve<int32_t>(const Tile&);

}  // namespace ganglion::sc_cnn
