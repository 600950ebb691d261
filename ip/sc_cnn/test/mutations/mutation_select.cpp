// Which mutation is active, for the mutated RTL: the one that GANGLION_MUTATION names; none without it.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "mutations.h"

extern "C" int ganglion_mutation() {
  const char* const wanted = std::getenv("GANGLION_MUTATION");
  if (wanted == nullptr || *wanted == '\0') return 0;
  for (const auto& mutation : ganglion::mutations::kMutations) {
    if (std::strcmp(mutation.name, wanted) == 0) return mutation.number;
  }
  std::fprintf(stderr, "GANGLION_MUTATION=%s: no such mutation; mutations.yaml has their names\n", wanted);
  std::exit(2);
}
