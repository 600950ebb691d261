#include "ip/deepcam/model/cam.h"

#include <algorithm>

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

void Cam::search(std::span<const uint64_t> keys, std::size_t key_stride, std::size_t count,
                 std::span<uint16_t> distances) const {
  const std::size_t rows = distances.size() / count;
  const std::size_t whole = rows / kRowGroup * kRowGroup;
  SearchBatch batch{columns_.data(), stride_, whole / kRowGroup, keys.data(), key_stride,
                    count,           words_,  distances.data(),  rows};
  kernel_->search(batch);
  if (whole == rows) return;
  std::vector<uint16_t> last(count * kRowGroup);
  batch.columns += whole;
  batch.row_groups = 1;
  batch.distances = last.data();
  batch.distance_stride = kRowGroup;
  kernel_->search(batch);
  for (std::size_t key = 0; key < count; ++key) {
    std::copy_n(&last[key * kRowGroup], rows - whole, &distances[key * rows + whole]);
  }
}

}  // namespace ganglion::deepcam
