/*
 * mail-send.c - decide when each queued message is delivered, tried again, bounced and removed
 *
 * Runs as    mails, started by mail-start; mail-send -1 makes one pass over what is due, -1a over all
 * Reads      queue/todo (envelopes), its own queue/state and queue/bounce, control/; IDs from the trigger; reports from
 *            mail-lspawn, mail-rspawn, mail-bounce and mail-open, answers from mail-clean, orders from mail-desk
 * Writes     queue/state, queue/bounce; orders to mail-open, requests to mail-clean; the log (mail-log(5))
 * Trusts     mail-queued for envelopes; each agent only for the deliveries that were ordered from it
 * If broken  it can delay, repeat or drop mail, choose the wrong channel or bounce to the true sender; it reads no
 *            message, starts no program and reaches no network
 * Exits      0 after TERM, at the end of descriptor 0 or of a pass; 111 when a neighbour is gone or the disk is full
 * Why so     one loop that never waits for a disk but in one batch a second; everything else is somebody else's
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "door/fds.h"
#include "door/hosts.h"
#include "door/trigger.h"
#include "lib/conf/owner.h"
#include "send/census.h"
#include "send/clean.h"
#include "send/deliver.h"
#include "send/desk.h"
#include "send/feed.h"
#include "send/journal.h"
#include "send/maillog.h"
#include "send/message.h"
#include "send/publish.h"
#include "send/result.h"
#include "send/round.h"
#include "send/scan.h"
#include "send/settle.h"
#include "send/turns.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"

#define STATUS_MS 10000         /* between two status lines */
#define REPORTS_A_TURN 64
#define PATIENCE_MS 5000        /* at the end: for reports when a neighbour is gone, for answers of mail-clean */
#define REST_MS 1000            /* after an error for want of memory */
#define LOCK_MS 200             /* between two tries for the lock */
#define LATE_MS 1000            /* between two looks for reports that never come */

/* the way to a neighbour: when not to try it */
struct outlet {
  int full;                     /* until poll says that it has room */
  long long rest;
};

enum ear { EAR_LIFE, EAR_TRIGGER, EAR_OPEN, EAR_LSPAWN, EAR_RSPAWN, EAR_BOUNCE, EAR_CLEAN, EAR_DESK, EARS };

static struct pollfd ear[EARS + WAKE_OWN];
static struct trigger trigger;
static size_t trigger_half;
static struct outlet orders, cleans, answers;
static int broken;
static long long stopped_at;

static void stop(char const *why)
{
  if (message_stopping) return;
  message_stopping = 1;
  stopped_at = io_clock();
  log_line("stopping: ", why);
}

static void neighbour_gone(enum ear e)
{
  static char const *const name[EARS] = { [EAR_OPEN] = "mail-open", [EAR_LSPAWN] = "mail-lspawn",
    [EAR_RSPAWN] = "mail-rspawn", [EAR_BOUNCE] = "mail-bounce", [EAR_CLEAN] = "mail-clean",
    [EAR_DESK] = "mail-desk" };

  if (ear[e].fd == -1) return;
  ear[e].fd = -1;
  log_line("warning: ", name[e], " is gone");
  if (!broken) stopped_at = io_clock();
  broken = 1;
  stop("a neighbour is gone");
}

static void hear_trigger(void)
{
  char buf[65536];
  ssize_t r = read(ear[EAR_TRIGGER].fd, buf, sizeof buf);

  if (r > 0 && (trigger_feed(&trigger, buf, (size_t)r, feed_named) || (size_t)r >= trigger_half)) scan_want();
}

static void hear_reports(enum ear e)
{
  static LARGE char buf[PACKET_MAX];
  unsigned int i;

  for (i = 0; i < REPORTS_A_TURN; i++) {
    ssize_t len = packet_recv(ear[e].fd, buf, sizeof buf, 0);
    if (len > 0) result_take((enum agent)(e - EAR_OPEN), buf, (size_t)len);
    else if (len == -1 && packet_again() > 0) return;
    else if (len == -1 && errno == EPROTO) log_line("warning: a report with too much in it");
    else {
      neighbour_gone(e);
      return;
    }
  }
}

static void hear_clean(void)
{
  enum clean_word word;
  struct message *m;
  unsigned int i;
  known k;
  int r = 1;

  for (i = 0; r == 1 && i < REPORTS_A_TURN; i++) {
    r = clean_next(&k, &m, &word);
    if (r == 1) round_event(k, m, word == CLEAN_GONE ? ROUND_REMOVED : ROUND_KEPT);
  }
  if (r == -1) neighbour_gone(EAR_CLEAN);
}

/* Writes what is due, and goes on with what that was waited for. How many messages could not be written. */
static unsigned int write_down(void)
{
  unsigned int left = settle_run();
  struct message *m;

  while ((m = settle_next())) round_event(m->k, m, ROUND_SETTLED);
  return left;
}

static void look(known k)
{
  round_event(k, 0, ROUND_LOOK);
}

