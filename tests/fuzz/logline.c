/* logline.c - any bytes as a log: lines, fields, numbers; what is told of it is of its form */

#include "fuzz.h"
#include "log/deferring.h"
#include "log/family.h"
#include "log/lines.h"
#include "log/tally.h"

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  static struct lines lines;
  static char s[262144];
  struct text t = { .s = s, .size = sizeof s };
  char *copy = fuzz_string(data, len);
  size_t i;

  lines_feed(&lines, copy, len, tally_line);
  lines_feed(&lines, "\n", 1, tally_line);
  free(copy);
  family_write(&t, 1);
  deferring_write(&t);
  demand(!t.bad);
  for (i = 0; i < t.len; i++) demand(s[i] == '\n' || (s[i] >= ' ' && s[i] <= '~'));
  return 0;
}
