// SystemC's library brings a `main` that calls sc_main; tests bring their own main and need the symbol only.
#include <gtest/gtest.h>

int sc_main(int, char**) { return 0; }

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
