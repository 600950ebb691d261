// Classifies the scenario's data set with each of its loadables ("loadable" or "loadable-<name>"): the region
// and result set are called <name>, "run" for the plain one.
#include <stdio.h>
#include <string.h>

#include "common/experiment.h"

int main(void) {
  static const char prefix[] = "loadable";
  const size_t prefix_length = sizeof prefix - 1;
  const void* dataset = find_dataset();
  if (dataset == NULL) return 1;
  gn_results_t results;
  const bool have_results = open_results(&results);

  uint32_t found = 0, failed = 0;
  const char* image;
  const void* data;
  size_t bytes;
  for (uint32_t index = 0; gn_image(index, &image, &data, &bytes); ++index) {
    if (strncmp(image, prefix, prefix_length) != 0) continue;
    const char* rest = image + prefix_length;
    if (*rest != '\0' && *rest != '-') continue;
    measurement_t measurement;
    if (found++ == 0) print_table_head();
    if (measure(image, *rest == '-' ? rest + 1 : "run", dataset, have_results ? &results : NULL,
                &measurement)) {
      print_table_row(&measurement);
    } else {
      ++failed;
    }
  }
  if (found == 0)
    printf("no image \"loadable\" or \"loadable-<name>\" in memory: name one in the scenario\n");
  return found != 0 && failed == 0 ? 0 : 1;
}
