/* newid.c - Message-IDs: their form, their length, no two the same */

#include <string.h>

#include "lib/msg/newid.h"
#include "unit.h"

int main(void)
{
  char one[NEWID_MAX], two[NEWID_MAX], host[NEWID_HOST_MAX + 2];

  check("one", newid(one, "host.example") && newid(two, "host.example"));
  check("its form", *one == '<' && strspn(one + 1, "0123456789") == 14 && one[15] == '.'
        && strspn(one + 16, "0123456789abcdef") == 16 && !strcmp(one + 32, "@host.example>"));
  check("another", strcmp(one, two));
  memset(host, 'h', sizeof host);
  host[NEWID_HOST_MAX] = 0;
  check("the longest host", newid(one, host) && strlen(one) == NEWID_HOST_MAX + 34 && one[NEWID_HOST_MAX + 33] == '>');
  host[NEWID_HOST_MAX] = 'h';
  host[NEWID_HOST_MAX + 1] = 0;
  check("a longer one", !newid(one, host));
  return unit_end();
}
