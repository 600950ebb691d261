#pragma once

#include <string>
#include <vector>

#include "ip/deepcam/test/random_job.h"

namespace ganglion::deepcam {

/// The four networks of the paper as layers of the block (shapes only).
struct Network {
  std::string name;
  std::vector<Layer> layers;
};

inline Layer convolution(uint32_t in_c, uint32_t size, uint32_t out_c, uint32_t kernel, uint32_t pad,
                         uint32_t stride = 1) {
  Layer layer;
  layer.in_c = in_c;
  layer.in_h = layer.in_w = size;
  layer.out_c = out_c;
  layer.kh = layer.kw = kernel;
  layer.pad = pad;
  layer.stride = stride;
  layer.hi = 127;
  complete_geometry(layer);
  return layer;
}

inline Layer dense(uint32_t inputs, uint32_t outputs) {
  Layer layer;
  layer.kind = Layer::kFullyConnected;
  layer.in_c = inputs;
  layer.out_c = outputs;
  layer.hi = 127;
  complete_geometry(layer);
  return layer;
}

/// VGG: `plan` lists output channels, 0 halves the map.
inline std::vector<Layer> vgg(const std::vector<uint32_t>& plan, uint32_t classes) {
  std::vector<Layer> layers;
  uint32_t channels = 3, size = 32;
  for (const uint32_t out : plan) {
    if (out == 0) {
      size /= 2;
      continue;
    }
    layers.push_back(convolution(channels, size, out, 3, 1));
    channels = out;
  }
  layers.push_back(dense(512, classes));
  return layers;
}

inline std::vector<Layer> resnet18(uint32_t classes) {
  std::vector<Layer> layers{convolution(3, 32, 64, 3, 1)};
  uint32_t channels = 64, size = 32;
  for (const uint32_t out : {64u, 128u, 256u, 512u}) {
    for (uint32_t block = 0; block < 2; ++block) {
      const uint32_t stride = block == 0 && out != 64 ? 2 : 1;
      layers.push_back(convolution(channels, size, out, 3, 1, stride));
      if (stride == 2) layers.push_back(convolution(channels, size, out, 1, 0, 2));
      channels = out;
      size /= stride;
      layers.push_back(convolution(channels, size, out, 3, 1));
    }
  }
  layers.push_back(dense(512, classes));
  return layers;
}

inline std::vector<Network> paper_networks() {
  return {{"LeNet5",
           {convolution(1, 28, 6, 5, 2), convolution(6, 14, 16, 5, 0), dense(400, 120), dense(120, 84),
            dense(84, 10)}},
          {"VGG11", vgg({64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0}, 10)},
          {"VGG16", vgg({64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0}, 100)},
          {"ResNet18", resnet18(100)}};
}

}  // namespace ganglion::deepcam
