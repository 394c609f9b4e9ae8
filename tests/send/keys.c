/* keys.c - whose addresses are, in a bounded table */

#include <stdio.h>

#include "unit.h"
#include "send/keys.h"

int main(void)
{
  char name[KEY_NAME_MAX + 1], address[32];
  unsigned int i, n = 0;

  check("unknown", !keys_find("joe@here.test"));
  keys_learn("Joe@Here.test", 7);
  keys_learn("ann@here.test", UINT64_MAX);
  check("known, without regard to case", keys_find("joe@here.TEST") == 7 && keys_find("ann@here.test") == UINT64_MAX);
  keys_learn("joe@here.test", 8);
  check("learned anew", keys_find("Joe@Here.test") == 8);
  check("names", keys_name(0, name) == 0 && !*name && keys_name(UINT64_MAX, name) == KEY_NAME_MAX);
  for (i = 0; i < 100000; i++) {
    snprintf(address, sizeof address, "%u@here.test", i);
    keys_learn(address, i + 1);
  }
  for (i = 0; i < 100000; i++) {
    snprintf(address, sizeof address, "%u@here.test", i);
    if (keys_find(address)) n += keys_find(address) == i + 1 ? 1 : 100000;
  }
  check("bounded; what is known is right", n > 1000 && n <= 4096);
  return unit_end();
}
