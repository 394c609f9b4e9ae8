/* path.c - the paths of MAIL and RCPT, and the same address quoted and read again */

#include "fuzz.h"
#include "lib/addr/path.h"
#include "lib/addr/quote.h"

static void again(struct path const *p)
{
  static struct path q;
  stralloc sa = STRALLOC_ZERO;
  char const *end;

  demand(stralloc_cats(&sa, "<") && quote_address(&sa, p->address, p->len) && stralloc_catb(&sa, ">", 2));
  demand(path_parse(&q, sa.s, &end) == PATH_GOOD && !*end);
  demand(q.len == p->len && !memcmp(p->address, q.address, p->len));
  stralloc_free(&sa);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  static struct path p;
  char *s = fuzz_string(data, len);
  char const *end = s;
  size_t i;

  demand(path_domain(s) <= PATH_DOMAIN_MAX && path_domain(s) <= strlen(s));
  if (path_parse(&p, s, &end) == PATH_GOOD) {
    demand(end >= s && end <= s + strlen(s));
    demand(p.len <= PATH_ADDRESS_MAX && strlen(p.address) == p.len && p.at <= p.len);
    demand(p.at == p.len || p.address[p.at] == '@');
    for (i = 0; i < p.len; i++) demand((unsigned char)p.address[i] >= 32 && p.address[i] != 127);
    if (p.at < p.len) again(&p);
  }
  free(s);
  return 0;
}
