/* notify.c - see notify.h */

#include <string.h>
#include <strings.h>

#include "lib/smtp/notify.h"

enum { NEVER = 1, SUCCESS = 2, FAILURE = 4, DELAY = 8 };

static int word_bit(char const *s, size_t len)
{
  static struct { char const *word; int bit; } const words[] = {
    { "NEVER", NEVER }, { "SUCCESS", SUCCESS }, { "FAILURE", FAILURE }, { "DELAY", DELAY }
  };
  size_t i;

  for (i = 0; i < sizeof words / sizeof *words; i++)
    if (strlen(words[i].word) == len && !strncasecmp(words[i].word, s, len)) return words[i].bit;
  return 0;
}

char const *notify_list(char const *value)
{
  static char const *const lists[] = {  /* by the bits over NEVER */
    0, "SUCCESS", "FAILURE", "SUCCESS,FAILURE", "DELAY", "SUCCESS,DELAY", "FAILURE,DELAY", "SUCCESS,FAILURE,DELAY"
  };
  int bits = 0;

  for (;;) {
    size_t len = strcspn(value, ",");
    int bit = word_bit(value, len);
    if (!bit || (bits & bit)) return 0;
    bits |= bit;
    if (!value[len]) break;
    value += len + 1;
  }
  if (bits != NEVER && (bits & NEVER)) return 0;
  return bits == NEVER ? "NEVER" : lists[bits >> 1];
}
