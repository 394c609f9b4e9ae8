/*
 * mail-bounce.c - tell senders which of their recipients failed, and what else they asked to be told
 *
 * Runs as    mailb, started by mail-start, one for the life of the suite
 * Reads      fd 3: jobs from mail-open (door/job.h), each with the failed message's descriptor; control/
 * Writes     fd 4: reports to mail-send (door/report.h); bounces to mail-queued (door/submit.h)
 * Trusts     mail-open for addresses and descriptors; nobody for texts and the message's bytes
 * If broken  a stranger owns mailb: can read the messages that fail from now on, invent bounces and lose
 *            true ones; cannot touch the queue's files, the network or any user's files
 * Exits      0 when mail-start is gone or mail-open closes; 111 when it cannot go on
 * Why so     the one program that reads a message's bytes in order to make another message, so it has a
 *            user of its own. A bounce is named after its parent: repeated after a crash, it exists already
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bounce/escape.h"
#include "bounce/notice.h"
#include "door/fds.h"
#include "door/job.h"
#include "door/report.h"
#include "door/submit.h"
#include "lib/addr/verp.h"
#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"

#define WAIT_FOR_QUEUE 60       /* seconds that mail-queued may be away */
#define FILES_MAX 32
#define MEMORY_MAX ((size_t)128 << 20)

static struct setting_text {
  char const *name;
  stralloc value;
} settings_in_use[] = {
  { "bouncefrom", STRALLOC_ZERO },
  { "bouncehost", STRALLOC_ZERO },
  { "doublebounceto", STRALLOC_ZERO },
  { "doublebouncehost", STRALLOC_ZERO },
};
enum { BOUNCEFROM, BOUNCEHOST, DOUBLETO, DOUBLEHOST, SETTINGS };
#define setting(i) settings_in_use[i].value.s

static unsigned int full_max;

static LARGE struct submit queue;
static struct job job;
static struct original original;
static stralloc message = STRALLOC_ZERO;
static stralloc records = STRALLOC_ZERO;

/* Reads all settings, or keeps those that there were. 0, or -1 with a line in the log. */
static int read_settings(void)
{
  stralloc new[SETTINGS] = { STRALLOC_ZERO, STRALLOC_ZERO, STRALLOC_ZERO, STRALLOC_ZERO };
  unsigned int bytes;
  int i, bad = control_number("bouncebytes", &bytes) == -1;

  if (bad) log_line("unable to read control/bouncebytes");
  else full_max = bytes;
  for (i = 0; i < SETTINGS && !bad; i++) {
    bad = control_value(settings_in_use[i].name, new + i) == -1 || !new[i].len;
    if (bad) log_line("unable to read control/", settings_in_use[i].name, ", or control/me, which must name this host");
  }
  for (i = 0; i < SETTINGS; i++) {
    stralloc_free(bad ? new + i : &settings_in_use[i].value);
    if (!bad) settings_in_use[i].value = new[i];
  }
  return bad ? -1 : 0;
}

/* Does it tell of a failure? */
static int has_failed(void)
{
  uint32_t i = 0;

  while (i < job.n && job.rcpt[i].action != ACTION_FAILED) i++;
  return i < job.n;
}

/* Is some address such that only a notice in UTF-8 shows it? */
static int is_global(char const *to)
{
  uint32_t i = 0;

  if (!param_get(job.params, 'u')) return 0;
  while (i < job.n && !escape_is_utf8(job.rcpt[i].address)) i++;
  return i < job.n || escape_is_utf8(to);
}

/* Whom the bounce goes to, in to; 0 when to nobody: a double bounce failed, or a bounce did anything else. */
static int recipient(char to[2 * ADDRESS_MAX + 2])
{
  size_t len = verp_strip(job.sender);

  if (!strcmp(job.sender, VERP_DOUBLE) || (!len && !has_failed())) return 0;
  if (!len) snprintf(to, 2 * ADDRESS_MAX + 2, "%s@%s", setting(DOUBLETO), setting(DOUBLEHOST));
  else snprintf(to, 2 * ADDRESS_MAX + 2, "%.*s", (int)len, job.sender);
  return 1;
}

/* A header in UTF-8 needs SMTPUTF8 on its way (RFC 6531); the parts have types that any 8-bit way takes. */
static int make_records(char const *to)
{
  return stralloc_copys(&records, *job.sender ? "F" : "F" VERP_DOUBLE) && stralloc_0(&records)
         && (!(param_get(job.params, 'u') && escape_is_utf8(to)) || stralloc_catb(&records, "u", 2))
         && stralloc_cats(&records, "T") && stralloc_cats(&records, to) && stralloc_0(&records);
}

