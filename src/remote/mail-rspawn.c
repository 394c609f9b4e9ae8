/*
 * mail-rspawn.c - hand each job for another host to the mail-remote (or program) of its domain
 *
 * Runs as    mailr, started by mail-start, one for the life of the suite
 * Reads      fd 3 (AGENT_JOBS): jobs from mail-open (door/job.h); its children's reports and questions
 * Writes     fd 4 (AGENT_REPORTS): reports to mail-send (door/report.h)
 * Trusts     mail-open for jobs; nobody for addresses; its children only for the results of their own jobs
 * If broken  a stranger owns mailr: it can lie about the results of remote jobs and read messages in flight, and have
 *            mail-transport run the programs in control/transports; it cannot touch the queue or any user's files
 * Exits      0 when fd 0 or fd 3 end, or after TERM, once every job under way is done; 111 when it cannot go on, as
 *            with a job that has not even a number
 * Why so     one process for each domain: a hostile server can only hang, crash or take over its own
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <skalibs/djbunix.h>

#include "door/fds.h"
#include "door/report.h"
#include "door/tls.h"
#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/conf/smtpauth.h"
#include "lib/conf/stamp.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/io/pack.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"
#include "remote/address.h"
#include "remote/bounds.h"
#include "remote/child.h"
#include "remote/reach.h"
#include "remote/transport.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define FOLDERS 3               /* that the lock knows */
#define GRACE 10                /* seconds that a child may take longer than it allows itself */
#define TICK_MS 1000
#define MEMORY_MAX 67108864     /* bytes: as a mail-remote, which inherits it */

static unsigned int timeoutremote;
static struct control_table smtpauth;
static int ending;              /* no more jobs */
static int transport = -1;      /* the socket to mail-transport */
static int broken;              /* it cannot go on: what is under way is finished, then it exits 111 */

/* the one report that mail-send has no room for yet; until it is gone no other event is looked at */
static LARGE char waiting[PACKET_MAX];
static size_t waiting_len;

static LARGE char record[PACKET_MAX];
static char tls[CONF_PATH_MAX];         /* mail-tlsd's socket */
static struct priv_path *known; /* by the lock: folders, and files */
static struct stamp *then;      /* files as they were */
static size_t known_n;
static struct job job;
static struct report report;

/* Many hosts refuse who greets them by a name of one word (RFC 5321 2.3.5). */
static int check_helo(void)
{
  static stralloc helo = STRALLOC_ZERO;

  if (control_value("helohost", &helo) == -1) return -1;
  if (helo.len && helo.s[0] != '[' && !strchr(helo.s, '.'))
    log_line("warning: other hosts may refuse the name ", helo.s, ", which has no dot: put this host's full name into "
             "control/helohost or control/me", (char *)0);
  return 0;
}

/* 1 with control/transports, 0 without; or -1, and what was read before stays */
static int settings(void)
{
  char const *what = "envnoathost or control/percenthack";
  int r = address_start();

  if (r != -1) r = control_number(what = "timeoutremote", &timeoutremote);
  if (r != -1) {
    what = "helohost";
    r = check_helo();
  }
  if (r != -1) r = control_table(what = "smtpauth", &smtpauth, 1);
  if (r != -1) {
    what = "transports";
    r = transport_start();
  }
  if (r == -1) log_line("cannot read control/", what, (char *)0);
  return r;
}

static int transports;  /* what settings said at the start */

static int read_settings(void)
{
  transports = settings();
  return transports == -1 ? -1 : 0;
}

/* sends what waits; nothing waits afterwards unless the socket is full */
static void send_waiting(void)
{
  if (!waiting_len) return;
  if (packet_send(AGENT_REPORTS, waiting, waiting_len, -1) == 0) waiting_len = 0;
  else if (errno != EAGAIN) log_die(111, "cannot send a report", (char *)0);
}

static void report_record(char const *s, size_t len)
{
  memcpy(waiting, s, len);
  waiting_len = len;
  send_waiting();
}

static void report_same(uint32_t number, uint32_t n, enum result result, char const *text)
{
  size_t len;

  report_all(&report, number, n, result, text);
  len = report_pack(&report, record);
  report_record(record, len);
}

/* The domain of a job, lower-case; 0 when its recipients have not one and the same, or it is none. */
static int job_domain(char domain[CHILD_DOMAIN_MAX + 1])
{
  static char full[ADDRESS_FULL_MAX];
  uint32_t i;
  size_t n;

  for (i = 0; i < job.n; i++) {
    char const *d = address_full(full, job.rcpt[i].address);
    if (!d || (i && strcasecmp(d, domain))) return 0;
    if (i) continue;
    if (strlen(d) > CHILD_DOMAIN_MAX) return 0;
    for (n = 0; d[n]; n++) domain[n] = d[n] >= 'A' && d[n] <= 'Z' ? (char)(d[n] + 32) : d[n];
    domain[n] = 0;
  }
  return 1;
}

