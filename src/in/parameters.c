/* parameters.c - see parameters.h */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "in/extensions.h"
#include "in/parameters.h"
#include "lib/smtp/notify.h"
#include "lib/smtp/xtext.h"

#define SIZE_DIGITS 20          /* RFC 1870 3 */
#define NAME_SHOWN 40           /* bytes of a parameter that a refusal repeats */

static char const unknown[] = "555 5.5.4 this parameter is not known here: ";
static char const not_offered[] = "555 5.5.4 this parameter is of an extension that is not offered here";
static char const twice[] = "501 5.5.4 this parameter is there twice: ";
static char const no_blank[] = "501 5.5.4 behind the address a blank is needed before anything else";
static char const bad_size[] = "501 5.5.4 SIZE= is a number of bytes, of up to 20 digits";
static char const bad_body[] = "501 5.5.4 BODY= is 7BIT or 8BITMIME";
static char const bad_ret[] = "501 5.5.4 RET= is FULL or HDRS";
static char const bad_envid[] = "501 5.5.4 ENVID= is up to 100 characters of xtext";
static char const bad_utf8[] = "501 5.5.4 SMTPUTF8 has no value";
static char const bad_auth[] = "501 5.5.4 AUTH= is <> or an address, up to 500 characters of xtext";
static char const bad_notify[] = "501 5.5.4 NOTIFY= is NEVER, or a list of SUCCESS, FAILURE, DELAY without doubles";
static char const bad_orcpt[] = "501 5.5.4 ORCPT= is a type, a semicolon, an address in xtext: 500 characters at most";

/* One record; it is no longer than what it was made from, so there is room. */
static void keep(struct parameters *p, char letter, char const *value)
{
  size_t len = strlen(value) + 1;

  p->kept[p->len++] = letter;
  memcpy(p->kept + p->len, value, len);
  p->len += len;
}

/* --- of MAIL. Each taker returns null or a refusal. */

static char const *take_size(struct parameters *p, char const *value)
{
  size_t len = strspn(value, "0123456789");

  if (!len || value[len] || len > SIZE_DIGITS) return bad_size;
  p->size = strtoull(value, 0, 10);     /* what does not fit becomes the largest */
  return 0;
}

static char const *take_body(struct parameters *p, char const *value)
{
  if (!strcasecmp(value, "7BIT")) return 0;
  if (strcasecmp(value, "8BITMIME")) return bad_body;
  keep(p, 'b', "8");
  return 0;
}

static char const *take_ret(struct parameters *p, char const *value)
{
  int full = !strcasecmp(value, "FULL");

  if (!full && strcasecmp(value, "HDRS")) return bad_ret;
  keep(p, 'r', full ? "FULL" : "HDRS");
  return 0;
}

static char const *take_envid(struct parameters *p, char const *value)
{
  size_t len = strlen(value);

  if (!len || len > XTEXT_ENVID_MAX || !xtext_ok(value, len)) return bad_envid;
  keep(p, 'e', value);
  return 0;
}

static char const *take_utf8(struct parameters *p, char const *value)
{
  if (*value) return bad_utf8;
  p->utf8 = 1;
  keep(p, 'u', "");
  return 0;
}

/* Whom a client says that it has the message from (RFC 4954 5): nobody is believed that here. */
static char const *take_auth(struct parameters *p, char const *value)
{
  size_t len = strlen(value);

  (void)p;
  return len && len <= XTEXT_ORCPT_MAX && xtext_ok(value, len) ? 0 : bad_auth;
}

/* --- of RCPT */

static char const *take_notify(struct parameters *p, char const *value)
{
  char const *list = notify_text(notify_bits(value));

  if (!list) return bad_notify;
  keep(p, 'n', list);
  return 0;
}

/* addr-type ";" xtext (RFC 3461 4.2); the type utf-8 has an encoding of its own (RFC 6533 3) */
static char const *take_orcpt(struct parameters *p, char const *value)
{
  size_t len = strlen(value), type = strcspn(value, ";");
  char const *address = value + type + 1;

  if (len > XTEXT_ORCPT_MAX || !xtext_atom(value, type) || type + 1 >= len) return bad_orcpt;
  if (type == 5 && !strncasecmp(value, "utf-8", 5)) {
    if (!xtext_utf8_ok(address, p->utf8)) return bad_orcpt;
  }
  else if (!xtext_ok(address, len - type - 1)) return bad_orcpt;
  keep(p, 'o', value);
  return 0;
}

/* --- the list */

struct parameter {
  char const *name;
  char const *(*take)(struct parameters *, char const *value);
  unsigned int extension;       /* it is one of: where that is not offered it must be refused (RFC 5321 4.1.1.11) */
};

static struct parameter const of_mail[] = {
  { "SIZE", take_size, EXT_SIZE },
  { "BODY", take_body, EXT_8BITMIME },    /* any message may have 8-bit text */
  { "RET", take_ret, EXT_DSN },
  { "ENVID", take_envid, EXT_DSN },
  { "SMTPUTF8", take_utf8, EXT_SMTPUTF8 },
  { "AUTH", take_auth, EXT_AUTH },
  { 0, 0, 0 }
};

static struct parameter const of_rcpt[] = {
  { "NOTIFY", take_notify, EXT_DSN },
  { "ORCPT", take_orcpt, EXT_DSN },
  { 0, 0, 0 }
};

/* A refusal that names the parameter, in ASCII, in the place of what was kept. */
static char const *refuse(struct parameters *p, char const *why, char const *word)
{
  char *c;

  p->len = 0;
  snprintf(p->kept, sizeof p->kept, "%s%.*s", why, NAME_SHOWN, word);
  for (c = p->kept; *c; c++)
    if (*c < 32 || *c > 126) *c = '?';
  return p->kept;
}

static char const *take_one(struct parameters *p, struct parameter const *known, unsigned int absent, char *word)
{
  char *value = strchr(word, '=');
  unsigned int i;

  if (value) *value++ = 0;
  for (i = 0; known[i].name; i++) {
    if (strcasecmp(known[i].name, word)) continue;
    if (known[i].extension & absent || extension_hidden(known[i].extension)) return not_offered;
    if (p->seen & 1U << i) return refuse(p, twice, word);
    p->seen |= 1U << i;
    return known[i].take(p, value ? value : "");
  }
  return refuse(p, unknown, word);
}

/* absent: extensions that are not offered to this client */
static char const *take_all(struct parameters *p, struct parameter const *known, unsigned int absent, char const *text,
                            int utf8)
{
  char word[WIRE_LINE_MAX];     /* part of a line, so it fits */
  char const *refusal = 0;

  p->size = p->len = p->seen = 0;
  p->utf8 = utf8;
  if (*text && *text != ' ') return no_blank;
  for (text += strspn(text, " "); *text && !refusal; text += strspn(text, " ")) {
    size_t len = strcspn(text, " ");
    memcpy(word, text, len);
    word[len] = 0;
    refusal = take_one(p, known, absent, word);
    text += len;
  }
  return refusal;
}

char const *parameters_mail(struct parameters *p, char const *text, int auth)
{
  return take_all(p, of_mail, auth ? 0 : EXT_AUTH, text, 0);
}

char const *parameters_rcpt(struct parameters *p, char const *text, int utf8)
{
  return take_all(p, of_rcpt, 0, text, utf8);
}
