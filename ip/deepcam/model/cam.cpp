#include "ip/deepcam/model/cam.h"

#include <algorithm>
#include <array>

namespace ganglion::deepcam {

Cam::Cam(uint32_t rows, uint32_t bits, const SearchKernel& kernel)
    : rows_(rows),
      words_(bits / 64),
      stride_((std::size_t{rows} + kRowGroup - 1) / kRowGroup * kRowGroup),
      columns_(stride_ * words_),
      kernel_(&kernel) {}

void Cam::write(uint32_t row, std::span<const uint64_t> word) {
  for (uint32_t w = 0; w < words_; ++w) columns_[w * stride_ + row] = word[w];
}

void Cam::search(std::span<const uint64_t> key, std::span<uint16_t> distances) const {
  const std::size_t whole = distances.size() / kRowGroup;
  kernel_->search(columns_.data(), stride_, key.data(), words_, whole, distances.data());
  const std::size_t rest = distances.size() % kRowGroup;
  if (rest == 0) return;
  std::array<uint16_t, kRowGroup> last;
  kernel_->search(columns_.data() + whole * kRowGroup, stride_, key.data(), words_, 1, last.data());
  std::copy_n(last.begin(), rest, distances.begin() + static_cast<std::ptrdiff_t>(whole * kRowGroup));
}

}  // namespace ganglion::deepcam
