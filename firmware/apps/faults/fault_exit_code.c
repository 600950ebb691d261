// Ends by itself and reports failure: main's value must reach the platform's report.
#include <stdio.h>

int main(void) {
  printf("returning 42 from main\n");
  return 42;
}
