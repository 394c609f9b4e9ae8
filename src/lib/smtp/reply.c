/* reply.c - see reply.h */

#include <stdio.h>
#include <string.h>

#include "lib/smtp/reply.h"
#include "lib/smtp/status.h"

void reply_start(struct reply *r)
{
  r->state = REPLY_MORE;
  r->code = r->lines = 0;
  r->len = r->line_len = 0;
  r->text[0] = 0;
}

static int digit(char c)
{
  return c >= '0' && c <= '9';
}

/* one line without its end */
static enum reply_state take_line(struct reply *r)
{
  char const *s = r->line;
  size_t len = r->line_len, n;
  unsigned int code;

  if (len && s[len - 1] == '\r') len--;
  r->line_len = 0;
  if (len < 3 || s[0] < '2' || s[0] > '5' || !digit(s[1]) || !digit(s[2])) return REPLY_BAD;
  if (len > 3 && s[3] != ' ' && s[3] != '-') return REPLY_BAD;
  if (memchr(s, '\r', len) || memchr(s, 0, len)) return REPLY_BAD;
  code = (unsigned int)(s[0] - '0') * 100 + (unsigned int)(s[1] - '0') * 10 + (unsigned int)(s[2] - '0');
  if ((r->lines && code != r->code) || ++r->lines > REPLY_LINES_MAX) return REPLY_BAD;
  r->code = code;
  if (r->lines > 1 && r->len < REPLY_TEXT_MAX) r->text[r->len++] = '\n';
  n = len > 4 ? len - 4 : 0;
  if (n > REPLY_TEXT_MAX - r->len) n = REPLY_TEXT_MAX - r->len;
  memcpy(r->text + r->len, s + 4, n);
  r->len += n;
  r->text[r->len] = 0;
  return len > 3 && s[3] == '-' ? REPLY_MORE : REPLY_DONE;
}

size_t reply_feed(struct reply *r, char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len && r->state == REPLY_MORE; i++)
    if (s[i] == '\n') r->state = take_line(r);
    else if (r->line_len == REPLY_LINE_MAX) r->state = REPLY_BAD;
    else r->line[r->line_len++] = s[i];
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
