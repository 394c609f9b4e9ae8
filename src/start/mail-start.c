/*
 * mail-start.c - make the sockets, become the users, start the daemons, wait
 *
 * Runs as    root, by a service script or root's cron: mail-start queue | send | listen | tls | -1 [-a] [-v]; for
 *            log NAME and tcp NAME, which others' programs do, it becomes the log user, or tcpserver
 * Reads      signals and its children's ends; as it begins control/listen for listen, env/ for log and tcp
 * Writes     sockets below run/, the network's listening sockets, queue/lock/start-* (locks)
 * Trusts     its caller and the root-owned bin/; its children only to end
 * If broken  the machine is lost, so it does nearly nothing: no byte of a message or of the network ever
 *            comes here; it keeps only the rights to change user and to kill
 * Exits      0 after TERM, after -1 is done, or when it finds the service running; 100 usage, not root, no TLS; 111
 * Why so     the table below is the map of who runs as whom and who can talk to whom; an administrator
 *            restarts rooms here, and listening sockets outlive those that listen
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "door/fds.h"
#include "lib/conf/conf.h"
#include "lib/conf/usage.h"
#include "lib/io/io.h"
#include "lib/io/listenfds.h"
#include "lib/io/log.h"
#include "lib/io/ready.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"
#include "start/group.h"
#include "start/hold.h"
#include "start/lines.h"
#include "start/others.h"
#include "start/sockets.h"

#define RESTART_MS 1000         /* between a daemon's death, or a start that failed, and its next life */
#define INHERITED_MAX 1024      /* descriptors that a careless caller may have left open */
#define ROLE_NONE -1            /* stays what mail-start is: root */
#define NOT_STARTED -1          /* as a status */

static struct daemon queue_group[] = {
  { "mail-queued", 0, CONF_QUEUE, REREADS | LEADS, { { QUEUED_LISTEN, LISTEN_QUEUE, 0 } }, 0, 0, 0, 0 },
  { "mail-lookup", "-l", CONF_VERIFY, REREADS | LEADS, { { LOOKUP_SOCKET, LISTEN_VERIFY, 0 } }, 0, 0, 0, 0 },
  { 0, 0, 0, 0, { { 0, 0, 0 } }, 0, 0, 0, 0 }
};

static struct daemon send_group[] = {
  { "mail-send", 0, CONF_SEND, REREADS | HURRIES | LEADS,
    { { SEND_OPEN, SEND_TO_OPEN, 0 }, { SEND_LSPAWN, LSPAWN_TO_SEND, 1 }, { SEND_RSPAWN, RSPAWN_TO_SEND, 1 },
      { SEND_BOUNCE, BOUNCE_TO_SEND, 1 }, { SEND_CLEAN, SEND_TO_CLEAN, 0 },
      { SEND_DESK, DESK_TO_SEND, 1 } }, 0, 0, 0, 0 },
  { "mail-open", 0, CONF_QUEUE, 0,
    { { OPEN_SEND, SEND_TO_OPEN, 1 }, { OPEN_LSPAWN, OPEN_TO_LSPAWN, 0 }, { OPEN_RSPAWN, OPEN_TO_RSPAWN, 0 },
      { OPEN_BOUNCE, OPEN_TO_BOUNCE, 0 } }, 0, 0, 0, 0 },
  { "mail-clean", 0, CONF_QUEUE, HURRIES, { { CLEAN_SEND, SEND_TO_CLEAN, 1 } }, 0, 0, 0, 0 },
  { "mail-lspawn", 0, ROLE_NONE, REREADS,
    { { AGENT_JOBS, OPEN_TO_LSPAWN, 1 }, { AGENT_REPORTS, LSPAWN_TO_SEND, 0 },
      { LSPAWN_LOOKUP, LSPAWN_TO_LOOKUP, 0 } }, 0, 0, 0, 0 },
  { "mail-lookup", 0, CONF_LOOKUP, REREADS, { { LOOKUP_SOCKET, LSPAWN_TO_LOOKUP, 1 } }, 0, 0, 0, 0 },
  { "mail-rspawn", 0, CONF_REMOTE, REREADS | HURRIES,
    { { AGENT_JOBS, OPEN_TO_RSPAWN, 1 }, { AGENT_REPORTS, RSPAWN_TO_SEND, 0 } }, 0, 0, 0, 0 },
  { "mail-bounce", 0, CONF_BOUNCE, REREADS,
    { { AGENT_JOBS, OPEN_TO_BOUNCE, 1 }, { AGENT_REPORTS, BOUNCE_TO_SEND, 0 } }, 0, 0, 0, 0 },
  { "mail-desk", 0, CONF_DESK, REREADS,
    { { DESK_LISTEN, LISTEN_DESK, 0 }, { DESK_SEND, DESK_TO_SEND, 0 } }, 0, 0, 0, 0 },
  { 0, 0, 0, 0, { { 0, 0, 0 } }, 0, 0, 0, 0 }
};

