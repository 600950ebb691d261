#include "ip/common/test/stimulus.h"

#include <fmt/format.h>

namespace ganglion::layers {

std::string text_of(const Step& step) {
  const auto act = [&step]() -> std::string {
    switch (step.kind) {
      case Step::Kind::kWrite:
        return fmt::format("write {:#05x} = {:#x}", step.offset, step.value);
      case Step::Kind::kRead:
        return fmt::format("read {:#05x}", step.offset);
      case Step::Kind::kShapedRead:
        return fmt::format("read {} bytes at {:#05x}", step.bytes, step.offset);
      case Step::Kind::kShapedWrite:
        return fmt::format("write {} bytes at {:#05x}", step.bytes, step.offset);
      case Step::Kind::kReadAll:
        return "read every register";
      case Step::Kind::kWait:
        return fmt::format("wait {} ps", step.ps);
      case Step::Kind::kAwaitIdle:
        return "wait until no job runs";
      case Step::Kind::kAwaitRead:
        return "wait until a job loads";
      case Step::Kind::kAwaitWrite:
        return "wait until a job stores";
      case Step::Kind::kAwaitCompute:
        return "wait until a job computes";
      case Step::Kind::kHardReset:
        return "hardware reset";
    }
    return "?";
  }();
  return step.text.empty() ? act : act + ": " + step.text;
}

}  // namespace ganglion::layers
