#include "ip/deepcam/model/associative.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

namespace ganglion::deepcam {
namespace {

layers::MaybeFault fault(Fault fault, const char* register_name, int64_t value, std::string rule) {
  return layers::job_fault(fault, register_name, value, std::move(rule));
}

void append_le32(std::vector<uint8_t>& to, uint32_t value) {
  for (int i = 0; i < 4; ++i) to.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

layers::MaybeFault check_addresses(const Config& config, const AssociativeJob& job) {
  const uint64_t bytes = uint64_t{job.count} * (job.hash_bits / 8);
  const std::array<layers::Region, 2> operands{
      {{"IN_LO", job.in, bytes}, {"WEIGHTS_LO", job.care, !job.search && job.care != 0 ? bytes : 0}}};
  return layers::check_regions(
      operands, {"OUT_LO", job.out, job.search ? uint64_t{job.count} * record_bytes(config.rows) : 0});
}

}  // namespace

std::optional<JobFault> find_associative_fault(const Config& config, const AssociativeJob& job) {
  if (job.hash_bits == 0 || job.hash_bits % kSegmentBits != 0 ||
      job.hash_bits > config.segments * kSegmentBits) {
    return fault(Fault::kHashLength, "HASH_BITS", job.hash_bits,
                 "must be a multiple of 256 and at most the array's word of " +
                     std::to_string(config.segments * kSegmentBits) + " bits");
  }
  if (job.search) {
    if (job.count < 1 || job.count > kMaxKeys)
      return fault(Fault::kDimension, "IN_C", job.count, "must be 1 to 65535 keys");
  } else {
    if (job.row_begin >= config.rows) {
      return fault(Fault::kRows, "ROW_BEGIN", job.row_begin,
                   "must be below the array's " + std::to_string(config.rows) + " rows");
    }
    if (job.count < 1 || job.count > config.rows - job.row_begin) {
      return fault(
          Fault::kRows, "IN_C", job.count,
          "must be 1 to " + std::to_string(config.rows - job.row_begin) + ", the rows from ROW_BEGIN on");
    }
  }
  return check_addresses(config, job);
}

uint32_t associative_chunk(const Config& config, const AssociativeJob& job) {
  const uint32_t copies = !job.search && job.care != 0 ? 2 : 1;
  uint32_t chunk = config.key_buffer_bytes / 2 / (job.hash_bits / 8 * copies);
  if (job.search) chunk = std::min(chunk, config.output_buffer_bytes / 2 / record_bytes(config.rows));
  return std::min(chunk, job.count);
}

TileCost associative_cost(const Config& config, const AssociativeJob& job, uint32_t count,
                          uint32_t stored_rows) {
  TileCost cost;
  Actions& a = cost.actions;
  const uint64_t words = job.hash_bits / 64, segments = job.hash_bits / kSegmentBits;
  const uint64_t copies = !job.search && job.care != 0 ? 2 : 1;
  a.key_reads = count * words * copies;
  cost.cycles = config.tile_cycles;
  if (job.search) {
    a.searches = count;
    a.segment_searches = count * segments;
    a.distance_senses = uint64_t{count} * stored_rows;
    a.output_writes = uint64_t{count} * record_bytes(config.rows);
    cost.cycles += count * std::max<uint64_t>(config.search_cycles,
                                              (config.rows + config.post_lanes - 1) / config.post_lanes);
  } else {
    a.row_writes = count;
    a.row_segment_writes = count * segments * copies;
    cost.cycles += count * copies * config.write_cycles;
  }
  return cost;
}

AssociativeMemory::AssociativeMemory(const Config& config) : rows_(config.rows) {}

void AssociativeMemory::clear() { std::ranges::fill(rows_, Row{}); }

void AssociativeMemory::store(uint32_t row, std::span<const uint8_t> word, std::span<const uint8_t> care) {
  Row& stored = rows_[row];
  stored.valid = true;
  stored.word.assign(word.begin(), word.end());
  stored.care.assign(word.size(), 0xff);
  if (!care.empty()) stored.care.assign(care.begin(), care.end());
}

void AssociativeMemory::search(std::span<const uint8_t> key, uint32_t threshold, const Noise& noise,
                               uint32_t number, uint64_t search, std::vector<uint8_t>& records) const {
  uint32_t nearest = kNoRow, nearest_distance = kNoRow;
  std::vector<uint8_t> within(rows_.size() / 8, 0);
  for (uint32_t r = 0; r < rows_.size(); ++r) {
    const Row& row = rows_[r];
    if (!row.valid) continue;
    const std::size_t bytes = std::min(key.size(), row.word.size());
    uint32_t distance = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      distance +=
          static_cast<uint32_t>(std::popcount(static_cast<uint8_t>((key[i] ^ row.word[i]) & row.care[i])));
    }
    distance = noise.sense(number, search, r, distance, static_cast<uint32_t>(bytes) * 8);
    if (distance < nearest_distance) {
      nearest = r;
      nearest_distance = distance;
    }
    if (distance <= threshold) within[r / 8] |= static_cast<uint8_t>(1u << (r % 8));
  }
  append_le32(records, nearest);
  append_le32(records, nearest_distance);
  records.insert(records.end(), within.begin(), within.end());
}

uint32_t AssociativeMemory::stored_rows() const {
  return static_cast<uint32_t>(std::ranges::count_if(rows_, [](const Row& row) { return row.valid; }));
}

std::vector<uint32_t> AssociativeMemory::state() const {
  std::vector<uint32_t> words;
  for (const Row& row : rows_) {
    words.push_back(row.valid);
    words.insert(words.end(), row.word.begin(), row.word.end());
    words.insert(words.end(), row.care.begin(), row.care.end());
  }
  return words;
}

}  // namespace ganglion::deepcam
