#include <ganglion/devices.h>
#include <ganglion/mmio.h>
#include <ganglion/uart.h>
#include <stdio.h>

enum { UART_DATA = 0, UART_IER = 1, UART_FCR = 2, UART_LCR = 3, UART_LSR = 5 };
enum { FCR_ENABLE = 1, LCR_8N1 = 3, LSR_DATA_READY = 1, LSR_THR_EMPTY = 0x20 };

static uintptr_t uart_register(uint32_t index) {
  const gn_devices_t* devices = gn_devices();
  return devices->uart + ((uintptr_t)index << devices->uart_shift);
}

void gn_uart_init(void) {
  if (gn_devices()->uart == 0) return;
  gn_write8(uart_register(UART_IER), 0);
  gn_write8(uart_register(UART_LCR), LCR_8N1);
  gn_write8(uart_register(UART_FCR), FCR_ENABLE);
}

void gn_uart_put(uint8_t byte) {
  if (gn_devices()->uart == 0) return;
  while ((gn_read8(uart_register(UART_LSR)) & LSR_THR_EMPTY) == 0) {
  }
  gn_write8(uart_register(UART_DATA), byte);
}

int gn_uart_get(void) {
  if (gn_devices()->uart == 0 || (gn_read8(uart_register(UART_LSR)) & LSR_DATA_READY) == 0) return -1;
  return gn_read8(uart_register(UART_DATA));
}

// picolibc's console: one stream behind all three names.
static int put_character(char character, FILE* stream) {
  (void)stream;
  gn_uart_put((uint8_t)character);
  return (unsigned char)character;
}

static int get_character(FILE* stream) {
  (void)stream;
  if (gn_devices()->uart == 0) return _FDEV_EOF;
  int byte;
  while ((byte = gn_uart_get()) < 0) {
  }
  return byte;
}

static FILE console = FDEV_SETUP_STREAM(put_character, get_character, NULL, _FDEV_SETUP_RW);
FILE* const stdin = &console;
FILE* const stdout = &console;
FILE* const stderr = &console;