static void assign(size_t len, int message)
{
  char domain[CHILD_DOMAIN_MAX + 1];
  long long seconds = bounds_seconds(timeoutremote, &job) + GRACE;
  struct child *c;
  int tries;

  if (!job_domain(domain)) {
    report_same(job.number, job.n, RESULT_LATER, "4.3.0 the recipients of this delivery have no domain in common");
    return;
  }
  for (tries = 0; tries < 2; tries++) { /* an idle child may have died a moment ago */
    c = child_for(domain);
    if (!c) break;
    if (child_give(c, record, len, message, &job, seconds) == 0) return;
  }
  if (!c && errno == ENOTCONN) {
    report_same(job.number, job.n, RESULT_LATER,
                "4.3.5 the way to this domain is new, and waits for a new start of the service");
    return;
  }
  if (!c && errno != EAGAIN) log_sys("cannot start mail-remote or ask mail-transport", (char *)0);
  report_same(job.number, job.n, RESULT_LATER, "4.3.2 no mail-remote can be started now");
}

/* Every job gets a report. One that cannot be read is named by its number alone, and mail-send puts off all that it
   knows of it; without a number the channel is broken off, which mail-send sees. */
static void refuse_job(ssize_t len)
{
  struct unpack u = { .s = record, .len = len < 0 ? 0 : (size_t)len };
  uint32_t number;

  log_line("a job that is none", (char *)0);
  unpack_u8(&u);
  number = unpack_u32(&u);
  if (!u.bad) report_same(number, 0, RESULT_LATER, "");
  else broken = ending = 1;
}

static void take_job(void)
{
  int message;
  ssize_t r = packet_recv(AGENT_JOBS, record, sizeof record, &message);

  if (r == -1 && errno == EAGAIN) return;
  if (r == -1 && errno != EPROTO) log_die(111, "cannot take a job", (char *)0);
  if (!r) ending = 1;
  else if (r < 0 || !job_unpack(&job, record, (size_t)r) || job.kind != JOB_REMOTE) refuse_job(r);
  else if (message == -1) report_same(job.number, job.n, RESULT_LATER, "4.3.0 no descriptor is free for the message");
  else assign((size_t)r, message);
  if (message != -1) close(message);
}

/* a child's end, whatever brought it: its job, if it has one, is to be tried again */
static void lost(struct child *c, char const *text)
{
  int busy = c->state == CHILD_BUSY;

  child_end(c);
  if (busy) report_same(c->number, c->rcpts, RESULT_LATER, text);
}

static int report_sound(struct child const *c, size_t len)
{
  uint32_t i;

  if (c->state != CHILD_BUSY || !report_unpack(&report, record, len) || report.number != c->number) return 0;
  for (i = 0; i < report.n; i++)
    if (report.rcpt[i].position >= c->rcpts) return 0;
  return !(report.flags & ~(unsigned int)(REPORT_HOST_DOWN | REPORT_CONNECTED));
}

/* mail-transport cannot be started from behind the lock: what is under way is finished, then mail-start starts all
   anew. */
static void leave(char const *what, char const *why)
{
  log_line(what, why);
  broken = 1;
  ending = 1;
}

/* Who manages the network, or a password, may put a new file in the place of one, which no mail-remote may read from
   behind the old lock. */
static void leave_for_files(void)
{
  size_t i;

  for (i = FOLDERS; i < known_n && !ending; i++)
    if (stamp_other(then + i, known[i].path)) leave(known[i].path, " is another file: starts anew");
}

/* It came after us, and needs mail-transport. */
static void leave_for_tls(void)
{
  if (transport == -1 && stamp_of(tls).ino) leave("the service tls", " is new: starts anew");
}

/* A child wants to talk to mail-tlsd: mail-transport, which is not locked in, connects and answers it. 0, or -1. */
static int connect_for(struct child *c)
{
  if (transport != -1) return packet_send(transport, TRANSPORT_TLS, sizeof TRANSPORT_TLS - 1, c->fd);
  leave_for_tls();
  return reach_refuse(c->fd, ENOTCONN);
}

static void take_report(struct child *c)
{
  ssize_t r = packet_recv(c->fd, record, sizeof record, 0);

  if (r == -1 && errno == EAGAIN) return;
  if (r == REACH_QUESTION && c->state == CHILD_BUSY && connect_for(c) == 0) return;
  if (r > 0 && report_sound(c, (size_t)r)) {
    child_done(c);
    report_record(record, (size_t)r);
    return;
  }
  if (c->state == CHILD_BUSY) log_line(r > 0 ? "a report that is none, from the mail-remote of " :
                                       "lost the mail-remote of ", c->domain, (char *)0);
  lost(c, "4.3.0 mail-remote broke off; if the message was taken, it will be a duplicate");
}

static void times(void)
{
  long long now = io_clock();
  struct child *c;

  for (c = children; c < children + child_top && !waiting_len; c++) {
    if (c->state == CHILD_FREE || c->until > now) continue;
    if (c->state == CHILD_IDLE) child_leave(c);
    else lost(c, "4.4.7 mail-remote took too long; if the message was taken, it will be a duplicate");
  }
}

