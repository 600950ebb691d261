/// UART 16550, polled. stdin, stdout and stderr are bound to it; without a UART output is dropped.
#pragma once

#include <stdint.h>

void gn_uart_init(void);
void gn_uart_put(uint8_t byte);
/// Next received byte, or -1 when none is waiting.
int gn_uart_get(void);
