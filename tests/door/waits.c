/* waits.c - what a recipient waits for, where nothing is known of mail-send */

#include <string.h>

#include "door/waits.h"
#include "unit.h"

int main(void)
{
  struct waits w;

  check("a queue without mail-send says why", waits_published(0) != 0);
  waits_find(&w, "u@far.test");
  check("then nothing is known", w.wait == WAIT_NOTHING && !w.local);
  check("the destination is the address's domain", w.domain_len == 8 && !memcmp(w.domain, "far.test", 8));
  return unit_end();
}