/* ALRM too: "try all now" means with what is set now */
static void signals(void)
{
  int r;

  if (wake_heard(SIGTERM)) ending = 1;
  if (wake_heard(SIGHUP) | wake_heard(SIGALRM)) {
    r = settings();
    if (r == -1) log_line("goes on with the old settings", (char *)0);
    if (r == 1 && transport == -1)
      log_line("control/transports is new: its programs and Unix sockets wait for a new start", (char *)0);
    child_retire_all();
    leave_for_tls();
  }
  if (ending) child_retire_all();
}

/* waits for something and deals with it */
static void turn(void)
{
  enum { OTHERS = 3 };          /* what is not a child */
  static LARGE struct pollfd p[CHILD_MAX + OTHERS + WAKE_OWN];
  static LARGE struct child *who[CHILD_MAX + OTHERS];
  unsigned int n = 0, i;

  p[n++] = (struct pollfd){ .fd = ending ? -1 : FD_LIFE };
  p[n++] = (struct pollfd){ .fd = waiting_len ? AGENT_REPORTS : ending ? -1 : AGENT_JOBS,
                            .events = waiting_len ? POLLOUT : POLLIN };
  p[n++] = (struct pollfd){ .fd = transport };
  for (i = 0; i < child_top && !waiting_len; i++) {
    if (children[i].state == CHILD_FREE) continue;
    who[n] = children + i;
    p[n++] = (struct pollfd){ .fd = children[i].fd, .events = POLLIN };
  }
  wake_poll(p, n, n > OTHERS || ending || waiting_len ? io_clock() + TICK_MS : WAKE_NEVER);
  signals();
  if (p[0].revents) ending = 1;
  if (p[2].revents) {
    transport = -1;
    leave("lost ", "mail-transport");
  }
  for (i = OTHERS; i < n && !waiting_len; i++)
    if (p[i].revents) take_report(who[i]);
  if (waiting_len) send_waiting();
  else if (p[1].revents && !ending) {
    take_job();
    leave_for_files();
  }
}

/* the one process beside us that is not locked in: only where control/transports or mail-tlsd is there */
static void start_transport(void)
{
  char path[CONF_PATH_MAX];

  transport = child_transport(conf_path(path, "bin/mail-transport"));
  if (transport == -1) log_die(111, "cannot start mail-transport", (char *)0);
}

static void know(char const *file)
{
  char *path = strdup(file);    /* settings are read anew */

  if (!path) log_die(111, "out of memory", (char *)0);
  then[known_n] = stamp_of(path);
  known[known_n++] = (struct priv_path){ path, PRIV_FILES };
}

/* Every mail-remote keeps this lock: among its files are the passwords that are named now, wherever they are. The
   folder of programs is named, not the file, which an update replaces. */
static void lock(void)
{
  static char programs[CONF_PATH_MAX], control[CONF_PATH_MAX], passwords[CONF_PATH_MAX];
  struct priv_path const folders[FOLDERS] = {
    { conf_path(programs, "bin"), PRIV_RUN }, { conf_path(control, "control"), PRIV_READ },
    { conf_path(passwords, SMTPAUTH_FOLDER), PRIV_FILES }
  };
  char login[SMTPAUTH_LOGIN_MAX + 1];
  char const *file;
  size_t i;

  known = calloc(FOLDERS + 1 + smtpauth.n, sizeof *known);
  then = calloc(FOLDERS + 1 + smtpauth.n, sizeof *then);
  if (!known || !then) log_die(111, "out of memory", (char *)0);
  memcpy(known, folders, sizeof folders);
  known_n = FOLDERS;
  know(RESOLV_CONF);
  for (i = 0; i < smtpauth.n; i++)
    if (smtpauth_read(smtpauth.entries[i].value, login, &file) == 1 && *file == '/')
      know(file);
  if (priv_lock(PRIV_OPEN | PRIV_INET | PRIV_BIND | PRIV_FORK | PRIV_EXEC | PRIV_KILL, known, known_n) == -1)
    log_die(111, "cannot lock in", (char *)0);
}

static void prepare(void)
{
  static char program[CONF_PATH_MAX];

  conf_path(program, "bin/mail-remote");
  wake_signals((int const []){ SIGHUP, SIGTERM, SIGALRM, 0 });
  control_start(read_settings, FD_LIFE);
  child_start(program);
  if (io_nonblock(AGENT_JOBS) == -1 || io_nonblock(AGENT_REPORTS) == -1 || coe(AGENT_REPORTS) == -1)
    log_die(111, "cannot use the sockets 3 and 4", (char *)0);
  conf_path(tls, TLS_OUT);
  if (transports || stamp_of(tls).ino) start_transport();
  if (priv_limits(child_files(), MEMORY_MAX) == -1) log_sys("warning: unable to bound files and memory", (char *)0);
  lock();
}

int main(void)
{
  log_name("mail-rspawn");
  prepare();
  while (!ending || waiting_len || child_top) {
    turn();
    times();
  }
  return broken ? 111 : 0;
}