static struct daemon tls_group[] = {
  { "mail-keyd", 0, CONF_KEYS, REREADS | LEADS, { { KEYD_LISTEN, LISTEN_KEY, 0 } }, 0, 0, 0, 0 },
  { "mail-tlsd", "-s", CONF_TLS, REREADS | LEADS, { { TLSD_LISTEN, LISTEN_TLS_IN, 0 } }, 0, 0, 0, 0 },
  { "mail-tlsd", "-c", CONF_TLS, REREADS | LEADS, { { TLSD_LISTEN, LISTEN_TLS_OUT, 0 } }, 0, 0, 0, 0 },
  { "mail-authd", 0, CONF_AUTH, REREADS | LEADS, { { AUTHD_LISTEN, LISTEN_AUTH, 0 } }, 0, 0, 0, 0 },
  { 0, 0, 0, 0, { { 0, 0, 0 } }, 0, 0, 0, 0 }
};

static struct daemon listen_group[SERVICES + 1];        /* those that have a socket */

#define USAGE "usage: mail-start queue | send | listen | tls | log NAME | tcp NAME | -1 [-a] [-v]"

static int pass_all, quiet;     /* options of a pass */

static _Noreturn void die_usage(void)
{
  log_diex(100, USAGE);
}

/* Its user's, but for the one whose own is that of its callers: it reads what mail-send does. */
static gid_t group_of(struct daemon const *d)
{
  return conf_users[d->role == CONF_DESK ? CONF_SEND : d->role].gid;
}

static int set_descriptors(struct daemon const *d)
{
  struct end const *e;

  if (dup2(lifeline[0], FD_LIFE) == -1 || dup2(2, 1) == -1) return -1;
  for (e = d->ends; e->fd; e++)
    if (dup2(lines[e->line][e->side], e->fd) == -1) return -1;
  return d->listens ? sockets_give(d->service) : 0;
}

