/// Ending the run through the test device.
#pragma once

#include <stdnoreturn.h>

/// 0 ends the run as passed, any other value as failed with that code (16 bits; the platform exits 4 and puts
/// the code into its report). main's return value comes here.
noreturn void gn_exit(int code);

/// A reset of the whole SoC.
noreturn void gn_reset(void);

enum {
  /// An exception nobody handles ends the run with this code plus its cause number (mcause).
  GN_EXIT_EXCEPTION = 128,
};
