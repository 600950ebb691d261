#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ganglion::cli {

/// A `ganglion.dataset/1` file as pictures: what the demo page shows.
struct LabelledImages {
  std::string name;
  uint32_t count = 0;
  uint32_t height = 0;
  uint32_t width = 0;
  std::vector<double> pixels;  ///< [count][height][width], first channel, 0 (background) to 1
  std::vector<uint8_t> labels;
  [[nodiscard]] double pixel(uint32_t image, uint32_t y, uint32_t x) const {
    return pixels[(std::size_t{image} * height + y) * width + x];
  }
};

/// ConfigError when `path` is no data set of a version this program knows.
[[nodiscard]] LabelledImages read_dataset(const std::string& path);

/// Multiplications of one image in a `ganglion.loadable/1` file. ConfigError as above.
[[nodiscard]] uint64_t macs_of_loadable(const std::string& path);

}  // namespace ganglion::cli
