/* rcptcheck.c - see rcptcheck.h */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "in/rcptcheck.h"
#include "in/starter.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/smtp/status.h"

#define ANSWER_MS 30000         /* for one answer */
#define QUESTION_MAX 4096
#define ANSWER_MAX 1024         /* bytes of an answer */
#define REPLY_MAX 400           /* of which a client sees these: RFC 5321 4.5.3.1.5 */
#define TROUBLES_MAX 3          /* starts of it that may end badly in a session */

static char const trouble_reply[] = "451 4.3.0 this recipient cannot be checked now";
static char const refused[] = "mail to this address is not taken here";
static char const deferred[] = "mail to this address is not taken now";

static int in = -1, out = -1;   /* its pipes: to write, to read */
static unsigned int troubles;
static char reply[REPLY_MAX + 1];

/* what is wrong with it; it is killed when it is started again, or with the session */
static char const *trouble(char const *why)
{
  log_line("RCPTCHECK: ", why);
  if (in != -1) close(in);
  if (out != -1) close(out);
  in = out = -1;
  troubles++;
  return trouble_reply;
}

struct text {
  char s[QUESTION_MAX];
  size_t len;
};

/* name=value; control characters cannot be part of a line */
static void put(struct text *t, char const *name, char const *value)
{
  size_t i, room = sizeof t->s - t->len;
  int n = snprintf(t->s + t->len, room, "%s=%s\n", name, value);

  if (n < 0 || (size_t)n >= room) {
    t->len = sizeof t->s;       /* too long: see send_question */
    return;
  }
  for (i = t->len; i + 1 < t->len + (size_t)n; i++)
    if ((unsigned char)t->s[i] < 32 || t->s[i] == 127) t->s[i] = '?';
  t->len += (size_t)n;
}

/* one write of less than a pipe holds: a program that reads its questions always has room for the next */
static int send_question(struct rcptcheck_question const *q)
{
  struct text t = { .len = 0 };
  ssize_t r;

  put(&t, "request", "smtpd_access_policy");
  put(&t, "protocol_state", "RCPT");
  put(&t, "protocol_name", q->protocol);
  put(&t, "helo_name", q->helo);
  put(&t, "client_address", q->ip);
  put(&t, "client_name", *q->host ? q->host : "unknown");
  put(&t, "sender", q->sender);
  put(&t, "recipient", q->recipient);
  if (t.len == sizeof t.s) return -1;
  t.s[t.len++] = '\n';
  do r = write(in, t.s, t.len);
  while (r == -1 && errno == EINTR);
  return r == (ssize_t)t.len ? 0 : -1;
}

/* Reads up to the empty line: null, or what is wrong. */
static char const *read_answer(char s[ANSWER_MAX + 1])
{
  long long end = io_clock() + ANSWER_MS;
  size_t len = 0;

  while (len < 2 || memcmp(s + len - 2, "\n\n", 2)) {
    int left = io_left(end);
    ssize_t r;
    if (!left || io_wait(out, POLLIN, left) != 1) return "no answer in time";
    if (len == ANSWER_MAX) return "its answer is too long";
    r = read(out, s + len, ANSWER_MAX - len);
    if (r == -1 && errno == EINTR) continue;
    if (r <= 0) return "it ended without an answer";
    len += (size_t)r;
    s[len] = 0;
    if (strlen(s) != len) return "its answer has a NUL";
    if (strstr(s, "\n\n") && strstr(s, "\n\n") != s + len - 2) return "it answers more than it was asked";
  }
  return 0;
}

static char const *compose(char const *code, char const *status, char const *said, char const *standard)
{
  char *c;

  if (!*said) said = standard;
  snprintf(reply, sizeof reply, "%.3s %s%s", code, status_length(said, *code) ? "" : status, said);
  for (c = reply; *c; c++)
    if (*c < 32 || *c > 126) *c = '?';
  return reply;
}

static int is_word(char const *s, size_t len, char const *word)
{
  return strlen(word) == len && !strncasecmp(s, word, len);
}

/* "action=WORD text": null (nothing against it), a reply, or trouble */
static char const *act(char const *action)
{
  static char const *const good[] = { "DUNNO", "OK", "PREPEND", "WARN", "INFO" };
  size_t i, len = strcspn(action, " ");
  char const *said = action + len + strspn(action + len, " ");

  for (i = 0; i < sizeof good / sizeof *good; i++)
    if (is_word(action, len, good[i])) return 0;
  if (is_word(action, len, "REJECT")) return compose("550", "5.7.1 ", said, refused);
  if (is_word(action, len, "DEFER") || is_word(action, len, "DEFER_IF_PERMIT"))
    return compose("450", "4.7.1 ", said, deferred);
  if (len == 3 && strspn(action, "0123456789") >= 3 && (*action == '4' || *action == '5')) {
    char const *code = memcmp(action + 1, "21", 2) ? action : *action == '4' ? "450" : "550";  /* no hanging up */
    return *action == '4' ? compose(code, "4.7.1 ", said, deferred) : compose(code, "5.7.1 ", said, refused);
  }
  return trouble("an action that is not known");
}

char const *rcptcheck_ask(struct rcptcheck_question const *q)
{
  char answer[ANSWER_MAX + 1];
  char const *wrong;

  if (!starter_has_check()) return 0;
  if (in == -1 && (troubles >= TROUBLES_MAX || starter_check(&in, &out) == -1)) {
    in = out = -1;
    return trouble_reply;
  }
  if (io_wait(out, POLLIN, 0)) return trouble("it speaks before it is asked");     /* that would pass for the answer */
  if (send_question(q) == -1) return trouble("it does not take a question");
  wrong = read_answer(answer);
  if (wrong) return trouble(wrong);
  if (strncmp(answer, "action=", 7)) return trouble("its answer is no action");
  answer[strcspn(answer, "\n")] = 0;
  return act(answer + 7);
}
