/* row.c - see row.h */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "lib/io/large.h"
#include "user/row.h"

#define ROW_MAX 8192
#define MINUTE 60
#define HOUR 3600
#define DAY 86400
#define KILO 1024

static LARGE char row[ROW_MAX];
static size_t used, width = ROW_MAX;

void row_width(void)
{
  struct winsize w;

  if (isatty(1) && ioctl(1, TIOCGWINSZ, &w) == 0 && w.ws_col > 1 && w.ws_col < ROW_MAX) width = w.ws_col;
}

void row_add(char const *format, ...)
{
  va_list args;
  int n;

  va_start(args, format);
  n = vsnprintf(row + used, sizeof row - used, format, args);
  va_end(args);
  if (n > 0) used = used + (size_t)n < sizeof row ? used + (size_t)n : sizeof row - 1;
}

void row_bytes(char const *s, size_t len)
{
  for (; len; s++, len--) {
    unsigned char c = (unsigned char)*s;
    if (c < 32 || c > 126 || c == '\\') row_add("\\x%02x", c);
    else row_add("%c", c);
  }
}

void row_time(int64_t seconds)
{
  time_t t = (time_t)seconds;
  struct tm tm;
  char s[64];

  if (gmtime_r(&t, &tm) && strftime(s, sizeof s, "%e %b %Y %H:%M:%S GMT", &tm)) row_add("%s", s);
}

char const *row_span(int64_t seconds)
{
  static char s[32];
  long long n = seconds < 0 ? 0 : seconds;

  if (n < 2 * MINUTE) snprintf(s, sizeof s, "%llds", n);
  else if (n < 2 * HOUR) snprintf(s, sizeof s, "%lldm", n / MINUTE);
  else if (n < 2 * DAY) snprintf(s, sizeof s, "%lldh", n / HOUR);
  else snprintf(s, sizeof s, "%lldd", n / DAY);
  return s;
}

char const *row_size(uint64_t bytes)
{
  static char s[32];
  static char const unit[] = "KMGTPE";
  double n = (double)bytes;
  int i = -1;

  for (; n >= KILO && unit[i + 1]; i++) n /= KILO;
  if (i == -1) snprintf(s, sizeof s, "%llu", (unsigned long long)bytes);
  else snprintf(s, sizeof s, n < 10 ? "%.1f%c" : "%.0f%c", n, unit[i]);
  return s;
}

/* On a terminal a line that is too long ends in a mark. */
void row_end(void)
{
  if (used > width) {
    used = width;
    row[used - 1] = '>';
  }
  fwrite(row, 1, used, stdout);
  putchar('\n');
  used = 0;
}
