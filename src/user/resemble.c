/* resemble.c - see resemble.h */

#include <ctype.h>
#include <string.h>

#include "lib/conf/settings.h"
#include "user/resemble.h"

#define NAME_MAX_BYTES 63
#define NEAR 2

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
  unsigned int m = a < b ? a : b;

  return m < c ? m : c;
}

/* how many letters to add, remove or change to make b of a */
static unsigned int distance(char const *a, char const *b)
{
  unsigned int row[NAME_MAX_BYTES + 1], i, j, n = (unsigned int)strlen(b);

  if (strlen(a) > NAME_MAX_BYTES || n > NAME_MAX_BYTES) return NAME_MAX_BYTES;
  for (j = 0; j <= n; j++) row[j] = j;
  for (i = 0; a[i]; i++) {
    unsigned int corner = row[0];
    row[0] = i + 1;
    for (j = 1; j <= n; j++) {
      unsigned int above = row[j];
      int same = tolower((unsigned char)a[i]) == b[j - 1];
      row[j] = least(row[j] + 1, row[j - 1] + 1, corner + !same);
      corner = above;
    }
  }
  return row[n];
}

char const *resemble(char const *name)
{
  unsigned int i, best = NEAR + 1;
  char const *found = 0;

  for (i = 0; i < settings_count; i++) {
    unsigned int d = distance(name, settings[i].name);
    if (d < best && d < strlen(settings[i].name) - 1) {
      best = d;
      found = settings[i].name;
    }
  }
  return found;
}
