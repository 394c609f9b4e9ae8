/* places.c - whose connections there are: what a dispatcher may say of them, and what it may not */

#include <string.h>

#include "in/places.h"
#include "lib/io/io.h"
#include "unit.h"

static struct net_address at(char const *text)
{
  struct net_address a;

  if (!net_parse(&a, text, strlen(text))) check(text, 0);
  return a;
}

static unsigned int take(char const *text, int dispatcher)
{
  struct net_address a = at(text);
  unsigned int i = places_take(&a);

  places[i].dispatcher = dispatcher;
  return i;
}

static int banned(char const *text)
{
  struct net_address a = at(text);

  return admission_is_banned(&a, io_clock());
}

static void dispatchers(void)
{
  unsigned int one = take("192.0.2.1", 1), two = take("192.0.2.2", 2);

  check("two", places_taken == 2 && one != two);
  places_over(two, 1, 1);
  places_over(PLACES_MAX, 1, 1);
  places_over((unsigned int)-1, 1, 1);
  places_over(two + 1, 1, 1);
  check("not what is another's, or nobody's", places_taken == 2 && !banned("192.0.2.2"));
  places_over(one, 1, 0);
  check("its own", places_taken == 1 && !banned("192.0.2.1"));
  places_over(one, 1, 1);
  check("once", places_taken == 1 && !banned("192.0.2.1"));
  places_over(two, 2, 1);
  check("a session that died", places_taken == 0 && banned("192.0.2.2"));
}

static void own(void)
{
  unsigned int i = take("192.0.2.3", PLACES_NOBODY);

  places[i].pid = 77;
  check("a process of its own", places_own());
  places_forget(0);
  places_over(i, PLACES_NOBODY + 1, 0);
  check("is no dispatcher's", places_taken == 1);
  check("another process", !places_ended(78, 0) && places_taken == 1);
  check("its end", places_ended(77, 1) && places_taken == 0 && !places_own() && banned("192.0.2.3"));
}

static void all(void)
{
  static char seen[PLACES_MAX];
  unsigned int i, different = 0;

  for (i = 0; i < PLACES_MAX; i++) {
    unsigned int place = take("192.0.2.4", (int)(i % 2));
    different += !seen[place];
    seen[place] = 1;
  }
  check("all are taken, each once", different == PLACES_MAX && places_taken == PLACES_MAX);
  places_forget(1);
  check("those of one are forgotten", places_taken == PLACES_MAX / 2);
  places_forget(0);
  check("and of the other", places_taken == 0);
}

int main(void)
{
  if (admission_start() == -1) return 111;
  places_start();
  dispatchers();
  own();
  all();
  return unit_end();
}
