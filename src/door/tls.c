/* tls.c - see tls.h */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/tls.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/pack.h"
#include "lib/io/record.h"

#define VERSION 1
#define GRACE 5                 /* seconds: mail-tlsd's own time out comes before its caller's */

static int check_ok(unsigned int c)
{
  return c == TLS_ANYONE || c == TLS_NAMED || c == TLS_FINGERPRINT;
}

static int status_ok(unsigned int s)
{
  return s == TLS_DONE || s == TLS_FAILED || s == TLS_LATER || s == TLS_READY;
}

/* It goes into log lines and replies. */
static int printable(char const *s)
{
  while (*s >= ' ' && *s <= '~') s++;
  return !*s;
}

static void pack_text(struct pack *p, char const *s, size_t max)
{
  pack_bytes(p, s, strlen(s), max);
}

static void unpack_text(struct unpack *u, char *s, size_t max)
{
  unpack_string(u, s, max);
  if (!printable(s)) u->bad = 1;
}

static void unpack_binding(struct unpack *u, unsigned char *s, size_t *len, size_t max)
{
  char const *at = unpack_bytes(u, len, max);

  memcpy(s, at, *len);
}

size_t tls_request_pack(struct tls_request const *q, char buf[TLS_RECORD_MAX])
{
  struct pack p = { .s = buf, .size = TLS_RECORD_MAX };

  if (!check_ok(q->check)) return 0;
  pack_u8(&p, VERSION);
  pack_u32(&p, q->seconds);
  pack_u8(&p, q->check);
  pack_text(&p, q->name, TLS_NAME_MAX);
  pack_text(&p, q->names, TLS_NAMES_MAX);
  pack_text(&p, q->ca, TLS_NAME_MAX);
  return p.bad ? 0 : p.len;
}

int tls_request_unpack(struct tls_request *q, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };

  if (unpack_u8(&u) != VERSION) return 0;
  q->seconds = unpack_u32(&u);
  q->check = (enum tls_check)unpack_u8(&u);
  unpack_text(&u, q->name, TLS_NAME_MAX);
  unpack_text(&u, q->names, TLS_NAMES_MAX);
  unpack_text(&u, q->ca, TLS_NAME_MAX);
  return unpack_done(&u) && check_ok(q->check);
}

size_t tls_result_pack(struct tls_result const *r, char buf[TLS_RECORD_MAX])
{
  struct pack p = { .s = buf, .size = TLS_RECORD_MAX };

  if (!status_ok(r->status)) return 0;
  pack_u8(&p, VERSION);
  pack_u8(&p, r->status);
  pack_u8(&p, r->verified != 0);
  pack_text(&p, r->text, TEXT_MAX);
  pack_text(&p, r->version, TLS_VERSION_MAX);
  pack_text(&p, r->cipher, TLS_CIPHER_MAX);
  pack_text(&p, r->group, TLS_GROUP_MAX);
  pack_text(&p, r->sni, TLS_NAME_MAX);
  pack_text(&p, r->fingerprint, TLS_FINGERPRINT_LEN);
  pack_bytes(&p, (char const *)r->endpoint, r->endpoint_len, TLS_ENDPOINT_MAX);
  pack_bytes(&p, (char const *)r->exporter, r->exporter_len, TLS_EXPORTER_MAX);
  return p.bad ? 0 : p.len;
}

static int fingerprint_ok(char const *s)
{
  size_t len = strspn(s, "0123456789abcdef");

  return !s[len] && (!len || len == TLS_FINGERPRINT_LEN);
}

