#pragma once

#include <cstddef>
#include <cstdint>

namespace ganglion {

/// Feature map of one image, CHW with strides in bytes: element (c, y, x) lies at
/// c*plane_stride + y*row_stride + x*element_bytes.
struct FeatureMapLayout {
  uint32_t channels = 0;
  uint32_t height = 0;
  uint32_t width = 0;
  uint32_t row_stride = 0;    ///< bytes
  uint32_t plane_stride = 0;  ///< bytes
  uint32_t element_bytes = 1;

  /// Dense layout without gaps.
  [[nodiscard]] static constexpr FeatureMapLayout dense(uint32_t channels, uint32_t height, uint32_t width,
                                                        uint32_t element_bytes) {
    return {channels, height, width, width * element_bytes, height * width * element_bytes, element_bytes};
  }
  [[nodiscard]] constexpr uint64_t offset(uint32_t c, uint32_t y, uint32_t x) const {
    return uint64_t{c} * plane_stride + uint64_t{y} * row_stride + uint64_t{x} * element_bytes;
  }
  /// Bytes from the first element to one past the last.
  [[nodiscard]] constexpr uint64_t span_bytes() const {
    if (channels == 0 || height == 0 || width == 0) return 0;
    return offset(channels - 1, height - 1, width - 1) + element_bytes;
  }
};

/// Index of a weight in OIHW order, which is also the patch order (c, ky, kx) within an output channel.
[[nodiscard]] constexpr std::size_t weight_index(uint32_t out, uint32_t c, uint32_t ky, uint32_t kx,
                                                 uint32_t channels, uint32_t kernel_height,
                                                 uint32_t kernel_width) {
  return ((std::size_t{out} * channels + c) * kernel_height + ky) * kernel_width + kx;
}

/// Output length of a convolution along one axis; 0 when the kernel does not fit.
[[nodiscard]] constexpr uint32_t convolution_output(uint32_t input, uint32_t kernel, uint32_t stride,
                                                    uint32_t padding) {
  const uint64_t padded = uint64_t{input} + 2 * uint64_t{padding};
  return padded < kernel || stride == 0 ? 0 : static_cast<uint32_t>((padded - kernel) / stride + 1);
}

}  // namespace ganglion
