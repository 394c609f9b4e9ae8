/* logline.c - see logline.h */

#include <string.h>

#include "log/logline.h"

#define NUMBER_DIGITS 18
#define PROGRAM "mail-"
#define PROGRAM_MAX 20

static int is_digit(char c)
{
  return c >= '0' && c <= '9';
}

/* Length of a form at the beginning of s: 0 stands for a digit, a for a hexadecimal one, ? for any byte. 0: it is
   none. */
static size_t form(char const *s, size_t len, char const *f)
{
  size_t i;

  for (i = 0; f[i]; i++) {
    if (i == len) return 0;
    if (f[i] == '0' ? !is_digit(s[i])
        : f[i] == 'a' ? !is_digit(s[i]) && !(s[i] >= 'a' && s[i] <= 'f') : f[i] != '?' && f[i] != s[i]) return 0;
  }
  return i;
}

/* Length of the stamp and the blanks behind it. */
static size_t stamp(char const *s, size_t len)
{
  size_t n = form(s, len, "@aaaaaaaaaaaaaaaaaaaaaaaa ");

  if (!n) {
    n = form(s, len, "0000-00-00?00:00:00");
    if (!n) return 0;
    if (n < len && s[n] == '.') for (n++; n < len && is_digit(s[n]); n++);
    if (n == len || s[n] != ' ') return 0;
  }
  while (n < len && s[n] == ' ') n++;
  return n;
}

int logline_read(struct logline *l, char const *s, size_t len)
{
  size_t n = stamp(s, len), start = n;

  if (len - n <= sizeof PROGRAM || memcmp(s + n, PROGRAM, sizeof PROGRAM - 1)) return 0;
  while (n < len && n - start < PROGRAM_MAX && ((s[n] >= 'a' && s[n] <= 'z') || s[n] == '-')) n++;
  if (len - n < 2 || s[n] != ':' || s[n + 1] != ' ') return 0;
  *l = (struct logline){ s + start, n - start, s + n + 2, len - n - 2 };
  return 1;
}

int logline_of(struct logline const *l, char const *program)
{
  return l->program_len == strlen(program) && !memcmp(l->program, program, l->program_len);
}

int logline_begins(struct logline const *l, char const *words)
{
  size_t n = strlen(words);

  return l->len >= n && !memcmp(l->s, words, n);
}

/* The next word, up to a blank; 0 at the end. */
static size_t word(struct logline const *l, size_t *at, char const **s)
{
  char const *end;
  size_t n;

  while (*at < l->len && l->s[*at] == ' ') ++*at;
  *s = l->s + *at;
  end = memchr(*s, ' ', l->len - *at);
  n = end ? (size_t)(end - *s) : l->len - *at;
  *at += n;
  return n;
}

/* The next field, after the words that a line begins with; 0 where the fields end. What follows is at *at. */
static size_t field(struct logline const *l, size_t *at, char const **s)
{
  size_t n;
  int first = !*at;

  while ((n = word(l, at, s)))
    if (memchr(*s, '=', n)) return n;
    else if (!first) break;
  *at = n ? (size_t)(*s - l->s) : l->len;
  return 0;
}

int logline_field(struct logline const *l, char const *name, char const **value, size_t *len)
{
  size_t at = 0, n, name_len = strlen(name);
  char const *s;

  while ((n = field(l, &at, &s))) {
    int reply = n > 5 && !memcmp(s, "reply=", 6);
    if (n > name_len && s[name_len] == '=' && !memcmp(s, name, name_len)) {
      *value = s + name_len + 1;
      *len = reply ? (size_t)(l->s + l->len - *value) : n - name_len - 1;
      return 1;
    }
    if (reply) return 0;        /* the rest is a stranger's */
  }
  return 0;
}

size_t logline_reason(struct logline const *l, char const **reason)
{
  size_t at = 0;
  char const *s;

  while (field(l, &at, &s));
  *reason = l->s + at;
  return l->len - at;
}

size_t logline_number(char const *s, size_t len, unsigned long long *n)
{
  size_t i;

  *n = 0;
  for (i = 0; i < len && i < NUMBER_DIGITS && is_digit(s[i]); i++) *n = *n * 10 + (unsigned int)(s[i] - '0');
  return i;
}
