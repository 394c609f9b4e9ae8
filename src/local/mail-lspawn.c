/*
 * mail-lspawn.c - have each local delivery done by a mail-local that is the recipient
 *
 * Runs as    root with the rights to change user and to kill, nothing else; started by mail-start
 * Reads      fd 3: jobs from mail-open, with the message's descriptor (door/job.h); fd 5: answers of
 *            mail-lookup (door/lookup.h); settings minuid, mingid, concurrencylocal, concurrencyperuser,
 *            timeoutlocal, defaultdelivery; mail-local's output; the status of tables and homes (kept.h)
 * Writes     fd 4: reports to mail-send (door/report.h); fd 5: questions to mail-lookup
 * Trusts     mail-open for addresses and descriptor, within bounds; mail-lookup for who a user is, but for
 *            root, users under minuid, groups under mingid and the suite's own: nobody makes it become those
 * If broken  the machine is lost: so it takes nothing apart, it copies bounded strings from one side to another
 * Exits      0 when fd 0 or fd 3 ends and all children have; 111 when mail-lookup is gone or it cannot go on
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "door/fds.h"
#include "door/job.h"
#include "door/lookup.h"
#include "door/report.h"
#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"
#include "local/child.h"
#include "local/give.h"
#include "local/kept.h"
#include "local/resting.h"
#include "local/uid.h"

#define SLOTS LOCAL_JOBS_MAX    /* deliveries at once, whatever mail-send asks for */
#define FILES_MAX 1024          /* three descriptors a delivery; recipients' programs inherit this bound */
#define LOOKUP_WAIT 60000       /* ms for mail-lookup's answer */
#define UNKNOWN_USER "4.3.0 unable to look up the recipient"
#define BUSY_USER "4.2.0 the recipient has as many deliveries under way as one may"
#define KILL_PAUSE 10000        /* ms from TERM to KILL */
#define REST_MS 5000            /* without a delivery, until memory is given back */

/*
 *      state       message  child    waits for
 *      FREE        -1       -        a job
 *      ASKING      open     -        room on the socket to mail-lookup
 *      ASKED       open     -        its answer
 *      RUNNING     -1       runs     its end
 *      REPORTING   -1       -        room on the socket to mail-send; result and child.text are set
 */
enum state { FREE, ASKING, ASKED, RUNNING, REPORTING };

struct slot {
  enum state state;
  uint32_t number;              /* of the delivery */
  struct lookup_question question;
  uint32_t tables;              /* kept.h */
  uint64_t key;                 /* whose limit it counts against; 0: not known yet */
  int busy;                     /* REPORTING: that one has enough under way, it was not tried */
  int message;
  int signals;                  /* sent to the child so far */
  long long deadline;
  enum result result;
  struct child child;
  char id[ID_MAX + 1];
  char sender[ADDRESS_MAX + 1];
  struct give_params params;
};

static LARGE struct slot slots[SLOTS];
static unsigned int taken;      /* those beyond are free */
static long long rests = WAKE_NEVER;    /* from then on, if nothing is under way */
static stralloc standard;
static struct uid_least least;
static unsigned int timeout_local, per_user;
static int closing, lookup_gone, exit_code;

/* 0, or -1 with a line in the log; then nothing has changed */
static int read_settings(void)
{
  stralloc line = STRALLOC_ZERO;
  unsigned int seconds, places, share;

  if (control_number("timeoutlocal", &seconds) == -1 || control_number("concurrencylocal", &places) == -1
      || control_number("concurrencyperuser", &share) == -1 || control_value("defaultdelivery", &line) == -1
      || line.len > ADDRESS_MAX || uid_read_least(&least) == -1) {
    log_line("unable to use control/minuid, mingid, concurrencylocal, concurrencyperuser, timeoutlocal or "
             "defaultdelivery");
    stralloc_free(&line);
    return -1;
  }
  timeout_local = seconds;
  per_user = local_share(places, share);
  stralloc_free(&standard);
  standard = line;
  return 0;
}

static void drop_message(struct slot *s)
{
  if (s->message != -1) close(s->message);
  s->message = -1;
}

static void result(struct slot *s, enum result r, char const *text)
{
  drop_message(s);
  s->state = REPORTING;
  s->result = r;
  snprintf(s->child.text, sizeof s->child.text, "%s", text);
}

static struct slot *free_slot(void)
{
  struct slot *s = slots;

  while (s < slots + taken && s->state != FREE) s++;
  return s < slots + SLOTS ? s : 0;
}

