/* notify.c - see notify.h */

#include <string.h>
#include <strings.h>

#include "lib/smtp/notify.h"

static int word_bit(char const *s, size_t len)
{
  static struct { char const *word; int bit; } const words[] = {
    { "NEVER", NOTIFY_NEVER }, { "SUCCESS", NOTIFY_SUCCESS }, { "FAILURE", NOTIFY_FAILURE }, { "DELAY", NOTIFY_DELAY }
  };
  size_t i;

  for (i = 0; i < sizeof words / sizeof *words; i++)
    if (strlen(words[i].word) == len && !strncasecmp(words[i].word, s, len)) return words[i].bit;
  return 0;
}

int notify_bits(char const *value)
{
  int bits = 0;

  for (;;) {
    size_t len = strcspn(value, ",");
    int bit = word_bit(value, len);
    if (!bit || (bits & bit)) return 0;
    bits |= bit;
    if (!value[len]) break;
    value += len + 1;
  }
  return bits & NOTIFY_NEVER && bits != NOTIFY_NEVER ? 0 : bits;
}

char const *notify_text(int bits)
{
  static char const *const lists[] = {  /* by the bits over NEVER */
    0, "SUCCESS", "FAILURE", "SUCCESS,FAILURE", "DELAY", "SUCCESS,DELAY", "FAILURE,DELAY", "SUCCESS,FAILURE,DELAY"
  };

  return bits & NOTIFY_NEVER ? "NEVER" : lists[bits >> 1];
}
