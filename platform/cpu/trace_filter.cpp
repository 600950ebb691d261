#include "platform/cpu/trace_filter.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace ganglion {
namespace {

std::optional<uint64_t> address_in(std::string_view text) {
  constexpr int kHexadecimal = 16;
  constexpr int kDecimal = 10;
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? kHexadecimal : kDecimal);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

[[noreturn]] void refuse(const std::string& text, const std::string& item, const std::string& remedy) {
  throw ConfigError({{"--trace-isa-filter " + text, 0, 0},
                     "\"" + item + "\"",
                     "names of functions and ranges of addresses, e.g. main,0x80000000-0x800000ff",
                     remedy});
}

}  // namespace

TraceFilter TraceFilter::parse(const std::string& text, const ElfImage& elf) {
  TraceFilter filter;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string item = text.substr(begin, end - begin);
    begin = end + 1;
    if (const auto function = elf.function_named(item)) {
      filter.ranges_.push_back({function->begin, function->end - 1});
      continue;
    }
    const std::size_t dash = item.find('-');
    const auto first = address_in(std::string_view(item).substr(0, dash));
    const auto last = dash == std::string::npos ? first : address_in(std::string_view(item).substr(dash + 1));
    if (!first || !last) {
      const std::string near = nearest_name(item, elf.function_names());
      refuse(text, item, near.empty() ? "" : "did you mean \"" + near + "\"?");
    }
    if (*first > *last) refuse(text, item, "the first address is the lower one");
    filter.ranges_.push_back({*first, *last});
  }
  return filter;
}

}  // namespace ganglion