/* Hands the message over; a connection that was left from an earlier bounce may have ended since. */
static int submit(char const *id)
{
  int kept = queue.fd != -1, code;

  if (!kept) submit_open(&queue, WAIT_FOR_QUEUE);
  submit_begin(&queue, id);
  submit_data(&queue, message.s, message.len);
  code = submit_end(&queue, records.s, records.len);
  if (!kept || queue.fd != -1 || code == SUBMIT_TIMEOUT) return code;
  return submit(id);
}

static void log_result(char const *id, char const *to, char const *what)
{
  log_start();
  log_text(what);
  log_field("id", id);
  log_field("of", job.id);
  log_field("to", to);
  if (queue.code) log_field("why", queue.text);
  log_end();
}

/* Makes and submits the bounce of the job. The text of the result is for mail-send's log. */
static enum result bounce(int fd, char const **text)
{
  char id[ID_MAX + 1], to[2 * ADDRESS_MAX + 2];
  /* RFC 3461 section 4.3 */
  int full = has_failed() && !strcasecmp(param_text(job.params, 'r'), "FULL") && job.bytes <= full_max;
  struct notice n = { .id = id, .from = setting(BOUNCEFROM), .host = setting(BOUNCEHOST), .to = to,
                      .twice = !*job.sender, .job = &job, .original = &original };
  int code;

  *text = "4.3.0 unable to read the message";
  if (!recipient(to)) {
    *text = *job.sender ? "discarded: a double bounce failed" : "discarded: a bounce asks for no notice";
    log_line(*text, ": ", job.id);
    return RESULT_DONE;
  }
  if (fd == -1 || original_read(&original, fd, full, job.bytes) == -1) return RESULT_LATER;
  n.global = is_global(to);
  *text = "5.3.0 a bounce of this message cannot have that number";
  if (id_bounce(id, job.id, job.bounce) == -1) return RESULT_FAILED;
  *text = "4.3.0 out of memory";
  if (notice_make(&message, &n) == -1 || !make_records(to)) return RESULT_LATER;
  code = submit(id);
  *text = queue.text;
  log_result(id, to, !code ? "queued" : submit_permanent(code) ? "refused" : "deferred");
  return !code ? RESULT_DONE : submit_permanent(code) ? RESULT_FAILED : RESULT_LATER;
}

static void take_job(void)
{
  static LARGE char buf[PACKET_MAX];
  static struct report report;
  char const *text;
  enum result result;
  int fd;
  ssize_t r = packet_recv(AGENT_JOBS, buf, sizeof buf, &fd);
  size_t len;

  if (!r) _exit(0);
  if (r == -1) {
    log_sys("unable to read a job");
    if (errno != EPROTO && errno != EAGAIN) _exit(111);
    return;
  }
  if (!job_unpack(&job, buf, (size_t)r) || job.kind != JOB_BOUNCE) log_diex(111, "a job is not one");
  result = bounce(fd, &text);
  if (fd != -1) close(fd);
  report_all(&report, job.number, job.n, result, text);
  len = report_pack(&report, buf);
  if (!len || packet_send(AGENT_REPORTS, buf, len, -1) == -1) log_die(111, "unable to report");
}

static void start(void)
{
  char control[CONF_PATH_MAX];
  struct priv_path path = { conf_path(control, "control"), PRIV_READ };

  queue.fd = -1;
  wake_signals((int const []){ SIGHUP, 0 });
  control_start(read_settings, FD_LIFE);
  if (priv_limits(FILES_MAX, MEMORY_MAX) == -1 || priv_lock(PRIV_OPEN | PRIV_UNIX, &path, 1) == -1)
    log_die(111, "unable to lock myself in");
}

int main(void)
{
  struct pollfd p[2 + WAKE_OWN] = { { .fd = AGENT_JOBS, .events = POLLIN }, { .fd = FD_LIFE, .events = 0 } };

  log_name("mail-bounce");
  start();
  for (;;) {
    wake_poll(p, 2, WAKE_NEVER);
    if (wake_heard(SIGHUP)) read_settings();
    if (p[1].revents) _exit(0);
    if (p[0].revents) take_job();
  }
}
