#pragma once

#include <algorithm>
#include <cstdint>

namespace ganglion::sc_cnn {

/// The array fed from the buffers: an entry a cycle comes out and waits for the array; one without a count is
/// dropped there when zeros are skipped.
class TapFeed {
 public:
  void count(uint64_t cycles) {
    left_ = std::max(ready_, busy_);
    busy_ = left_ + cycles;
    ready_ = left_ + 1;
  }
  void drop() {
    left_ = ready_;
    ++ready_;
  }
  /// From the first entry's count to the last one's end; what comes before and after is run_cycles.
  [[nodiscard]] uint64_t cycles() const { return std::max(left_, busy_) - 1; }

 private:
  uint64_t ready_ = 1;  ///< the next entry is out of the buffers
  uint64_t left_ = 0;   ///< the last entry left for the array, or was dropped
  uint64_t busy_ = 0;   ///< the array counts up to this cycle
};

}  // namespace ganglion::sc_cnn