/* The recipient's programs get this descriptor: they must not be able to write to it, nor wait for it. */
static int message_ok(int fd)
{
  struct stat st;
  int flags = fcntl(fd, F_GETFL);

  return flags != -1 && (flags & O_ACCMODE) == O_RDONLY && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static void take_job(struct slot *s)
{
  static LARGE char buf[PACKET_MAX];
  static struct job j;
  static uint32_t questions;
  ssize_t r = packet_recv(AGENT_JOBS, buf, sizeof buf, &s->message);

  if (r == -1 && errno == EAGAIN) return;
  if (!r) {
    closing = 1;
    return;
  }
  if (r == -1 || !job_unpack(&j, buf, (size_t)r)) log_diex(111, "fatal: a job was not understood");
  s->number = j.number;
  s->question = (struct lookup_question){ .number = ++questions, .kind = LOOKUP_DELIVER };
  s->signals = s->busy = 0;
  s->key = 0;
  memcpy(s->id, j.id, sizeof s->id);
  snprintf(s->sender, sizeof s->sender, "%s", j.sender);
  snprintf(s->question.address, sizeof s->question.address, "%s", j.rcpt[0].address);
  give_params(&s->params, &j);
  s->state = ASKING;
  if (s == slots + taken) taken++;
  s->deadline = io_clock() + LOOKUP_WAIT;
  if (j.kind != JOB_LOCAL || s->message == -1 || !message_ok(s->message)) {
    log_line("error: job for ", s->id, " without a message to read");
    result(s, RESULT_LATER, "4.3.0 unable to read the message");
  }
}

static unsigned int running(uint64_t key)
{
  unsigned int n = 0;
  struct slot *s;

  for (s = slots; s < slots + taken; s++) n += s->state == RUNNING && s->key == key;
  return n;
}

static void start(struct slot *s, struct lookup_answer const *a)
{
  s->key = uid_key(a->uid, a->home);
  if (!uid_may_get_mail(a->uid, a->gid, &least)) {
    log_line("error: mail for ", s->question.address, " was to go to user ", a->user, ", who may get none");
    result(s, RESULT_LATER, "4.3.5 the recipient's account may not get mail");
  }
  else if (running(s->key) >= per_user) {
    s->busy = 1;
    result(s, RESULT_LATER, BUSY_USER);
  }
  else if (give(&s->child, s->message, a, s->sender, s->question.address, standard.s, &s->params) == -1)
    result(s, RESULT_LATER, "4.3.0 unable to start the delivery");
  else {
    drop_message(s);
    s->state = RUNNING;
    s->deadline = io_clock() + timeout_local * 1000LL;
  }
}

static void decide(struct slot *s, struct lookup_answer const *a)
{
  switch (a->status) {
    case LOOKUP_YES: start(s, a); break;
    case LOOKUP_NO: result(s, RESULT_FAILED, "5.1.1 no mailbox here by that name"); break;
    case LOOKUP_ELSEWHERE: result(s, RESULT_LATER, "4.3.5 the recipient's domain is not local here"); break;
    default: result(s, RESULT_LATER, UNKNOWN_USER); break;
  }
}

/* What is known still is not asked for. */
static void ask(struct slot *s)
{
  static struct lookup_answer a;
  char buf[LOOKUP_RECORD_MAX];
  size_t len;

  if (kept_find(&s->question, &a, &s->tables)) {
    decide(s, &a);
    return;
  }
  len = lookup_question_pack(&s->question, buf);
  if (packet_send(LSPAWN_LOOKUP, buf, len, -1) == 0) s->state = ASKED;
  else if (errno != EAGAIN && !closing) log_die(111, "fatal: unable to ask mail-lookup");
}

static void take_answer(void)
{
  static struct lookup_answer a;
  char buf[LOOKUP_RECORD_MAX];
  ssize_t r = packet_recv(LSPAWN_LOOKUP, buf, sizeof buf, 0);
  struct slot *s;

  if (r == -1 && errno == EAGAIN) return;
  if (r <= 0) {
    if (!closing) log_diex(111, "fatal: mail-lookup is gone");
    lookup_gone = 1;    /* it ends with mail-start, as we do: what runs may finish */
    return;
  }
  if (!lookup_answer_unpack(&a, buf, (size_t)r)) log_diex(111, "fatal: an answer of mail-lookup was not understood");
  for (s = slots; s < slots + taken; s++)
    if (s->state == ASKED && s->question.number == a.number) break;
  if (s == slots + taken) return;       /* given up already */
  kept_add(&s->question, s->tables, &a);
  decide(s, &a);
}

static void report(struct slot *s)
{
  static struct report r;
  static LARGE char buf[PACKET_MAX];
  size_t len;

  report_all(&r, s->number, 1, s->result, s->child.text);
  memcpy(r.relay, "local", sizeof "local");
  r.flags = s->busy ? REPORT_BUSY : 0;
  r.key = s->key;
  len = report_pack(&r, buf);
  if (packet_send(AGENT_REPORTS, buf, len, -1) == -1) {
    if (errno == EAGAIN) return;
    if (!closing) log_sys("error: unable to report to mail-send");
    closing = 1;
    exit_code = 111;
  }
  s->state = FREE;
  rests = io_clock() + REST_MS;
  while (taken && slots[taken - 1].state == FREE) taken--;
}

static void reap(void)
{
  int status;
  pid_t pid;
  struct slot *s;

  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    resting_gone(pid);
    for (s = slots; s < slots + taken; s++) {
      if (s->state != RUNNING || s->child.pid != pid) continue;
      s->result = local_child_end(&s->child, status, s->id);
      s->state = REPORTING;
    }
  }
}

