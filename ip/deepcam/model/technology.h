#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ip/deepcam/model/config.h"

namespace ganglion::deepcam {

// models:          leakage of a segment of R rows of 256 bits; energies and areas of the same cells are
//                  entries of cost.yaml ("segment_search_fefet_r256"), all at 45 nm and 1 V
// leaves out:      temperature; buffers and digital units, small beside the array
// checked against: the figures of the fact sheet, and cost.yaml against them (test/parameters_test.cpp)
// error bound:     class estimate: 0.6 to 1.6 times (FeFET), 1.5 to 4 times the FeFET figure (CMOS)

/// A 16T CMOS cell against a 2FeFET cell, in energy, area and leakage (published ratios of CAM cells; for
/// leakage an assumption).
inline constexpr double kCmos16tPerFefet = 2.5;

/// Name in scenarios and in the keys of cost.yaml: "fefet" or "cmos16t".
[[nodiscard]] std::string_view name_of(Technology technology);

/// "_fefet_r256": the part of a key of cost.yaml that says which cells it is about.
[[nodiscard]] std::string cells_key(Technology technology, uint32_t rows);

/// Leakage of one segment in mW: FeFET from Eva-CAM (stock 2FeFET cell, 45 nm, 1 V), CMOS scaled from it.
/// `rows` is 64, 128, 256 or 512 (std::out_of_range).
[[nodiscard]] double segment_leakage_mw(Technology technology, uint32_t rows);

/// Leakage of all segments of an array in mW.
[[nodiscard]] double array_leakage_mw(const Config& config);

}  // namespace ganglion::deepcam
