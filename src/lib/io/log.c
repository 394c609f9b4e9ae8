/* log.c - see log.h */

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/log.h"

#define LINE_MAX_BYTES 4096     /* PIPE_BUF: a pipe takes it whole or not at all */

#define FIELD_MAX 900           /* bytes of a value: as long as it likes, it would push those behind it off the line */

static char const *program = "mail";
static char line[LINE_MAX_BYTES];
static size_t used;
static unsigned long dropped;
static int quiet;               /* LOG=errors */
static int grave;               /* this line tells of an error of the system, or of the program's end */

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

static int write_line(char const *s, size_t len)
{
  struct pollfd p = { .fd = 2, .events = POLLOUT };

  if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT)) return 0;
  return write(2, s, len) == (ssize_t)len;
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
  char s[96];
  int saved = errno;

  if (quiet && !trouble()) return;
  line[used++] = '\n';
  if (dropped) {
    int n = snprintf(s, sizeof s, "%.40s: warning: %lu log lines dropped\n", program, dropped);
    if (write_line(s, (size_t)n)) dropped = 0;
  }
  if (dropped || !write_line(line, used)) dropped++;
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
