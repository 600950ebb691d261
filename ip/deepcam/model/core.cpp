#include "ip/deepcam/model/core.h"

#include <algorithm>
#include <cstring>

#include "ip/deepcam/model/cam.h"
#include "ip/deepcam/model/product.h"

namespace ganglion::deepcam {
namespace {

uint32_t le32(std::span<const uint8_t> bytes, std::size_t at) {
  return bytes[at] | uint32_t{bytes[at + 1]} << 8 | uint32_t{bytes[at + 2]} << 16 |
         uint32_t{bytes[at + 3]} << 24;
}

}  // namespace

Core::Core(const Config& config, const Layer& layer, const Noise& noise, ProjectionStore& projections,
           uint32_t job)
    : config_(config),
      layer_(layer),
      tiling_(layer.tiling()),
      schedule_(config, layer),
      noise_(noise),
      job_(job),
      projection_(projections.get(layer.hash_layer, tiling_.inputs, layer.hash_bits, noise)),
      cosine_(config.cosine, layer.hash_bits),
      hash_words_(layer.hash_bits / 64),
      filter_hashes_(std::size_t{layer.out_c} * tiling_.tiles() * hash_words_),
      filter_norms_(std::size_t{layer.out_c} * tiling_.tiles()),
      bias_(layer.out_c),
      mult_(layer.out_c),
      shift_(layer.out_c) {
  const bool all_patches = layer.weight_stationary() && schedule_.keys_resident();
  const std::size_t slots = all_patches ? layer.patches() : schedule_.patch_step();
  patch_hashes_.resize(slots * tiling_.tiles() * hash_words_);
  patch_norms_.resize(slots * tiling_.tiles());
}

void Core::begin(const Tile& tile) {
  if (!tile.load_input) return;
  stripe_row_ = tile.in_row_begin;
  stripe_rows_ = tile.in_row_count;
  input_.resize(std::size_t{layer_.in_c} * stripe_rows_ * layer_.in_w);
}

std::optional<JobFault> Core::load(const ByteRun& run, std::span<const uint8_t> bytes) {
  const auto bad = [&run](Fault fault, std::size_t at, int64_t value, const char* rule) {
    return JobFault{fault, name_of(run.operand), value, rule, run.offset + at};
  };
  switch (run.operand) {
    case Operand::kInput:
      std::memcpy(input_.data() + run.buffer_offset, bytes.data(), bytes.size());
      break;
    case Operand::kWeights:
      for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
        filter_hashes_[(run.buffer_offset + i) / 8] = le32(bytes, i) | uint64_t{le32(bytes, i + 4)} << 32;
      }
      break;
    case Operand::kNorms:
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] > kLargestNorm)
          return bad(Fault::kNorm, i, bytes[i], "must be an unsigned E4M3 number, 0 to 126");
        filter_norms_[run.buffer_offset + i] = bytes[i];
      }
      break;
    case Operand::kBias:
      for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4)
        bias_[(run.buffer_offset + i) / 4] = le32(bytes, i);
      break;
    case Operand::kMult:
      for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
        const uint32_t value = le32(bytes, i);
        if (value >> 31 != 0) return bad(Fault::kRequantisation, i, value, "must be below 2^31");
        mult_[(run.buffer_offset + i) / 4] = value;
      }
      break;
    case Operand::kShift:
      for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
        const uint32_t value = le32(bytes, i);
        if (value < 1 || value > 62) return bad(Fault::kRequantisation, i, value, "must be 1 to 62");
        shift_[(run.buffer_offset + i) / 4] = value;
      }
      break;
    case Operand::kOutput:
      break;
  }
  return std::nullopt;
}

void Core::extract_patch(const Tile& tile, uint64_t patch, std::span<int8_t> vector) const {
  if (layer_.fully_connected()) {
    std::ranges::copy(std::span(input_).first(vector.size()), vector.begin());
    return;
  }
  const PatchPlace place = place_of(layer_, patch);
  const int64_t top = int64_t{place.out_y} * layer_.stride - layer_.pad;
  const int64_t left = int64_t{place.out_x} * layer_.stride - layer_.pad;
  std::size_t i = 0;
  for (uint32_t c = 0; c < layer_.in_c; ++c) {
    for (uint32_t ky = 0; ky < layer_.kh; ++ky) {
      const int64_t y = top + ky;
      const bool row_inside = y >= 0 && y < layer_.in_h;
      const int8_t* row =
          row_inside ? &input_[(std::size_t{c} * stripe_rows_ + (static_cast<std::size_t>(y) - stripe_row_)) *
                               layer_.in_w]
                     : nullptr;
      for (uint32_t kx = 0; kx < layer_.kw; ++kx, ++i) {
        const int64_t x = left + kx;
        vector[i] = row_inside && x >= 0 && x < layer_.in_w ? row[x] : int8_t{0};
      }
    }
  }
}

