/* trigger.c - the fifo's records in every cut, and what is no record */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "door/trigger.h"
#include "unit.h"

#define A "0000000000000000000000abcd"
#define B "0000000000000000000000abce-1"

static char got[200];

static void found(char const *id)
{
  strncat(got, id, sizeof got - strlen(got) - 1);
  strncat(got, " ", sizeof got - strlen(got) - 1);
}

static int feed(char const *s, size_t len, size_t cut)
{
  struct trigger t = { .used = 0 };
  int strange;

  got[0] = 0;
  strange = trigger_feed(&t, s, cut, found);
  return trigger_feed(&t, s + cut, len - cut, found) | strange;
}

int main(void)
{
  static char const two[] = A "\n" B "\n";
  char garbage[300], fifo[2 * ID_MAX];
  size_t cut, good = 0;
  int p[2];

  for (cut = 0; cut < sizeof two; cut++) good += !feed(two, sizeof two - 1, cut) && !strcmp(got, A " " B " ");
  check("both IDs in every cut", good == sizeof two);
  check("no ID is strange", feed("hello\n" A "\n", 6 + 27, 3) && !strcmp(got, A " "));
  memset(garbage, 'a', sizeof garbage);
  memcpy(garbage + 250, "\n" A "\n", 28);
  check("a line without end is strange, and what follows counts", feed(garbage, 278, 100) && !strcmp(got, A " "));
  check("a NUL is strange", feed("0000\0" A "\n", 32, 5) && !*got);

  check("pipe", !pipe(p));
  trigger_pull(p[1], B);
  check("a record is an ID and a newline", read(p[0], fifo, sizeof fifo) == (ssize_t)sizeof B && !memcmp(fifo, B "\n", sizeof B));
  trigger_pull(-1, B);
  return unit_end();
}
