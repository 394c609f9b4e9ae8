/* task.c - what mail-lspawn and a mail-local say to each other: both ways, at their bounds, and records that are none */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/lookup.h"
#include "lib/io/packet.h"
#include "local/task.h"
#include "unit.h"

static int ours, theirs, null;

static void pair(void)
{
  int s[2];

  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s) == -1 || fcntl(s[0], F_SETFL, O_NONBLOCK) == -1) _exit(111);
  ours = s[0];
  theirs = s[1];
}

static void unpair(void)
{
  close(ours);
  close(theirs);
}

static void user(void)
{
  uid_t uid = 7;
  gid_t gid = 7;
  char buf[32] = { 0 };

  pair();
  check("nothing there", task_take_user(theirs, &uid, &gid) == -1 && errno == EAGAIN);
  check("a user", task_send_user(ours, 4294967294U, 1000) == 0 && task_take_user(theirs, &uid, &gid) == 0);
  check("comes whole", uid == 4294967294U && gid == 1000);
  buf[3] = 1;
  check("a byte too many", send(ours, buf, 17, 0) == 17 && task_take_user(theirs, &uid, &gid) == -1 && errno == EPROTO);
  check("one too few", send(ours, buf, 15, 0) == 15 && task_take_user(theirs, &uid, &gid) == -1);
  check("an empty one", send(ours, buf, 0, 0) == 0 && task_take_user(theirs, &uid, &gid) == -1);
  buf[15] = 1;
  check("more is said", send(ours, buf, 16, 0) == 16 && task_take_user(theirs, &uid, &gid) == -1);
  unpair();
}

static char sender[TASK_SENDER_MAX + 1], address[ADDRESS_MAX + 1], home[LOOKUP_HOME_MAX + 1];
static char variable[TASK_VARIABLE_MAX + 1];

static struct task largest(void)
{
  struct task t = { "user", home, address, "-", address, address, sender, address, TASK_VARIABLES_MAX, { 0 } };
  size_t i;

  memset(sender, 's', TASK_SENDER_MAX);
  memset(address, 'a', ADDRESS_MAX);
  memset(home, 'h', LOOKUP_HOME_MAX);
  memset(variable, 'V', TASK_VARIABLE_MAX);
  for (i = 0; i < TASK_VARIABLES_MAX; i++) t.variables[i] = variable;
  return t;
}

static int same(struct task const *a, struct task const *b)
{
  size_t i;
  int good = a->n == b->n && !strcmp(a->user, b->user) && !strcmp(a->home, b->home) && !strcmp(a->local, b->local)
             && !strcmp(a->dash, b->dash) && !strcmp(a->ext, b->ext) && !strcmp(a->domain, b->domain)
             && !strcmp(a->sender, b->sender) && !strcmp(a->standard, b->standard);

  for (i = 0; good && i < a->n; i++) good = !strcmp(a->variables[i], b->variables[i]);
  return good;
}

static void tasks(void)
{
  struct task t = largest(), got, none = { "", "", "", "", "", "", "", "", 0, { 0 } };
  int fd;

  pair();
  check("the largest", task_send(ours, &t, null) == 0 && task_receive(theirs, &got, &fd) == 1 && same(&t, &got));
  check("its message", fd > null && fcntl(fd, F_GETFD) == FD_CLOEXEC && close(fd) == 0);
  check("the smallest", task_send(ours, &none, null) == 0 && task_receive(theirs, &got, &fd) == 1 && same(&none, &got));
  close(fd);
  check("no message", task_send(ours, &none, -1) == 0 && task_receive(theirs, &got, &fd) == -1);
  none.user = address;
  check("too long a user", task_send(ours, &none, null) == -1 && errno == EMSGSIZE);
  check("not done yet", task_is_done(ours) == 0);
  check("done", task_say_done(theirs) == 0 && task_is_done(ours) == 1);
  check("another word", send(theirs, "k", 1, 0) == 1 && task_is_done(ours) == -1);
  check("more than a word", send(theirs, "KK", 2, 0) == 2 && task_is_done(ours) == -1);
  close(theirs);
  check("gone", task_is_done(ours) == -1 && task_send(ours, &t, null) == -1);
  close(ours);
  pair();
  close(ours);
  check("no more", task_receive(theirs, &got, &fd) == 0 && task_say_done(theirs) == -1);
  close(theirs);
}

/* Each prefix of a task, and each byte of it changed: taken for none, or for another one within its bounds. */
static void damaged(void)
{
  struct task t = { "joe", "/home/joe", "joe-x", "-", "x", "h.example", "s@h.example", "./Maildir/", 1, { (char[]){ "A=b" } } };
  static char buf[PACKET_MAX];
  struct task got;
  int fd, bad = 0, wild = 0;
  ssize_t len, i;

  pair();
  task_send(ours, &t, null);
  len = packet_recv(theirs, buf, sizeof buf, &fd);
  close(fd);
  for (i = 1; i < len; i++) {
    packet_send(ours, buf, (size_t)i, null);
    bad += task_receive(theirs, &got, &fd) != -1;
    close(fd);
  }
  check("no prefix is a task", !bad);
  for (i = 0; i < len; i++) {
    buf[i] = (char)(buf[i] ^ 0x55);
    packet_send(ours, buf, (size_t)len, null);
    if (task_receive(theirs, &got, &fd) == 1)
      wild += got.n > TASK_VARIABLES_MAX || strlen(got.user) > LOOKUP_USER_MAX || strlen(got.home) > LOOKUP_HOME_MAX;
    close(fd);
    buf[i] = (char)(buf[i] ^ 0x55);
  }
  check("a changed byte leaves the bounds", !wild);
  unpair();
}

int main(void)
{
  null = open("/dev/null", O_RDONLY);
  user();
  tasks();
  damaged();
  return unit_end();
}
