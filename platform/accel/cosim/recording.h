#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "platform/accel/cosim/sparse_bytes.h"
#include "platform/base/error.h"

namespace ganglion {

/// A run of bytes in a recording: where they belong and which blob holds them.
struct RecordedRun {
  uint64_t address = 0;
  uint64_t bytes = 0;
  std::string blob;  ///< SHA-256 of the content, name of the file under blobs/
};

/// Writes a recording: a folder with trace.jsonl (the head, then one operation a line) and blobs/<sha256>.
class RecordingWriter {
 public:
  static constexpr const char* kSchema = "ganglion.recording/1";

  /// Makes `folder`; ConfigError when that cannot be, or when something but an older recording is in it
  /// (which is replaced).
  explicit RecordingWriter(const std::string& folder);
  void line(const nlohmann::ordered_json& object);
  /// The runs that `bytes` fall into, their content kept as blobs.
  [[nodiscard]] nlohmann::ordered_json runs(const SparseBytes& bytes);
  /// Error (exit code 3) when not everything could be written.
  void finish();

 private:
  std::string blob(const std::vector<uint8_t>& content);

  std::filesystem::path folder_;
  std::ofstream trace_;
};

/// One line of trace.jsonl.
struct RecordedOperation {
  enum class Kind { kWrite, kRead, kPoll, kAwaitInterrupt, kStart, kJobEnd, kReset };
  Kind kind = Kind::kWrite;
  std::string component;
  int line = 0;
  uint64_t offset = 0;
  std::string reg;
  uint32_t value = 0;
  uint32_t mask = ~0U;  ///< of a poll
  bool ok = true;       ///< the access was answered without error
  bool compare = true;  ///< of a read
  uint32_t job = 0;     ///< of a START (0: refused) and of a job's end
  bool failed = false;  ///< of a job's end
  std::vector<RecordedRun> reads;
  std::vector<RecordedRun> writes;
};

/// A recording that was read; ConfigError naming file and line for what is no recording.
class Recording {
 public:
  explicit Recording(const std::string& folder);
  [[nodiscard]] const nlohmann::json& head() const { return head_; }
  [[nodiscard]] const std::vector<RecordedOperation>& operations() const { return operations_; }
  /// Content of a run, checked against its name.
  [[nodiscard]] std::vector<std::byte> content(const RecordedRun& run) const;
  [[nodiscard]] std::string trace_file() const { return (folder_ / "trace.jsonl").string(); }

 private:
  std::filesystem::path folder_;
  nlohmann::json head_;
  std::vector<RecordedOperation> operations_;
};

}  // namespace ganglion
