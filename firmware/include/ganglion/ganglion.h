/// Everything an app needs: `#include <ganglion/ganglion.h>`.
#pragma once

#include <ganglion/csr.h>
#include <ganglion/devices.h>
#include <ganglion/exit.h>
#include <ganglion/interrupt.h>
#include <ganglion/uart.h>
