/* reply.c - see reply.h */

#include <stdio.h>
#include <string.h>

#include "lib/smtp/reply.h"
#include "lib/smtp/status.h"

void reply_start(struct reply *r)
{
  r->state = REPLY_MORE;
  r->code = r->lines = 0;
  r->len = r->line_len = r->bytes = r->first_len = 0;
  r->text[0] = r->first[0] = 0;
}

static int digit(char c)
{
  return c >= '0' && c <= '9';
}

/* the code that a line begins with, or 0 */
static unsigned int code_of(char const *s, size_t len)
{
  if (len < 3 || s[0] < '2' || s[0] > '5' || !digit(s[1]) || !digit(s[2])) return 0;
  if (len > 3 && s[3] != ' ' && s[3] != '-') return 0;
  return (unsigned int)(s[0] - '0') * 100 + (unsigned int)(s[1] - '0') * 10 + (unsigned int)(s[2] - '0');
}

static void keep(struct reply *r, char const *s, size_t n)
{
  if (r->lines > 1 && r->len < REPLY_TEXT_MAX) r->text[r->len++] = '\n';
  if (n > REPLY_TEXT_MAX - r->len) n = REPLY_TEXT_MAX - r->len;
  memcpy(r->text + r->len, s, n);
  r->len += n;
  r->text[r->len] = 0;
}

/* one line without its LF */
static enum reply_state take_line(struct reply *r)
{
  char const *s = r->line;
  size_t len = r->line_len;
  unsigned int code;

  while (len && s[len - 1] == '\r') len--;
  r->line_len = 0;
  if (!len) return REPLY_MORE;
  code = code_of(s, len);
  if (!code || (r->lines && code != r->code) || memchr(s, '\r', len) || memchr(s, 0, len)) return REPLY_BAD;
  r->code = code;
  r->lines++;
  keep(r, s + 4, len > 4 ? len - 4 : 0);
  return len > 3 && s[3] == '-' ? REPLY_MORE : REPLY_DONE;
}

/* The bound is reached. To refuse it said enough, to agree it did not. */
static enum reply_state give_up(struct reply *r)
{
  if (!r->lines && take_line(r) == REPLY_BAD) return REPLY_BAD;
  return r->code >= 400 ? REPLY_OVER : REPLY_BAD;
}

/* a byte as evidence, unless the first line is over */
static void witness(struct reply *r, char c)
{
  if (r->lines || r->bytes > REPLY_LINE_MAX || r->first_len == REPLY_FIRST_MAX || c == '\r' || c == '\n') return;
  r->first[r->first_len++] = c < 32 || c == 127 ? '?' : c;
  r->first[r->first_len] = 0;
}

size_t reply_feed(struct reply *r, char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len && r->state == REPLY_MORE; i++) {
    witness(r, s[i]);
    if (s[i] == '\n') r->state = take_line(r);
    else if (r->line_len < REPLY_LINE_MAX) r->line[r->line_len++] = s[i];
    if (++r->bytes == REPLY_BYTES_MAX && r->state == REPLY_MORE) r->state = give_up(r);
  }
  return i;
}

void reply_status(struct reply const *r, char status[12])
{
  char class = (char)('0' + r->code / 100);
  size_t n = status_length(r->text, class);

  if (!n && r->code == 521) memcpy(status, "5.3.2", 6); /* RFC 7504 section 4: these two say it by the code alone */
  else if (!n && r->code == 556) memcpy(status, "5.1.10", 7);
  else if (n) snprintf(status, 12, "%.*s", (int)n, r->text);
  else snprintf(status, 12, "%c.0.0", class);
}

int reply_has_status(struct reply const *r)
{
  return status_length(r->text, (char)('0' + r->code / 100)) != 0;
}

int reply_unknown(struct reply const *r)
{
  return r->code == 500 || r->code == 502;
}

size_t reply_one_line(struct reply const *r, char *to, size_t max)
{
  char const *s = r->text;
  char class = (char)('0' + r->code / 100);
  size_t used = 0, first = status_length(s, class), n = 0;

  while (*s && used + 1 < max) {
    if (s == r->text || s[-1] == '\n') {
      n = status_length(s, class);
      if (s != r->text && n && n == first && !strncmp(s, r->text, n)) {
        s += n;                 /* this line's blank before the next text is the '\n' of the one before */
        if (*s == ' ') s++;
        continue;
      }
    }
    to[used++] = (unsigned char)*s < 32 || *s == 127 ? ' ' : *s;
    s++;
  }
  to[used] = 0;
  return used;
}
