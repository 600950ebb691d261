#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "ip/deepcam/model/associative.h"
#include "platform/accel/job.h"

namespace ganglion::deepcam {

/// A store or search job on the array: chunks fetched, done and stored through the double-buffered pipeline.
class AssociativeEngine {
 public:
  /// Takes the actions of a chunk and the first row it writes.
  using Book = std::function<void(const Actions& actions, uint32_t first_row)>;

  AssociativeEngine(const Config& config, const AssociativeJob& request, AssociativeMemory& memory,
                    const Noise& noise, JobContext& job, Book book);

  void run();
  [[nodiscard]] const Actions& actions() const { return actions_; }
  [[nodiscard]] uint32_t chunks() const { return (request_.count + chunk_ - 1) / chunk_; }

 private:
  [[nodiscard]] uint32_t begin(std::size_t index) const { return static_cast<uint32_t>(index) * chunk_; }
  [[nodiscard]] uint32_t length(std::size_t index) const;
  void load(std::size_t index);
  uint64_t compute(std::size_t index);
  void store(std::size_t index);
  void book(const Actions& actions, uint32_t first_row = 0);

  const Config& config_;
  const AssociativeJob request_;
  AssociativeMemory& memory_;
  const Noise& noise_;
  JobContext& job_;
  Book book_;
  uint32_t chunk_;
  uint64_t word_bytes_;
  std::vector<uint8_t> words_, care_;
  std::vector<uint8_t> records_[2];  // the halves of the output buffer
  Actions actions_;
};

}  // namespace ganglion::deepcam
