#include "ip/deepcam/model/projection.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "ip/deepcam/model/normal_table.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ganglion::deepcam {
namespace {

constexpr uint32_t kDomain = 0x4D414344;  // "DCAM"
constexpr uint32_t kPanel = 16;           // columns
constexpr std::size_t kKeptProjections = 32;

std::array<uint32_t, 4> draw16(uint64_t seed, uint32_t layer, uint32_t row, uint32_t column) {
  return philox4x32({column / 16, row, layer, kDomain},
                    {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)});
}

/// Sums of one panel for up to 4 vectors: `x` points at the vectors' first element of the range, `cells` at
/// the panel's first pair. The pairs are whole: an odd last row has been split off.
struct PanelArgs {
  const int8_t* x;
  std::size_t stride;
  const int16_t* cells;
  uint32_t pairs;
  int32_t* sums;
  std::size_t sums_stride;
};

template <int kVectors>
void panel_portable(const PanelArgs& a) {
  int32_t acc[kVectors][kPanel] = {};
  for (uint32_t pair = 0; pair < a.pairs; ++pair) {
    const int16_t* cells = a.cells + std::size_t{pair} * 2 * kPanel;
    for (int v = 0; v < kVectors; ++v) {
      const int8_t* x = a.x + static_cast<std::size_t>(v) * a.stride + 2 * std::size_t{pair};
      for (uint32_t c = 0; c < kPanel; ++c) acc[v][c] += x[0] * cells[2 * c] + x[1] * cells[2 * c + 1];
    }
  }
  for (int v = 0; v < kVectors; ++v) {
    std::copy_n(acc[v], kPanel, a.sums + static_cast<std::size_t>(v) * a.sums_stride);
  }
}

#if defined(__x86_64__)
template <int kVectors>
__attribute__((target("avx2"))) void panel_avx2(const PanelArgs& a) {
  __m256i low[kVectors], high[kVectors];
  for (int v = 0; v < kVectors; ++v) low[v] = high[v] = _mm256_setzero_si256();
  for (uint32_t pair = 0; pair < a.pairs; ++pair) {
    const auto* cells = reinterpret_cast<const __m256i*>(a.cells + std::size_t{pair} * 2 * kPanel);
    const __m256i c0 = _mm256_loadu_si256(cells), c1 = _mm256_loadu_si256(cells + 1);
    for (int v = 0; v < kVectors; ++v) {
      const int8_t* x = a.x + static_cast<std::size_t>(v) * a.stride + 2 * std::size_t{pair};
      const __m256i both = _mm256_set1_epi32((x[0] & 0xffff) | x[1] * 65536);
      low[v] = _mm256_add_epi32(low[v], _mm256_madd_epi16(both, c0));
      high[v] = _mm256_add_epi32(high[v], _mm256_madd_epi16(both, c1));
    }
  }
  for (int v = 0; v < kVectors; ++v) {
    auto* sums = reinterpret_cast<__m256i*>(a.sums + static_cast<std::size_t>(v) * a.sums_stride);
    _mm256_storeu_si256(sums, low[v]);
    _mm256_storeu_si256(sums + 1, high[v]);
  }
}
#endif

using PanelFunction = void (*)(const PanelArgs&);

/// Kernels for 1 to 4 vectors.
std::array<PanelFunction, 4> panel_functions([[maybe_unused]] bool best) {
#if defined(__x86_64__)
  if (best && __builtin_cpu_supports("avx2"))
    return {panel_avx2<1>, panel_avx2<2>, panel_avx2<3>, panel_avx2<4>};
#endif
  return {panel_portable<1>, panel_portable<2>, panel_portable<3>, panel_portable<4>};
}

}  // namespace

int8_t projection_value(uint64_t seed, uint32_t layer, uint32_t row, uint32_t column) {
  return kNormalTable[byte_of(draw16(seed, layer, row, column), column % 16)];
}

Projection::Projection(uint64_t seed, uint32_t layer, uint32_t inputs, uint32_t bits, const Noise& noise)
    : inputs_(inputs),
      bits_(bits),
      scale_(noise.levels().conductance_sixteenths == 0 ? 1 : 16),
      cells_((std::size_t{inputs} + 1) / 2 * 2 * bits) {
  const std::size_t panel_cells = (std::size_t{inputs} + 1) / 2 * 2 * kPanel;
  for (uint32_t row = 0; row < inputs; ++row) {
    for (uint32_t column = 0; column < bits; column += kPanel) {
      const auto words = draw16(seed, layer, row, column);
      int16_t* cells = &cells_[column / kPanel * panel_cells + std::size_t{row / 2} * 2 * kPanel + row % 2];
      for (uint32_t c = 0; c < kPanel; ++c) {
        int32_t cell = kNormalTable[byte_of(words, c)] * scale_;
        if (scale_ != 1) cell += noise.conductance(layer, row, column + c);
        cells[2 * c] = static_cast<int16_t>(cell);
      }
    }
  }
}

void Projection::column_sums(std::span<const int8_t> vectors, std::size_t stride, std::size_t count,
                             uint32_t row_begin, uint32_t row_count, std::span<int32_t> sums,
                             Kernel kernel) const {
  static const std::array<PanelFunction, 4> best = panel_functions(true);
  const std::array<PanelFunction, 4> functions = kernel == Kernel::kBest ? best : panel_functions(false);
  const std::size_t panel_cells = (std::size_t{inputs_} + 1) / 2 * 2 * kPanel;
  for (uint32_t column = 0; column < bits_; column += kPanel) {
    const int16_t* cells = &cells_[column / kPanel * panel_cells + std::size_t{row_begin} * kPanel];
    for (std::size_t v = 0; v < count; v += 4) {
      const std::size_t group = std::min<std::size_t>(4, count - v);
      const int8_t* x = vectors.data() + v * stride + row_begin;
      functions[group - 1]({x, stride, cells, row_count / 2, &sums[v * bits_ + column], bits_});
      if (row_count % 2 == 0) continue;
      const int16_t* last = cells + std::size_t{row_count / 2} * 2 * kPanel;
      for (std::size_t g = 0; g < group; ++g) {
        for (uint32_t c = 0; c < kPanel; ++c) {
          sums[(v + g) * bits_ + column + c] += x[g * stride + row_count - 1] * last[2 * c];
        }
      }
    }
  }
}

std::shared_ptr<const Projection> ProjectionStore::get(uint32_t layer, uint32_t inputs, uint32_t bits,
                                                       const Noise& noise) {
  for (const Entry& entry : entries_) {
    if (entry.layer == layer && entry.projection->inputs() == inputs && entry.projection->bits() == bits) {
      return entry.projection;
    }
  }
  if (entries_.size() == kKeptProjections) entries_.erase(entries_.begin());
  entries_.push_back({layer, std::make_shared<Projection>(seed_, layer, inputs, bits, noise)});
  return entries_.back().projection;
}

}  // namespace ganglion::deepcam
