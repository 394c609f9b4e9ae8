/*
 * mail-q.c - see what is in the queue and why, and order what is to be done with it
 *
 * Runs as    whoever calls it: root, or who is in the operators' group (conf-users: mailo's)
 * Reads      answers of mail-desk (door/ask.h); for root's show --message a message, as mailq
 * Writes     requests to mail-desk; lists, for people or as JSON, to fd 1
 * Trusts     its caller; nobody for texts, which are printed escaped
 * If broken  by what mail-desk or a message says: orders in the caller's name; locked in, it can do nothing else
 * Exits      0 all done; 1 nothing matched; 2 some could not be done; 100 wrong usage, or the caller may not; 111 not
 *            now
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "door/order.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"
#include "user/print.h"
#include "user/qargs.h"
#include "user/qmessage.h"
#include "user/query.h"
#include "user/row.h"
#include "user/show.h"
#include "user/showjson.h"

#define ASK_FIRST 20            /* more are not touched without a yes */

static LARGE struct qargs q;
static struct names ids;                /* that are asked for */
static uint64_t done, gone, ambiguous, failed;
static int locked;

static _Noreturn void leave(int code)
{
  if (print_end() == -1) log_die(111, "fatal: cannot write");
  _exit(code);
}

/* Once connected, nothing is needed but to connect again. */
static void lock_in(void)
{
  if (!locked && priv_lock(PRIV_UNIX, 0, 0) == -1) log_die(111, "fatal: cannot lock itself in");
  locked = 1;
}

static void verdict(struct ask_item const *i)
{
  static char const *const why[] = { "is not in the queue (any more)", "more than one ID begins or ends so",
                                     "is not held" };

  ++*(i->verdict == ASK_DONE ? &done : i->verdict == ASK_VANISHED ? &gone
      : i->verdict == ASK_AMBIGUOUS ? &ambiguous : &failed);
  if (q.json) json_verdict(i, q.request.domain);
  if (i->verdict == ASK_DONE) return;
  log_start();
  log_string(*i->id ? i->id : q.request.domain);
  log_text(": ");
  if (i->verdict == ASK_VANISHED) log_text(why[q_domains(q.word) ? 2 : 0]);
  else if (i->verdict == ASK_AMBIGUOUS) log_text(why[1]);
  else if (!i->text.len) log_text("cannot be done now: mail-q show tells what is with it");
  else log_bytes(i->text.s, i->text.len);
  log_end();
}

/* More than a few: a person is asked, a script must say --yes. Locked in it cannot be told any more which it is. */
static int asks;

static void confirm(uint64_t n)
{
  char answer[16];

  if (q.yes || n <= ASK_FIRST) return;
  if (!asks) {
    fprintf(stderr, "mail-q: fatal: %llu messages match, which is more than %d: nothing was done; add --yes\n",
            (unsigned long long)n, ASK_FIRST);
    leave(100);
  }
  fprintf(stderr, "%s %llu messages? [y/N] ", q.name, (unsigned long long)n);
  if (!fgets(answer, sizeof answer, stdin) || (*answer != 'y' && *answer != 'Y')) {
    fputs("mail-q: nothing was done\n", stderr);
    leave(1);
  }
}

/* One request and all its answers. */
static void ask(void)
{
  static struct ask_item i;

  query_start(&q.request, &ids);
  lock_in();
  while (query_next(&i)) {
    if (i.kind == ASK_VERDICT) verdict(&i);
    else if (i.kind == ASK_FOUND) {
      confirm(i.found);
      query_go();
    }
    else show_item(&i);
  }
  fflush(stdout);               /* what is done is told, whatever becomes of a further request */
}

static void add_id(char const *id)
{
  if (ids.n == ASK_ALL_IDS_MAX)
    log_diex(100, "fatal: more than 1000000 IDs: nothing was done; ask for fewer at a time, or by selectors");
  if (names_add(&ids, id) == -1) log_diex(111, "fatal: out of memory: nothing was done");
}

/* "-": a line each, of which the first word counts; the marks of mailq are no part of it. */
static void add_from_input(void)
{
  char line[1024], *id;

  while (fgets(line, sizeof line, stdin)) {
    id = line + strspn(line, " \t");
    id[strcspn(id, " \t\r\n*!")] = 0;
    if (!*id) continue;
    if (!qargs_id(id)) log_diex(100, "fatal: standard input has what is no ID: nothing was done: ", id);
    add_id(id);
  }
  if (ferror(stdin)) log_die(111, "fatal: cannot read standard input: nothing was done");
}

