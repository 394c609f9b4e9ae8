/* outlet.c - see outlet.h */

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "door/submit.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "user/filter.h"
#include "user/outlet.h"

#define WAIT_SECONDS 60         /* for a queue service that is being restarted or has no room */
#define PAUSE 500               /* milliseconds before it is asked again */

static enum { NOWHERE, SERVICE, FILTER, PRINT } where;
static LARGE struct submit submit;
static int print_errno;
static long long until;         /* when waiting ends; 0 before it begins */

void outlet_open(enum outlet_kind kind)
{
  char const *program = kind == OUTLET_PRINT ? 0 : filter_name();

  if (kind == OUTLET_PRINT) where = PRINT;
  else if (program) {
    where = FILTER;
    filter_start(program);
  }
  else {
    where = SERVICE;
    if (!until) until = io_clock() + 1000LL * WAIT_SECONDS;
    if (!submit_open(&submit, (unsigned int)io_left(until) / 1000)) submit_begin(&submit, "");
  }
}

int outlet_takes_params(enum outlet_kind kind)
{
  return kind == OUTLET_PRINT || !filter_name();
}

/* After an answer that may be another one in a moment. 1 when the message is to be sent again. */
static int again(int code)
{
  if (code != SUBMIT_BUSY || io_clock() + PAUSE >= until) return 0;
  submit_close(&submit);
  poll(0, 0, PAUSE);
  return 1;
}

int outlet_put(char const *s, size_t len)
{
  switch (where) {
    case SERVICE:
      if (!submit.code) submit_data(&submit, s, len);
      return submit.code ? -1 : 0;
    case FILTER: return filter_message(s, len);
    default:
      if (!print_errno && io_write(1, s, len) == -1) print_errno = errno;
      return print_errno ? -1 : 0;
  }
}

int user_outlet_end(char const *records, size_t len, char const **text)
{
  int code;

  switch (where) {
    case SERVICE:
      code = submit_end(&submit, records, len);
      if (again(code)) return OUTLET_AGAIN;
      *text = submit.text;
      break;
    case FILTER:
      code = filter_end(records, len, text);
      break;
    default:
      *text = print_errno ? strerror(print_errno) : "";
      return print_errno ? 111 : 0;
  }
  return !code ? 0 : submit_permanent(code) ? 100 : 111;
}
