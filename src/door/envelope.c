/* envelope.c - see envelope.h */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "door/envelope.h"
#include "door/limits.h"
#include "lib/io/io.h"
#include "lib/msg/crc32.h"
#include "lib/msg/id.h"

#define FIRST_LINE "bulkhead envelope 1\n"
#define FIRST_LEN (sizeof FIRST_LINE - 1)
#define HEAD_MAX 256            /* first line, I, L, K and U records */
#define END_MAX 32              /* the Z record */
#define FILE_MAX (HEAD_MAX + ENVELOPE_BYTES_MAX + END_MAX)

#define OWN_PARAMETER 'm'       /* of mail-queued: no submitter may set it */

int envelope_records_ok(char const *s, size_t len)
{
  size_t at = 0, count = 0;

  if (!len || len > ENVELOPE_BYTES_MAX) return len ? 11 : 91;
  while (at < len) {
    char const *end = memchr(s + at, 0, len - at);
    if (!end) return 91;
    if (s[at] != (count ? 'T' : 'F') && !(count && param_is(s[at]) && s[at] != OWN_PARAMETER)) return 91;
    if ((size_t)(end - (s + at)) - 1 > ADDRESS_MAX) return 11;
    count++;
    at = (size_t)(end - s) + 1;
  }
  return 0;
}

int envelope_make(stralloc *text, char const *id, uint64_t bytes, uint32_t crc, uid_t uid, char const *records,
                  size_t records_len)
{
  char *s;
  size_t n;

  if (records_len > ENVELOPE_BYTES_MAX) {
    errno = EFBIG;
    return -1;
  }
  text->len = 0;
  if (!stralloc_ready(text, HEAD_MAX + records_len + END_MAX)) return -1;
  s = text->s;
  n = (size_t)snprintf(s, HEAD_MAX, FIRST_LINE "I%s%cL%llu%cK%08lx%cU%lu%c", id, 0, (unsigned long long)bytes, 0,
                       (unsigned long)crc, 0, (unsigned long)uid, 0);
  memcpy(s + n, records, records_len);
  n += records_len;
  text->len = n + (size_t)snprintf(s + n, END_MAX, "Z%zu %08lx", n, (unsigned long)crc32_add(0, s, n)) + 1;
  return 0;
}

/* Is the end record there, and does it agree with what stands before it? Its place, or 0. */
static size_t find_end(char const *s, size_t len)
{
  char end[END_MAX];
  size_t at = len < 2 ? 0 : len - 2, n;

  if (len < FIRST_LEN + 2 || s[len - 1]) return 0;
  while (at && s[at]) at--;
  at++;
  n = (size_t)snprintf(end, sizeof end, "Z%zu %08lx", at, (unsigned long)crc32_add(0, s, at)) + 1;
  return n == len - at && !memcmp(s + at, end, n) ? at : 0;
}

/* a number that fills the string; 0 when it is none or does not fit */
static int number(char const *s, int base, uint64_t max, uint64_t *u)
{
  uint64_t n = 0;

  if (!*s) return 0;
  for (; *s; s++) {
    unsigned int d = *s >= '0' && *s <= '9' ? (unsigned int)(*s - '0')
                   : base == 16 && *s >= 'a' && *s <= 'f' ? (unsigned int)(*s - 'a') + 10 : 99;
    if (d > 15 || (base == 10 && d > 9) || n > (max - d) / (unsigned int)base) return 0;
    n = n * (unsigned int)base + d;
  }
  *u = n;
  return 1;
}

static int take_record(struct envelope *e, size_t at)
{
  char const *value = e->text + at + 1;
  uint64_t u = 0;

  switch (e->text[at]) {
    case 'I': e->id = value; return id_ok(value);
    case 'L': return number(value, 10, INT64_MAX, &e->bytes);
    case 'K': if (!number(value, 16, UINT32_MAX, &u)) return 0; e->crc = (uint32_t)u; return 1;
    case 'U': if (!number(value, 10, UINT32_MAX, &u)) return 0; e->uid = (uid_t)u; return 1;
    case 'F': e->sender = value; return 1;
    case 'T': e->rcpt[e->rcpts++] = (uint32_t)at + 1; return 1;
    default: return param_is(e->text[at]);
  }
}

