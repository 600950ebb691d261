#include "ip/sc_cnn/model/multiplier.h"

#include <array>
#include <memory>
#include <mutex>

namespace ganglion::sc_cnn {

ProductTable::ProductTable(int operand_bits)
    : bits_(operand_bits), products_(((std::size_t{1} << (operand_bits - 1)) + 1) << operand_bits) {
  const uint32_t operands = 1u << operand_bits;
  for (uint32_t k = 0; k <= operands / 2; ++k) {
    for (uint32_t u = 0; u < operands; ++u) {
      products_[(std::size_t{k} << bits_) + u] = static_cast<int16_t>(
          2 * static_cast<int32_t>(closed_product(u, k, operand_bits)) - static_cast<int32_t>(k));
    }
  }
}

const ProductTable& ProductTable::of(int operand_bits) {
  static std::array<std::unique_ptr<const ProductTable>, kMaxOperandBits + 1> tables;
  static std::mutex guard;
  const std::lock_guard lock(guard);
  auto& table = tables.at(static_cast<std::size_t>(operand_bits));
  if (!table) table = std::make_unique<const ProductTable>(operand_bits);
  return *table;
}

}  // namespace ganglion::sc_cnn
