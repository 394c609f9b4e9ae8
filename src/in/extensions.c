/* extensions.c - see extensions.h */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "in/extensions.h"
#include "in/starter.h"
#include "lib/conf/control.h"
#include "lib/io/log.h"

static unsigned int hidden;

static int no_keyword(char const *word)
{
  log_start();
  log_text("EHLOHIDE: not one of the keywords that EHLO offers: ");
  log_bytes(word, strcspn(word, KEYWORD_BETWEEN));
  log_end();
  errno = EINVAL;
  return -1;
}

int extensions_start(void)
{
  struct control_table t = { 0 };
  char const *env = getenv("EHLOHIDE"), *bad = 0;
  size_t i;

  hidden = env ? keyword_bits(env, &bad) : 0;
  if (bad) return no_keyword(bad);
  if (!env && control_table("ehlohide", &t, 0) == -1) return -1;
  for (i = 0; i < t.n; i++) hidden |= keyword_bits(t.entries[i].key, &bad);
  control_table_free(&t);
  return 0;
}

int extension_hidden(unsigned int extension)
{
  unsigned int all = hidden;

  if (starter_has_queue()) all |= EXT_KEPT;     /* programs get addresses alone */
  return (all & extension) != 0;
}
