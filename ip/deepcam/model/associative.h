#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ip/deepcam/model/cycles.h"

namespace ganglion::deepcam {

// models:          the array as what it is, an associative memory: words written row by row, with or without
//                  don't-care bits, and searched for the nearest word and for all words within a distance
// leaves out:      priority encoders' depth; wear that ends in stuck cells
// checked against: a list of words compared bit by bit, 10,000 random searches (test/associative_test.cpp)
// error bound:     exact when the sense amplifiers are ideal

/// A job on the associative memory; registers under the same names.
struct AssociativeJob {
  uint64_t in = 0;    ///< words or keys: [count][hash_bits / 8] bytes
  uint64_t care = 0;  ///< STORE of ternary words: bits that take part, like `in`; 0: all
  uint64_t out = 0;   ///< SEARCH: one record a key
  bool search = false;
  uint32_t count = 1;      ///< words to store or keys to search
  uint32_t row_begin = 0;  ///< STORE: first row
  uint32_t hash_bits = 1024;
  uint32_t threshold = 0;  ///< SEARCH: rows within this distance match; 0 is an exact match
};

/// Bytes of one search record: nearest row (uint32, lowest of equals; 0xFFFFFFFF when no row is stored), its
/// distance (uint32, 0xFFFFFFFF likewise), then one bit a row of those within the threshold, row r in byte
/// r/8, bit r%8.
[[nodiscard]] constexpr uint32_t record_bytes(uint32_t rows) { return 8 + rows / 8; }
inline constexpr uint32_t kNoRow = 0xFFFFFFFF;
/// Largest number of keys of a job.
inline constexpr uint32_t kMaxKeys = 65535;

/// First rule that a job breaks.
[[nodiscard]] std::optional<JobFault> find_associative_fault(const Config& config, const AssociativeJob& job);

/// Chunks of a job: as many words or keys as half the buffers hold.
[[nodiscard]] uint32_t associative_chunk(const Config& config, const AssociativeJob& job);
/// Datapath cycles of a chunk of `count`: tile_cycles + count * write_cycles (twice with care bits), or
/// tile_cycles + count * max(search_cycles, ceil(R / post_lanes)).
[[nodiscard]] TileCost associative_cost(const Config& config, const AssociativeJob& job, uint32_t count,
                                        uint32_t stored_rows);

/// Contents of the array when it serves as a memory. Survives search and store jobs; a layer overwrites it.
class AssociativeMemory {
 public:
  explicit AssociativeMemory(const Config& config);

  /// Forgets all rows.
  void clear();
  /// Stores `word` in `row`; `care` is empty or says which bits take part. A key of another
  /// length is compared over the shorter of the two.
  void store(uint32_t row, std::span<const uint8_t> word, std::span<const uint8_t> care);
  /// Appends the record of one key; `search` and `number` key the sense noise.
  void search(std::span<const uint8_t> key, uint32_t threshold, const Noise& noise, uint32_t number,
              uint64_t search, std::vector<uint8_t>& records) const;
  [[nodiscard]] uint32_t stored_rows() const;
  /// Contents, for comparing a reset block with a fresh one.
  [[nodiscard]] std::vector<uint32_t> state() const;

 private:
  struct Row {
    bool valid = false;
    std::vector<uint8_t> word, care;
  };
  std::vector<Row> rows_;
};

}  // namespace ganglion::deepcam
