#include "ip/deepcam/tlm/associative_engine.h"

#include <algorithm>
#include <utility>

#include "platform/accel/tile_pipeline.h"

namespace ganglion::deepcam {

AssociativeEngine::AssociativeEngine(const Config& config, const AssociativeJob& request,
                                     AssociativeMemory& memory, const Noise& noise, JobContext& job,
                                     Book book)
    : config_(config),
      request_(request),
      memory_(memory),
      noise_(noise),
      job_(job),
      book_(std::move(book)),
      chunk_(associative_chunk(config, request)),
      word_bytes_(request.hash_bits / 8) {}

uint32_t AssociativeEngine::length(std::size_t index) const {
  return std::min(chunk_, request_.count - begin(index));
}

void AssociativeEngine::run() {
  TilePipeline pipeline;
  pipeline.tiles = chunks();
  pipeline.start_cycles = config_.start_cycles;
  pipeline.load = [this](std::size_t index) { load(index); };
  pipeline.compute = [this](std::size_t index) { return compute(index); };
  pipeline.store = [this](std::size_t index) { store(index); };
  pipeline.run(job_);
}

void AssociativeEngine::book(const Actions& actions, uint32_t first_row) {
  actions_ += actions;
  book_(actions, first_row);
}

void AssociativeEngine::load(std::size_t index) {
  const uint64_t offset = begin(index) * word_bytes_;
  const auto fetch = [&](uint64_t address, std::vector<uint8_t>& to) {
    to.resize(length(index) * word_bytes_);
    job_.dma_read(address + offset, std::as_writable_bytes(std::span(to)));
    Actions actions;
    actions.buffer_writes = to.size() / 8;
    book(actions);
  };
  fetch(request_.in, words_);
  if (!request_.search && request_.care != 0) fetch(request_.care, care_);
}

uint64_t AssociativeEngine::compute(std::size_t index) {
  std::vector<uint8_t>& records = records_[index % 2];
  records.clear();
  const TileCost cost = associative_cost(config_, request_, length(index), memory_.stored_rows());
  for (uint32_t i = 0; i < length(index); ++i) {
    const auto word = std::span<const uint8_t>(words_).subspan(i * word_bytes_, word_bytes_);
    const uint32_t number = begin(index) + i;
    if (request_.search) {
      memory_.search(word, request_.threshold, noise_, job_.job_id(), number, records);
    } else {
      const auto care = request_.care == 0
                            ? std::span<const uint8_t>()
                            : std::span<const uint8_t>(care_).subspan(i * word_bytes_, word_bytes_);
      memory_.store(request_.row_begin + number, word, care);
    }
  }
  book(cost.actions, request_.row_begin + begin(index));
  return cost.cycles;
}

void AssociativeEngine::store(std::size_t index) {
  if (!request_.search) return;
  const std::vector<uint8_t>& records = records_[index % 2];
  Actions actions;
  actions.output_reads = records.size() / 8;
  book(actions);
  job_.dma_write(request_.out + uint64_t{begin(index)} * record_bytes(config_.rows),
                 std::as_bytes(std::span(records)));
}

}  // namespace ganglion::deepcam
