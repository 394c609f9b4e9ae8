/* auth.c - see auth.h */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "door/auth.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/pack.h"
#include "lib/io/packet.h"

#define VERSION 1
#define CONNECT_SECONDS 5
#define FLAGS (AUTH_SECURE | AUTH_CLEAR | AUTH_INITIAL | AUTH_LOCAL)

static void pack_string(struct pack *p, char const *s, size_t max)
{
  pack_bytes(p, s, strlen(s), max);
}

static int is_line(char const *s)
{
  for (; *s; s++)
    if ((unsigned char)*s < ' ' || *s == 127) return 0;
  return 1;
}

/* text of one line */
static void unpack_line(struct unpack *u, char *s, size_t max)
{
  unpack_string(u, s, max);
  if (!is_line(s)) u->bad = 1;
}

static void unpack_binding(struct unpack *u, unsigned char *s, size_t *len, size_t max)
{
  char const *at = unpack_bytes(u, len, max);

  memcpy(s, at, *len);
}

static void pack_start(struct pack *p, struct auth_start const *s)
{
  pack_string(p, s->mechanism, AUTH_MECHANISM_MAX);
  pack_string(p, s->ip, AUTH_IP_MAX);
  pack_u8(p, s->flags);
  pack_bytes(p, (char const *)s->endpoint, s->endpoint_len, AUTH_ENDPOINT_MAX);
  pack_bytes(p, (char const *)s->exporter, s->exporter_len, AUTH_EXPORTER_MAX);
  pack_string(p, s->initial, AUTH_LINE_MAX);
}

static void unpack_start(struct unpack *u, struct auth_start *s)
{
  unpack_line(u, s->mechanism, AUTH_MECHANISM_MAX);
  unpack_line(u, s->ip, AUTH_IP_MAX);
  s->flags = unpack_u8(u);
  if (s->flags & ~(unsigned int)FLAGS) u->bad = 1;
  unpack_binding(u, s->endpoint, &s->endpoint_len, AUTH_ENDPOINT_MAX);
  unpack_binding(u, s->exporter, &s->exporter_len, AUTH_EXPORTER_MAX);
  unpack_line(u, s->initial, AUTH_LINE_MAX);
}

size_t auth_request_pack(struct auth_request const *r, char buf[AUTH_RECORD_MAX])
{
  struct pack p = { .s = buf, .size = AUTH_RECORD_MAX };

  pack_u8(&p, VERSION);
  pack_u8(&p, r->kind);
  switch (r->kind) {
    case AUTH_START: pack_start(&p, &r->start); break;
    case AUTH_RESPONSE: pack_string(&p, r->line, AUTH_LINE_MAX); break;
    case AUTH_COUNT: pack_u32(&p, r->rcpts); break;
    default: return 0;
  }
  return p.bad ? 0 : p.len;
}

int auth_request_unpack(struct auth_request *r, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };

  if (unpack_u8(&u) != VERSION) return 0;
  r->kind = (enum auth_request_kind)unpack_u8(&u);
  switch (r->kind) {
    case AUTH_START: unpack_start(&u, &r->start); break;
    case AUTH_RESPONSE: unpack_line(&u, r->line, AUTH_LINE_MAX); break;
    case AUTH_COUNT: r->rcpts = unpack_u32(&u); break;
    default: return 0;
  }
  return unpack_done(&u);
}

static int status_ok(unsigned int s)
{
  return s == AUTH_YES || s == AUTH_NO || s == AUTH_LATER;
}

size_t auth_answer_pack(struct auth_answer const *a, char buf[AUTH_RECORD_MAX])
{
  struct pack p = { .s = buf, .size = AUTH_RECORD_MAX };

  pack_u8(&p, VERSION);
  pack_u8(&p, a->kind);
  if (a->kind == AUTH_CHALLENGE) pack_string(&p, a->challenge, AUTH_LINE_MAX);
  else if (a->kind == AUTH_END && status_ok(a->status)) {
    pack_u8(&p, a->status);
    pack_string(&p, a->reply, AUTH_REPLY_MAX);
    pack_string(&p, a->login, AUTH_LOGIN_MAX);
    pack_string(&p, a->senders, AUTH_SENDERS_MAX);
  }
  else return 0;
  return p.bad ? 0 : p.len;
}

/* The first figure of the reply is that of the status: a client is never told anything else than was meant. */
static int reply_fits(struct auth_answer const *a)
{
  int first = a->status == AUTH_YES ? '2' : a->status == AUTH_NO ? '5' : '4';

  return is_line(a->reply) && a->reply[0] == first && strspn(a->reply, "0123456789") == 3 && a->reply[3] == ' ';
}

static int login_fits(struct auth_answer const *a)
{
  char const *s;

  for (s = a->senders; *s; s++)
    if (*s != '\n' && ((unsigned char)*s <= ' ' || *s == 127)) return 0;
  return is_line(a->login) && !strchr(a->login, ' ');
}