uint64_t Core::hash_patches(const Tile& tile) {
  if (!layer_.weight_stationary() || !schedule_.keys_resident()) patch_base_ = tile.patch_begin;
  const std::size_t n = tiling_.inputs, slot = patch_slot(tile.patch_begin);
  std::vector<int8_t> vectors(tile.patch_count * n);
  uint64_t saturations = 0;
  for (uint32_t p = 0; p < tile.patch_count; ++p) {
    const std::span<int8_t> vector = std::span(vectors).subspan(p * n, n);
    extract_patch(tile, tile.patch_begin + p, vector);
    for (uint32_t t = 0; t < tiling_.tiles(); ++t) {
      const Norm norm =
          norm_of(sum_of_squares(vector.subspan(tiling_.begin(t), tiling_.length(t))), layer_.norm_shift);
      patch_norms_[(slot + p) * tiling_.tiles() + t] = norm.code;
      saturations += norm.saturated;
    }
  }
  hash_vectors(*projection_, tiling_, vectors, tile.patch_count, noise_, {job_, tile.patch_begin},
               std::span(patch_hashes_).subspan(slot * tiling_.tiles() * hash_words_));
  return tile.first_hash ? saturations : 0;
}

void Core::accumulate(const Tile& tile, TileResult& result) {
  const bool ws = layer_.weight_stationary();
  const uint32_t rows = ws ? tile.map_count : tile.patch_count;
  const uint32_t keys = ws ? tile.patch_count : tile.map_count;
  const uint32_t tiles = tiling_.tiles();
  const std::size_t patch_slot = this->patch_slot(tile.patch_begin);
  const uint64_t* patch_hashes = &patch_hashes_[patch_slot * tiles * hash_words_];
  const uint64_t* filter_hashes = &filter_hashes_[std::size_t{tile.map_begin} * tiles * hash_words_];
  const NormCode* patch_norms = &patch_norms_[patch_slot * tiles];
  const NormCode* filter_norms = &filter_norms_[std::size_t{tile.map_begin} * tiles];
  const uint64_t* row_hashes = ws ? filter_hashes : patch_hashes;
  const uint64_t* key_hashes = ws ? patch_hashes : filter_hashes;

  sums_.assign(std::size_t{tile.map_count} * tile.patch_count, 0);
  constexpr uint32_t kKeyBlock = 32;
  std::vector<uint16_t> found(std::size_t{std::min(kKeyBlock, keys)} * rows);
  std::vector<uint16_t> distances(std::size_t{keys} * rows);
  for (uint32_t t = 0; t < tiles; ++t) {
    std::ranges::fill(distances, uint16_t{0});
    std::size_t word = 0;
    for (uint32_t fold = 0; fold < segment_folds(config_, layer_); ++fold) {
      const uint32_t bits = segments_of_fold(config_, layer_, fold) * kSegmentBits;
      Cam cam(rows, bits);
      const std::size_t stride = tiles * hash_words_, offset = t * hash_words_ + word;
      for (uint32_t row = 0; row < rows; ++row)
        cam.write(row, std::span(row_hashes + row * stride + offset, bits / 64));
      for (uint32_t first = 0; first < keys; first += kKeyBlock) {
        const uint32_t count = std::min(kKeyBlock, keys - first);
        const std::span<uint16_t> block = std::span(found).first(std::size_t{count} * rows);
        const uint64_t* block_keys = key_hashes + first * stride + offset;
        cam.search(std::span(block_keys, (count - 1) * stride + bits / 64), stride, count, block);
        uint16_t* sums = &distances[std::size_t{first} * rows];
        if (noise_.sense_ideal()) {
          for (std::size_t i = 0; i < block.size(); ++i) sums[i] += block[i];
        } else {
          for (std::size_t i = 0; i < block.size(); ++i) {
            sums[i] += static_cast<uint16_t>(
                noise_.sense(job_, searches_ + i / rows, static_cast<uint32_t>(i % rows), block[i], bits));
          }
        }
        searches_ += count;
      }
      word += bits / 64;
    }
    for (uint32_t key = 0; key < keys; ++key) {
      for (uint32_t row = 0; row < rows; ++row) {
        const uint32_t map = ws ? row : key, patch = ws ? key : row;
        int64_t& sum = sums_[std::size_t{map} * tile.patch_count + patch];
        sum += estimate(patch_norms[patch * tiles + t], filter_norms[map * tiles + t],
                        cosine_[distances[std::size_t{key} * rows + row]], layer_.product_shift);
        const int64_t clamped = saturate(sum, 32);
        result.product_saturations += clamped != sum;
        sum = clamped;
      }
    }
  }
}

void Core::finish(const Tile& tile, TileResult& result) {
  const uint32_t window = layer_.window(), stored = tile.patch_count / window;
  output_.resize(std::size_t{tile.map_count} * stored);
  for (uint32_t m = 0; m < tile.map_count; ++m) {
    const uint32_t map = tile.map_begin + m;
    const Requantisation q{mult_[map], shift_[map]};
    const auto bias = static_cast<int32_t>(bias_[map]);
    for (uint32_t s = 0; s < stored; ++s) {
      int32_t best = 0;
      for (uint32_t corner = 0; corner < window; ++corner) {
        const int64_t sum = sums_[std::size_t{m} * tile.patch_count + s * window + corner] + bias;
        const int64_t clamped = saturate(sum, 32);
        result.product_saturations += clamped != sum;
        const int32_t y = requantise(static_cast<int32_t>(clamped), q, layer_.lo, layer_.hi);
        best = corner == 0 ? y : std::max(best, y);
      }
      output_[std::size_t{m} * stored + s] = static_cast<uint8_t>(best);
    }
  }
}

TileResult Core::compute(const Tile& tile) {
  TileResult result;
  result.cost = tile_cost(config_, layer_, schedule_, tile);
  if (tile.hash_patches) result.norm_saturations = hash_patches(tile);
  accumulate(tile, result);
  finish(tile, result);
  return result;
}

}  // namespace ganglion::deepcam
