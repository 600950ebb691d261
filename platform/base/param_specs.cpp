#include "platform/base/param_specs.h"

#include <utility>

namespace ganglion {

ParamSpec integer_param(std::string name, int64_t default_value, double low, double high,
                        std::string description) {
  ParamSpec spec;
  spec.name = std::move(name);
  spec.type = ParamType::kInteger;
  spec.default_text = std::to_string(default_value);
  spec.minimum = low;
  spec.maximum = high;
  spec.description = std::move(description);
  return spec;
}

ParamSpec buffer_param(std::string name, uint32_t default_bytes, uint32_t smallest_bytes,
                       std::string description) {
  ParamSpec spec;
  spec.name = std::move(name);
  spec.type = ParamType::kQuantity;
  spec.dimension = Dimension::kBytes;
  spec.default_text = std::to_string(default_bytes / 1024) + " KiB";
  spec.minimum = smallest_bytes;
  spec.maximum = 16.0 * 1024 * 1024;
  spec.description = std::move(description);
  return spec;
}

ParamSpec choice_param(std::string name, std::vector<std::string> choices, std::string description) {
  ParamSpec spec;
  spec.name = std::move(name);
  spec.type = ParamType::kChoice;
  spec.default_text = choices.front();
  spec.choices = std::move(choices);
  spec.description = std::move(description);
  return spec;
}

}  // namespace ganglion
