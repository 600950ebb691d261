#include "ip/sc_cnn/test/error_table.h"

namespace ganglion::sc_cnn {
namespace {

TEST(ScMultiplierErrorSlow, N9) { expect_error_row({9, .250, .533, 1.89, -.001, .759, .943, 3.445}); }
TEST(ScMultiplierErrorSlow, N10) { expect_error_row({10, .250, .553, 2.06, -.001, .793, .986, 3.777}); }

}  // namespace
}  // namespace ganglion::sc_cnn
