/* What a shared library with a Verilated model offers to the platform: plain C, so that library and platform
 * need not come from one compiler. ganglion_add_rtl (cmake/GanglionRtl.cmake) builds such a library; any
 * other simulator with these functions serves as well. */
#ifndef GANGLION_RTL_ABI_H
#define GANGLION_RTL_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Goes up with every change that old libraries do not fit. */
#define GANGLION_RTL_ABI 1u
/* Name of the function, as dlsym asks for it. */
#define GANGLION_RTL_ENTRY "ganglion_rtl_entry"

/* A port of the top module. Its value lies in `bytes` (1, 2, 4 or 8) bytes of host memory in host order;
 * wider ports are listed, but cannot be bound. */
typedef struct ganglion_rtl_port {
  const char* name;
  uint32_t width; /* bits */
  uint32_t bytes;
  uint32_t is_output;
} ganglion_rtl_port;

/* A register of the block's RDL. */
typedef struct ganglion_rtl_register {
  const char* name;
  uint32_t offset;
  uint32_t reset;    /* value after reset, of the readable bits */
  uint32_t readable; /* bits that a read gives */
} ganglion_rtl_register;

typedef struct ganglion_rtl_api {
  uint32_t abi;       /* GANGLION_RTL_ABI */
  const char* top;    /* module */
  const char* tool;   /* "Verilator 5.006" */
  uint32_t can_trace; /* trace_* work */
  uint32_t port_count;
  const ganglion_rtl_port* ports;
  uint32_t register_count;
  const ganglion_rtl_register* registers; /* in order of their offsets */

  /* A model whose registers hold values drawn with `seed`. */
  void* (*create)(uint64_t seed);
  void (*destroy)(void* model);
  /* Where port number `index` has its value. */
  void* (*port_data)(void* model, uint32_t index);
  void (*eval)(void* model);
  /* What the model said when it stopped itself ($finish, $stop, a failed assertion), else a null pointer. */
  const char* (*complaint)(void* model);
  /* VCD: 0 when the file cannot be written. Times are ps and go up. */
  int (*trace_open)(void* model, const char* file);
  void (*trace_dump)(void* model, uint64_t time_ps);
  void (*trace_close)(void* model);
} ganglion_rtl_api;

const ganglion_rtl_api* ganglion_rtl_entry(void);

#ifdef __cplusplus
}
#endif
#endif
