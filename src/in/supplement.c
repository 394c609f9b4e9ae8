/* supplement.c - see supplement.h */

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "in/supplement.h"
#include "lib/addr/quote.h"
#include "lib/msg/date.h"
#include "lib/msg/newid.h"

enum { FROM, DATE, ID, FIELDS };

static char const *const names[FIELDS] = { "From", "Date", "Message-ID" };

void supplement_start(struct supplement *s, char const *from, char const *host,
                      void (*sink)(void *, char const *, size_t), void *to)
{
  *s = (struct supplement){ .from = from, .host = host, .sink = sink, .to = to };
}

static void put(struct supplement *s, char const *text)
{
  s->sink(s->to, text, strlen(text));
}

static void add(struct supplement *s, unsigned int field, char const *value)
{
  put(s, names[field]);
  put(s, ": ");
  put(s, value);
  put(s, "\n");
}

static void add_author(struct supplement *s)
{
  stralloc sa = STRALLOC_ZERO;

  if (*s->from && quote_address(&sa, s->from, strlen(s->from)) && stralloc_0(&sa)) add(s, FROM, sa.s);
  stralloc_free(&sa);
}

/* The header is over: what it lacks. */
static void complete(struct supplement *s)
{
  char date[DATE_MAX], id[NEWID_MAX];

  date_format(date, time(0));
  if (!(s->seen >> FROM & 1)) add_author(s);
  if (!(s->seen >> DATE & 1)) add(s, DATE, date);
  if (!(s->seen >> ID & 1) && newid(id, s->host)) add(s, ID, id);
  s->state = SUPPLEMENT_BODY;
}

/* a field's name, whole */
static void note(struct supplement *s, size_t len)
{
  unsigned int i;

  for (i = 0; i < FIELDS; i++)
    if (strlen(names[i]) == len && !strncasecmp(names[i], s->held, len)) s->seen |= 1U << i;
  s->state = SUPPLEMENT_FIELD;
  s->fields = 1;
}

static int is_blank(char c)
{
  return c == ' ' || c == '\t';
}

/* Can it go on with this byte, behind a name of so many? */
static int may_be_name(struct supplement const *s, size_t name, char c)
{
  if (s->len + 1 == SUPPLEMENT_HELD_MAX) return 0;
  return is_blank(c) ? name != 0 : c > ' ' && c <= '~' && name == s->len;
}

/* One more byte of what may be a name: a field's first bytes end in a colon, before it blanks may stand. */
static void hold(struct supplement *s, char c)
{
  size_t name = s->len;

  while (name && is_blank(s->held[name - 1])) name--;
  if (c == ':' && name) note(s, name);
  else if (is_blank(c) && !s->len && s->fields) s->state = SUPPLEMENT_FIELD;
  else if (c == '\n' && !s->len) complete(s);
  else if (!may_be_name(s, name, c)) {
    complete(s);
    put(s, "\n");
  }
  s->held[s->len++] = c;
  if (s->state != SUPPLEMENT_NAME) {
    s->sink(s->to, s->held, s->len);
    s->len = 0;
  }
}

void supplement_feed(struct supplement *s, char const *text, size_t len)
{
  while (len) {
    char const *end = s->state == SUPPLEMENT_FIELD ? memchr(text, '\n', len) : 0;
    size_t n = s->state == SUPPLEMENT_NAME ? 1 : end ? (size_t)(end + 1 - text) : len;
    if (s->state == SUPPLEMENT_NAME) hold(s, *text);
    else s->sink(s->to, text, n);
    if (end) s->state = SUPPLEMENT_NAME;
    text += n;
    len -= n;
  }
}

/* what is held is no field: it has no colon */
void supplement_end(struct supplement *s)
{
  if (s->state == SUPPLEMENT_BODY) return;
  if (s->state == SUPPLEMENT_FIELD) put(s, "\n");
  complete(s);
  if (s->len) put(s, "\n");
  s->sink(s->to, s->held, s->len);
}
