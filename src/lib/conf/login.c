/* login.c - see login.h */

#include <string.h>
#include <strings.h>
#include <sys/un.h>

#include "lib/conf/login.h"
#include "lib/smtp/keyword.h"

static char const *const names[MECHANISMS] = { "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN" };

enum mechanism login_mechanism(char const *name)
{
  unsigned int m = 0;

  while (m < MECHANISMS && strcasecmp(name, names[m])) m++;
  return (enum mechanism)m;
}

/* the bit of one, or 0 */
static unsigned int bit(char const *s, size_t len)
{
  unsigned int m;

  for (m = 0; m < MECHANISMS; m++)
    if (strlen(names[m]) == len && !strncasecmp(names[m], s, len)) return 1U << m;
  return 0;
}

unsigned int login_bits(char const *words, size_t len)
{
  unsigned int all = 0;
  size_t at, from = 0;

  for (at = 0; at <= len; at++) {
    if (at < len && words[at] != ' ' && words[at] != ',') continue;
    all |= bit(words + from, at - from);
    from = at + 1;
  }
  return all;
}

int login_ignore_ok(char const *s)
{
  size_t len = strcspn(s, ",");

  if (!(keyword_bit(s, len) & ~(unsigned int)EXT_ENHANCEDSTATUSCODES) && !bit(s, len)) return 0;
  return !s[len] || login_ignore_ok(s + len + 1);
}

void login_words(char words[LOGIN_WORDS_MAX], unsigned int set, int binding)
{
  unsigned int m;
  char *end = words;

  if (!binding) set &= ~(1U << MECHANISM_SCRAM_PLUS);
  for (m = 0; m < MECHANISMS; m++) {
    if (!(set >> m & 1)) continue;
    *end++ = ' ';
    end = stpcpy(end, names[m]);
  }
  *end = 0;
}

static int is_socket(char const *path)
{
  return *path == '/' && strlen(path) < sizeof ((struct sockaddr_un *)0)->sun_path && !strpbrk(path, " \t");
}

static int is_program(char const *line)
{
  unsigned int words = 0;
  char const *s;

  for (s = line; *s; s += strspn(s, " \t")) {
    words++;
    s += strcspn(s, " \t");
  }
  return *line == '/' && words <= BACKEND_WORDS_MAX && strlen(line) < BACKEND_LINE_MAX;
}

/* what comes behind a word and blanks, or null */
static char const *behind(char const *line, char const *word)
{
  size_t len = strlen(word);

  if (strncmp(line, word, len) || !strspn(line + len, " \t")) return 0;
  return line + len + strspn(line + len, " \t");
}

enum backend login_backend(char const *line, char const **rest)
{
  *rest = "";
  if (!strcmp(line, "file")) return BACKEND_FILE;
  if ((*rest = behind(line, "checkpassword"))) return is_program(*rest) ? BACKEND_CHECKPASSWORD : BACKEND_BAD;
  if ((*rest = behind(line, "dovecot"))) return is_socket(*rest) ? BACKEND_DOVECOT : BACKEND_BAD;
  return BACKEND_BAD;
}

/* printable, without a blank; at most one *, which is all of it or the last before the @ */
static int is_pattern(char const *s, size_t len)
{
  char const *at = memrchr(s, '@', len), *star = memchr(s, '*', len);
  size_t i;

  for (i = 0; i < len; i++)
    if ((unsigned char)s[i] <= ' ' || s[i] == 127) return 0;
  if (len == 1 && star) return 1;
  return at && at + 1 < s + len && (!star || star + 1 == at);
}

int login_senders_ok(char const *s)
{
  size_t len;

  for (;; s += len + 1) {
    len = strcspn(s, ",");
    if (!is_pattern(s, len)) return 0;
    if (!s[len]) return 1;
  }
}
