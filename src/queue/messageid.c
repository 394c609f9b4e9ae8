/* messageid.c - see messageid.h */

#include <string.h>
#include <strings.h>

#include "queue/messageid.h"

#define NAME "message-id"
#define NAME_LEN (sizeof NAME - 1)

#define is_blank(c) ((c) == ' ' || (c) == '\t')

void messageid_start(struct messageid *m)
{
  m->at = MESSAGEID_NAME;
  m->matched = m->len = 0;
  m->text[0] = 0;
}

void messageid_end(struct messageid *m)
{
  while (m->len && m->text[m->len - 1] == ' ') m->len--;
  m->text[m->len] = 0;
  m->at = MESSAGEID_END;
}

static void keep(struct messageid *m, char c)
{
  if (m->len == MESSAGEID_MAX || (!m->len && is_blank(c))) return;
  m->text[m->len++] = c == '\t' ? ' ' : c < ' ' || c > '~' ? '?' : c;
}

/* A byte of a line that may be the field: where its name stands, or between that and the colon. */
static void name(struct messageid *m, char c)
{
  if (m->at == MESSAGEID_NAME && m->matched < NAME_LEN && !strncasecmp(&c, &NAME[m->matched], 1)) m->matched++;
  else if (m->matched == NAME_LEN && c == ':') m->at = MESSAGEID_VALUE;
  else if (m->matched == NAME_LEN && is_blank(c)) m->at = MESSAGEID_COLON;
  else m->at = MESSAGEID_OTHER;
}

static void line_end(struct messageid *m)
{
  if (m->at == MESSAGEID_VALUE) m->at = MESSAGEID_FOLD;
  else if (m->at == MESSAGEID_FOLD || (m->at == MESSAGEID_NAME && !m->matched)) messageid_end(m);
  else {
    m->at = MESSAGEID_NAME;
    m->matched = 0;
  }
}

static void feed(struct messageid *m, char c)
{
  if (c == '\n') line_end(m);
  else if (m->at == MESSAGEID_NAME || m->at == MESSAGEID_COLON) name(m, c);
  else if (m->at == MESSAGEID_VALUE) keep(m, c);
  else if (m->at == MESSAGEID_FOLD && !is_blank(c)) messageid_end(m);
  else if (m->at == MESSAGEID_FOLD) {
    m->at = MESSAGEID_VALUE;
    keep(m, c);
  }
}

void messageid_feed(struct messageid *m, char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len && m->at != MESSAGEID_END; i++) {
    if (m->at == MESSAGEID_OTHER) {     /* most of a header is lines of no interest */
      char const *end = memchr(s + i, '\n', len - i);
      if (!end) return;
      i = (size_t)(end - s);
    }
    feed(m, s[i]);
  }
}