static _Noreturn void become_daemon(struct daemon const *d)
{
  char path[CONF_PATH_MAX];
  /* the whole path: ps tells instances apart */
  char const *argv[4] = { path, d->arg, d->service >= SERVICE_SUBMISSION ? value_services[d->service] : 0, 0 };

  if (clearenv() || putenv("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
      || (quiet && putenv("LOG=errors"))) log_die(111, d->name, ": unable to set the environment");
  if (set_descriptors(d) == -1) log_die(111, d->name, ": unable to set descriptors");
  if (d->role != ROLE_NONE && priv_become(conf_users[d->role].uid, group_of(d)) == -1)
    log_die(111, d->name, ": unable to become ", conf_users[d->role].role);
  wake_reset();
  execve(conf_file(path, "bin", d->name), (char **)argv, environ);
  log_die(111, "unable to run ", path);
}

/* A daemon that could not be started has failed like one that ended at once. */
static void start(struct daemon *d)
{
  pid_t pid = fork();

  if (!pid) become_daemon(d);
  d->pid = pid == -1 ? 0 : pid;
  d->status = pid == -1 ? NOT_STARTED : 0;
  if (pid == -1) log_sys("unable to fork for ", d->name);
}

/* 0; -1 with errno when there are no lines for them, and then none is started */
static int start_all(struct daemon *group)
{
  struct daemon *d;
  int r = lines_make(group == send_group), e = errno;

  for (d = group; !r && d->name; d++) start(d);
  lines_close(group == send_group);
  errno = e;
  return r;
}

static void wait_for_news(long long due)
{
  struct pollfd nothing[WAKE_OWN];

  wake_poll(nothing, 0, due);
}

static int told_to_end(struct daemon const *group)
{
  if (!(wake_heard(SIGTERM) | wake_heard(SIGINT))) return 0;
  group_tell(group, LEADS, SIGTERM);
  return 1;
}

/* These share nothing but the lifeline: one that ends is started again alone. */
static void restart_alone(struct daemon *group)
{
  for (; group->name; group++)
    if (!group->pid) start(group);
}

/* The others are tied by sockets: when one ends the rest finish by themselves, and a new life starts for all. */
static void restart_send(struct daemon *group)
{
  struct daemon *d;

  line_close(lifeline + 1);
  for (d = group; d->name; d++) d->pid = 0;
  if (start_all(group) == -1) log_sys("unable to make what ties the daemons together");
}

static int serve(struct daemon *group)
{
  int stopping = 0;
  long long due = WAKE_NEVER;   /* when to start again what is missing */

  if (start_all(group) == -1) log_die(111, "unable to make what ties the daemons together");
  ready_tell();
  for (;;) {
    if (stopping || !group_missing(group)) due = WAKE_NEVER;
    else if (due == WAKE_NEVER) due = io_clock() + RESTART_MS;
    wait_for_news(due);
    if (wake_heard(SIGHUP)) group_tell(group, REREADS, SIGHUP);
    if (wake_heard(SIGALRM)) group_tell(group, HURRIES, SIGALRM);
    if (told_to_end(group)) {
      stopping = 1;
      sockets_close();
    }
    if (wake_heard(SIGCHLD)) group_reap(group);
    if (stopping) {
      group_let_go(group);
      if (!group_running(group)) return 0;
    }
    else if (io_clock() >= due) {
      if (group == send_group) restart_send(group);
      else restart_alone(group);
      due = WAKE_NEVER;
    }
  }
}

/* One pass for root's cron, silent when all is well: what cron mails would be there for the next pass. mail-send says
   when nothing is due any more; the others end after it. */
static int pass(void)
{
  struct daemon *send = send_group;

  send->arg = pass_all ? "-1a" : "-1";
  if (start_all(send_group) == -1) log_die(111, "unable to make what ties the daemons together");
  while (group_running(send_group)) {
    wait_for_news(WAKE_NEVER);
    told_to_end(send_group);
    if (!wake_heard(SIGCHLD)) continue;
    group_reap(send_group);
    group_let_go(send_group);
  }
  return send->status ? 111 : 0;
}

/* What is inherited from that descriptor on is nobody's. */
static void prepare(int fd)
{
  for (; fd < INHERITED_MAX; fd++) close(fd);
  umask(022);
  if (chdir(conf_home) == -1) log_die(111, "unable to enter ", conf_home);
  wake_signals((int const []){ SIGCHLD, SIGHUP, SIGALRM, SIGTERM, SIGINT, 0 });
}

static void give_up_rights(void)
{
  if (!geteuid() && priv_root_minimum() == -1) log_die(111, "unable to give up root's rights");
}

static int queue_service(void)
{
  if (!hold_service("queue", 0)) log_diex(111, "the queue service of ", conf_home, " runs already");
  lines[LISTEN_QUEUE][0] = line_listen("run/queue", SOCK_STREAM);
  lines[LISTEN_VERIFY][0] = line_listen("run/verify/lookup", SOCK_SEQPACKET);
  give_up_rights();
  return serve(queue_group);
}

static void need_programs(struct daemon const *group)
{
  char path[CONF_PATH_MAX];

  for (; group->name; group++)
    if (access(conf_file(path, "bin", group->name), X_OK) == -1)
      log_diex(100, "fatal: ", path, " is not there: make install puts it there (INSTALL)");
}

static int tls_service(void)
{
  if (!conf_tls)
    log_diex(100, "fatal: this build has no TLS: INSTALL, step 5, says what it needs");
  need_programs(tls_group);
  if (!hold_service("tls", 0)) log_diex(111, "the tls service of ", conf_home, " runs already");
  lines[LISTEN_KEY][0] = line_listen("run/key/key", SOCK_SEQPACKET);
  lines[LISTEN_TLS_IN][0] = line_listen("run/tlsin/tls", SOCK_STREAM);
  lines[LISTEN_TLS_OUT][0] = line_listen("run/tlsout/tls", SOCK_STREAM);
  lines[LISTEN_AUTH][0] = line_listen("run/auth/auth", SOCK_SEQPACKET);
  give_up_rights();
  return serve(tls_group);
}

static int listen_service(void)
{
  static char const *const names[SERVICES] = { "mail-smtpd", "mail-qmtpd", "mail-qmqpd", "mail-smtpd", "mail-smtpd" };
  struct daemon *d = listen_group;
  int i;

  if (!hold_service("listen", 1)) log_diex(111, "queue/lock/start-listen is locked");
  sockets_make();
  for (i = 0; i < SERVICES; i++)
    if (sockets_of(i))
      *d++ = (struct daemon){ .name = names[i], .arg = "-l", .role = CONF_IN, .signals = REREADS | LEADS, .listens = 1,
                              .service = i };
  give_up_rights();
  return serve(listen_group);
}

/* A pass, or users of earlier times: without it. */
static void leave_out_desk(void)
{
  struct end *e = send_group[0].ends;
  struct daemon *d = send_group;

  while (e->line != DESK_TO_SEND) e++;
  e->fd = 0;
  while (d->role != CONF_DESK) d++;
  d->name = 0;
}

static int has_desk(void)
{
  char path[CONF_PATH_MAX];

  return conf_users[CONF_DESK].uid != (uid_t)-1 && access(conf_file(path, "bin", "mail-desk"), X_OK) == 0;
}

static int send_service(int once)
{
  if (!hold_service("send", 0)) {
    if (!once) log_diex(111, "the send service of ", conf_home, " runs already");
    if (!quiet) log_line("the send service of ", conf_home, " runs already: nothing to do here");
    return 0;
  }
  if (once || !has_desk()) leave_out_desk();
  else lines[LISTEN_DESK][0] = line_listen("run/desk/desk", SOCK_SEQPACKET);
  give_up_rights();
  return once ? pass() : serve(send_group);
}

static void take_options(char **argv)
{
  quiet = 1;
  for (; *argv; argv++) {
    if (!strcmp(*argv, "-a")) pass_all = 1;
    else if (!strcmp(*argv, "-v")) quiet = 0;
    else die_usage();
  }
}

int main(int argc, char **argv)
{
  int listens;

  log_name("mail-start");
  usage_asked(argc, argv, USAGE);
  if (argc < 2) die_usage();
  if (argc == 3 && !strcmp(argv[1], "log")) others_log(argv[2]);
  if (argc == 3 && !strcmp(argv[1], "tcp")) others_tcp(argv[2]);
  if (!strcmp(argv[1], "-1")) take_options(argv + 2);
  else if (argc > 2) die_usage();
  listens = !strcmp(argv[1], "listen");
  prepare(LISTENFDS_FIRST + (listens ? (int)sockets_inherit() : 0));
  if (listens) return listen_service();
  if (!strcmp(argv[1], "queue")) return queue_service();
  if (!strcmp(argv[1], "send")) return send_service(0);
  if (!strcmp(argv[1], "tls")) return tls_service();
  if (!strcmp(argv[1], "-1")) return send_service(1);
  die_usage();
}
