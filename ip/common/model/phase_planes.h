#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ip/common/model/layer.h"
#include "ip/common/model/schedule.h"

namespace ganglion::layers {

/// How a convolution tile is read fast: the padded stripe of one channel, split into stride x stride phase
/// planes, so that a tap (ky, kx) reads consecutive elements for consecutive output pixels. A row of the tile
/// ends in a few pixels that nobody stores.
class PhasePlanes {
 public:
  /// Pixels that the kernels handle at once.
  static constexpr std::size_t kPixelBlock = 32;

  PhasePlanes(const Layer& layer, const Tile& tile)
      : stride_(layer.stride),
        pad_(layer.pad),
        in_w_(layer.in_w),
        rows_(((tile.row_count - 1) * layer.stride + layer.kh + stride_ - 1) / stride_),
        columns_((layer.in_w + 2 * layer.pad + stride_ - 1) / stride_),
        plane_(std::size_t{rows_} * columns_),
        first_row_(int64_t{tile.row_begin} * layer.stride - layer.pad),
        pixels_((std::size_t{tile.row_count} - 1) * columns_ + layer.computed_w()),
        // The last plane's taps read past it by less than a padded run.
        elements_(plane_ * stride_ * stride_ + layer.kw + kPixelBlock) {}

  /// Where tap (ky, kx) of the tile's first pixel lies.
  [[nodiscard]] std::size_t index(uint32_t ky, uint32_t kx) const {
    return (std::size_t{ky % stride_} * stride_ + kx % stride_) * plane_ +
           std::size_t{ky / stride_} * columns_ + kx / stride_;
  }
  /// Pixel (y, x) of the tile, counted as index() counts.
  [[nodiscard]] std::size_t pixel(uint32_t y, uint32_t x) const { return std::size_t{y} * columns_ + x; }
  /// Pixels from the first to the last output of the tile, row ends included, in whole blocks.
  [[nodiscard]] std::size_t padded_pixels() const {
    return (pixels_ + kPixelBlock - 1) / kPixelBlock * kPixelBlock;
  }
  /// Elements of all planes, with slack for the last block.
  [[nodiscard]] std::size_t elements() const { return elements_; }

  /// Channel `c` of the input buffer as phase planes: value(element) where there is one, `zero` around.
  template <class Value, class Of>
  void spread(std::span<const int16_t> input, const Tile& tile, uint32_t c, Value zero,
              std::vector<Value>& to, Of&& value) const {
    std::ranges::fill(to, zero);
    for (uint32_t y = 0; y < tile.in_row_count; ++y) {
      const int64_t stripe_row = int64_t{tile.in_row_begin} + y - first_row_;
      if (stripe_row < 0 || stripe_row >= int64_t{rows_} * stride_) continue;
      const int16_t* row = input.data() + (std::size_t{c} * tile.in_row_count + y) * in_w_;
      for (uint32_t x = 0; x < in_w_; ++x)
        to[index(static_cast<uint32_t>(stripe_row), x + pad_)] = static_cast<Value>(value(row[x]));
    }
  }

 private:
  uint32_t stride_, pad_, in_w_;
  uint32_t rows_, columns_;  // of one plane
  std::size_t plane_;        // elements of one plane
  int64_t first_row_;        // input row of the stripe's first, padding included
  std::size_t pixels_;
  std::size_t elements_;
};

}  // namespace ganglion::layers
