#include "ip/deepcam/model/schedule.h"

#include <algorithm>

#include "ip/common/model/cycles.h"

namespace ganglion::deepcam {

using layers::append_run;
using layers::ceil_div;

namespace {

constexpr uint64_t kLongestPatchChunk = 4096;

}  // namespace

PatchPlace place_of(const Layer& layer, uint64_t patch) {
  const uint64_t stored = patch / layer.window();
  const auto corner = static_cast<uint32_t>(patch % layer.window());
  const uint32_t step = layer.pool_step();
  return {static_cast<uint32_t>(stored / layer.stored_w()) * step + corner / 2,
          static_cast<uint32_t>(stored % layer.stored_w()) * step + corner % 2};
}

uint32_t segment_folds(const Config& config, const Layer& layer) {
  return static_cast<uint32_t>(ceil_div(layer.hash_bits / kSegmentBits, config.segments));
}

uint32_t segments_of_fold(const Config& config, const Layer& layer, uint32_t fold) {
  return std::min(config.segments, layer.hash_bits / kSegmentBits - fold * config.segments);
}

Schedule::Schedule(const Config& config, const Layer& layer)
    : layer_(layer),
      patches_(layer.patches()),
      pages_(layer.tiling().tiles() * segment_folds(config, layer)),
      input_resident_(uint64_t{layer.in_c} * layer.in_h * layer.in_w <= config.input_buffer_bytes) {
  const bool ws = layer.weight_stationary();
  const uint64_t keys = ws ? patches_ : layer.out_c;
  keys_resident_ = keys * layer.key_bytes() <= config.key_buffer_bytes;
  const uint64_t half_output = config.output_buffer_bytes / 2;
  uint64_t key_step = keys_resident_ ? keys : config.key_buffer_bytes / 2 / layer.key_bytes();
  if (ws) {
    map_step_ = std::min(config.rows, layer.out_c);
    key_step = std::min(key_step, half_output / map_step_ * layer.window());
    key_step = std::min(key_step, input_resident_ ? kLongestPatchChunk : uint64_t{config.rows});
    patch_step_ = static_cast<uint32_t>(
        std::min(patches_, std::max<uint64_t>(1, key_step / layer.window()) * layer.window()));
  } else {
    patch_step_ = static_cast<uint32_t>(std::min<uint64_t>(config.rows, patches_));
    key_step = std::min(key_step, half_output / (patch_step_ / layer.window()));
    map_step_ = static_cast<uint32_t>(std::min<uint64_t>(key_step, layer.out_c));
  }
  const uint64_t patch_chunks = ceil_div(patches_, patch_step_);
  const uint64_t map_chunks = ceil_div(layer.out_c, map_step_);
  outer_ = ws ? map_chunks : patch_chunks;
  inner_ = ws ? patch_chunks : map_chunks;
}

Tile Schedule::tile(uint64_t index) const {
  const uint64_t outer = index / inner_, inner = index % inner_;
  const bool ws = layer_.weight_stationary();
  Tile tile;
  tile.patch_begin = (ws ? inner : outer) * patch_step_;
  tile.patch_count = static_cast<uint32_t>(std::min<uint64_t>(patch_step_, patches_ - tile.patch_begin));
  tile.map_begin = static_cast<uint32_t>((ws ? outer : inner) * map_step_);
  tile.map_count = std::min(map_step_, layer_.out_c - tile.map_begin);
  tile.new_rows = inner == 0;
  const bool load_keys = !keys_resident_ || outer == 0;
  tile.hash_patches = ws ? load_keys : inner == 0;
  tile.first_hash = ws ? outer == 0 : inner == 0;
  tile.load_filters = ws ? inner == 0 : load_keys;
  tile.load_input = tile.hash_patches && (!input_resident_ || index == 0);
  tile.in_row_count = layer_.in_h;
  if (!input_resident_ && !layer_.fully_connected()) {
    const int64_t first = int64_t{place_of(layer_, tile.patch_begin).out_y} * layer_.stride - layer_.pad;
    const uint64_t last_patch = tile.patch_begin + tile.patch_count - 1;
    const int64_t end = int64_t{place_of(layer_, last_patch).out_y} * layer_.stride - layer_.pad + layer_.kh;
    tile.in_row_begin = static_cast<uint32_t>(std::clamp<int64_t>(first, 0, layer_.in_h));
    tile.in_row_count =
        static_cast<uint32_t>(std::clamp<int64_t>(end, tile.in_row_begin, layer_.in_h)) - tile.in_row_begin;
  }
  return tile;
}

uint64_t Schedule::largest_stripe_bytes() const {
  if (layer_.fully_connected()) return uint64_t{layer_.in_c} * layer_.in_h * layer_.in_w;
  const uint64_t stored = ceil_div(patch_step_, layer_.window()), width = layer_.stored_w();
  const uint64_t stored_rows = std::min<uint64_t>(layer_.stored_h(), (stored + width - 2) / width + 1);
  const uint64_t rows = (stored_rows * layer_.pool_step() - 1) * layer_.stride + layer_.kh;
  return std::min<uint64_t>(rows, layer_.in_h) * layer_.in_c * layer_.in_w;
}

std::vector<ByteRun> Schedule::loads(const Tile& tile) const {
  std::vector<ByteRun> runs;
  if (tile.load_filters) {
    const auto add = [&](Operand operand, uint64_t bytes) {
      append_run(runs, {operand, tile.map_begin * bytes, tile.map_begin * bytes, tile.map_count * bytes});
    };
    add(Operand::kWeights, layer_.key_bytes());
    add(Operand::kNorms, layer_.tiling().tiles());
    add(Operand::kBias, 4);
    add(Operand::kMult, 4);
    add(Operand::kShift, 4);
  }
  if (tile.load_input) {
    const FeatureMapLayout in = layer_.input_layout();
    uint64_t buffer = 0;
    for (uint32_t c = 0; c < in.channels; ++c) {
      for (uint32_t y = 0; y < tile.in_row_count; ++y, buffer += in.width)
        append_run(runs, {Operand::kInput, in.offset(c, tile.in_row_begin + y, 0), buffer, in.width});
    }
  }
  return runs;
}

std::vector<ByteRun> Schedule::stores(const Tile& tile) const {
  std::vector<ByteRun> runs;
  const FeatureMapLayout out = layer_.output_layout();
  const uint64_t begin = tile.patch_begin / layer_.window(), count = tile.patch_count / layer_.window();
  for (uint32_t m = 0; m < tile.map_count; ++m) {
    for (uint64_t s = begin; s < begin + count;) {
      const auto y = static_cast<uint32_t>(s / out.width), x = static_cast<uint32_t>(s % out.width);
      const uint64_t bytes = std::min<uint64_t>(out.width - x, begin + count - s);
      append_run(runs,
                 {Operand::kOutput, out.offset(tile.map_begin + m, y, x), m * count + (s - begin), bytes});
      s += bytes;
    }
  }
  return runs;
}

}  // namespace ganglion::deepcam
