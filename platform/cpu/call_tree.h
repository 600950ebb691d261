#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ganglion {

/// Call stacks as a tree: each node is a frame below its caller's. Nodes are numbered from 1 on in the order
/// in which they were first seen, 0 is the root, which is no frame.
class CallTree {
 public:
  struct Node {
    uint32_t parent = 0;
    uint32_t name = 0;
    uint64_t calls = 0;
  };

  /// Number of a name.
  uint32_t name_of(std::string_view text);
  [[nodiscard]] const std::string& text_of(uint32_t name) const { return names_[name]; }
  /// The frame called `name` below `parent`.
  uint32_t child(uint32_t parent, uint32_t name);
  void count_call(uint32_t node) { ++nodes_[node].calls; }

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] const Node& node(uint32_t number) const { return nodes_[number]; }
  /// "main;run;conv", outermost first.
  [[nodiscard]] std::string path(uint32_t node) const;

 private:
  std::vector<Node> nodes_{Node{}};
  std::vector<std::string> names_;
  std::unordered_map<std::string, uint32_t> numbers_;
  std::unordered_map<uint64_t, uint32_t> children_;  ///< parent << 32 | name
};

}  // namespace ganglion
