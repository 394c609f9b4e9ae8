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

#include "lib/conf/conf.h"
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

static struct qargs q;
static uint64_t done, failed, unknown;
static int agreed, locked;

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
  static char const *const why[] = { "is not in the queue (any more)", "more than one ID begins or ends so" };

  if (i->verdict == ASK_DONE) done++;
  else if (i->verdict == ASK_VANISHED || i->verdict == ASK_AMBIGUOUS) unknown++;
  else failed++;
  if (q.json) json_verdict(i, q.request.domain);
  if (i->verdict == ASK_DONE) return;
  log_start();
  log_string(*i->id ? i->id : q.request.domain);
  log_text(": ");
  if (i->verdict == ASK_VANISHED) log_text(why[0]);
  else if (i->verdict == ASK_AMBIGUOUS) log_text(why[1]);
  else if (!i->text.len) log_text("cannot be done now: it is being removed, or not understood");
  else log_bytes(i->text.s, i->text.len);
  log_end();
}

/* More than a few: a person is asked, a script must say --yes. Locked in it cannot be told any more which it is. */
static int asks;

static void confirm(uint64_t n)
{
  char answer[16];

  if (agreed || q.yes || n <= ASK_FIRST) return;
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
  agreed = 1;
}

/* One request and all its answers. */
static void ask(void)
{
  static struct ask_item i;

  query_start(&q.request);
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
  if (q.request.n == ASK_IDS_MAX) {
    ask();
    q.request.n = 0;
  }
  memcpy(q.request.id[q.request.n++], id, strlen(id) + 1);
}

/* "-": a line each, of which the first word counts; the marks of mailq are no part of it. */
static void add_from_input(void)
{
  char line[1024], *id;

  while (fgets(line, sizeof line, stdin)) {
    id = line + strspn(line, " \t");
    id[strcspn(id, " \t\r\n*!")] = 0;
    if (!*id) continue;
    if (!qargs_id(id)) log_diex(100, "fatal: standard input has what is no ID: ", id);
    add_id(id);
  }
}

static void ask_ids(void)
{
  uint32_t i, given = 0;

  confirm(q.operands > ASK_IDS_MAX ? q.operands : 0);
  for (i = 0; i < q.operands; i++) {
    if (!strcmp(q.operand[i], "-")) add_from_input();
    else add_id(q.operand[i]);
    given++;
  }
  if (q.request.n || !given) ask();
}

static void ask_domains(void)
{
  uint32_t i;

  for (i = 0; i < q.operands; i++) {
    char *to = q.request.domain;
    size_t len = strlen(q.operand[i]), at;
    if (len && q.operand[i][len - 1] == '.') len--;
    if (!len || len > ASK_DOMAIN_MAX || strpbrk(q.operand[i], " @*"))
      log_diex(100, "fatal: this is no domain: ", q.operand[i]);
    for (at = 0; at < len; at++) {
      char c = q.operand[i][at];
      to[at] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    to[len] = 0;
    ask();
  }
}

static int result(void)
{
  if (!done && !failed) return q.request.all ? 0 : 1;
  return failed || unknown ? 2 : 0;
}

static void tell_done(void)
{
  static char const *const past[] = { "", "", "held", "released", "to be tried now", "given up", "deleted",
                                      "held", "released", "to be tried now" };

  if (q.json || q.quiet) return;
  if (!done && !failed && !unknown) puts("nothing matches");
  else
    printf("%llu %s%s %s\n", (unsigned long long)done, q_domains(q.word) ? "domain" : "message", done == 1 ? "" : "s",
           past[q.word]);
}

static _Noreturn void order(void)
{
  if (q_domains(q.word)) ask_domains();
  else ask_ids();
  tell_done();
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

  show_start(form());
  if (q.dry_run && !q.json) printf("this would be for mail-q %s:\n", q.name);
  ask_ids();
  n = show_end(empty);
  tell_alone();
  leave(unknown && n ? 2 : !n && (unknown || !all) ? 1 : 0);
}

int main(int argc, char **argv)
{
  log_name("mail-q");
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
