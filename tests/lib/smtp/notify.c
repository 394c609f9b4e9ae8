/* notify.c - the value of NOTIFY: what it asks for, and its one form */

#include <string.h>

#include "lib/smtp/notify.h"
#include "unit.h"

static void is(char const *value, char const *form)
{
  char const *text = notify_text(notify_bits(value));

  check(value, form ? text && !strcmp(text, form) : !text);
}

int main(void)
{
  is("never", "NEVER");
  is("SUCCESS", "SUCCESS");
  is("delay,Failure,success", "SUCCESS,FAILURE,DELAY");
  is("DELAY,FAILURE", "FAILURE,DELAY");
  is("", 0);
  is(",", 0);
  is("FAILURE,", 0);
  is("FAILURE,FAILURE", 0);
  is("NEVER,DELAY", 0);
  is("NEVER,NEVER", 0);
  is("FAIL", 0);
  is("FAILURES", 0);
  check("bits", notify_bits("failure,delay") == (NOTIFY_FAILURE | NOTIFY_DELAY));
  check("nothing", !notify_text(0));
  return unit_end();
}
