/* replay.c FILE... - a fuzzer of tests/fuzz without libFuzzer: runs it once over each file, which is enough for its corpus */

#include <stdio.h>

#include "fuzz/fuzz.h"

int main(int argc, char **argv)
{
  static uint8_t bytes[1000000];
  int i;

  for (i = 1; i < argc; i++) {
    FILE *f = fopen(argv[i], "r");
    uint8_t *copy;
    size_t len;
    demand(f);
    len = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    copy = malloc(len ? len : 1);       /* exactly as long, for the sanitizer */
    demand(copy);
    memcpy(copy, bytes, len);
    LLVMFuzzerTestOneInput(copy, len);
    free(copy);
  }
  printf("%d inputs\n", argc - 1);
  return 0;
}
