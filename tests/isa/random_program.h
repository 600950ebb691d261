#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace ganglion::isa_test {

/// splitmix64: the same sequence with every standard library.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t bits();
  /// 0 .. limit - 1
  uint64_t below(uint64_t limit) { return bits() % limit; }
  int64_t between(int64_t first, int64_t last) {
    return first + static_cast<int64_t>(below(last - first + 1));
  }
  bool percent(unsigned chance) { return below(100) < chance; }
  template <class Container>
  auto& of(Container& items) {
    return items[below(items.size())];
  }

 private:
  uint64_t state_;
};

/// What a program is made from. The same recipe gives the same program.
struct ProgramRecipe {
  int xlen = 64;
  uint64_t seed = 0;
  unsigned instructions = 1000;      ///< in the program text, at least
  std::set<unsigned> left_out = {};  ///< chunks not to emit: what minimising a failure takes away
};

/// A random program and the state it starts from.
struct RandomProgram {
  std::vector<uint16_t> code;       ///< position-independent; ends with the ecall that ends it
  std::vector<uint64_t> registers;  ///< 32; x30, x31 are set by the image
  std::vector<uint64_t> floats;     ///< f0..f31
  std::vector<uint64_t> float_pool;
  uint32_t fcsr = 0;
  std::vector<uint8_t> sandbox;
  uint64_t mstatus = 0;  ///< MPP is the mode it starts in
  uint32_t mcounteren = 0;
  unsigned chunks = 0;         ///< indivisible parts, counting those left out
  unsigned instructions = 0;   ///< in the text
  std::vector<uint64_t> used;  ///< how often each row of instruction_table() was emitted
};

/// Draws from every row of the decode table that exists for the XLEN. Loads and stores stay in the sandbox
/// around x30 or go to unmapped addresses, branches are forward or close counted loops, jumps come back.
[[nodiscard]] RandomProgram make_random_program(const ProgramRecipe& recipe);

}  // namespace ganglion::isa_test
