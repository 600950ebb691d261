#include "platform/cpu/call_tree.h"

#include <algorithm>

namespace ganglion {

uint32_t CallTree::name_of(std::string_view text) {
  std::string clean(text);
  std::replace(clean.begin(), clean.end(), ';', ':');  // separates frames
  const auto [found, is_new] = numbers_.emplace(clean, static_cast<uint32_t>(names_.size()));
  if (is_new) names_.push_back(std::move(clean));
  return found->second;
}

uint32_t CallTree::child(uint32_t parent, uint32_t name) {
  const auto [found, is_new] =
      children_.emplace(uint64_t{parent} << 32 | name, static_cast<uint32_t>(nodes_.size()));
  if (is_new) nodes_.push_back({parent, name, 0});
  return found->second;
}

std::string CallTree::path(uint32_t node) const {
  std::string text;
  for (; node != 0; node = nodes_[node].parent) {
    if (!text.empty()) text.insert(0, 1, ';');
    text.insert(0, text_of(nodes_[node].name));
  }
  return text;
}

}  // namespace ganglion
