/* site.c - what an address means: its parts, whether it is ours, and whose */

#include <string.h>

#include "lib/addr/site.h"
#include "unit.h"

static struct site site;

static void table(struct control_table *t, struct control_entry *e, size_t n)
{
  t->entries = e;
  t->n = n;
}

/* user: null where the address is not of this host, "" where it is in locals */
static int is(char const *address, char const *want, char const *user)
{
  static char whole[2048];
  struct site_address a;
  char const *domain;

  site_resolve(&site, address, &a);
  domain = site_write(whole, sizeof whole, &a);
  return !strcmp(whole, want) && domain == strrchr(whole, '@') + 1 && strlen(domain) == a.domain_len
         && a.kind == (!user ? SITE_ELSEWHERE : *user ? SITE_VIRTUAL : SITE_LOCAL) && !strcmp(a.user, user ? user : "");
}

static int same(char const *address, char const *user)
{
  return is(address, address, user);
}

#define E(key, value) { key, sizeof key - 1, value }

int main(void)
{
  static struct control_entry locals[] = { E("here.test", "") }, hack[] = { E("hack.test", ""), E("here.test", "") },
    virtual[] = { E("", "out"), E(".wild.test", "w"), E("no@virtual.test", ""), E("not.wild.test", ""),
                  E("one@here.test", "x"), E("one@other.test", "x"), E("virtual.test", "joe") };
  char longest[1100], small[sizeof "u@far.test"];
  struct site_address a;

  table(&site.locals, locals, 1);
  table(&site.percenthack, hack, 1);
  table(&site.virtualdomains, virtual + 1, 6);
  if (!stralloc_copys(&site.envnoathost, "here.test") || !stralloc_0(&site.envnoathost)) return 1;
  site.envnoathost.len--;
  check("local", same("u@here.test", ""));
  check("in any case", same("u@HERE.test", ""));
  check("remote", same("u@far.test", 0));
  check("no domain", is("u", "u@here.test", ""));
  check("an empty one", same("u@", 0));
  check("the last @ counts", same("u@far.test@here.test", ""));
  check("a virtual domain", same("u@virtual.test", "joe"));
  check("an exception for an address", same("No@virtual.test", 0));
  check("an address of another domain", same("one@other.test", "x"));
  check("not its neighbour", same("two@other.test", 0));
  check("locals go before an address", same("one@here.test", ""));
  check("below a domain", same("u@a.b.wild.test", "w"));
  check("but not itself", same("u@wild.test", 0));
  check("an exception below it", same("u@not.wild.test", 0));
  check("percent", is("u%virtual.test@hack.test", "u@virtual.test", "joe"));
  check("percent again", is("u%here.test%hack.test@hack.test", "u@here.test", ""));
  check("percent by hand only", same("u%here.test@far.test", 0));
  check("no percent", same("u@hack.test", 0));
  check("a percent exception", is("no%virtual.test@hack.test", "no@virtual.test", 0));
  table(&site.percenthack, hack + 1, 1);
  check("percent without @", is("u%far.test", "u@far.test", 0));
  memset(longest, 'x', sizeof longest);
  memcpy(longest + sizeof longest - 11, "@here.test", 11);
  check("the longest", same(longest, ""));
  memcpy(longest + sizeof longest - 14, "@virtual.test", 14);
  check("the longest virtual one", same(longest, "joe"));
  table(&site.virtualdomains, virtual, 7);
  site_resolve(&site, "u@far.test", &a);
  check("as all domains there are", a.kind == SITE_EVERY && !strcmp(a.user, "out"));
  check("the exceptions stay", same("no@virtual.test", 0) && same("u@virtual.test", "joe"));
  check("written where it has just room", site_write(small, sizeof small, &a) && !strcmp(small, "u@far.test"));
  check("and not where it has none", !site_write(small, sizeof small - 1, &a) && !*small
        && !site_write(small, 2, &a) && !site_write(small, 1, &a));
  return unit_end();
}