static void read_settings_anew(void)
{
  int held = 0, ch;

  for (ch = 0; ch < CHANNELS; ch++) held |= !route_settings.concurrency[ch];
  log_line("reading settings anew");
  route_read(0);
  turns_changed();
  if (held) round_hurry();
  if (held) backlog_all();
  backlog_each(PLACE_STUCK, look);
}

static void hear_signals(void)
{
  if (wake_heard(SIGTERM)) stop("told so");
  if (wake_heard(SIGHUP)) read_settings_anew();
  if (wake_heard(SIGALRM)) {
    log_line("trying all now");
    turns_renew();
    round_hurry();
    backlog_all();
    backlog_each(PLACE_STUCK, look);
  }
}

static void hear_life(void)
{
  char c[64];
  ssize_t r = read(ear[EAR_LIFE].fd, c, sizeof c);

  if (r > 0 || (r == -1 && (errno == EINTR || errno == EAGAIN))) return;
  ear[EAR_LIFE].fd = -1;
  stop("the end of the lifeline");
}

static void listen_all(int timeout)
{
  int e;

  ear[EAR_OPEN].events = POLLIN | (orders.full ? POLLOUT : 0);
  ear[EAR_CLEAN].events = POLLIN | (cleans.full ? POLLOUT : 0);
  ear[EAR_DESK].events = answers.full ? POLLOUT : POLLIN;
  wake_poll(ear, EARS, io_clock() + timeout);
  if (ear[EAR_OPEN].revents & POLLOUT) orders.full = 0;
  if (ear[EAR_CLEAN].revents & POLLOUT) cleans.full = 0;
  if (ear[EAR_DESK].revents & (POLLOUT | POLLHUP | POLLERR)) answers.full = 0;
  if (ear[EAR_LIFE].revents) hear_life();
  hear_signals();
  if (ear[EAR_TRIGGER].revents) hear_trigger();
  for (e = EAR_OPEN; e <= EAR_BOUNCE; e++)
    if (ear[e].revents & (POLLIN | POLLHUP | POLLERR)) hear_reports((enum ear)e);
  if (ear[EAR_CLEAN].revents) hear_clean();
  if (ear[EAR_DESK].revents & (POLLIN | POLLHUP | POLLERR) && desk_hear() == -1) neighbour_gone(EAR_DESK);
}

/* The lesser of two waits; until is a moment, 0 none. */
static int sooner(int wait, long long until)
{
  int left = until ? io_left(until) : wait;

  return left < wait ? left : wait;
}

/* Milliseconds that nothing can happen before a descriptor is ready. */
static int timeout(void)
{
  uint32_t next = backlog_next(), now = backlog_now();
  int wait = message_stopping ? 200 : STATUS_MS;

  if (!message_stopping && scan_busy()) return 0;
  if (!message_stopping && feed_may() && feed_waits()) wait = io_left(route_rest());
  if (!message_stopping && next != NEVER && next > now) wait = sooner(wait, io_clock() + (next - now) * 1000LL);
  if (!message_stopping) wait = sooner(wait, turns_next_wake());
  if (orders.rest > io_clock()) wait = sooner(wait, orders.rest);
  if (answers.rest > io_clock()) wait = sooner(wait, answers.rest);
  if (cleans.rest > io_clock()) wait = sooner(wait, cleans.rest);
  else if (!cleans.full && ear[EAR_CLEAN].fd != -1) wait = sooner(wait, clean_ripe());
  return sooner(sooner(sooner(wait, settle_due()), clean_due()), desk_due());
}

static void status(void)
{
  static long long at;
  static struct maillog_status last;    /* as it was told last */
  struct maillog_status is = { channels[CHANNEL_LOCAL].flights, route_settings.concurrency[CHANNEL_LOCAL],
    channels[CHANNEL_REMOTE].flights, route_settings.concurrency[CHANNEL_REMOTE], backlog_count() };

  if (at && (!memcmp(&is, &last, sizeof is) || io_clock() - at < STATUS_MS)) return;
  last = is;
  at = io_clock();
  maillog_status(&is);
}

static int ready(struct outlet const *o)
{
  return !o->full && io_clock() >= o->rest;
}

static void tried(struct outlet *o, int r, enum ear e)
{
  o->full = r == 1;
  if (r == 2) o->rest = io_clock() + REST_MS;
  if (r == -1) neighbour_gone(e);
}

static void give_up_late(void)
{
  static long long looked;

  if (io_clock() - looked < LATE_MS) return;
  looked = io_clock();
  result_late();
}

static void work(void)
{
  struct census queue[METRICS_STATES];

  clean_late();
  if (settle_due() && !io_left(settle_due()) && write_down() && message_once) stop("the queue cannot be written");
  give_up_late();
  if (!message_stopping) {
    feed_scan();
    turns_wake(io_clock());
    if (feed_may() && feed_waits() && route_look()) feed_load();
    if (ready(&orders)) tried(&orders, deliver_orders(), EAR_OPEN);
  }
  if (ear[EAR_CLEAN].fd != -1 && ready(&cleans)) tried(&cleans, clean_send(), EAR_CLEAN);
  if (ready(&answers)) tried(&answers, desk_work(), EAR_DESK);
  status();
  if (!scan_busy() && census_due(queue)) maillog_queue(queue);
  publish();
}

