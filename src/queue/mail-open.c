/*
 * mail-open.c - open queued messages for the agents, by mail-send's orders
 *
 * Runs as    mailq, group mails, started by mail-start, one for the life of the suite
 * Reads      orders of mail-send (door/job.h); queue/todo (door/envelope.h), queue/mess
 * Writes     jobs, each with a read-only descriptor, to mail-lspawn, mail-rspawn and mail-bounce; reports to
 *            mail-send (door/report.h) about what it could not open
 * Trusts     mail-queued for sound envelopes, after their checksum; mail-send for no address and no path
 * If broken  queued messages can be read, changed, dropped and sent anywhere (it is mailq); no network itself
 * Exits      0 when mail-send or mail-start is gone; 111 when an agent is, or it cannot work
 * Why so     a descriptor is the permission: mail-send, which decides, sees no message; the agents, which
 *            deliver, see no other. Each job gets a descriptor of its own, since an offset is shared by
 *            all who hold the same one. A message whose bytes must be looked at first (verify.h) and that
 *            is not small is read a piece at a time between other orders.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "door/envelope.h"
#include "door/fds.h"
#include "door/job.h"
#include "door/report.h"
#include "lib/conf/conf.h"
#include "lib/conf/owner.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"
#include "queue/envelopes.h"
#include "queue/verify.h"

#define MEMORY 268435456        /* the envelopes that are kept, and one more with a recipient every other byte */
#define FILES_MAX 1024          /* jobs on their way count: the kernel bounds the descriptors in them too */
#define FULL_MS 20              /* until it is tried again when there are too many of them */
#define SLICE 1048576           /* bytes read of an old message before others have their turn */
#define DELAYED_MAX 64          /* orders that wait for that; when they are so many no new ones are taken */

/* An order that waits until its message has been read. */
struct delayed {
  struct verify verify;
  int fd;                       /* the message */
  uint64_t bytes;
  uint32_t crc;
  char *record;                 /* the order as it came */
  size_t len;
  char id[ID_MAX + 1];
};

static struct delayed delayed[DELAYED_MAX];
static unsigned int waiting, turn_of;
static LARGE char record[PACKET_MAX];
static LARGE char out[PACKET_MAX];
static struct order order;

static void report(unsigned int flags, char const *text)
{
  static struct report r;
  size_t len;

  report_all(&r, order.number, order.n, RESULT_LATER, text);
  r.flags = flags;
  len = report_pack(&r, out);
  log_start();
  log_text(flags & REPORT_DAMAGED ? "alert: " : "warning: ");
  log_text("not opened");
  log_field("id", order.id);
  log_field("text", text);
  log_end();
  if (packet_send(OPEN_SEND, out, len, -1) == -1 && errno != EPIPE && errno != ECONNRESET)
    log_die(111, "unable to report to mail-send");
}

/* The system's fault, not the message's. The path is for the log alone: a sender may see the text. */
static void report_trouble(char const *dir)
{
  char text[TEXT_MAX + 1], path[ID_PATH_MAX];
  int e = errno;

  id_path(path, dir, order.id);
  log_sys("warning: cannot open queue/", path, owner_hint(path));
  errno = e;
  snprintf(text, sizeof text, "Unable to open the message: %s. (#4.3.0)", strerror(errno));
  report(0, text);
}

/* The message of an envelope, for reading. -1: the trouble is reported. */
static int open_message(struct envelope const *e)
{
  char path[ID_PATH_MAX];
  struct stat st;
  int fd;

  id_path(path, "mess", order.id);
  fd = openat(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd == -1 || fstat(fd, &st) == -1) {
    if (fd == -1 && errno == ENOENT) report(REPORT_DAMAGED, "The message's file is gone from queue/mess. (#4.3.0)");
    else if (fd == -1 && errno == ELOOP) report(REPORT_DAMAGED, "The message's file is a link. (#4.3.0)");
    else report_trouble("mess");
  }
  else if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
    report(REPORT_DAMAGED, "The message's file is not one that mail-queued made. (#4.3.0)");
  else if ((uint64_t)st.st_size != e->bytes)
    report(REPORT_DAMAGED, "The message's length is not what its envelope says. (#4.3.0)");
  else return fd;
  if (fd != -1) close(fd);
  return -1;
}

static int socket_of(enum job_kind kind)
{
  return kind == JOB_LOCAL ? OPEN_LSPAWN : kind == JOB_REMOTE ? OPEN_RSPAWN : OPEN_BOUNCE;
}

static size_t build(struct envelope const *e)
{
  static LARGE char texts[JOB_RCPTS_MAX][TEXT_MAX + 1];
  static struct job job;
  size_t room = JOB_ROOM;
  uint32_t i;

  job = (struct job){ .number = order.number, .kind = order.kind, .bounce = order.bounce, .bytes = e->bytes,
                      .sender = e->sender, .params = envelope_params(e, ENVELOPE_SENDER), .n = order.n,
                      .rest = order.rest };
  memcpy(job.id, order.id, sizeof job.id);
  for (i = 0; i < order.n; i++) {
    struct order_rcpt const *r = order.rcpt + i;
    struct job_rcpt *to = job.rcpt + i;
    size_t cost;
    if (r->index >= e->rcpts || memchr(r->text, 0, r->text_len) || (r->text_len && order.kind != JOB_BOUNCE)) return 0;
    memcpy(texts[i], r->text, r->text_len);
    texts[i][r->text_len] = 0;
    *to = (struct job_rcpt){ .address = envelope_rcpt(e, r->index), .text = texts[i], .action = r->action,
                             .params = envelope_params(e, r->index) };
    cost = job_cost(strlen(to->address), r->text_len, to->params.len);
    if (cost > room) return 0;
    room -= cost;
  }
  return job_pack(&job, out);
}

