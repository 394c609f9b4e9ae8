/* field.c - see field.h */

#include <string.h>
#include <strings.h>

#include "user/field.h"

#define RESENT_LEN 7

static struct {
  char const *name;     /* the same with resent- in front is known as well */
  unsigned int flags;
} const known[] = {
  { "apparently-to", FIELD_RCPT },
  { "bcc", FIELD_RCPT | FIELD_DROP },
  { "cc", FIELD_RCPT | FIELD_SHOWN },
  { "content-length", FIELD_DROP },
  { "date", FIELD_DATE },
  { "errors-to", FIELD_STRICT },
  { "from", FIELD_STRICT | FIELD_FROM },
  { "mail-followup-to", FIELD_FOLLOWUP },
  { "message-id", FIELD_ID },
  { "reply-to", FIELD_STRICT },
  { "return-path", FIELD_STRICT | FIELD_PATH | FIELD_DROP },
  { "return-receipt-to", FIELD_STRICT },
  { "sender", FIELD_STRICT },
  { "to", FIELD_RCPT | FIELD_SHOWN },
};

size_t field_name_len(char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len && s[i] > 32 && s[i] < 127 && s[i] != ':'; i++)
    ;
  return i;
}

enum field_line field_line(char const *s, size_t len)
{
  size_t name = field_name_len(s, len), i = name;

  if (!len || s[0] == '\n') return FIELD_EMPTY;
  if (s[0] == ' ' || s[0] == '\t') return FIELD_CONTINUED;
  while (i < len && (s[i] == ' ' || s[i] == '\t')) i++;         /* RFC 5322 section 4.5.8 */
  if (name && i < len && s[i] == ':') return FIELD_LINE;
  for (i = 0; i < len && !strchr(" \t\n:", s[i]); i++)
    ;
  return i && i < len && s[i] == ':' ? FIELD_ILLEGAL : FIELD_BODY;
}

unsigned int field_flags(char const *name, size_t len)
{
  unsigned int i, resent = 0;

  if (len > RESENT_LEN && !strncasecmp(name, "resent-", RESENT_LEN)) {
    resent = FIELD_RESENT;
    name += RESENT_LEN;
    len -= RESENT_LEN;
  }
  for (i = 0; i < sizeof known / sizeof known[0]; i++)
    if (strlen(known[i].name) == len && !strncasecmp(known[i].name, name, len)) {
      unsigned int flags = known[i].flags | resent;
      return resent && flags & FIELD_PATH ? resent : flags;
    }
  return resent;
}

int field_hides_rcpts(char const *name, size_t len)
{
  unsigned int bits = FIELD_RCPT | FIELD_DROP;

  return (field_flags(name, len) & bits) == bits;
}