/* Can anything still come that this run should know? Not from a neighbour that is gone. What mail-clean leaves open is
   waited for while its marks are on no disk, and a moment longer. */
static int awaited(void)
{
  int e;

  for (e = EAR_LSPAWN; e <= EAR_BOUNCE; e++)
    if (ear[e].fd != -1 && deliver_count((enum agent)(e - EAR_OPEN))) return 1;
  return ear[EAR_CLEAN].fd != -1 && clean_open() && (clean_due() || io_clock() - stopped_at < PATIENCE_MS);
}

/* Is everything done that this run is to do? What a pass has brought in, bounces for example, belongs to the pass:
   it looks again. */
static int finished(void)
{
  static uint32_t looked;

  if (message_stopping) return !awaited() || (broken && io_clock() - stopped_at >= PATIENCE_MS);
  if (!message_once || scan_busy() || feed_waits() || backlog_next() != NEVER || message_count()
      || clean_open()) return 0;
  if (looked == deliver_last()) return 1;
  looked = deliver_last();
  scan_want();
  return 0;
}

/* How many messages have marks that could not be written. */
static unsigned int conclude(void)
{
  struct message *m;
  unsigned int left;

  message_stopping = 1;
  for (m = message_first(); m; m = message_next(m)) round_conclude(m);
  left = write_down();
  if (left) log_line("alert: some marks could not be written: deliveries will be repeated");
  return left;
}

/* Waits until an older instance that is finishing has gone. */
static void take_lock(void)
{
  struct pollfd life[1 + WAKE_OWN] = { ear[EAR_LIFE] };
  int fd = open(HOSTS_LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600), told = 0;

  if (fd == -1) log_die(111, "fatal: cannot open queue/" HOSTS_LOCK, owner_hint(HOSTS_LOCK));
  while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
    if (errno != EWOULDBLOCK && errno != EINTR) log_die(111, "fatal: cannot lock queue/" HOSTS_LOCK);
    if (!told) log_line("waiting for another mail-send to end");
    told = 1;
    wake_poll(life, 1, io_clock() + LOCK_MS);
    if (life[0].revents) hear_life();
    hear_signals();
    if (message_stopping) _exit(0);
  }
}

static void open_trigger(void)
{
  int fd = open(TRIGGER_PATH, O_RDWR | O_NONBLOCK | O_CLOEXEC), size;

  if (fd == -1) log_die(111, "fatal: cannot open " TRIGGER_PATH);
  size = fcntl(fd, F_GETPIPE_SZ);
  trigger_half = size > 0 ? (size_t)size / 2 : 2048;
  ear[EAR_TRIGGER].fd = fd;
}

static int read_first(void)
{
  return route_read(1);
}

static void set_up(void)
{
  struct priv_path paths[] = { { "todo", PRIV_READ }, { "../control", PRIV_READ }, { "state", PRIV_READ | PRIV_WRITE },
    { "bounce", PRIV_READ | PRIV_WRITE } };
  int e;

  if (chdir(conf_home) == -1) log_die(111, "fatal: cannot change to ", conf_home);
  umask(027);
  for (e = 0; e < EARS; e++) ear[e] = (struct pollfd){ .fd = -1, .events = POLLIN };
  ear[EAR_DESK].fd = desk_find();
  control_start(read_first, message_once ? -1 : FD_LIFE);
  ear[EAR_LIFE].fd = FD_LIFE;
  wake_signals((int const []){ SIGTERM, SIGHUP, SIGALRM, 0 });
  open_trigger();
  if (chdir("queue") == -1) log_die(111, "fatal: cannot change to queue");
  take_lock();
  journal_start();
  desk_start();
  for (e = EAR_OPEN; e <= EAR_CLEAN; e++) {
    ear[e].fd = SEND_OPEN + (e - EAR_OPEN);
    if (io_nonblock(ear[e].fd) == -1) log_diex(111, "fatal: it is mail-start that runs this");
  }
  if (priv_lock(PRIV_OPEN | PRIV_MODIFY, paths, sizeof paths / sizeof paths[0]) == -1)
    log_die(111, "fatal: cannot lock myself in");
}

int main(int argc, char **argv)
{
  unsigned int left;

  log_name("mail-send");
  feed_all = argc == 2 && !strcmp(argv[1], "-1a");
  message_once = feed_all || (argc == 2 && !strcmp(argv[1], "-1"));
  if (argc != 1 && !message_once) log_diex(100, "usage: mail-send [-1 | -1a]");
  set_up();
  log_hold(1);
  for (work(); !finished(); work()) listen_all(timeout());
  left = conclude();
  log_line("exiting");
  log_release();
  return broken || left ? 111 : 0;
}