int tls_result_unpack(struct tls_result *r, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };
  unsigned int verified;

  if (unpack_u8(&u) != VERSION) return 0;
  r->status = (enum tls_status)unpack_u8(&u);
  verified = unpack_u8(&u);
  r->verified = verified == 1;
  unpack_text(&u, r->text, TEXT_MAX);
  unpack_text(&u, r->version, TLS_VERSION_MAX);
  unpack_text(&u, r->cipher, TLS_CIPHER_MAX);
  unpack_text(&u, r->group, TLS_GROUP_MAX);
  unpack_text(&u, r->sni, TLS_NAME_MAX);
  unpack_text(&u, r->fingerprint, TLS_FINGERPRINT_LEN);
  unpack_binding(&u, r->endpoint, &r->endpoint_len, TLS_ENDPOINT_MAX);
  unpack_binding(&u, r->exporter, &r->exporter_len, TLS_EXPORTER_MAX);
  return unpack_done(&u) && status_ok(r->status) && verified <= 1 && fingerprint_ok(r->fingerprint);
}

static void set_later(struct tls_result *r, char const *text)
{
  *r = (struct tls_result){ .status = TLS_LATER };
  memcpy(r->text, text, strlen(text));
}

static int get_result(int sock, struct tls_result *r, long long until)
{
  char buf[TLS_RECORD_MAX];
  ssize_t len = record_recv(sock, buf, sizeof buf, 0, until);

  if (len == -1 && errno == ECANCELED) set_later(r, "given up");        /* io_wait_by */
  else if (len == -1)
    set_later(r, errno == ETIMEDOUT ? "the TLS service did not answer in time" : "the TLS service broke off");
  else if (!tls_result_unpack(r, buf, (size_t)len)) set_later(r, "the TLS service gave an answer that is none");
  else return 0;
  return -1;
}

static long long in_seconds(unsigned int seconds)
{
  return io_clock() + (long long)seconds * 1000;
}

static int reach(char const *below, struct tls_result *r)
{
  char path[CONF_PATH_MAX];
  int sock = io_connect_unix(conf_path(path, below), SOCK_STREAM | SOCK_NONBLOCK, 0);

  if (sock == -1) set_later(r, "the TLS service is not there");
  return sock;
}

int tls_reach(char const *below, unsigned int seconds, struct tls_result *r)
{
  int sock = reach(below, r);

  if (sock == -1) return -1;
  if (get_result(sock, r, in_seconds(seconds)) == 0) {
    if (r->status == TLS_READY) return sock;
    if (r->status == TLS_DONE) set_later(r, "the TLS service gave an answer without a question");
  }
  close(sock);
  return -1;
}

static int ask(int sock, int connection, struct tls_request const *q, struct tls_result *r)
{
  char buf[TLS_RECORD_MAX];
  size_t len = tls_request_pack(q, buf);
  long long until = in_seconds(q->seconds) + GRACE * 1000;

  if (!len) {
    set_later(r, "the request for TLS is none");
    return -1;
  }
  /* what mail-tlsd has said before it closed can still be read */
  if (record_send(sock, buf, len, connection, until) == -1 && errno != EPIPE && errno != ECONNRESET) {
    set_later(r, "the TLS service cannot be asked");
    return -1;
  }
  do
    if (get_result(sock, r, until) == -1) return -1;
  while (r->status == TLS_READY);
  return r->status == TLS_DONE ? 0 : -1;
}

int tls_shake(int sock, int connection, struct tls_request const *q, struct tls_result *r)
{
  int flags = fcntl(connection, F_GETFL);

  if (flags == -1) set_later(r, "the connection is closed");
  else if (ask(sock, connection, q, r) == 0) {
    if (fcntl(sock, F_SETFL, flags & O_NONBLOCK) != -1) return sock;
    set_later(r, "unable to use the plain side");
  }
  close(sock);
  return -1;
}

int tls_begin(char const *below, int connection, struct tls_request const *q, struct tls_result *r)
{
  int sock = reach(below, r);

  return sock == -1 ? -1 : tls_shake(sock, connection, q, r);
}

int tls_answer(int sock, struct tls_result const *r)
{
  char buf[TLS_RECORD_MAX];
  size_t len = tls_result_pack(r, buf);

  errno = EINVAL;
  return len ? record_send(sock, buf, len, -1, in_seconds(GRACE)) : -1;
}
