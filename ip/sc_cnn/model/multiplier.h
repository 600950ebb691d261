#pragma once

#include <cstdint>
#include <vector>

namespace ganglion::sc_cnn {

// models:          the BISC multiplier of Sim and Lee: a binary operand turned into an evenly spread bit
// stream
//                  by an FSM and a multiplexer, gated by a down counter; serial, closed and bit-parallel
//                  form.
// leaves out:      faults in stream bits (faulty.cpp adds them; the closed forms have no stream).
// checked against: the three forms against each other over all operands, golden values and the exhaustive
//                  error table of the fact sheet (test/multiplier_test.cpp).
// error bound:     none against the paper's arithmetic (bit exact); |product - x*w/2^(N-1)| < N/2 LSB.
//
// Operand width N is 4..10 bits. x is the streamed operand (an activation in a convolution, a weight in a
// fully connected layer), k the count of the down counter. Source: Sim and Lee, Front. Neurosci. 14:543472,
// 2020.

inline constexpr int kMinOperandBits = 4;
inline constexpr int kMaxOperandBits = 10;

/// Stream bit of unsigned `x` at cycle t = 1, 2, ...: bit N-1-ctz(t); nothing is selected at t = 2^N.
[[nodiscard]] constexpr uint32_t stream_bit(uint32_t x, uint32_t t, int operand_bits) {
  const int index = operand_bits - 1 - __builtin_ctz(t);
  return index < 0 ? 0 : (x >> index) & 1u;
}

/// Unsigned product ~ x*k/2^N by running the stream for k cycles, one bit a cycle: the definition.
[[nodiscard]] constexpr uint32_t stream_product(uint32_t x, uint32_t k, int operand_bits) {
  uint32_t ones = 0;
  for (uint32_t t = 1; t <= k; ++t) ones += stream_bit(x, t, operand_bits);
  return ones;
}

/// Unsigned product in closed form: P(x,k) = sum_{i=1..N} x[N-i] * ((k + 2^(i-1)) >> i). k in 0..2^N - 1.
[[nodiscard]] constexpr uint32_t closed_product(uint32_t x, uint32_t k, int operand_bits) {
  uint32_t product = 0;
  for (int i = 1; i <= operand_bits; ++i) {
    product += ((x >> (operand_bits - i)) & 1u) * ((k + (1u << (i - 1))) >> i);
  }
  return product;
}

/// Ones among the b = 2^parallel_log2 stream bits of full row `row` (cycle row of a bit-parallel lane).
[[nodiscard]] constexpr uint32_t full_row_count(uint32_t x, uint32_t row, int operand_bits,
                                                int parallel_log2) {
  const int index = operand_bits - 1 - parallel_log2 - __builtin_ctz(row + 1);
  return (x >> (operand_bits - parallel_log2)) + (index < 0 ? 0 : (x >> index) & 1u);
}

/// Ones among the first q < b stream bits of any row: the last, partial row.
[[nodiscard]] constexpr uint32_t partial_row_count(uint32_t x, uint32_t q, int operand_bits,
                                                   int parallel_log2) {
  uint32_t ones = 0;
  for (int i = 1; i <= parallel_log2; ++i) {
    ones += ((x >> (operand_bits - i)) & 1u) * ((q + (1u << (i - 1))) >> i);
  }
  return ones;
}

/// Unsigned product by rows of b bits, as a bit-parallel lane forms it. Equals closed_product for b <=
/// 2^(N-1).
[[nodiscard]] constexpr uint32_t row_product(uint32_t x, uint32_t k, int operand_bits, int parallel_log2) {
  const uint32_t rows = k >> parallel_log2;
  uint32_t ones = 0;
  for (uint32_t row = 0; row < rows; ++row) ones += full_row_count(x, row, operand_bits, parallel_log2);
  return ones + partial_row_count(x, k & ((1u << parallel_log2) - 1), operand_bits, parallel_log2);
}

/// Offset-binary form of a signed operand: u = x xor 2^(N-1), what the stream generator sees.
[[nodiscard]] constexpr uint32_t to_offset_binary(int32_t x, int operand_bits) {
  const uint32_t mask = (1u << operand_bits) - 1;
  return (static_cast<uint32_t>(x) & mask) ^ (1u << (operand_bits - 1));
}

/// Count of the down counter for operand `w` under dynamic precision n_w = `weight_bits` <= N:
/// k = (|w| + 2^(N-n_w-1)) >> (N-n_w), |w| when n_w = N. At most 2^(n_w-1).
[[nodiscard]] constexpr uint32_t counter_start(int32_t w, int operand_bits, int weight_bits) {
  const uint32_t magnitude = w < 0 ? 0u - static_cast<uint32_t>(w) : static_cast<uint32_t>(w);
  const int dropped = operand_bits - weight_bits;
  return dropped == 0 ? magnitude : (magnitude + (1u << (dropped - 1))) >> dropped;
}

/// Signed product from a count: +-(2*P(u,k) - k), ~ x*k/2^(N-1) with the sign of w.
[[nodiscard]] constexpr int32_t signed_product(int32_t x, uint32_t k, bool negative, int operand_bits) {
  const auto ones = static_cast<int32_t>(closed_product(to_offset_binary(x, operand_bits), k, operand_bits));
  const int32_t product = 2 * ones - static_cast<int32_t>(k);
  return negative ? -product : product;
}

/// prod(x, w) of the fact sheet at full precision; not commutative. Both operands in [-2^(N-1), 2^(N-1)-1].
[[nodiscard]] constexpr int32_t product(int32_t x, int32_t w, int operand_bits) {
  return signed_product(x, counter_start(w, operand_bits, operand_bits), w < 0, operand_bits);
}

/// Cycles one lane spends on a count: ceil(k/b); a zero takes one cycle unless it is skipped.
[[nodiscard]] constexpr uint32_t mac_cycles(uint32_t k, int parallel_log2, bool zero_skip) {
  const uint32_t rows = (k + (1u << parallel_log2) - 1) >> parallel_log2;
  return rows == 0 && !zero_skip ? 1 : rows;
}

/// Products 2*P(u,k) - k of one operand width, all counts k = 0..2^(N-1) by all 2^N stream operands u.
class ProductTable {
 public:
  explicit ProductTable(int operand_bits);
  /// The 2^N products of count `k`, indexed by the offset-binary streamed operand.
  [[nodiscard]] const int16_t* row(uint32_t k) const { return products_.data() + (std::size_t{k} << bits_); }
  /// The constant table of `operand_bits`; built once a process, never changes.
  [[nodiscard]] static const ProductTable& of(int operand_bits);

 private:
  int bits_;
  std::vector<int16_t> products_;
};

}  // namespace ganglion::sc_cnn
