/* sign.c - see sign.h */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "door/sign.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/pack.h"
#include "lib/io/packet.h"

#define VERSION 1
#define LABEL "abcdefghijklmnopqrstuvwxyz0123456789-_"

int sign_name(char const *s)
{
  size_t len = strlen(s), label;

  if (!len || len > SIGN_NAME_MAX) return 0;
  for (;; s += label + 1) {
    label = strspn(s, LABEL);
    if (!label) return 0;       /* so no name starts with a dot, or has two together */
    if (!s[label]) return 1;
    if (s[label] != '.') return 0;
  }
}

static int status_ok(unsigned int s)
{
  return s == SIGN_DONE || s == SIGN_REFUSED || s == SIGN_LATER;
}

size_t sign_request_pack(struct sign_request const *r, char buf[SIGN_RECORD_MAX])
{
  struct pack p = { .s = buf, .size = SIGN_RECORD_MAX };

  pack_u8(&p, VERSION);
  pack_bytes(&p, r->name, strlen(r->name), SIGN_NAME_MAX);
  pack_bytes(&p, (char const *)r->key, SIGN_KEY_BYTES, SIGN_KEY_BYTES);
  pack_u32(&p, r->scheme);
  pack_bytes(&p, (char const *)r->text, r->len, SIGN_TEXT_MAX);
  return p.bad ? 0 : p.len;
}

int sign_request_unpack(struct sign_request *r, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };
  char const *key, *text;
  size_t key_len;

  if (unpack_u8(&u) != VERSION) return 0;
  unpack_string(&u, r->name, SIGN_NAME_MAX);
  key = unpack_bytes(&u, &key_len, SIGN_KEY_BYTES);
  if (key_len != SIGN_KEY_BYTES) return 0;
  memcpy(r->key, key, SIGN_KEY_BYTES);
  r->scheme = unpack_u32(&u);
  text = unpack_bytes(&u, &r->len, SIGN_TEXT_MAX);
  memcpy(r->text, text, r->len);
  return unpack_done(&u);
}

size_t sign_answer_pack(struct sign_answer const *a, char buf[SIGN_RECORD_MAX])
{
  struct pack p = { .s = buf, .size = SIGN_RECORD_MAX };

  if (!status_ok(a->status) || (a->status == SIGN_DONE) != (a->len != 0)) return 0;
  pack_u8(&p, VERSION);
  pack_u8(&p, a->status);
  pack_bytes(&p, a->text, strlen(a->text), TEXT_MAX);
  pack_bytes(&p, (char const *)a->signature, a->len, SIGN_BYTES_MAX);
  return p.bad ? 0 : p.len;
}

int sign_answer_unpack(struct sign_answer *a, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };
  char const *signature;

  if (unpack_u8(&u) != VERSION) return 0;
  a->status = (enum sign_status)unpack_u8(&u);
  unpack_string(&u, a->text, TEXT_MAX);
  signature = unpack_bytes(&u, &a->len, SIGN_BYTES_MAX);
  memcpy(a->signature, signature, a->len);
  return unpack_done(&u) && status_ok(a->status) && (a->status == SIGN_DONE) == (a->len != 0);
}

int sign_connect(void)
{
  char path[CONF_PATH_MAX];

  return io_connect_unix(conf_path(path, "run/key/key"), SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
}

static int exchange(int sock, char *buf, size_t len, struct sign_answer *a, long long end)
{
  ssize_t r;

  if (packet_send(sock, buf, len, -1) == -1) return 0;
  for (;;) {
    int left = io_left(end);
    if (!left || io_wait(sock, POLLIN, left) != 1) return 0;
    r = packet_recv(sock, buf, SIGN_RECORD_MAX, 0);
    if (r == -1 && errno == EAGAIN) continue;
    return r > 0 && sign_answer_unpack(a, buf, (size_t)r);
  }
}

void sign_ask(int sock, struct sign_request const *r, struct sign_answer *a, unsigned int seconds)
{
  char buf[SIGN_RECORD_MAX];
  size_t len = sign_request_pack(r, buf);

  if (len && exchange(sock, buf, len, a, io_clock() + (long long)seconds * 1000)) return;
  *a = (struct sign_answer){ .status = SIGN_LATER };
  snprintf(a->text, sizeof a->text, "%s", len ? "no answer from mail-keyd" : "this is more than mail-keyd signs");
}