struct param_run envelope_params(struct envelope const *e, uint32_t i)
{
  char const *s = i == ENVELOPE_SENDER ? e->sender : envelope_rcpt(e, i), *end;

  s += strlen(s) + 1;
  for (end = s; param_is(*end); end += strlen(end) + 1);
  return (struct param_run){ s, (size_t)(end - s) };
}

char const *envelope_param(struct envelope const *e, uint32_t i, char letter)
{
  return param_get(envelope_params(e, i), letter);
}

static size_t count_rcpts(char const *s, size_t at, size_t end)
{
  size_t n = 0;

  for (; at < end; at += strlen(s + at) + 1) n += s[at] == 'T';
  return n;
}

/* The order I L K U F T... is fixed; parameters stand between. */
static int order_ok(char const *s, size_t at, size_t end)
{
  char const *want = "ILKUF";

  for (; at < end; at += strlen(s + at) + 1) {
    if (*want) {
      if (s[at] != *want++) return 0;
    }
    else if (s[at] != 'T' && !param_is(s[at])) return 0;
    if (strchr("FT", s[at]) && strlen(s + at) - 1 > ADDRESS_MAX) return 0;
  }
  return !*want;
}

static int parse(struct envelope *e, char const *id)
{
  size_t at = FIRST_LEN, end = find_end(e->text, e->len);

  if (!end || memcmp(e->text, FIRST_LINE, FIRST_LEN) || !order_ok(e->text, at, end)) return 0;
  e->rcpt = calloc(count_rcpts(e->text, at, end) + 1, sizeof *e->rcpt);
  if (!e->rcpt) return -1;
  for (; at < end; at += strlen(e->text + at) + 1)
    if (!take_record(e, at)) return 0;
  return !strcmp(e->id, id);
}

int envelope_read(struct envelope *e, int fd, char const *id)
{
  struct stat st;
  ssize_t got;
  int r;

  *e = (struct envelope){ 0 };
  if (fstat(fd, &st) == -1) return -1;
  if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX || st.st_size < (off_t)FIRST_LEN) return 0;
  e->text = malloc((size_t)st.st_size);
  if (!e->text) return -1;
  got = io_read(fd, e->text, (size_t)st.st_size);
  e->len = got < 0 ? 0 : (size_t)got;
  r = got < 0 ? -1 : parse(e, id);
  if (r != 1) {
    int saved = errno;
    envelope_free(e);
    errno = saved;
  }
  return r;
}

/* Bytes of a recipient with its parameters. */
static size_t record_len(struct envelope const *e, uint32_t i)
{
  struct param_run p = envelope_params(e, i);

  return (size_t)(p.s + p.len - envelope_rcpt(e, i)) + 1;
}

int envelope_cut(struct envelope *e, uint32_t const *keep, uint32_t n)
{
  size_t head = e->rcpts ? e->rcpt[0] - 1 : e->len, len = head;
  uint32_t *rcpt = calloc(n + 1, sizeof *rcpt), i;
  char *text;

  for (i = 0; i < n; i++) len += record_len(e, keep[i]);
  text = rcpt ? malloc(len + 1) : 0;
  if (!text) {
    free(rcpt);
    return -1;
  }
  memcpy(text, e->text, head);
  for (i = 0, len = head; i < n; len += record_len(e, keep[i++])) {
    memcpy(text + len, envelope_rcpt(e, keep[i]) - 1, record_len(e, keep[i]));
    rcpt[i] = (uint32_t)len + 1;
  }
  text[len] = 0;                /* ends the last one's parameters */
  e->id = text + (e->id - e->text);
  e->sender = text + (e->sender - e->text);
  free(e->text);
  free(e->rcpt);
  e->text = text;
  e->rcpt = rcpt;
  e->len = len;
  return 0;
}

void envelope_free(struct envelope *e)
{
  free(e->text);
  free(e->rcpt);
  *e = (struct envelope){ 0 };
}