static void ask_ids(void)
{
  uint32_t i;

  for (i = 0; i < q.operands; i++) {
    if (!strcmp(q.operand[i], "-")) add_from_input();
    else add_id(q.operand[i]);
  }
  if (ids.n || !q.operands) ask();
}

/* Folded, and without the dot at its end, into the request. */
static void take_domain(char const *operand)
{
  char *to = q.request.domain;
  size_t len = strlen(operand), i;

  if (len && operand[len - 1] == '.') len--;
  if (len > ASK_DOMAIN_MAX) log_diex(100, "fatal: this is no domain: ", operand);
  for (i = 0; i < len; i++) to[i] = operand[i] >= 'A' && operand[i] <= 'Z' ? (char)(operand[i] + 32) : operand[i];
  to[len] = 0;
  if (!desk_domain_ok(to) || strchr(to, '*')) log_diex(100, "fatal: this is no domain: ", operand);
}

static void also(uint64_t n, char const *word)
{
  if (n) printf(", %llu %s", (unsigned long long)n, word);
}

static void tell_done(void)
{
  static char const *const past[] = { "", "", "held", "released", "to be tried now", "given up", "deleted",
                                      "held", "released", "to be tried now" };

  if (q.json || q.quiet) return;
  printf("%llu %s%s %s", (unsigned long long)done, q_domains(q.word) ? "domain" : "message", done == 1 ? "" : "s",
         past[q.word]);
  also(gone, q_domains(q.word) ? "not held" : "gone");
  also(ambiguous, "ambiguous");
  also(failed, "failed");
  putchar('\n');
}

/* Of domains, each of which is a request: what was done before one of them cannot be. */
static void tell_before(void)
{
  if (done) tell_done();
  fflush(stdout);
}

static void ask_domains(void)
{
  uint32_t i;

  for (i = 0; i < q.operands; i++) take_domain(q.operand[i]);   /* one that is none: nothing was done */
  for (i = 0; i < q.operands; i++) {
    take_domain(q.operand[i]);
    ask();
    query_last_words(tell_before);
  }
}

static int result(void)
{
  if (!done && !failed) return q.request.all ? 0 : 1;
  return failed || gone || ambiguous ? 2 : 0;
}

static _Noreturn void order(void)
{
  if (q_domains(q.word)) ask_domains();
  else ask_ids();
  if (!done && !gone && !ambiguous && !failed && !q.json && !q.quiet) puts("nothing matches");
  else tell_done();
  leave(result());
}

static enum show form(void)
{
  if (q.json) return SHOW_JSON;
  if (q.postfix) return SHOW_POSTFIX;
  return q.word == Q_SHOW ? SHOW_WHOLE : SHOW_LIST;
}

static void tell_alone(void)
{
  if (query_alone() && !q.postfix)
    log_line("warning: the service send does not run: this is read from the files, as mail-qread does it, and nothing "
             "can be ordered; start ", conf_home, "/service/send");
}

static _Noreturn void show(void)
{
  int all = !q.operands && !q.has_select;
  char const *empty = q.word == Q_DOMAINS ? "no domain is held" : q.postfix && all ? "Mail queue is empty" : all ?
                      "the queue is empty" : "nothing matches";
  uint64_t n;
  int missing;

  show_start(form());
  if (q.dry_run && !q.json) printf("this would be for mail-q %s:\n", q.name);
  ask_ids();
  n = show_end(failed ? "nothing that can be read matches" : empty);
  tell_alone();
  missing = gone || ambiguous;
  leave(failed || (missing && n) ? 2 : !n && (missing || !all) ? 1 : 0);
}

int main(int argc, char **argv)
{
  log_name("mail-q");
  if (io_standard() == -1) log_die(111, "fatal: cannot open /dev/null");
  qargs_read(&q, argc, argv);
  if (q.header || q.message) qmessage_print(q.operand, q.operands, !q.message, q.raw);
  tzset();
  asks = isatty(0) && isatty(2);
  if (form() == SHOW_LIST) row_width();
  if (q_orders(q.word) && !q.dry_run) order();
  q.request.word = q.word == Q_DOMAINS ? ASK_DOMAINS : ASK_LIST;
  if (q.dry_run) q.request.reason[0] = 0;
  show();
}
