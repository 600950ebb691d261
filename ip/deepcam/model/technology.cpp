#include "ip/deepcam/model/technology.h"

#include <stdexcept>

namespace ganglion::deepcam {

std::string_view name_of(Technology technology) {
  return technology == Technology::kFefet ? "fefet" : "cmos16t";
}

std::string cells_key(Technology technology, uint32_t rows) {
  std::string key = "_";
  key.append(name_of(technology));
  return key.append("_r").append(std::to_string(rows));
}

double segment_leakage_mw(Technology technology, uint32_t rows) {
  struct Entry {
    uint32_t rows;
    double fefet_mw;
  };
  constexpr Entry kEvaCam[] = {{64, 1.456}, {128, 4.641}, {256, 7.449}, {512, 12.218}};
  for (const Entry& entry : kEvaCam) {
    if (entry.rows == rows)
      return entry.fefet_mw * (technology == Technology::kCmos16t ? kCmos16tPerFefet : 1.0);
  }
  throw std::out_of_range("no leakage for " + std::to_string(rows) + " rows");
}

double array_leakage_mw(const Config& config) {
  return config.segments * segment_leakage_mw(config.technology, config.rows);
}

}  // namespace ganglion::deepcam
