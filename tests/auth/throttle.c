/* throttle.c - guesses wait, of an address and of a login; who is known there does not wait for others; an hour's mail */

#include <stdio.h>
#include <string.h>

#include "auth/throttle.h"
#include "unit.h"

static struct throttle_limits limits = { .tries = 3, .wait = 30 };

/* the seconds that it waits; else it has failed, or whatever end */
static unsigned int attempt(char const *ip, char const *login, enum throttle_end end)
{
  struct throttle_who who = { .ip = ip, .login = login };
  unsigned int wait = throttle_try(&who, &limits);

  if (!wait) throttle_over(&who, end);
  return wait;
}

static unsigned int from_here(char const *login, enum throttle_end end)
{
  struct throttle_who who = { .ip = "127.0.0.1", .login = login, .local = 1 };
  unsigned int wait = throttle_try(&who, &limits);

  if (!wait) throttle_over(&who, end);
  return wait;
}

static void guesses(void)
{
  unsigned int i, waited = 0;
  char login[16];

  for (i = 0; i < 3; i++) {
    snprintf(login, sizeof login, "a%u", i);
    waited += attempt("192.0.2.1", login, THROTTLE_WRONG);
  }
  check("so many failures cost nothing", !waited);
  check("then the address waits, whatever the login", attempt("192.0.2.1", "z", THROTTLE_RIGHT) == 30);
  check("an IPv6 name of it too", attempt("::ffff:192.0.2.1", "z", THROTTLE_RIGHT) == 30);
  check("others do not", !attempt("192.0.2.2", "z", THROTTLE_RIGHT));
  for (i = 0; i < 3; i++) waited += attempt(i ? "2001:db8::1" : "2001:db8::ffff:2", "b", THROTTLE_WRONG);
  check("a /64 is one address", !waited && attempt("2001:db8:0:0:7::", "y", THROTTLE_RIGHT) == 30);
  check("its neighbour is another, but the login waits", attempt("2001:db8:0:1::1", "b", THROTTLE_RIGHT) == 30);
  check("neither right nor wrong counts nothing", !attempt("192.0.2.3", "c", THROTTLE_NEITHER)
        && !attempt("192.0.2.3", "c", THROTTLE_NEITHER) && !attempt("192.0.2.3", "c", THROTTLE_NEITHER)
        && !attempt("192.0.2.3", "c", THROTTLE_NEITHER));
  limits.tries = 0;
  check("without a limit nobody waits", !attempt("192.0.2.1", "b", THROTTLE_NEITHER));
  limits.tries = 3;
}

static void known(void)
{
  unsigned int i;

  check("joe comes from home", !attempt("198.51.100.1", "joe", THROTTLE_RIGHT));
  for (i = 0; i < 3; i++) attempt(i ? "203.0.113.1" : "203.0.113.2", "joe", THROTTLE_WRONG);
  check("others have guessed", attempt("203.0.113.9", "joe", THROTTLE_RIGHT) == 30);
  check("which does not lock joe out at home", !attempt("198.51.100.1", "joe", THROTTLE_RIGHT));
  for (i = 0; i < 3; i++) attempt("198.51.100.1", "joe", THROTTLE_WRONG);
  check("whose own failures count there", attempt("198.51.100.1", "joe", THROTTLE_RIGHT) == 30);
  for (i = 0; i < 5; i++) from_here(i & 1 ? "x1" : i & 2 ? "x2" : "x3", THROTTLE_WRONG);
  check("an address with many behind it is not counted", !from_here("x4", THROTTLE_RIGHT));
  for (i = 0; i < 3; i++) from_here("x4", THROTTLE_WRONG);
  check("its logins are, also one that came before", from_here("x4", THROTTLE_RIGHT) == 30);
}

static void at_once(void)
{
  struct throttle_who who[60];
  unsigned int i, open = 0;

  for (i = 0; i < 60; i++) {
    who[i] = (struct throttle_who){ .ip = "192.0.2.50", .login = i & 1 ? "p" : "q" };
    open += !throttle_try(who + i, &limits);
  }
  check("as many at once as an office has", open == 50);
  for (i = 0; i < 50; i++) throttle_over(who + i, THROTTLE_NEITHER);
  check("they leave nothing behind", !attempt("192.0.2.50", "p", THROTTLE_NEITHER));
  for (i = 0; i < 3; i++) who[i] = (struct throttle_who){ .ip = "192.0.2.51", .login = "r" };
  for (i = 0; i < 3; i++) throttle_try(who + i, &limits);
  for (i = 0; i < 3; i++) throttle_over(who + i, THROTTLE_WRONG);
  check("failures of many at once count", attempt("192.0.2.51", "s", THROTTLE_RIGHT) == 30);
}

static void doubling(void)
{
  unsigned int i, waits[5], wait;

  for (i = 0; i < 5; i++) {
    struct throttle_who who = { .ip = "x", .login = "y" };
    struct throttle_limits none = { .tries = 1000, .wait = 30 };
    throttle_try(&who, &none);
    throttle_over(&who, THROTTLE_WRONG);
    waits[i] = throttle_try(&who, &limits);
    if (!waits[i]) throttle_over(&who, THROTTLE_NEITHER);
  }
  check("each wait is twice the one before", !waits[0] && !waits[1] && waits[2] == 30 && waits[3] == 60 && waits[4] == 120);
  for (i = 0; i < 40; i++) {
    struct throttle_who who = { .ip = "x", .login = "y" };
    struct throttle_limits none = { .tries = 1000, .wait = 30 };
    throttle_try(&who, &none);
    throttle_over(&who, THROTTLE_WRONG);
  }
  wait = attempt("x", "y", THROTTLE_RIGHT);
  check("up to an hour", wait == 3600);
}

static void flood(void)
{
  unsigned int i, waited = 0;
  char ip[32];

  for (i = 0; i < 3; i++) attempt("192.0.2.77", "victim", THROTTLE_WRONG);
  for (i = 0; i < 20000; i++) {
    snprintf(ip, sizeof ip, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
    waited += attempt(ip, ip, THROTTLE_WRONG) != 0;
  }
  check("more names than there are places", !waited);
  check("who counts much stays", attempt("192.0.2.77", "other", THROTTLE_RIGHT) != 0);
}

static void mail(void)
{
  struct throttle_limits l = { .messages = 2, .recipients = 10 };

  check("one", throttle_message("ann", 4, &l) == THROTTLE_MAY_SEND);
  check("too many recipients", throttle_message("ann", 7, &l) == THROTTLE_RECIPIENTS);
  check("and a number that would wrap", throttle_message("ann", 0xffffffffU, &l) == THROTTLE_RECIPIENTS);
  check("two", throttle_message("ann", 6, &l) == THROTTLE_MAY_SEND);
  check("three", throttle_message("ann", 0, &l) == THROTTLE_MESSAGES);
  check("another login", throttle_message("bob", 1, &l) == THROTTLE_MAY_SEND);
  l.messages = l.recipients = 0;
  check("no limits", throttle_message("ann", 100, &l) == THROTTLE_MAY_SEND);
}

int main(void)
{
  if (throttle_start() == -1) return 111;
  guesses();
  known();
  at_once();
  doubling();
  flood();
  mail();
  return unit_end();
}
