#include "platform/accel/cosim/recording.h"

#include <map>
#include <utility>

#include "platform/base/digest.h"

namespace ganglion {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

const char* const kTrace = "trace.jsonl";
const char* const kBlobs = "blobs";

const std::map<std::string, RecordedOperation::Kind>& kinds() {
  using Kind = RecordedOperation::Kind;
  static const std::map<std::string, Kind> names{
      {"write", Kind::kWrite}, {"read", Kind::kRead},
      {"poll", Kind::kPoll},   {"await_irq", Kind::kAwaitInterrupt},
      {"start", Kind::kStart}, {"job_end", Kind::kJobEnd},
      {"reset", Kind::kReset}};
  return names;
}

std::vector<RecordedRun> runs_of(const json& line, const char* key) {
  std::vector<RecordedRun> runs;
  if (!line.contains(key)) return runs;
  for (const json& run : line.at(key)) runs.push_back({run.at("address"), run.at("bytes"), run.at("blob")});
  return runs;
}

RecordedOperation operation_of(const json& line) {
  RecordedOperation operation;
  const std::string name = line.at("op");
  const auto kind = kinds().find(name);
  if (kind == kinds().end()) throw std::runtime_error("unknown op \"" + name + "\"");
  operation.kind = kind->second;
  operation.component = line.at("component");
  operation.offset = line.value("offset", uint64_t{0});
  operation.reg = line.value("register", "");
  operation.value = line.value("value", 0U);
  operation.mask = line.value("mask", ~0U);
  operation.ok = line.value("ok", true);
  operation.compare = line.value("compare", true);
  operation.job = line.value("job", 0U);
  operation.failed = line.value("failed", false);
  operation.reads = runs_of(line, "reads");
  operation.writes = runs_of(line, "writes");
  return operation;
}

}  // namespace

RecordingWriter::RecordingWriter(const std::string& folder) : folder_(folder) {
  std::error_code failed;
  const SourceLocation where{"--record " + folder, 0, 0};
  const bool older = fs::exists(folder_ / kTrace, failed);
  if (fs::exists(folder_, failed) && !older &&
      !(fs::is_directory(folder_, failed) && fs::is_empty(folder_, failed))) {
    throw ConfigError(
        {where, "a place with something else in it", "a new or empty folder, or one with a recording", ""});
  }
  if (older) fs::remove_all(folder_ / kBlobs, failed);
  fs::create_directories(folder_ / kBlobs, failed);
  trace_.open(folder_ / kTrace, std::ios::binary | std::ios::trunc);
  if (!trace_) throw ConfigError({where, "a folder that cannot be written", "a writable place", ""});
}

void RecordingWriter::line(const ordered_json& object) { trace_ << object.dump() << '\n'; }

std::string RecordingWriter::blob(const std::vector<uint8_t>& content) {
  std::string digest = sha256_hex(content);
  const fs::path path = folder_ / kBlobs / digest;
  if (!fs::exists(path)) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
    if (!file) trace_.setstate(std::ios::failbit);
  }
  return digest;
}

ordered_json RecordingWriter::runs(const SparseBytes& bytes) {
  ordered_json list = ordered_json::array();
  uint64_t first = 0;
  std::vector<uint8_t> content;
  const auto flush = [&] {
    if (content.empty()) return;
    list.push_back({{"address", first}, {"bytes", content.size()}, {"blob", blob(content)}});
    content.clear();
  };
  bytes.for_each([&](uint64_t address, std::byte value) {
    if (address != first + content.size()) flush();
    if (content.empty()) first = address;
    content.push_back(std::to_integer<uint8_t>(value));
    return true;
  });
  flush();
  return list;
}

void RecordingWriter::finish() {
  trace_.close();
  if (!trace_) throw Error(ExitCode::kInternal, "the recording could not be written to the end: disk full?");
}

Recording::Recording(const std::string& folder) : folder_(folder) {
  std::ifstream file(folder_ / kTrace, std::ios::binary);
  if (!file) {
    throw ConfigError({{folder, 0, 0},
                       "a folder without " + std::string(kTrace),
                       "a recording",
                       "ganglion run SCENARIO --record DIR makes one"});
  }
  int number = 0;
  for (std::string text; std::getline(file, text);) {
    ++number;
    const SourceLocation where{trace_file(), number, 0};
    try {
      const json line = json::parse(text);
      if (number == 1) {
        head_ = line;
        if (line.value("schema", "") != RecordingWriter::kSchema)
          throw std::runtime_error("schema \"" + line.value("schema", "") + "\"");
        (void)line.at("components").at(line.at("components").begin().key()).at("type");
        continue;
      }
      operations_.push_back(operation_of(line));
      operations_.back().line = number;
      if (!head_.at("components").contains(operations_.back().component))
        throw std::runtime_error("component \"" + operations_.back().component +
                                 "\", which the head does not name");
    } catch (const std::exception& error) {
      throw ConfigError(
          {where, error.what(), std::string("a line of ") + RecordingWriter::kSchema, "record again"});
    }
  }
  if (head_.is_null())
    throw ConfigError({{trace_file(), 1, 0}, "an empty file", RecordingWriter::kSchema, "record again"});
}

std::vector<std::byte> Recording::content(const RecordedRun& run) const {
  const fs::path path = folder_ / kBlobs / run.blob;
  std::ifstream file(path, std::ios::binary);
  const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.size() != run.bytes || sha256_hex(bytes) != run.blob) {
    throw ConfigError({{path.string(), 0, 0},
                       "other bytes than its name says (" + std::to_string(bytes.size()) + ")",
                       std::to_string(run.bytes) + " bytes with that SHA-256",
                       "record again"});
  }
  std::vector<std::byte> content(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) content[i] = std::byte{bytes[i]};
  return content;
}

}  // namespace ganglion
