/* told.c - see told.h */

#include <stdio.h>
#include <string.h>

#include "lib/dns/ask.h"
#include "remote/told.h"

enum result told_unanswered(char why[TEXT_MAX + 1], char const *domain, char const *what)
{
  char asked[DNS_ASKED_MAX];

  dns_asked(asked);
  snprintf(why, TEXT_MAX + 1, "4.4.3 %.255s cannot be looked up now: no answer for its %s" TOLD_END " (asked %.160s)",
           domain, what, asked);
  return RESULT_LATER;
}

void told_name(char to[TOLD_NAME_MAX], char const *relay, int own)
{
  if (own) snprintf(to, TOLD_NAME_MAX, TOLD("%s", TOLD_HOST), relay);
  else snprintf(to, TOLD_NAME_MAX, "%s", relay);
}

void told_read(char const *marked, char text[TEXT_MAX + 1], struct report_rcpt *r)
{
  enum { NONE, NAME, WORDS, OVER } marks = NONE;
  uint32_t len = 0, end = 0;
  int ended = 0, skip = 0;
  char const *s;

  r->from = r->to = r->cut = 0;
  r->words_len = 0;
  r->text = marked;
  r->text_len = strcspn(marked, TOLD_OPEN TOLD_ELSE TOLD_CLOSE TOLD_END);
  if (!marked[r->text_len] && r->text_len <= TEXT_MAX) return;
  for (s = marked; *s; s++)
    if (*s == *TOLD_END || (*s == *TOLD_OPEN && marks != NONE)) {
      if (!ended) end = len;
      ended = 1;
    }
    else if (*s == *TOLD_OPEN) {
      marks = NAME;
      r->from = len;
    }
    else if (*s == *TOLD_ELSE) {
      skip = 1;
      if (marks == NAME) {
        marks = WORDS;
        r->to = len;
        r->words = s + 1;
      }
    }
    else if (*s == *TOLD_CLOSE) {
      skip = 0;
      if (marks == WORDS) marks = OVER;
    }
    else if (!skip && len < TEXT_MAX) text[len++] = *s;
    else if (marks == WORDS && r->words_len < REPORT_WORDS_MAX) r->words_len++;
  text[len] = 0;
  while (ended && end > r->to && strchr(": ", text[end - 1])) end--;    /* what was to follow is not for a bounce */
  if (marks == NAME) r->to = len;
  r->text = text;
  r->text_len = len;
  r->cut = ended ? len - end : 0;
}

void told_hide(struct report_rcpt *r, char const *name, char const *words)
{
  char const *s = memmem(r->text, r->text_len, name, strlen(name));

  if (!s) return;
  r->from = (uint32_t)(s - r->text);
  r->to = r->from + (uint32_t)strlen(name);
  r->words = words;
  r->words_len = strlen(words);
}
