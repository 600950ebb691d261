#include "platform/soc/memory_layout.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace ganglion {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kFirmwareRoom = 4ULL << 20;  // what firmware/boot/ganglion.ld links into

uint64_t page_up(uint64_t value) { return (value + kPage - 1) / kPage * kPage; }

std::string hex(uint64_t value) {
  char text[19];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

/// Keeps what is taken and says no with both names.
class Placement {
 public:
  Placement(uint64_t begin, uint64_t end) : begin_(begin), end_(end) {}

  void take(const std::string& name, uint64_t address, uint64_t bytes, const SourceLocation& where) {
    if (address < begin_ || address > end_ || bytes > end_ - address) {
      throw ConfigError({where, name + " of " + std::to_string(bytes) + " bytes at " + hex(address),
                         "room within the memory, " + hex(begin_) + " to " + hex(end_ - 1),
                         "make the memory larger or move it"});
    }
    for (const Taken& taken : taken_) {
      if (address < taken.range.end && taken.range.begin < address + bytes) {
        throw ConfigError(
            {where,
             name + " at " + hex(address) + " to " + hex(address + bytes - 1) + ", over " + taken.name +
                 " at " + hex(taken.range.begin) + " to " + hex(taken.range.end - 1),
             "addresses that nothing else uses", "leave the address out and it is placed for you"});
      }
    }
    taken_.push_back({name, {address, address + bytes}});
  }

 private:
  struct Taken {
    std::string name;
    AddressSpan range;
  };
  uint64_t begin_;
  uint64_t end_;
  std::vector<Taken> taken_;
};

}  // namespace

MemoryLayout lay_out_memory(const Scenario& scenario, uint64_t memory_base, uint64_t memory_bytes,
                            const std::vector<AddressSpan>& firmware) {
  MemoryLayout layout;
  layout.memory_base = memory_base;
  layout.memory_bytes = memory_bytes;
  Placement placement(memory_base, memory_base + memory_bytes);

  uint64_t next = memory_base + kFirmwareRoom;
  for (const AddressSpan& range : firmware) {
    if (range.begin < memory_base || range.begin >= memory_base + memory_bytes) continue;
    placement.take("firmware", range.begin, range.end - range.begin, {scenario.elf, 0, 0});
    next = std::max(next, range.end);
  }
  next = scenario.image_base.value_or(page_up(next));

  // Fixed addresses first, so that automatic placement never takes them.
  for (const ImageSpec& image : scenario.images) {
    const uint64_t bytes = std::filesystem::file_size(image.file);
    layout.images.push_back({image.name, image.file, image.address.value_or(0), bytes});
    if (image.address) placement.take("image '" + image.name + "'", *image.address, bytes, image.where);
  }
  for (std::size_t i = 0; i < layout.images.size(); ++i) {
    if (scenario.images[i].address) continue;
    PlacedImage& image = layout.images[i];
    image.address = next;
    placement.take("image '" + image.name + "'", image.address, image.bytes, scenario.images[i].where);
    next = page_up(next + image.bytes);
  }
  if (scenario.results_bytes != 0) {
    layout.results_bytes = scenario.results_bytes;
    layout.results_address = scenario.results_address.value_or(next);
    placement.take("results", layout.results_address, layout.results_bytes, {scenario.file, 0, 0});
  }
  return layout;
}

}  // namespace ganglion
