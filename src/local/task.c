/* task.c - see task.h */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "door/lookup.h"
#include "lib/io/large.h"
#include "lib/io/pack.h"
#include "lib/io/packet.h"
#include "local/task.h"

#define VERSION 1
#define USER_BYTES 16           /* version, uid, gid, and what is to be zero */
#define DONE 'K'

int task_send_user(int sock, uid_t uid, gid_t gid)
{
  char buf[USER_BYTES];
  struct pack p = { .s = buf, .size = sizeof buf };

  pack_u32(&p, VERSION);
  pack_u32(&p, uid);
  pack_u32(&p, gid);
  pack_u32(&p, 0);
  return packet_send(sock, buf, p.len, -1);
}

int task_take_user(int sock, uid_t *uid, gid_t *gid)
{
  char buf[USER_BYTES + 1];     /* a longer record must not look like one */
  ssize_t r = recv(sock, buf, sizeof buf, MSG_DONTWAIT);
  struct unpack u = { .s = buf, .len = r == -1 ? 0 : (size_t)r };
  int good = unpack_u32(&u) == VERSION;

  *uid = unpack_u32(&u);
  *gid = unpack_u32(&u);
  good = good && !unpack_u32(&u) && unpack_done(&u);
  if (good) return 0;
  if (r != -1) errno = EPROTO;
  return -1;
}

/* with its NUL: who takes it need not copy */
static void pack_text(struct pack *p, char const *s, size_t max)
{
  pack_bytes(p, s, strlen(s) + 1, max + 1);
}

static char const *unpack_text(struct unpack *u, size_t max)
{
  size_t len;
  char const *s = unpack_bytes(u, &len, max + 1);

  if (len && memchr(s, 0, len) == s + len - 1) return s;
  u->bad = 1;
  return "";
}

int task_send(int sock, struct task const *t, int message)
{
  static LARGE char buf[PACKET_MAX];
  struct pack p = { .s = buf, .size = sizeof buf };
  size_t i;

  pack_u8(&p, VERSION);
  pack_text(&p, t->user, LOOKUP_USER_MAX);
  pack_text(&p, t->home, LOOKUP_HOME_MAX);
  pack_text(&p, t->local, ADDRESS_MAX);
  pack_text(&p, t->dash, LOOKUP_DASH_MAX);
  pack_text(&p, t->ext, ADDRESS_MAX);
  pack_text(&p, t->domain, ADDRESS_MAX);
  pack_text(&p, t->sender, TASK_SENDER_MAX);
  pack_text(&p, t->standard, ADDRESS_MAX);
  pack_u8(&p, (unsigned int)t->n);
  for (i = 0; i < t->n; i++) pack_text(&p, t->variables[i], TASK_VARIABLE_MAX);
  errno = EMSGSIZE;
  return p.bad ? -1 : packet_send(sock, buf, p.len, message);
}

int task_receive(int sock, struct task *t, int *message)
{
  static LARGE char buf[PACKET_MAX];
  ssize_t r = packet_recv(sock, buf, sizeof buf, message);
  struct unpack u = { .s = buf, .len = r == -1 ? 0 : (size_t)r };
  size_t i;

  if (!r) return 0;
  if (unpack_u8(&u) != VERSION || *message == -1) return -1;
  t->user = unpack_text(&u, LOOKUP_USER_MAX);
  t->home = unpack_text(&u, LOOKUP_HOME_MAX);
  t->local = unpack_text(&u, ADDRESS_MAX);
  t->dash = unpack_text(&u, LOOKUP_DASH_MAX);
  t->ext = unpack_text(&u, ADDRESS_MAX);
  t->domain = unpack_text(&u, ADDRESS_MAX);
  t->sender = unpack_text(&u, TASK_SENDER_MAX);
  t->standard = unpack_text(&u, ADDRESS_MAX);
  t->n = unpack_u8(&u);
  if (t->n > TASK_VARIABLES_MAX) return -1;
  for (i = 0; i < t->n; i++) t->variables[i] = (char *)unpack_text(&u, TASK_VARIABLE_MAX);
  return unpack_done(&u) ? 1 : -1;
}

int task_say_done(int sock)
{
  return packet_send(sock, (char const []){ DONE }, 1, -1);
}

int task_is_done(int sock)
{
  char b[2];
  ssize_t r = packet_recv(sock, b, sizeof b, 0);

  if (r == -1 && errno == EAGAIN) return 0;
  return r == 1 && *b == DONE ? 1 : -1;
}