/* The envelope, with an error reported. */
static struct envelope const *get_envelope(void)
{
  struct envelope const *e;

  switch (envelopes_get(order.id, &e)) {
    case ENVELOPES_READ: return e;
    case ENVELOPES_GONE: report(REPORT_DAMAGED, "The message's envelope is gone from queue/todo. (#4.3.0)"); return 0;
    case ENVELOPES_DAMAGED: report(REPORT_DAMAGED, "The message's envelope is damaged. (#4.3.0)"); return 0;
    default: report_trouble("todo"); return 0;
  }
}

static void send_job(struct envelope const *e, int fd)
{
  size_t len = build(e);

  if (!len) {
    report(0, "mail-send's order does not fit the message. (#4.3.0)");
    return;
  }
  while (packet_send(socket_of(order.kind), out, len, fd) == -1) {
    if (errno != ETOOMANYREFS) log_die(111, "unable to send a job");
    if (io_wait(FD_LIFE, POLLIN, FULL_MS)) _exit(0);    /* too many are under way, and mail-start is gone */
  }
}

/* 1 sound, 0 not yet, -1 no (reported) */
static int read_on(struct verify *v, int fd, uint64_t bytes, uint32_t crc)
{
  int r = verify_slice(v, fd, bytes, crc, SLICE);

  if (r == 1) verify_done(order.id);
  if (r == -1) report(REPORT_DAMAGED, "The message's bytes are not those that were queued. (#4.3.0)");
  if (r == -2) report_trouble("mess");
  return r < 0 ? -1 : r;
}

/* Puts the order aside, with the message it has opened. */
static void delay(struct verify const *v, int fd, struct envelope const *e, size_t len)
{
  struct delayed *d = delayed + waiting;

  *d = (struct delayed){ .verify = *v, .fd = fd, .bytes = e->bytes, .crc = e->crc, .record = malloc(len), .len = len };
  if (!d->record) {
    report_trouble("mess");
    close(fd);
    return;
  }
  memcpy(d->record, record, len);
  memcpy(d->id, order.id, sizeof d->id);
  waiting++;
}

static void take_order(size_t len)
{
  struct envelope const *e;
  struct verify v = { 0, 0 };
  int fd, r = 1;

  if (!order_unpack(&order, record, len)) {
    log_line("error: an order of mail-send is none");
    return;
  }
  e = get_envelope();
  if (!e) return;
  fd = open_message(e);
  if (fd == -1) return;
  if (verify_needed(order.id)) r = read_on(&v, fd, e->bytes, e->crc);
  if (!r) {
    delay(&v, fd, e, len);
    return;
  }
  if (r == 1) send_job(e, fd);
  close(fd);
}

/* Of several orders for one message only the first reads it; the others see that it is sound. */
static unsigned int next_reader(void)
{
  unsigned int k, i, j;

  for (k = 0; k < waiting; k++) {
    i = (turn_of + k) % waiting;
    for (j = 0; j < i && strcmp(delayed[j].id, delayed[i].id); j++);
    if (j == i || !verify_needed(delayed[i].id)) return i;
  }
  return 0;
}

static void go_on_reading(void)
{
  unsigned int i = next_reader();
  struct delayed *d = delayed + i;
  struct envelope const *e;
  int r = 1;

  turn_of = i + 1;
  order_unpack(&order, d->record, d->len);
  if (verify_needed(d->id)) r = read_on(&d->verify, d->fd, d->bytes, d->crc);
  if (!r) return;
  if (r == 1) {
    e = get_envelope();
    if (e) send_job(e, d->fd);
  }
  close(d->fd);
  free(d->record);
  memmove(d, d + 1, (--waiting - i) * sizeof *d);
}

/* One round. 0 when it is time to end. */
static int turn(void)
{
  struct pollfd p[2 + WAKE_OWN] = { { .fd = FD_LIFE, .events = POLLIN }, { .fd = OPEN_SEND, .events = POLLIN } };
  ssize_t r;

  if (waiting == DELAYED_MAX) p[1].fd = -1;
  wake_poll(p, 2, waiting ? 0 : WAKE_NEVER);
  if (p[0].revents) return 0;
  if (p[1].revents) {
    r = packet_recv(OPEN_SEND, record, sizeof record, 0);
    if (!r || (r == -1 && errno == ECONNRESET)) return 0;
    if (r == -1 && errno != EPROTO) log_die(111, "unable to read from mail-send");
    take_order(r > 0 ? (size_t)r : 0);
  }
  if (waiting) go_on_reading();
  return 1;
}

static void lock_in(void)
{
  static struct priv_path const paths[2] = { { "mess", PRIV_FILES }, { "todo", PRIV_FILES } };

  if (priv_lock(PRIV_OPEN, paths, 2) == -1) log_die(111, "unable to lock myself in");
}

int main(void)
{
  char queue[CONF_PATH_MAX];

  log_name("mail-open");
  io_close_from(OPEN_BOUNCE + 1);
  if (chdir(conf_path(queue, "queue")) == -1) log_die(111, "unable to change to ", queue);
  if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) log_die(111, "unable to prepare for signals");
  verify_start();
  if (priv_limits(FILES_MAX, MEMORY) == -1) log_sys("warning: unable to bound files and memory");
  lock_in();
  while (turn());
  return 0;
}
