/* log.c - see log.h */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"

#define LINE_MAX_BYTES 4096     /* PIPE_BUF: a pipe takes it whole or not at all */

#define HOLD_MS 100
#define FIELD_MAX 900           /* bytes of a value: as long as it likes, it would push those behind it off the line */

static char const *program = "mail";
static LARGE char line[LINE_MAX_BYTES];
static size_t used;
static unsigned long dropped;
static int quiet;               /* LOG=errors */
static int grave;               /* this line tells of an error of the system, or of the program's end */

static int holds;               /* lines may wait for others */
static LARGE char held[LINE_MAX_BYTES];       /* those that do */
static size_t held_len;
static unsigned int held_lines;
static long long held_until;

static void put(char const *s, size_t len)
{
  size_t room = LINE_MAX_BYTES - 1 - used;      /* one byte stays for the newline */

  if (len > room) len = room;
  memcpy(line + used, s, len);
  used += len;
}

/* at most so many bytes, and what shows that there were more */
static void put_escaped(char const *s, size_t len, int blanks, size_t max)
{
  static char const hex[] = "0123456789abcdef";
  size_t i, start = used;

  for (i = 0; i < len; i++) {
    unsigned char c = (unsigned char)s[i];
    int escaped = c < (blanks ? 33 : 32) || c > 126 || c == '\\';
    if (used - start + (escaped ? 4 : 1) > max) {
      put("...", 3);
      return;
    }
    if (escaped) {
      char e[4] = { '\\', 'x', hex[c >> 4], hex[c & 15] };
      if (LINE_MAX_BYTES - 1 - used < sizeof e) return;
      put(e, sizeof e);
    }
    else put(s + i, 1);
  }
}

static int write_out(char const *s, size_t len)
{
  struct pollfd p = { .fd = 2, .events = POLLOUT };

  if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT)) return 0;
  return write(2, s, len) == (ssize_t)len;
}

/* Whole lines, after the count of those that were dropped. */
static void write_lines(char const *s, size_t len, unsigned int lines)
{
  char count[96];

  if (dropped) {
    int n = snprintf(count, sizeof count, "%.40s: warning: %lu log lines dropped\n", program, dropped);
    if (write_out(count, (size_t)n)) dropped = 0;
  }
  if (dropped || !write_out(s, len)) dropped += lines;
}

void log_hold(int on)
{
  holds = on;
}

long long log_due(void)
{
  return held_len ? held_until : LLONG_MAX;
}

void log_release(void)
{
  int saved = errno;

  if (held_len) write_lines(held, held_len, held_lines);
  held_len = held_lines = 0;
  errno = saved;
}

int log_poll(struct pollfd *p, nfds_t n, long long until)
{
  long long due;
  int r;

  do {
    due = log_due();
    r = poll(p, n, io_left(due < until ? due : until));
    if (due <= io_clock()) log_release();
  } while (!r && due < until);
  return r;
}

static void hold(void)
{
  if (!held_len) held_until = io_clock() + HOLD_MS;
  memcpy(held + held_len, line, used);
  held_len += used;
  held_lines++;
}

void log_name(char const *s)
{
  char const *which = getenv("LOG");

  program = s;
  quiet = which && !strcmp(which, "errors");
}

static int trouble(void)
{
  static char const *const words[] = { "warning: ", "error: ", "alert: ", "fatal: " };
  char const *s = line + strlen(program) + 2;
  size_t i;

  line[used] = 0;
  for (i = 0; i < sizeof words / sizeof *words; i++)
    if (!strncmp(s, words[i], strlen(words[i]))) return 1;
  return grave;
}

void log_start(void)
{
  used = 0;
  grave = 0;
  put(program, strlen(program));
  put(": ", 2);
}

void log_text(char const *s)
{
  put(s, strlen(s));
}

void log_bytes(char const *s, size_t len)
{
  put_escaped(s, len, 0, LINE_MAX_BYTES);
}

void log_string(char const *s)
{
  log_bytes(s, strlen(s));
}

void log_number(long long n)
{
  char s[24];

  put(s, (size_t)snprintf(s, sizeof s, "%lld", n));
}

void log_field(char const *name, char const *value)
{
  put(" ", 1);
  log_text(name);
  put("=", 1);
  if (*value) put_escaped(value, strlen(value), 1, FIELD_MAX);
  else put("<>", 2);
}

void log_count(char const *words, long long n)
{
  log_text(words);
  log_number(n);
}

void log_end(void)
{
  int saved = errno, bad = trouble();

  if (quiet && !bad) return;
  line[used++] = '\n';
  if (bad || !holds || held_len + used > sizeof held) log_release();
  if (holds && !bad) hold();
  else write_lines(line, used, 1);
  errno = saved;
}

static void parts(char const *first, va_list ap)
{
  char const *s;

  log_start();
  for (s = first; s; s = va_arg(ap, char const *)) log_string(s);
}

static void system_error(void)
{
  grave = 1;
  log_text(": ");
  log_string(strerror(errno));
}

void log_parts(char const *s, ...)
{
  va_list ap;

  va_start(ap, s);
  parts(s, ap);
  va_end(ap);
  log_end();
}

void log_parts_sys(char const *s, ...)
{
  va_list ap;

  va_start(ap, s);
  parts(s, ap);
  va_end(ap);
  system_error();
  log_end();
}

void log_parts_die(int code, char const *s, ...)
{
  va_list ap;

  va_start(ap, s);
  parts(s, ap);
  va_end(ap);
  system_error();
  log_end();
  _exit(code);
}

void log_parts_diex(int code, char const *s, ...)
{
  va_list ap;

  va_start(ap, s);
  parts(s, ap);
  va_end(ap);
  grave = 1;
  log_end();
  _exit(code);
}
