/* query.c - see query.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/conf/passwd.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/spawn.h"
#include "lib/priv/priv.h"
#include "user/query.h"

#define DESK_FD 3               /* door/fds.h: DESK_LISTEN */
#define BUSY_MS 10000           /* that a desk with too many callers is asked again */
#define PAUSE_MS 200
#define ANSWER_MS 600000        /* for an answer: mail-send may be busy */

static LARGE char in[ASK_PACKET_MAX];
static struct unpack packet;
static int desk = -1, alone;
static long long busy_until;
static struct ask_request *asked;
static struct names const *ids;
static void (*last_words)(void);

#define end_program(code, ...) (last_words ? last_words() : (void)0, log_diex(code, __VA_ARGS__))

static int is_order(void)
{
  return asked->word != ASK_LIST && asked->word != ASK_DOMAINS;
}

static _Noreturn void nobody_answers(void)
{
  end_program(111, "fatal: nobody answers at ", conf_home, "/" ASK_PATH ": start the service ", conf_home,
              "/service/send; as root, mail-qread lists the queue without it");
}

static _Noreturn void may_not(void)
{
  gid_t gid = conf_users[CONF_DESK].gid;
  char const *name = passwd_group(gid);
  char number[32];

  snprintf(number, sizeof number, "%lu", (unsigned long)gid);
  log_diex(100, "fatal: you may not see the queue: only root and members of the group ", name ? name : number,
           " may (", conf_home, "/" ASK_PATH ")");
}

/* The desk's program itself, on a connection of ours, as the desk's user. */
static void start_alone(void)
{
  struct conf_user const *mailo = conf_users + CONF_DESK, *mails = conf_users + CONF_SEND;
  char path[CONF_PATH_MAX], *argv[] = { path, "-1", 0 };
  int pair[2], fds[] = { -1, -1, -1, -1 };
  pid_t pid;

  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1) log_die(111, "fatal: cannot make a socket");
  fds[DESK_FD] = pair[1];
  pid = spawn_program(fds, sizeof fds / sizeof *fds, 0, 111);
  if (pid == -1) log_die(111, "fatal: cannot start mail-desk");
  if (!pid) {
    if (priv_become(mailo->uid, mails->gid) == -1) log_die(111, "fatal: cannot become ", mailo->role);
    execv(conf_file(path, "bin", "mail-desk"), argv);
    log_die(111, "fatal: cannot run ", path);
  }
  close(pair[1]);
  desk = pair[0];
  alone = 1;
}

static void reach(void)
{
  char path[CONF_PATH_MAX];

  if (conf_users[CONF_DESK].uid == (uid_t)-1)
    log_diex(111, "fatal: this instance has no user mailo, so there is no desk (INSTALL); as root, mail-qread lists "
             "the queue");
  desk = io_connect_unix(conf_path(path, ASK_PATH), SOCK_SEQPACKET, 0);
  if (desk != -1) return;
  if (errno == EACCES || errno == EPERM) may_not();
  if (errno != ENOENT && errno != ECONNREFUSED) log_die(111, "fatal: cannot reach mail-desk at ", path);
  if (geteuid() || is_order()) nobody_answers();
  start_alone();
}

/* One packet, with the IDs from there on. 0 when nobody takes it any more: why not, is there to be read. */
static int ask_for(size_t from)
{
  static LARGE char out[ASK_PACKET_MAX];
  size_t len, left = ids->n - from;

  asked->more = left > ASK_IDS_MAX;
  asked->n = (uint32_t)(asked->more ? ASK_IDS_MAX : left);
  if (asked->n) memcpy(asked->id, ids->id + from, asked->n * sizeof *ids->id);
  len = ask_request_pack(asked, out);
  if (!len) log_diex(100, "fatal: this is no request that mail-desk takes");
  if (packet_send(desk, out, len, -1) == 0) return 1;
  if (errno != EPIPE && errno != ECONNRESET) log_die(111, "fatal: cannot ask mail-desk");
  return 0;
}

static void ask(void)
{
  size_t at = 0;

  if (desk == -1) reach();
  while (ask_for(at) && asked->more) at += asked->n;
  packet = (struct unpack){ .s = in };
}

void query_last_words(void (*say)(void))
{
  last_words = say;
}

void query_start(struct ask_request *r, struct names const *for_these)
{
  asked = r;
  ids = for_these;
  busy_until = io_clock() + BUSY_MS;
  ask();
}

int query_alone(void)
{
  return alone;
}

/* The connection is over, whether or not it has come to its end. */
static void hang_up(void)
{
  io_close_keep(desk);
  desk = -1;
}

static _Noreturn void broke_off(void)
{
  if (is_order())
    end_program(111, "fatal: mail-desk ended before it said that the order is done: some of it may have happened, "
                "nothing is promised; look with mail-q list, and order it again");
  end_program(111, "fatal: mail-desk ended in the middle: this is not all");
}

/* The next packet. From who left without reading all that was said the kernel tells that first, once. */
static void receive(void)
{
  ssize_t r = io_wait(desk, POLLIN, ANSWER_MS) == 1 ? packet_recv(desk, in, sizeof in, 0) : -1;

  if (r == -1 && errno == ECONNRESET) r = packet_recv(desk, in, sizeof in, 0);
  if (r <= 0) broke_off();
  packet = (struct unpack){ .s = in, .len = (size_t)r };
  if (!ask_answer_open(&packet)) end_program(111, "fatal: mail-desk is of another version: restart the service send");
}

/* 1 when it was asked again. */
static int again(struct ask_item const *i)
{
  if (i->end != ASK_BUSY || io_clock() > busy_until) return 0;
  hang_up();
  io_wait(-1, 0, PAUSE_MS);
  ask();
  return 1;
}

static void end(struct ask_item const *i)
{
  char why[ASK_TEXT_MAX + 1];

  snprintf(why, sizeof why, "%.*s", (int)i->text.len, i->text.s);
  hang_up();
  if (i->end == ASK_OK) return;
  if (i->end == ASK_BUSY) end_program(111, "fatal: mail-desk has too much to do: ", why, "; try again");
  end_program(i->end == ASK_REFUSED ? 100 : 111, "fatal: ", why);
}

int query_next(struct ask_item *i)
{
  do {
    if (packet.pos == packet.len) receive();
    if (!ask_item_unpack(&packet, i)) end_program(111, "fatal: an answer of mail-desk was not understood");
  } while (i->kind == ASK_END && again(i));
  if (i->kind != ASK_END) return 1;
  end(i);
  return 0;
}

void query_go(void)
{
  char const go = ASK_GO;

  if (packet_send(desk, &go, 1, -1) == -1) broke_off();
}
