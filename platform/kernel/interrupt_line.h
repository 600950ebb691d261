#pragma once

#include <functional>
#include <utility>

namespace ganglion {

/// A level-sensitive interrupt wire. set() is called at kernel time and takes effect at once (no delta
/// cycle), so an interrupt's time is exact; the sink is told of changes only.
class InterruptLine {
 public:
  void connect(std::function<void(bool)> sink) { sink_ = std::move(sink); }
  void set(bool level) {
    if (level == level_) return;
    level_ = level;
    if (sink_) sink_(level);
  }
  [[nodiscard]] bool level() const { return level_; }

 private:
  std::function<void(bool)> sink_;
  bool level_ = false;
};

}  // namespace ganglion
