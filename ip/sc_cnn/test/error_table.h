#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ip/sc_cnn/model/multiplier.h"

namespace ganglion::sc_cnn {

/// One row of the fact sheet's table of errors over all operands, in LSB.
struct ErrorRow {
  int n;
  double bias, rms, max;                                   // unsigned, LSB 2^-N
  double signed_bias, signed_mae, signed_rms, signed_max;  // LSB 2^-(N-1)
};

/// Measures the errors of operand width `expected.n` exhaustively and compares them at the printed precision.
inline void expect_error_row(const ErrorRow& expected) {
  const int n = expected.n;
  const int64_t operands = int64_t{1} << n;
  const auto pairs = static_cast<double>(operands * operands);
  double sum = 0, squares = 0, largest = 0;
  for (uint32_t x = 0; x < operands; ++x) {
    for (uint32_t k = 0; k < operands; ++k) {
      const double error =
          closed_product(x, k, n) - static_cast<double>(x) * k / static_cast<double>(operands);
      sum += error;
      squares += error * error;
      largest = std::max(largest, std::abs(error));
    }
  }
  EXPECT_NEAR(sum / pairs, expected.bias, 6e-4);
  EXPECT_NEAR(std::sqrt(squares / pairs), expected.rms, 6e-4);
  EXPECT_NEAR(largest, expected.max, 6e-3);

  double absolute = 0;
  sum = squares = largest = 0;
  const auto half = static_cast<int32_t>(operands / 2);
  for (int32_t x = -half; x < half; ++x) {
    for (int32_t w = -half; w < half; ++w) {
      const double error = product(x, w, n) - static_cast<double>(x) * w / half;
      sum += error;
      absolute += std::abs(error);
      squares += error * error;
      largest = std::max(largest, std::abs(error));
    }
  }
  EXPECT_NEAR(sum / pairs, expected.signed_bias, 6e-4);
  EXPECT_NEAR(absolute / pairs, expected.signed_mae, 6e-4);
  EXPECT_NEAR(std::sqrt(squares / pairs), expected.signed_rms, 6e-4);
  EXPECT_NEAR(largest, expected.signed_max, 6e-4);
  EXPECT_LT(largest, n / 2.0) << "|error| < N/2 LSB";
}

}  // namespace ganglion::sc_cnn
