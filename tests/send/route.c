/* route.c - which channel and domain an address has */

#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "send/route.h"

static void table(struct control_table *t, struct control_entry *e, size_t n)
{
  t->entries = e;
  t->n = n;
}

static int is(char const *address, enum channel ch, char const *want)
{
  char const *domain;
  size_t len;

  return route(address, &domain, &len) == ch && len == strlen(want) && !memcmp(domain, want, len);
}

#define E(key, value) { key, sizeof key - 1, value }

int main(void)
{
  static struct control_entry locals[] = { E("here.test", "") }, hack[] = { E("here.test", ""), E("hack.test", "") },
    virtual[] = { E(".wild.test", "w"), E("no@virtual.test", ""), E("not.wild.test", ""), E("one@other.test", "x"),
                  E("virtual.test", "joe") };
  char longest[1100];

  table(&route_settings.locals, locals, 1);
  table(&route_settings.percenthack, hack + 1, 1);
  table(&route_settings.virtualdomains, virtual, 5);
  if (!stralloc_copys(&route_settings.envnoathost, "here.test") || !stralloc_0(&route_settings.envnoathost)) return 1;
  route_settings.envnoathost.len--;
  check("local", is("u@here.test", CHANNEL_LOCAL, "here.test"));
  check("in any case", is("u@HERE.test", CHANNEL_LOCAL, "HERE.test"));
  check("remote", is("u@far.test", CHANNEL_REMOTE, "far.test"));
  check("no domain", is("u", CHANNEL_LOCAL, "here.test"));
  check("an empty one", is("u@", CHANNEL_REMOTE, ""));
  check("the last @ counts", is("u@far.test@here.test", CHANNEL_LOCAL, "here.test"));
  check("a virtual domain", is("u@virtual.test", CHANNEL_LOCAL, "virtual.test"));
  check("an exception for an address", is("No@virtual.test", CHANNEL_REMOTE, "virtual.test"));
  check("an address of another domain", is("one@other.test", CHANNEL_LOCAL, "other.test"));
  check("not its neighbour", is("two@other.test", CHANNEL_REMOTE, "other.test"));
  check("below a domain", is("u@a.b.wild.test", CHANNEL_LOCAL, "a.b.wild.test"));
  check("but not itself", is("u@wild.test", CHANNEL_REMOTE, "wild.test"));
  check("an exception below it", is("u@not.wild.test", CHANNEL_REMOTE, "not.wild.test"));
  check("percent", is("u%virtual.test@hack.test", CHANNEL_LOCAL, "virtual.test"));
  check("percent again", is("u%here.test%hack.test@hack.test", CHANNEL_LOCAL, "here.test"));
  check("percent by hand only", is("u%here.test@far.test", CHANNEL_REMOTE, "far.test"));
  check("no percent", is("u@hack.test", CHANNEL_REMOTE, "hack.test"));
  check("a percent exception", is("no%virtual.test@hack.test", CHANNEL_REMOTE, "virtual.test"));
  table(&route_settings.percenthack, hack, 1);
  check("percent without @", is("u%far.test", CHANNEL_REMOTE, "far.test"));
  memset(longest, 'x', sizeof longest);
  memcpy(longest + sizeof longest - 11, "@here.test", 11);
  check("the longest", is(longest, CHANNEL_LOCAL, "here.test"));
  return unit_end();
}
