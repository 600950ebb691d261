#include "platform/peripherals/serial_line.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

namespace ganglion {

namespace {

const std::string kFilePrefix = "file:";

class NoOutput : public SerialOutput {
 public:
  void put(uint8_t) override {}
};

/// A stdio stream that is not closed here; lines appear when they end, on a terminal every character at once:
/// prompts have no end.
class StreamOutput : public SerialOutput {
 public:
  explicit StreamOutput(std::FILE* stream) : stream_(stream), on_terminal_(isatty(fileno(stream)) != 0) {}
  ~StreamOutput() override { std::fflush(stream_); }
  void put(uint8_t byte) override {
    std::putc(byte, stream_);
    if (on_terminal_ || byte == '\n') std::fflush(stream_);
  }

 private:
  std::FILE* stream_;
  bool on_terminal_;
};

class FileOutput : public SerialOutput {
 public:
  FileOutput(const std::string& path, const SourceLocation& where) : file_(path, std::ios::binary) {
    if (!file_) {
      throw ConfigError({where, fmt::format("output file {}: {}", path, std::strerror(errno)),
                         "a path that can be written", ""});
    }
  }
  void put(uint8_t byte) override {
    file_.put(static_cast<char>(byte));
    if (byte == '\n') file_.flush();
  }

 private:
  std::ofstream file_;
};

class StandardInput : public SerialInput {
 public:
  std::optional<uint8_t> get() override {
    pollfd descriptor{STDIN_FILENO, POLLIN, 0};
    if (ended_ || poll(&descriptor, 1, 0) != 1) return std::nullopt;
    uint8_t byte = 0;
    if (::read(STDIN_FILENO, &byte, 1) == 1) return byte;
    ended_ = true;
    return std::nullopt;
  }
  [[nodiscard]] bool is_live() const override { return true; }

 private:
  bool ended_ = false;
};

}  // namespace

std::optional<uint8_t> TextInput::get() {
  if (next_ == text_.size()) return std::nullopt;
  return static_cast<uint8_t>(text_[next_++]);
}

std::optional<uint8_t> TwoInputs::get() {
  const std::optional<uint8_t> byte = first_->get();
  return byte ? byte : second_->get();
}

std::unique_ptr<SerialOutput> make_serial_output(const std::string& text, const SourceLocation& where) {
  if (text == "stdio") return std::make_unique<StreamOutput>(stdout);
  if (text == "stderr") return std::make_unique<StreamOutput>(stderr);
  if (text == "none") return std::make_unique<NoOutput>();
  if (text == "capture") return std::make_unique<CapturedOutput>();
  if (text.starts_with(kFilePrefix)) {
    return std::make_unique<FileOutput>(text.substr(kFilePrefix.size()), where);
  }
  throw ConfigError(
      {where, fmt::format("serial output \"{}\"", text), "stdio, stderr, none, capture or file:PATH", ""});
}

std::unique_ptr<SerialInput> make_serial_input(const std::string& text, const SourceLocation& where) {
  if (text == "none") return std::make_unique<TextInput>("");
  if (text == "stdin") return std::make_unique<StandardInput>();
  if (text.starts_with(kFilePrefix)) {
    const std::string path = text.substr(kFilePrefix.size());
    std::ifstream file(path, std::ios::binary);
    std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file) {
      throw ConfigError({where, fmt::format("input file {}: {}", path, std::strerror(errno)),
                         "a file that can be read", ""});
    }
    return std::make_unique<TextInput>(std::move(content));
  }
  throw ConfigError({where, fmt::format("serial input \"{}\"", text), "none, stdin or file:PATH", ""});
}

}  // namespace ganglion
