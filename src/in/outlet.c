/* outlet.c - see outlet.h */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "in/outlet.h"
#include "in/starter.h"
#include "in/wire.h"
#include "lib/io/io.h"
#include "lib/smtp/status.h"

#define QUEUE_MS 300000         /* for the queue service to take more or to answer, as in door/submit.c */
#define TAKE_MS 300000          /* for the program to take more of a message */
#define END_MS 540000           /* for its end: clients wait 10 minutes after the dot (RFC 5321 4.5.3.2.6) */
#define ABORT_MS 30000          /* for its end when it has got no envelope */

void outlet_start(struct outlet *o, int queue)
{
  o->message = o->envelope = -1;
  o->broken = o->under_way = o->hurried = 0;
  submit_resume(&o->submit, queue);
  o->text[0] = 0;
}

/* the queue service may have closed an idle connection: between messages it has nothing else to say */
int outlet_ready(struct outlet *o, unsigned int seconds)
{
  if (starter_has_queue()) return starter_queue(&o->message, &o->envelope) == 0;
  if (o->submit.fd != -1 && io_wait(o->submit.fd, POLLIN, 0)) submit_close(&o->submit);
  return o->submit.fd != -1 || submit_open(&o->submit, seconds) == 0;
}

/* No answer of the queue service is waited for beyond the session's time: it has its own bound, which is
   rarely later. */
static void hurry(struct outlet *o)
{
  long long left = wire_time_left();
  struct timeval t;

  if (left >= QUEUE_MS || o->submit.fd == -1) return;
  if (left < 1) left = 1;       /* 0 would be for ever */
  o->hurried = 1;
  t = (struct timeval){ .tv_sec = left / 1000, .tv_usec = left % 1000 * 1000 };
  setsockopt(o->submit.fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
  setsockopt(o->submit.fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

void outlet_begin(struct outlet *o)
{
  o->broken = 0;
  o->under_way = 1;
  if (starter_has_queue()) return;
  hurry(o);
  submit_begin(&o->submit, "");
}

/* into a non-blocking pipe */
static void put(struct outlet *o, int fd, char const *s, size_t len)
{
  while (len && !o->broken) {
    ssize_t r = write(fd, s, len);
    if (r == -1 && errno == EAGAIN) o->broken = io_wait(fd, POLLOUT, TAKE_MS) != 1;
    else if (r == -1) o->broken = errno != EINTR;
    else {
      s += r;
      len -= (size_t)r;
    }
  }
}

void outlet_data(struct outlet *o, char const *s, size_t len)
{
  if (starter_has_queue()) put(o, o->message, s, len);
  else submit_data(&o->submit, s, len);
}

static void close_fd(int *fd)
{
  if (*fd != -1) close(*fd);
  *fd = -1;
}

/* the program's own, with an RFC 3463 code before them when they have none */
static void words(struct outlet *o, char const *code, char const *said)
{
  if (status_length(said, *code)) code = "";
  snprintf(o->text, sizeof o->text, "%s%s", code, said);
}

/* The sender and the recipients alone: programs made for qmail know no other letters. */
static void put_addresses(struct outlet *o, char const *records, size_t len)
{
  while (len) {
    size_t n = strnlen(records, len);
    if (n < len) n++;
    if (*records == 'F' || *records == 'T') put(o, o->envelope, records, n);
    records += n;
    len -= n;
  }
  put(o, o->envelope, "", 1);
}

static int program_end(struct outlet *o, char const *records, size_t len)
{
  char said[QUEUEPROG_TEXT_MAX + 1];
  int code, own;

  close_fd(&o->message);
  put_addresses(o, records, len);
  close_fd(&o->envelope);
  code = starter_result(END_MS, said, &own);
  o->text[0] = 0;
  if (code == -1) return SUBMIT_TIMEOUT;
  if (!code && o->broken) return SUBMIT_READ;
  if (!code) snprintf(o->text, sizeof o->text, "%s", said);
  if (code && own) words(o, submit_permanent(code) ? "5.7.1 " : "4.7.1 ", said);
  return code;
}

int outlet_end(struct outlet *o, char const *records, size_t len)
{
  int code;

  o->under_way = 0;
  if (starter_has_queue()) return program_end(o, records, len);
  hurry(o);
  code = submit_end(&o->submit, records, len);
  memcpy(o->text, o->submit.text, sizeof o->submit.text);
  return code;
}

void outlet_abort(struct outlet *o)
{
  char said[QUEUEPROG_TEXT_MAX + 1];
  int own;

  o->under_way = 0;
  if (!starter_has_queue()) {
    submit_abort(&o->submit);
    return;
  }
  if (o->envelope == -1) return;        /* it could not be started: it says nothing */
  close_fd(&o->message);
  close_fd(&o->envelope);
  starter_result(ABORT_MS, said, &own);
}

int outlet_keep(struct outlet *o)
{
  int fd = o->hurried || o->under_way ? -1 : o->submit.fd;

  if (fd != -1) o->submit.fd = -1;
  return fd;
}

void outlet_close(struct outlet *o)
{
  submit_close(&o->submit);
  close_fd(&o->message);
  close_fd(&o->envelope);
}
