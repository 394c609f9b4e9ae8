/* dovecot.c - see dovecot.h */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "auth/dovecot.h"
#include "auth/prep.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/smtp/base64.h"

#define MAJOR "1"               /* of the protocol's version */
#define OURS "VERSION\t" MAJOR "\t1\nCPID\t%ld\n"
#define PLAIN_MAX (2 * AUTH_LOGIN_MAX + PASSWORD_MAX)

/* The next field of a line, in place; null at its end. */
static char *field(char **at)
{
  char *s = *at, *tab;

  if (!s) return 0;
  tab = strchr(s, '\t');
  if (tab) *tab = 0;
  *at = tab ? tab + 1 : 0;
  return s;
}

static int is(char const *s, char const *what)
{
  return s && !strcmp(s, what);
}

static enum dovecot_state take_greeting(struct dovecot *d, char const *word, char *rest)
{
  if (is(word, "VERSION")) {
    if (!is(field(&rest), MAJOR)) return DOVECOT_LATER;
    d->version = 1;
  }
  return is(word, "DONE") ? (d->version ? DOVECOT_READY : DOVECOT_LATER) : DOVECOT_GREETING;
}

static enum dovecot_state take_yes(struct dovecot *d, char *rest)
{
  char *s;

  while ((s = field(&rest))) {
    if (strncmp(s, "user=", 5)) continue;
    if (!prep_login_ok(s + 5)) return DOVECOT_LATER;
    memcpy(d->login, s + 5, strlen(s + 5) + 1);
  }
  return DOVECOT_YES;
}

static enum dovecot_state take_no(char *rest)
{
  char *s;

  while ((s = field(&rest)))
    if (is(s, "temp") || is(s, "code=temp_fail")) return DOVECOT_LATER;
  return DOVECOT_NO;
}

/* the request had the number 1 */
static enum dovecot_state take_answer(struct dovecot *d, char const *word, char *rest)
{
  int ours = is(word, "OK") || is(word, "FAIL") || is(word, "CONT");

  if (!ours) return DOVECOT_ASKED;      /* of its handshake, or of a later version's */
  if (!is(field(&rest), "1") || is(word, "CONT")) return DOVECOT_LATER;
  return is(word, "OK") ? take_yes(d, rest) : take_no(rest);
}

static void take_line(struct dovecot *d)
{
  char *rest = d->line, *word = field(&rest);

  if (d->state == DOVECOT_GREETING) d->state = take_greeting(d, word, rest);
  else d->state = take_answer(d, word, rest);
}

size_t dovecot_feed(struct dovecot *d, char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len && (d->state == DOVECOT_GREETING || d->state == DOVECOT_ASKED); i++) {
    if (s[i] == '\n') {
      d->line[d->len] = 0;
      d->len = 0;
      take_line(d);
    }
    else if (!s[i] || d->len == sizeof d->line - 1) d->state = DOVECOT_LATER;
    else d->line[d->len++] = s[i];
  }
  return i;
}

/* a request for PLAIN, whatever way the password came: resp, the last field, is [authzid] NUL login NUL password */
static int ask(int sock, char const *ip, int secure, char const *login, char const *password)
{
  static unsigned char plain[PLAIN_MAX + 2];
  static char request[256 + BASE64_SIZE(sizeof plain)];
  size_t login_len = strlen(login), password_len = strlen(password), n;
  int r;

  plain[0] = 0;
  memcpy(plain + 1, login, login_len + 1);
  memcpy(plain + login_len + 2, password, password_len);
  n = (size_t)snprintf(request, sizeof request, "AUTH\t1\tPLAIN\tservice=smtp%s%s%s\tnologin\tresp=",
                       secure ? "\tsecured" : "", *ip ? "\trip=" : "", ip);
  base64_encode(request + n, plain, login_len + password_len + 2);
  n += strlen(request + n);
  request[n++] = '\n';
  r = io_write(sock, request, n);
  explicit_bzero(plain, sizeof plain);
  explicit_bzero(request, sizeof request);
  return r;
}

/* Goes on until all is said. -1 with errno when nothing comes any more. */
static int converse(int sock, struct dovecot *d, char const *ip, int secure, char const *password, long long until)
{
  char buf[1024];
  size_t have = 0, at = 0;

  while (d->state < DOVECOT_YES) {
    if (d->state == DOVECOT_READY) {
      if (ask(sock, ip, secure, d->login, password) == -1) return -1;
      d->state = DOVECOT_ASKED;
    }
    if (at == have) {
      int left = io_left(until);
      ssize_t r;
      errno = ETIMEDOUT;
      if (!left || io_wait(sock, POLLIN, left) != 1) return -1;
      r = recv(sock, buf, sizeof buf, MSG_DONTWAIT);
      if (r == -1 && (errno == EAGAIN || errno == EINTR)) continue;
      if (!r) errno = ECONNRESET;
      if (r <= 0) return -1;
      have = (size_t)r;
      at = 0;
    }
    at += dovecot_feed(d, buf + at, have - at);
  }
  return 0;
}

enum verdict dovecot_check(int sock, char const *ip, int secure, char *login, char const *password,
                           unsigned int seconds)
{
  static struct dovecot d;
  char hello[64];
  int n = snprintf(hello, sizeof hello, OURS, (long)getpid());

  memcpy(d.login, login, strlen(login) + 1);
  if (io_write(sock, hello, (size_t)n) == -1
      || converse(sock, &d, ip, secure, password, io_clock() + seconds * 1000LL) == -1) {
    log_sys("error: no answer from Dovecot, at the socket in control/authbackend");
    return VERDICT_LATER;
  }
  explicit_bzero(d.line, sizeof d.line);
  memcpy(login, d.login, strlen(d.login) + 1);
  if (d.state == DOVECOT_LATER) log_line("error: Dovecot cannot say now, or says what is not understood");
  return d.state == DOVECOT_YES ? VERDICT_RIGHT : d.state == DOVECOT_NO ? VERDICT_WRONG : VERDICT_LATER;
}
