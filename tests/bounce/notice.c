/* notice.c - the status of a text; whole messages are tried by mail-bounce.sh */

#include <string.h>

#include "bounce/notice.h"
#include "unit.h"

static int of(enum action action, char const *text, char const *want)
{
  char status[12];

  notice_status(status, action, text);
  return !strcmp(status, want);
}

static int is(char const *text, char const *want)
{
  return of(ACTION_FAILED, text, want);
}

int main(void)
{
  check("a permanent status is kept", is("5.1.1 no", "5.1.1") && is("5.7.26", "5.7.26")
        && is("5.999.999\nx", "5.999.999"));
  check("a temporary one was too old", is("4.4.1 no", "4.4.7") && is("4.2.2", "4.4.7"));
  check("no status is 5.0.0", is("", "5.0.0") && is("no", "5.0.0") && is("2.0.0 fine", "5.0.0"));
  check("what only looks like one is none", is("5.1.1.1 no", "5.0.0") && is("5.1", "5.0.0") && is("5..1 x", "5.0.0")
        && is("5.1234.1 x", "5.0.0") && is("51.1.1 x", "5.0.0") && is("5.1.1x", "5.0.0") && is("5.1.1234 x", "5.0.0"));
  check("a success is of class 2", of(ACTION_DELIVERED, "2.1.5 fine", "2.1.5") && of(ACTION_RELAYED, "fine", "2.0.0")
        && of(ACTION_RELAYED, "5.1.1 x", "2.0.0"));
  check("a delay of class 4", of(ACTION_DELAYED, "4.2.2 full", "4.2.2") && of(ACTION_DELAYED, "5.2.2 full", "4.0.0")
        && of(ACTION_DELAYED, "", "4.0.0"));
  return unit_end();
}
