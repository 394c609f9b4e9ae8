/* outlet.c - see outlet.h */

#include <errno.h>
#include <string.h>

#include "door/submit.h"
#include "lib/io/io.h"
#include "user/filter.h"
#include "user/outlet.h"

#define WAIT_SECONDS 60         /* for a queue service that is being restarted: cron does not try again */

static enum { NOWHERE, SERVICE, FILTER, PRINT } where;
static struct submit submit;
static int print_errno;

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
    if (!submit_open(&submit, WAIT_SECONDS)) submit_begin(&submit, "");
  }
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

int outlet_end(char const *records, size_t len, char const **text)
{
  int code;

  switch (where) {
    case SERVICE:
      code = submit_end(&submit, records, len);
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
