/* offer.c - see offer.h */

#include <string.h>
#include <strings.h>

#include "lib/conf/control.h"
#include "lib/conf/login.h"
#include "remote/offer.h"

static struct control_table ehloignore;

/* a number of the host's; 0 when there is none, or none that can be one */
static uint64_t number(char const *s, size_t len)
{
  uint64_t n = 0;

  for (; len && *s >= '0' && *s <= '9'; s++, len--) {
    if (n > UINT64_MAX / 10 - 1) return 0;
    n = n * 10 + (uint64_t)(*s - '0');
  }
  return n;
}

static size_t word_length(char const *s, size_t len)
{
  char const *blank = memchr(s, ' ', len);

  return blank ? (size_t)(blank - s) : len;
}

/* the words of LIMITS: name=value (RFC 9422 section 3); RCPTDOMAINMAX is 1 in every transaction of ours */
static void limits(struct session *s, char const *line, size_t len)
{
  static char const rcpt[] = "RCPTMAX=", mail[] = "MAILMAX=";
  size_t at = 0, n;

  for (; at < len; at += n + 1) {
    char const *word = line + at;
    n = word_length(word, len - at);
    if (n >= sizeof rcpt && !strncasecmp(word, rcpt, sizeof rcpt - 1))
      s->rcpt_max = number(word + sizeof rcpt - 1, n - sizeof rcpt + 1);
    if (n >= sizeof mail && !strncasecmp(word, mail, sizeof mail - 1))
      s->mail_max = number(word + sizeof mail - 1, n - sizeof mail + 1);
  }
}

/* one line of the answer to EHLO: keyword, blank, parameters (RFC 5321 4.1.1.1) */
static void offer(struct session *s, char const *line, size_t len)
{
  unsigned int bit;
  size_t n = 0;

  while (n < len && line[n] != ' ' && line[n] != '=') n++;
  bit = keyword_bit(line, n);
  s->offered |= bit;
  if (bit == EXT_SIZE && n < len) s->size_max = number(line + n + 1, len - n - 1);
  if (bit == EXT_LIMITS) limits(s, line + n, len - n);
  if (bit == EXT_AUTH && n < len) s->mechanisms |= login_bits(line + n + 1, len - n - 1);
}

int offer_start(void)
{
  return control_table("ehloignore", &ehloignore, 1) == -1 ? -1 : 0;
}

void offer_ignore(struct session *s, char const *name)
{
  char const *value = control_find_domain(&ehloignore, name, strlen(name)), *bad;

  if (value) {
    s->offered &= ~keyword_bits(value, &bad);
    s->mechanisms &= ~login_bits(value, strlen(value));
  }
  if (!(s->offered & EXT_AUTH)) s->mechanisms = 0;
  if (!(s->offered & EXT_LIMITS)) s->rcpt_max = s->mail_max = 0;
}

/* the first line is the host's name and greeting */
void offer_read(struct session *s)
{
  char const *line = s->reply.text;

  while ((line = strchr(line, '\n'))) {
    line++;
    offer(s, line, strcspn(line, "\n"));
  }
}