/* A delivery that takes too long: first TERM, then KILL until its end comes. */
static void late(struct slot *s)
{
  if (s->state == ASKING || s->state == ASKED) {
    log_line("error: no answer of mail-lookup for ", s->question.address);
    result(s, RESULT_LATER, UNKNOWN_USER);
    return;
  }
  if (s->signals < 2) log_line("error: delivery of ", s->id, " to ", s->question.address, " takes too long");
  child_kill(&s->child, s->signals++ ? SIGKILL : SIGTERM);
  s->deadline = io_clock() + KILL_PAUSE;
}

/* Does what can be done at once; returns how many slots are taken, and in *until the next deadline. */
static int advance(long long *until)
{
  struct slot *s;
  int n = 0;

  *until = resting_turn();
  for (s = slots; s < slots + taken; s++) {
    long long pause;
    if (s->state != FREE && s->state != REPORTING && s->deadline <= io_clock()) late(s);
    if (lookup_gone && (s->state == ASKING || s->state == ASKED)) result(s, RESULT_LATER, UNKNOWN_USER);
    if (s->state == ASKING) ask(s);
    if (s->state == REPORTING) report(s);
    if (s->state == FREE) continue;
    n++;
    if (s->state == REPORTING) continue;
    if (s->deadline < *until) *until = s->deadline;
    pause = s->state == RUNNING ? child_pause(&s->child, 0) : 0;
    if (pause && pause < *until) *until = pause;
  }
  if (n) return n;
  if (rests <= io_clock()) {
    io_give_back(slots, sizeof slots);
    kept_forget();
    rests = WAKE_NEVER;
  }
  if (rests < *until) *until = rests;
  return 0;
}

static int any(enum state state)
{
  struct slot *s;

  for (s = slots; s < slots + taken; s++)
    if (s->state == state) return 1;
  return 0;
}

/* Its answer, in the same round, may have been heard already. */
static void hear(struct slot *s, int which)
{
  if (s->state != RUNNING) return;
  child_read(&s->child, which, s->id);
  if (!s->child.done) return;
  give_done(&s->child, s->id);
  s->result = RESULT_DONE;
  s->state = REPORTING;
}

#define FIXED 4

static void wait_for_news(long long until)
{
  static struct pollfd p[FIXED + SLOTS * CHILD_FDS + WAKE_OWN];
  struct slot *room = closing ? 0 : free_slot();
  unsigned int i, n = taken * CHILD_FDS;

  p[0] = (struct pollfd){ .fd = closing ? -1 : FD_LIFE, .events = POLLIN };
  p[1] = (struct pollfd){ .fd = room ? AGENT_JOBS : -1, .events = POLLIN };
  p[2] = (struct pollfd){ .fd = any(REPORTING) ? AGENT_REPORTS : -1, .events = POLLOUT };
  p[3] = (struct pollfd){ .fd = lookup_gone ? -1 : LSPAWN_LOOKUP, .events = POLLIN };
  if (any(ASKING)) p[3].events |= POLLOUT;
  for (i = 0; i < n; i++) {
    struct slot const *s = slots + i / CHILD_FDS;
    int which = (int)(i % CHILD_FDS), listens = s->state == RUNNING && !child_pause(&s->child, which);
    p[FIXED + i] = (struct pollfd){ .fd = listens ? s->child.fd[which] : -1, .events = POLLIN };
  }
  wake_poll(p, FIXED + n, until);
  if (p[0].revents) closing = 1;
  for (i = 0; i < n; i++)
    if (p[FIXED + i].revents) hear(slots + i / CHILD_FDS, (int)(i % CHILD_FDS));
  if (p[3].revents & ~POLLOUT) take_answer();
  if (p[1].revents) take_job(room);
}

static void prepare(void)
{
  struct rlimit no_core = { .rlim_cur = 0, .rlim_max = 0 };
  int fd;

  for (fd = FD_LIFE; fd <= LSPAWN_LOOKUP; fd++)
    if (fcntl(fd, F_GETFD) == -1) log_diex(111, "fatal: it is mail-start that runs this");
  for (fd = AGENT_JOBS; fd <= LSPAWN_LOOKUP; fd++)
    if (io_nonblock(fd) == -1 || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1) log_die(111, "fatal: unable to set descriptors");
  if (chdir(conf_home) == -1) log_die(111, "fatal: unable to change to ", conf_home);
  control_start(read_settings, FD_LIFE);
  if (priv_limits(FILES_MAX, 0) == -1 || setrlimit(RLIMIT_CORE, &no_core) == -1 || priv_root_minimum() == -1)
    log_die(111, "fatal: unable to give up rights");
  wake_signals((int const []){ SIGHUP, SIGTERM, SIGCHLD, SIGALRM, 0 });
}

int main(void)
{
  long long until;

  log_name("mail-lspawn");
  prepare();
  for (;;) {
    if (wake_heard(SIGTERM)) closing = 1;
    if (wake_heard(SIGHUP) && read_settings() == -1) log_line("the old settings stay");
    if (wake_heard(SIGCHLD)) reap();
    if (!advance(&until) && closing) return exit_code;
    wait_for_news(until);
  }
}