int auth_answer_unpack(struct auth_answer *a, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };

  if (unpack_u8(&u) != VERSION) return 0;
  a->kind = (enum auth_kind)unpack_u8(&u);
  if (a->kind == AUTH_CHALLENGE) {
    unpack_line(&u, a->challenge, AUTH_LINE_MAX);
    return unpack_done(&u);
  }
  a->status = (enum auth_status)unpack_u8(&u);
  unpack_string(&u, a->reply, AUTH_REPLY_MAX);
  unpack_string(&u, a->login, AUTH_LOGIN_MAX);
  unpack_string(&u, a->senders, AUTH_SENDERS_MAX);
  return unpack_done(&u) && a->kind == AUTH_END && status_ok(a->status) && reply_fits(a) && login_fits(a);
}

int auth_connect(void)
{
  char path[CONF_PATH_MAX];

  return io_connect_unix(conf_path(path, "run/auth/auth"), SOCK_SEQPACKET, CONNECT_SECONDS);
}

/* an end without mail-authd's word for it */
static int end(struct auth_answer *a, enum auth_status status, char const *reply)
{
  memset(a, 0, sizeof *a);
  a->kind = AUTH_END;
  a->status = status;
  memcpy(a->reply, reply, strlen(reply) + 1);
  return 0;
}

/* Waits for the answer; 1 when there is one that is sound. */
static int take(int sock, struct auth_answer *a)
{
  static LARGE char buf[AUTH_RECORD_MAX];
  long long until = io_clock() + AUTH_WAIT * 1000LL;
  int left;
  ssize_t r;

  while ((left = io_left(until)) && io_wait(sock, POLLIN, left) == 1) {
    r = packet_recv(sock, buf, sizeof buf, 0);
    /* reset: it closed without reading what we sent, and its answer is still to come */
    if (r == -1 && (errno == EAGAIN || errno == ECONNRESET)) continue;
    memset(a, 0, sizeof *a);
    return r > 0 && auth_answer_unpack(a, buf, (size_t)r);
  }
  return 0;
}

static int step(int sock, struct auth_request const *r, struct auth_answer *a)
{
  static LARGE char buf[AUTH_RECORD_MAX];
  size_t len = auth_request_pack(r, buf);
  int sent;

  if (!len) return end(a, AUTH_NO, "501 5.5.2 malformed AUTH command");
  /* One that has no place for us answers at once, and closes. */
  sent = sock != -1 && (packet_send(sock, buf, len, -1) == 0 || errno == EPIPE || errno == ECONNRESET);
  explicit_bzero(buf, len);
  if (sent && take(sock, a)) return a->kind == AUTH_CHALLENGE;
  return end(a, AUTH_LATER, "454 4.7.0 temporary authentication failure");
}

static char const not_base64[] = "501 5.5.2 not base64";
static LARGE struct auth_request request; /* large, and not for the stack */

int auth_start(int sock, struct auth_start const *s, struct auth_answer *a)
{
  int r;

  if (!is_line(s->initial)) return end(a, AUTH_NO, not_base64);
  request.kind = AUTH_START;
  request.start = *s;
  r = step(sock, &request, a);
  explicit_bzero(&request, sizeof request);
  return r;
}

int auth_respond(int sock, char const *line, struct auth_answer *a)
{
  size_t len = strlen(line);
  int r;

  if (len > AUTH_LINE_MAX) return end(a, AUTH_NO, "500 5.5.6 authentication exchange line is too long");
  if (!is_line(line)) return end(a, AUTH_NO, not_base64);
  request.kind = AUTH_RESPONSE;
  memcpy(request.line, line, len + 1);
  r = step(sock, &request, a);
  explicit_bzero(&request, sizeof request);
  return r;
}

int auth_count(int sock, unsigned int rcpts, struct auth_answer *a)
{
  request.kind = AUTH_COUNT;
  request.rcpts = rcpts;
  step(sock, &request, a);
  if (a->kind == AUTH_END && a->status == AUTH_YES) return 1;
  if (a->kind == AUTH_END && a->status == AUTH_LATER) return 0;
  return end(a, AUTH_LATER, "450 4.7.0 this login cannot be counted now, try again later");
}

/* one pattern; at: where the @ of the sender is, or its end */
static int matches(char const *pattern, size_t len, char const *sender, char const *at)
{
  char const *domain = memrchr(pattern, '@', len);
  size_t local = (size_t)(at - sender), n;

  if (len == 1 && *pattern == '*') return 1;
  if (!domain) return 0;
  n = (size_t)(domain - pattern);
  if (strlen(at) != len - n || strncasecmp(at, domain, len - n)) return 0;
  if (!n) return 1;
  if (pattern[n - 1] == '*') return local >= n - 1 && !strncasecmp(sender, pattern, n - 1);
  return local == n && !strncasecmp(sender, pattern, n);
}

int auth_may_send(struct auth_answer const *a, char const *sender)
{
  char const *at = strrchr(sender, '@'), *s;
  size_t len;

  if (!*sender) return 1;
  if (!at) at = sender + strlen(sender);
  for (s = a->senders; *s; s += len + (s[len] == '\n')) {
    len = strcspn(s, "\n");
    if (matches(s, len, sender, at)) return 1;
  }
  return 0;
}
