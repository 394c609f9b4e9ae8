/*
 * mail-inject.c - complete the header of a message and queue it
 *
 * Runs as    whoever calls it
 * Reads      options and addresses from its arguments, the message from fd 0, control/, the environment; /etc/passwd
 *            for the name of its uid where the environment has none
 * Writes     to run/queue (door/submit.h); with QMAILQUEUE set to that program; with -n to fd 1; a large body
 *            first to a nameless file in TMPDIR
 * Trusts     its caller for everything: only the uid that the kernel tells mail-queued is not the caller's word
 * If broken  a stranger who wrote the message acts as the caller; not locked in, since QMAILQUEUE's program may
 *            need more than this one does
 * Exits      0 queued; 100 it never will be; 111 try later
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/conf/usage.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/msg/id.h"
#include "user/args.h"
#include "user/complete.h"
#include "user/compose.h"
#include "user/dsn.h"
#include "user/field.h"
#include "user/input.h"
#include "user/outlet.h"
#include "user/rcpts.h"
#include "user/sender.h"
#include "user/spool.h"

#define USAGE "usage: mail-inject [ -nNaAhHd ] [ -f sender ] [ recipient ... ]"

static LARGE struct input input;
static struct compose compose;
static LARGE struct spool body;
static struct rcpts args;
static enum outlet_kind outlet = OUTLET_QUEUE;
static char const *given_sender;        /* -f */
static int from_header;                 /* recipients come from the header */
static int from_args;                   /* and from the arguments */

static void die_memory(void)
{
  log_die(111, "fatal: out of memory", (char *)0);
}

/* A recipient that looks like an option is one in the wrong place, unless -- says otherwise. */
static void no_late_options(int argc, char **argv)
{
  int i;

  for (i = optind; strcmp(argv[optind - 1], "--") && i < argc; i++)
    if (argv[i][0] == '-' && argv[i][1])
      log_diex(100, "fatal: ", argv[i], " stands behind a recipient: options go first, and -- before recipients that "
               "begin with -", (char *)0);
}

static void options(int argc, char **argv)
{
  char which = 'A';
  int c, i;

  opterr = 0;
  while ((c = getopt(argc, argv, "+aAhHnNdf:")) != -1) {
    switch (c) {
      case 'a': case 'A': case 'h': case 'H': which = (char)c; break;
      case 'n': outlet = OUTLET_PRINT; break;
      case 'N': outlet = OUTLET_QUEUE; break;
      case 'd': input.dot = 1; break;
      case 'f': given_sender = optarg; break;
      default: log_diex(100, USAGE, (char *)0);
    }
  }
  no_late_options(argc, argv);
  from_args = which != 'h';
  from_header = which == 'h' || which == 'H' || (which == 'A' && optind == argc);
  for (i = optind; from_args && i < argc; i++) {
    char const *why = args_take(&args, argv[i]);
    if (why) log_diex(100, "fatal: cannot read the recipient ", argv[i], ": there is ", why, (char *)0);
  }
}

/* The envelope sender: -f, then Return-Path, then the environment. */
static char const *sender(void)
{
  static stralloc sa = STRALLOC_ZERO;

  if (given_sender) {
    char const *why = args_sender(&sa, given_sender, complete_domain);
    if (why) log_diex(100, "fatal: cannot read the sender ", given_sender, ": there is ", why, (char *)0);
    return sa.s;
  }
  if (compose.has_path) return compose.path.n ? compose.path.text.s : "";
  sender_envelope(&sa, &compose.style);
  return sa.s;
}

/* Mail that a .qmail program sends names the message it was made of, for the log. */
static void name_parent(stralloc *params)
{
  char const *id = getenv("QUEUEID");

  if (id && id_ok(id) && (!stralloc_catb(params, "p", 1) || !stralloc_catb(params, id, strlen(id) + 1))) die_memory();
}

static void all_rcpts(struct rcpts const *more)
{
  if (!stralloc_catb(&args.text, more->text.s, more->text.len)) die_memory();
  args.n += more->n;
  if (args.n > RCPTS_MAX) log_diex(100, "fatal: too many recipients", (char *)0);
}

static void warn_of_bytes(void)
{
  if (!input.returns && !input.nuls) return;
  log_start();
  log_count("warning: changed on the way into the queue: ", input.returns);
  log_count(" lone CR, ", input.nuls);
  log_text(" NUL");
  log_end();
}

static void read_body(void)
{
  int r, kept = spool_put(&body, compose.rest.s, compose.rest.len);

  while (!kept && (r = input_fill(&input))) {
    if (r == -1) log_die(111, "fatal: cannot read the message", (char *)0);
    kept = spool_put(&body, input.s, input.len);
    input.len = 0;
  }
  if (kept == -1) log_die(111, "fatal: cannot keep the message in a temporary file", (char *)0);
}

/* With a Resent- field the others name those of the message as it was. */
static _Noreturn void die_nobody(void)
{
  char const *fields = compose.seen[1] & FIELD_RESENT
    ? "Resent-To, Resent-Cc or Resent-Bcc: where a Resent- field is, To, Cc and Bcc do not count" : "To, Cc or Bcc";

  log_diex(100, "fatal: no recipients: neither in the arguments nor in ", fields, (char *)0);
}

/* One attempt. An error leaves the outlet without its end: nothing is queued. */
static int send_all(stralloc const *records, char const **text)
{
  outlet_open(outlet);
  if (!outlet_put(compose.header.s, compose.header.len) && !outlet_put("\n", 1)
      && spool_send(&body, outlet_put) == -1)
    log_die(111, "fatal: cannot read the temporary file", (char *)0);
  return user_outlet_end(records->s, records->len, text);
}

int main(int argc, char **argv)
{
  static stralloc records = STRALLOC_ZERO;
  static struct rcpts_params params;
  char const *text;
  int code;

  log_name("mail-inject");
  body.fd = -1;
  usage_asked(argc, argv, USAGE);
  if (io_standard() == -1) log_die(111, "fatal: cannot open /dev/null", (char *)0);
  options(argc, argv);
  sender_style(&compose.style);
  compose.wants_rcpts = from_header;
  compose_read(&compose, &input);
  compose_finish(&compose);
  if (from_header) all_rcpts(compose_rcpts(&compose));
  if (!args.n && outlet == OUTLET_QUEUE) die_nobody();
  dsn_read(&params);
  name_parent(&params.of_sender);
  if (!outlet_takes_params(outlet)) params = (struct rcpts_params){ STRALLOC_ZERO, STRALLOC_ZERO };
  if (!rcpts_records(&records, sender(), &args, &params)) die_memory();
  read_body();
  warn_of_bytes();
  do code = send_all(&records, &text);
  while (code == OUTLET_AGAIN);
  if (code) log_diex(code, "fatal: ", outlet == OUTLET_QUEUE ? "not queued: " : "cannot write: ", text, (char *)0);
  return 0;
}
