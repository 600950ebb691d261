#pragma once

// Which jobs the programs of stimulus_generator.h are about, and where their operands lie.
#include <stdexcept>

#include "ip/common/test/stimulus_generator.h"

namespace ganglion::layers {

template <class Traits>
std::vector<std::pair<std::string, uint32_t>> StimulusGenerator<Traits>::registers_of(const BlockLayer& l) {
  std::vector<std::pair<std::string, uint32_t>> all = Traits::own_registers(l);
  for (const auto& [name, value] :
       {std::pair{"IN", l.in}, std::pair{"WEIGHTS", l.weights}, std::pair{"BIAS", l.bias},
        std::pair{"MULT", l.mult}, std::pair{"SHIFT", l.shift}, std::pair{"OUT", l.out}}) {
    all.emplace_back(std::string(name) + "_LO", static_cast<uint32_t>(value));
    all.emplace_back(std::string(name) + "_HI", static_cast<uint32_t>(value >> 32U));
  }
  for (const auto& [name, value] :
       {std::pair{"KIND", l.kind}, std::pair{"IN_C", l.in_c}, std::pair{"IN_H", l.in_h},
        std::pair{"IN_W", l.in_w}, std::pair{"IN_ROW_STRIDE", l.in_row_stride},
        std::pair{"IN_PLANE_STRIDE", l.in_plane_stride}, std::pair{"OUT_C", l.out_c},
        std::pair{"OUT_H", l.out_h}, std::pair{"OUT_W", l.out_w},
        std::pair{"OUT_ROW_STRIDE", l.out_row_stride}, std::pair{"OUT_PLANE_STRIDE", l.out_plane_stride},
        std::pair{"KERNEL_H", l.kh}, std::pair{"KERNEL_W", l.kw}, std::pair{"STRIDE", l.stride},
        std::pair{"PAD", l.pad}, std::pair{"POOL", l.pool}, std::pair{"OUT_MIN", static_cast<uint32_t>(l.lo)},
        std::pair{"OUT_MAX", static_cast<uint32_t>(l.hi)}})
    all.emplace_back(name, value);
  return all;
}

template <class Traits>
std::string StimulusGenerator<Traits>::text_of(const BlockLayer& l) {
  return fmt::format("{} {}x{}x{} to {}, kernel {}x{}, stride {}, pad {}, pool {}",
                     l.fully_connected() ? "fully connected" : "convolution", l.in_c, l.in_h, l.in_w, l.out_c,
                     l.kh, l.kw, l.stride, l.pad, l.pool);
}

template <class Traits>
uint64_t StimulusGenerator<Traits>::allocate(uint64_t bytes) {
  uint64_t at = (free_ + 7) / 8 * 8 + 8 * choice_.below(6);
  if (bytes > 16 && choice_.percent(35)) {  // across a border of 4 KiB
    const uint64_t before =
        8 * choice_.pick(1, static_cast<uint32_t>(std::min<uint64_t>(bytes, 2048) / 8 - 1));
    at = (at + 4095) / 4096 * 4096 + (at % 4096 + before > 4096 ? 4096 : 0) - before;
    while (at < free_) at += 4096;
  }
  free_ = at + bytes + choice_.below(16);
  return at;
}

/// Finds room for the operands and the output and puts the operands there.
template <class Traits>
typename Traits::Layer StimulusGenerator<Traits>::place(const Owned& owned) {
  BlockLayer layer = owned.layer;
  const auto put = [this](const std::vector<uint8_t>& bytes) {
    const uint64_t at = allocate(bytes.size());
    program_.contents.emplace_back(at, bytes);
    return at;
  };
  layer.in = put(owned.in);
  layer.weights = put(owned.weights);
  layer.bias = put(owned.bias);
  layer.mult = put(owned.mult);
  layer.shift = put(owned.shift);
  layer.out = allocate(layer.output_layout(array_.element_bytes()).span_bytes());
  return layer;
}

template <class Traits>
OwnedJob<typename Traits::Layer> StimulusGenerator<Traits>::legal_job(bool many_tiles) {
  constexpr uint64_t kEnd = test::MemoryStub::kBase + test::MemoryStub::kBytes;
  constexpr uint64_t kBorders = 6 * 5'000;  // what allocate() may leave out
  for (int tries = 0; tries < 10'000; ++tries) {
    const BlockLayer layer = draw_layer<Traits>(array_, sizes_, choice_);
    if (find_job_fault(array_, layer)) continue;
    if (many_tiles && make_tiles(array_, layer).size() < 2) continue;
    Owned owned = draw_operands(array_, layer, choice_);
    const auto result = Traits::run(array_, owned.job());
    uint64_t bytes = 0;
    for (const TileTrace& tile : result.tiles) bytes += tile.load_bytes + tile.store_bytes;
    if (result.compute_cycles + bytes / 8 > sizes_.largest_cost || free_ + bytes + kBorders > kEnd) continue;
    return owned;
  }
  throw std::logic_error("no job of these sizes fits the memory");
}

template <class Traits>
void StimulusGenerator<Traits>::spoil_operand(Owned& owned, unsigned which) {
  const int element = array_.element_bytes();
  const int half = 1 << (array_.operand_bits - 1);
  const auto element_of = [&](std::vector<uint8_t>& to) {
    put_element(to, choice_.below(to.size() / static_cast<std::size_t>(element)),
                choice_.percent(50) ? half : -half - 1 - static_cast<int>(choice_.below(4)), element);
  };
  switch (array_.operand_bits == 8 ? which % 2 : which % 4) {  // every byte is an operand of 8 bits
    case 0:
      owned.mult[choice_.below(owned.layer.out_c) * 4 + 3] |= 0x80;
      break;
    case 1:
      owned.shift[choice_.below(owned.layer.out_c) * 4] = choice_.one_of<uint8_t>({0, 63, 64, 255});
      break;
    case 2:
      element_of(owned.in);
      break;
    default:
      element_of(owned.weights);
  }
}

/// Makes the memory of an operand fail: from the start or in the middle, as a hole, a device or a read-only
/// memory.
template <class Traits>
void StimulusGenerator<Traits>::refuse_bursts(BlockLayer& layer, unsigned operand) {
  const int element = array_.element_bytes();
  const std::array<std::pair<uint64_t*, uint64_t>, 6> regions{
      {{&layer.in, layer.input_layout(element).span_bytes()},
       {&layer.weights, layer.out_c * layer.taps() * static_cast<uint64_t>(element)},
       {&layer.bias, 4 * layer.out_c},
       {&layer.mult, 4 * layer.out_c},
       {&layer.shift, 4 * layer.out_c},
       {&layer.out, layer.output_layout(element).span_bytes()}}};
  auto& [base, bytes] = regions[operand];
  if (choice_.percent(20)) {  // nothing at all is there
    *base = choice_.one_of({uint64_t{0x1000}, uint64_t{0x4'0000'0000}, uint64_t{0x8010'0000}}) +
            8 * choice_.below(9);
    return;
  }
  test::MemoryStub::Refusal refusal;
  refusal.base =
      *base + (choice_.percent(30) ? 0 : choice_.below(bytes) / 8 * 8);  // a bus refuses whole beats
  refusal.bytes = 8 * choice_.pick(1, 3);
  refusal.visible = choice_.percent(60);
  refusal.reads = operand != 5 || choice_.percent(50);
  program_.refusals.push_back(refusal);
}

template <class Traits>
void StimulusGenerator<Traits>::randomise_register(BlockLayer& l) {
  const std::array<uint32_t*, 17> narrow{&l.kind,
                                         &l.in_c,
                                         &l.in_h,
                                         &l.in_w,
                                         &l.out_c,
                                         &l.out_h,
                                         &l.out_w,
                                         &l.kh,
                                         &l.kw,
                                         &l.stride,
                                         &l.pad,
                                         &l.pool,
                                         &l.in_row_stride,
                                         &l.in_plane_stride,
                                         &l.out_row_stride,
                                         &l.out_plane_stride,
                                         &l.kind};
  const std::array<uint64_t*, 6> wide{&l.in, &l.weights, &l.bias, &l.mult, &l.shift, &l.out};
  const BlockLayer before = l;
  if (choice_.percent(25)) {
    *wide[choice_.below(wide.size())] += choice_.one_of({8U, 64U, 1U << 20U, 0x8000'0000U, 1U});
  } else {
    *narrow[choice_.below(narrow.size())] = choice_.one_of(
        {0U, 1U, 2U, 3U, 4U, 5U, 7U, 8U, 16U, 31U, 32U, 33U, 255U, 4096U, 65535U, 65536U, 0xffffffffU});
  }
  if (!find_job_fault(array_, l) && too_costly(l)) l = before;
}

template <class Traits>
bool StimulusGenerator<Traits>::too_costly(const BlockLayer& layer) const {
  return layer.taps() * layer.out_c * layer.computed_pixels() > 60'000 || layer.taps() * layer.out_c > 20'000;
}

template <class Traits>
typename Traits::Layer StimulusGenerator<Traits>::make_job(Aim aim, unsigned round) {
  Owned owned = legal_job(aim == Aim::kManyTiles || (aim == Aim::kBusError && choice_.percent(70)));
  if (aim == Aim::kBadOperand) spoil_operand(owned, round);
  BlockLayer layer = place(owned);
  if (aim == Aim::kBusError) refuse_bursts(layer, round % 6);
  if (aim == Aim::kAnything) randomise_register(layer);
  if (aim == Aim::kBrokenRule) {
    const BlockLayer legal = layer;
    for (unsigned rule = round; !find_job_fault(array_, layer); ++rule) {
      layer = legal;
      const unsigned number = rule % (kBrokenRules + Traits::kOwnRules);
      if (number < kBrokenRules) {
        break_rule(array_, layer, number, choice_);
      } else {
        Traits::break_own_rule(array_, layer, number - kBrokenRules, choice_);
      }
    }
  }
  return layer;
}

}  // namespace ganglion::layers
