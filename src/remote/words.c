/* words.c - see words.h */

#include <stdio.h>
#include <string.h>

#include "lib/smtp/status.h"
#include "remote/words.h"

void words_start(struct words *w, uint32_t n)
{
  w->state = WORDS_RCPTS;
  w->n = n;
  w->said = 0;
  w->bytes = 0;
  w->message.letter = w->now.letter = 0;
  w->now.len = 0;
}

/* a word is whole */
static void take(struct words *w)
{
  char letter = w->now.letter;

  w->now.text[w->now.len] = 0;
  if (letter && strchr("rhs", letter) && w->said < w->n) w->rcpt[w->said++] = w->now;
  else if (letter && strchr("KZD", letter)) {
    w->message = w->now;
    w->state = WORDS_OVER;
  }
  else w->state = WORDS_BAD;
  w->now.letter = 0;
  w->now.len = 0;
}

int words_feed(struct words *w, char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len && w->state == WORDS_RCPTS; i++)
    if (!s[i]) take(w);
    else if (!w->now.letter) w->now.letter = s[i];
    else if (w->now.len < TEXT_MAX) w->now.text[w->now.len++] = s[i];
  w->bytes += len;
  return w->bytes <= WORDS_BYTES_MAX;
}

/* one line: a status of the result's class, that of the text if it has one, then who says so */
static void tell(char to[TEXT_MAX + 1], enum result result, char const *name, char const *text)
{
  char class = result == RESULT_DONE ? '2' : result == RESULT_FAILED ? '5' : '4', *s;
  char standard[] = { class, '.', '0', '.', '0', 0 };
  size_t n = status_length(text, class);

  snprintf(to, TEXT_MAX + 1, "%.*s %.200s%s%s", n ? (int)n : 5, n ? text : standard, name, text[n] ? ":" : "",
           text[n] == ' ' || !text[n] ? "" : " ");
  snprintf(to + strlen(to), TEXT_MAX + 1 - strlen(to), "%s", text + n);
  for (s = to; *s; s++)
    if ((unsigned char)*s < 32 || *s == 127) *s = ' ';
  while (s > to && s[-1] == ' ') *--s = 0;
}

static enum result result_of(char letter)
{
  return letter == 'K' ? RESULT_DONE : letter == 'D' || letter == 'h' ? RESULT_FAILED : RESULT_LATER;
}

/* the word that decides about the recipient of a place, or null */
static struct word const *deciding(struct words const *w, uint32_t place)
{
  if (!w->said && w->message.letter != 'K') return &w->message;
  if (place >= w->said) return 0;
  return w->rcpt[place].letter == 'r' ? &w->message : w->rcpt + place;
}

void words_settle(struct words const *w, char const *name, struct outcome *o)
{
  char text[TEXT_MAX + 1];
  uint32_t i, place = 0;

  for (i = o->from; i < o->to; i++) {
    struct word const *word = w->state == WORDS_OVER ? deciding(w, place) : 0;
    enum result result = word ? result_of(word->letter) : RESULT_LATER;
    if (!o->rcpt[i].asked) continue;
    place++;
    tell(text, result, name, word ? word->text : w->state == WORDS_OVER ? "4.3.0 said nothing about this recipient" :
         "4.3.0 did not report in the form of qmail-remote");
    outcome_set(o, i, result, text);
    o->rcpt[i].unasked = 1;     /* no program is told what the sender wants to know */
  }
}
