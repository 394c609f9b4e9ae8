/* policy.c - lines of control/tlspolicy and control/smtpauth, behind their keys */

#include "fuzz.h"
#include "lib/conf/smtpauth.h"
#include "lib/conf/tlspolicy.h"

static int printable(char const *s)
{
  while (*s > ' ' && *s < 127) s++;
  return !*s;
}

/* fingerprints are whole, names neither empty nor of other bytes */
static void names_hold(struct tlspolicy const *p)
{
  char const *s = p->names;
  size_t len;

  for (; *s; s += len + (s[len] == ' ')) {
    len = strcspn(s, " ");
    demand(len && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == len && (s[len] != ' ' || s[len + 1]));
    if (p->level == TLSPOLICY_FINGERPRINT) demand(len == TLSPOLICY_HEX && strspn(s, "0123456789abcdef") == len);
  }
}

static void policy(char const *s)
{
  struct tlspolicy p;

  if (!tlspolicy_read(&p, s)) return;
  demand(tlspolicy_ok(s) && strlen(p.names) <= TLSPOLICY_NAMES_MAX && strlen(p.ca) <= TLSPOLICY_CA_MAX);
  demand(p.level >= TLSPOLICY_SECURE || (!*p.names && !*p.ca));
  demand(p.level != TLSPOLICY_FINGERPRINT || (*p.names && !*p.ca));
  demand(!*p.ca || (*p.ca == '/' && printable(p.ca)));
  names_hold(&p);
}

static void login(char const *s)
{
  char name[SMTPAUTH_LOGIN_MAX + 1], path[CONF_PATH_MAX];
  char const *file;
  int r = smtpauth_read(s, name, &file);

  demand(smtpauth_ok(s) == (r != -1) && (r == 0) == !*s);
  if (r != 1) return;
  demand(*name && strlen(name) <= SMTPAUTH_LOGIN_MAX && !strncmp(s, name, strlen(name)));
  demand(file == s + strlen(name) + 1 && file[-1] == ':' && *file && strlen(smtpauth_path(path, file)) < sizeof path);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  char *s = fuzz_string(data, len);

  policy(s);
  login(s);
  free(s);
  return 0;
}
