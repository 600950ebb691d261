#include "ip/sc_cnn/test/error_table.h"

namespace ganglion::sc_cnn {
namespace {

// Fact sheet, "Exhaustive error over all operands". N = 9 and 10 are in error_table_slow_test.cpp.
TEST(ScMultiplierError, N4) { expect_error_row({4, .234, .416, 1.06, -.031, .539, .688, 1.75}); }
TEST(ScMultiplierError, N5) { expect_error_row({5, .242, .444, 1.22, -.016, .595, .745, 2.125}); }
TEST(ScMultiplierError, N6) { expect_error_row({6, .246, .469, 1.39, -.008, .642, .799, 2.438}); }
TEST(ScMultiplierError, N7) { expect_error_row({7, .248, .492, 1.55, -.004, .684, .850, 2.781}); }
TEST(ScMultiplierError, N8) { expect_error_row({8, .249, .513, 1.72, -.002, .723, .898, 3.109}); }

}  // namespace
}  // namespace ganglion::sc_cnn
