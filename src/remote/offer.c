/* offer.c - see offer.h */

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "lib/conf/control.h"
#include "lib/io/log.h"
#include "remote/offer.h"

/* ENHANCEDSTATUSCODES (RFC 2034) is not among them: a status is known by its form, also in greetings before EHLO. */
static struct { char const *keyword; enum extension bit; } const extensions[] = {
  { "SIZE", EXT_SIZE },                 /* RFC 1870 */
  { "PIPELINING", EXT_PIPELINING },     /* RFC 2920 */
  { "8BITMIME", EXT_8BITMIME },         /* RFC 6152 */
  { "DSN", EXT_DSN },                   /* RFC 3461 */
  { "SMTPUTF8", EXT_SMTPUTF8 },         /* RFC 6531 */
  { "LIMITS", EXT_LIMITS },             /* RFC 9422 */
  { "CHUNKING", EXT_CHUNKING },         /* RFC 3030 */
};

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

/* the words of LIMITS: name=value (RFC 9422 section 3); RCPTDOMAINMAX is 1 in every transaction of ours */
static void limits(struct session *s, char const *line, size_t len)
{
  static char const rcpt[] = "RCPTMAX=", mail[] = "MAILMAX=";
  size_t at = 0, n;

  for (; at < len; at += n + 1) {
    char const *word = line + at;
    for (n = 0; at + n < len && word[n] != ' '; n++);
    if (n >= sizeof rcpt && !strncasecmp(word, rcpt, sizeof rcpt - 1))
      s->rcpt_max = number(word + sizeof rcpt - 1, n - sizeof rcpt + 1);
    if (n >= sizeof mail && !strncasecmp(word, mail, sizeof mail - 1))
      s->mail_max = number(word + sizeof mail - 1, n - sizeof mail + 1);
  }
}

/* one line of the answer to EHLO: keyword, blank, parameters (RFC 5321 4.1.1.1) */
static void offer(struct session *s, char const *line, size_t len)
{
  size_t i, n = 0;

  while (n < len && line[n] != ' ' && line[n] != '=') n++;
  for (i = 0; i < sizeof extensions / sizeof *extensions; i++) {
    if (n != strlen(extensions[i].keyword) || strncasecmp(line, extensions[i].keyword, n)) continue;
    s->offered |= extensions[i].bit;
    if (extensions[i].bit == EXT_SIZE && n < len) s->size_max = number(line + n + 1, len - n - 1);
    if (extensions[i].bit == EXT_LIMITS) limits(s, line + n, len - n);
  }
}

static enum extension known(char const *word, size_t len)
{
  size_t i;

  for (i = 0; i < sizeof extensions / sizeof *extensions; i++)
    if (len == strlen(extensions[i].keyword) && !strncasecmp(word, extensions[i].keyword, len))
      return extensions[i].bit;
  return 0;
}

/* the extensions in a line's value: KEYWORD,KEYWORD; *good becomes 0 when one of them is none */
static unsigned int named(char const *value, int *good)
{
  unsigned int all = 0;
  size_t len;

  for (; *value; value += len + (value[len] == ',')) {
    enum extension bit;
    len = strcspn(value, ",");
    bit = known(value, len);
    if (!bit) *good = 0;
    all |= bit;
  }
  return all;
}

int offer_start(void)
{
  int good = 1;
  size_t i;

  if (control_table("ehloignore", &ehloignore, 1) == -1) return -1;
  for (i = 0; i < ehloignore.n && good; i++) named(ehloignore.entries[i].value, &good);
  if (good) return 0;
  log_line("error: control/ehloignore must have extensions that mail-control(5) names; this is not: ",
           ehloignore.entries[i - 1].value);
  errno = EINVAL;
  return -1;
}

void offer_ignore(struct session *s, char const *name)
{
  char const *value = control_find_domain(&ehloignore, name, strlen(name));
  int good = 1;

  if (value) s->offered &= ~named(value, &good);
  if (!(s->offered & EXT_LIMITS)) s->rcpt_max = s->mail_max = 0;
}

void offer_none(struct session *s)
{
  s->offered = 0;
  s->size_max = s->rcpt_max = s->mail_max = 0;
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
