/* list.c - address lists of header fields, rewritten as mail-inject does, and what was written once more */

#include "fuzz.h"
#include "lib/addr/list.h"
#include "lib/addr/quote.h"

static int complete(stralloc *domain, void *data)
{
  (void)data;
  return domain->len || stralloc_cats(domain, "here.example");
}

static char const *take(char const *address, size_t len, void *data)
{
  unsigned int *taken = data;

  (void)address, (void)len;
  ++*taken;
  return 0;
}

static int rewrite(stralloc *out, char const *s, size_t len, unsigned int *taken)
{
  struct list l = { .complete = complete, .take = take, .data = taken };
  int r = list_rewrite(&l, out, 4, s, len);

  demand(r == 1 || (r == 0 && l.why && !out->len));
  demand(l.count == *taken);
  return r;
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  stralloc first = STRALLOC_ZERO, second = STRALLOC_ZERO, quoted = STRALLOC_ZERO;
  unsigned int taken = 0, again = 0;
  char *s;

  if (rewrite(&first, (char const *)data, len, &taken)) {
    s = fuzz_string((uint8_t const *)first.s, first.len);       /* what we write we must understand */
    demand(rewrite(&second, s, first.len, &again) && taken == again);
    free(s);
  }
  demand(quote_address(&quoted, (char const *)data, len) && quote_phrase(&quoted, (char const *)data, len));
  stralloc_free(&first);
  stralloc_free(&second);
  stralloc_free(&quoted);
  return 0;
}
