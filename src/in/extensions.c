/* extensions.c - see extensions.h */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "in/extensions.h"
#include "in/starter.h"
#include "lib/conf/control.h"
#include "lib/io/log.h"

#define WORD_MAX 32

static char const between[] = " \t,:";

static unsigned int hidden;

static int hide(char const *word)
{
  static struct { char const *word; unsigned int bit; } const all[] = {
    { "PIPELINING", EXTENSION_PIPELINING }, { "8BITMIME", EXTENSION_8BITMIME }, { "CHUNKING", EXTENSION_CHUNKING },
    { "DSN", EXTENSION_DSN }, { "SMTPUTF8", EXTENSION_SMTPUTF8 }, { "SIZE", EXTENSION_SIZE },
    { "LIMITS", EXTENSION_LIMITS }, { "ENHANCEDSTATUSCODES", EXTENSION_STATUS },
  };
  size_t i;

  for (i = 0; i < sizeof all / sizeof *all; i++)
    if (!strcasecmp(all[i].word, word)) {
      hidden |= all[i].bit;
      return 0;
    }
  log_line("EHLOHIDE: not one of the keywords that EHLO offers: ", word);
  errno = EINVAL;
  return -1;
}

static int hide_list(char const *s)
{
  char word[WORD_MAX + 1];

  for (s += strspn(s, between); *s; s += strspn(s, between)) {
    size_t len = strcspn(s, between), kept = len < WORD_MAX ? len : WORD_MAX;
    memcpy(word, s, kept);
    word[kept] = 0;
    if (hide(word) == -1) return -1;
    s += len;
  }
  return 0;
}

int extensions_start(void)
{
  struct control_table t = { 0 };
  char const *env = getenv("EHLOHIDE");
  size_t i;
  int r = 0;

  hidden = 0;
  if (env) return hide_list(env);
  if (control_table("ehlohide", &t, 0) == -1) return -1;
  for (i = 0; i < t.n && r == 0; i++) r = hide_list(t.entries[i].key);
  control_table_free(&t);
  return r;
}

int extension_hidden(unsigned int extension)
{
  unsigned int all = hidden;

  if (starter_has_queue()) all |= EXTENSION_DSN | EXTENSION_SMTPUTF8;   /* programs get addresses alone */
  return (all & extension) != 0;
}
