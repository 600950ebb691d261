#include <ganglion/results.h>
#include <string.h>

enum { HEADER_WORDS = 4, NAME_BYTES = 16, SET_BYTES = NAME_BYTES + 8 };
enum { WORD_MAGIC, WORD_VERSION, WORD_SETS, WORD_TOTAL };

bool gn_results_open(gn_results_t* results, void* data, size_t bytes) {
  *results = (gn_results_t){data, bytes};
  if (bytes < HEADER_WORDS * sizeof(uint32_t)) return false;
  uint32_t* words = data;
  words[WORD_MAGIC] = GN_RESULTS_MAGIC;
  words[WORD_VERSION] = GN_RESULTS_VERSION;
  words[WORD_SETS] = 0;
  words[WORD_TOTAL] = HEADER_WORDS * sizeof(uint32_t);
  return true;
}

bool gn_results_add(gn_results_t* results, const char* name, uint32_t images, uint32_t correct,
                    const uint8_t* predictions) {
  uint32_t* words = (uint32_t*)(void*)results->data;
  const size_t padded = ((size_t)images + 3) & ~(size_t)3;
  if (padded + SET_BYTES > results->bytes - words[WORD_TOTAL]) return false;
  uint8_t* set = results->data + words[WORD_TOTAL];
  memset(set, 0, SET_BYTES + padded);
  memcpy(set, name, strnlen(name, NAME_BYTES));
  memcpy(set + NAME_BYTES, &images, 4);
  memcpy(set + NAME_BYTES + 4, &correct, 4);
  memcpy(set + SET_BYTES, predictions, images);
  words[WORD_TOTAL] += (uint32_t)(SET_BYTES + padded);
  ++words[WORD_SETS];
  return true;
}
