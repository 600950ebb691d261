#include "platform/cli/demo_files.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

#include "ganglion_loadable.h"
#include "platform/base/error.h"

namespace ganglion::cli {
namespace {

class File {
 public:
  File(const std::string& path, uint32_t magic, uint32_t version, const char* format) : path_(path) {
    std::ifstream file(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    const auto header = at<ganglion_dataset_header>(0);  // both formats begin with magic, version, size
    if (header.magic != magic || header.version != version || header.total_bytes != bytes_.size()) {
      throw ConfigError({{path, 0, 0}, "no whole file of this format", format, "build it again"});
    }
  }
  template <typename T>
  [[nodiscard]] T at(std::size_t offset) const {
    T value{};
    if (offset + sizeof(T) > bytes_.size()) {
      throw ConfigError(
          {{path_, 0, 0}, "an offset behind the end of the file", "a whole file", "build it again"});
    }
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
  }

 private:
  std::string path_;
  std::vector<char> bytes_;
};

}  // namespace

LabelledImages read_dataset(const std::string& path) {
  const File file(path, GANGLION_DATASET_MAGIC, GANGLION_DATASET_VERSION, "ganglion.dataset/1");
  const auto header = file.at<ganglion_dataset_header>(0);
  LabelledImages images;
  std::size_t at = header.name_offset;
  for (char c = file.at<char>(at); c != '\0'; c = file.at<char>(++at)) images.name += c;
  images.count = header.count;
  images.height = header.h;
  images.width = header.w;
  const std::size_t map = std::size_t{header.h} * header.w;
  int largest = 1;
  for (uint32_t i = 0; i < header.count; ++i) {
    for (std::size_t p = 0; p < map; ++p) {
      const std::size_t offset = header.images_offset + (i * header.c * map + p) * header.element_bytes;
      const int value = header.element_bytes == 1 ? file.at<int8_t>(offset) : file.at<int16_t>(offset);
      largest = std::max(largest, value);
      images.pixels.push_back(value);
    }
    images.labels.push_back(file.at<uint8_t>(header.labels_offset + i));
  }
  for (double& pixel : images.pixels) pixel = std::clamp(pixel / largest, 0.0, 1.0);
  return images;
}

uint64_t macs_of_loadable(const std::string& path) {
  const File file(path, GANGLION_LOADABLE_MAGIC, GANGLION_LOADABLE_VERSION, "ganglion.loadable/1");
  const auto header = file.at<ganglion_loadable_header>(0);
  uint64_t macs = 0;
  for (uint32_t i = 0; i < header.layer_count; ++i) {
    macs += file.at<ganglion_layer>(header.layers_offset + i * sizeof(ganglion_layer)).macs;
  }
  return macs;
}

}  // namespace ganglion::cli
