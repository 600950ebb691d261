/* What systems code is made of, in the manner of Dhrystone: records behind pointers, strings, calls, a
   switch, small arrays; little arithmetic. */
#include "rounds.h"

enum kind { KIND_ONE, KIND_TWO, KIND_THREE, KIND_FOUR };
struct record {
  struct record* next;
  enum kind kind;
  int amount;
  char text[32];
};
static struct record records[16];
static int table[24][24];
static char line[2][32];

static int __attribute__((noinline)) same(const char* a, const char* b) {
  while (*a != 0 && *a == *b) ++a, ++b;
  return *a == *b;
}
static void __attribute__((noinline)) copy(char* to, const char* from) {
  while ((*to++ = *from++) != 0) continue;
}
static enum kind __attribute__((noinline)) classify(enum kind kind, int amount) {
  switch (kind) {
    case KIND_ONE:
      return amount > 100 ? KIND_TWO : KIND_THREE;
    case KIND_TWO:
      return KIND_FOUR;
    case KIND_THREE:
      return amount & 1 ? KIND_ONE : KIND_TWO;
    default:
      return KIND_ONE;
  }
}
static void __attribute__((noinline)) visit(struct record* record, int step) {
  struct record* next = record->next;
  *next = (struct record){next->next, classify(record->kind, record->amount), record->amount + step, ""};
  copy(next->text, same(record->text, line[step & 1]) ? line[0] : line[1]);
  table[step % 24][record->amount % 24] += (int)next->kind;
}

unsigned kernel(void) {
  unsigned sum = 0;
  for (int i = 0; i < 16; ++i)
    records[i] = (struct record){&records[(i + 5) % 16], (enum kind)(i & 3), i, "start"};
  copy(line[0], "A RECORD OF THE FIRST KIND");
  copy(line[1], "A RECORD OF THE OTHER KIND");
  struct record* record = records;
  for (int round = 0; round < ROUNDS(2700000, 27000); ++round) {
    visit(record, round & 1023);
    record->amount &= 1023;
    record = record->next;
    sum += (unsigned)record->kind + (unsigned)record->amount;
  }
  for (int i = 0; i < 24; ++i)
    for (int j = 0; j < 24; ++j) sum += (unsigned)(table[i][j] * (i + j));
  return sum & 0xffff;
}
