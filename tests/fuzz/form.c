/*
 * form.c - what mail-keyd takes for a handshake's text: whatever passes is one, byte by byte; and names of folders
 *
 * The first byte says which: n a name; else, with the next one, a SignatureScheme and its text.
 */

#include "door/sign.h"
#include "fuzz.h"
#include "key/form.h"

/* Nothing that could lead elsewhere is a name. */
static void name(uint8_t const *data, size_t len)
{
  char *s = fuzz_string(data, len);

  if (sign_name(s)) {
    demand(*s && strlen(s) <= SIGN_NAME_MAX);
    demand(!strchr(s, '/') && *s != '.' && !strstr(s, ".."));
  }
  free(s);
}

static void tls13(char const *s, size_t len)
{
  static char const context[] = "TLS 1.3, server CertificateVerify";

  demand(len == 64 + sizeof context + 32 || len == 64 + sizeof context + 48);
  demand(strspn(s, " ") == 64 && !memcmp(s + 64, context, sizeof context));
}

static void tls12(char const *s, size_t len)
{
  demand(len > 68 && s[64] == 3 && (unsigned char)s[67] == len - 68);
  demand(len <= 68 + 133);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  struct form_scheme const *scheme;
  enum form form;
  char *s;

  if (len && *data == 'n') name(data + 1, len - 1);
  if (len < 2) return 0;
  s = fuzz_string(data + 2, len - 2);
  form = form_of((unsigned char const *)s, len - 2);
  scheme = form_scheme((unsigned int)data[0] << 8 | data[1], form);
  if (form == FORM_TLS13) tls13(s, len - 2);
  else if (form == FORM_TLS12) tls12(s, len - 2);
  else demand(!scheme);
  if (scheme) demand(scheme->key && (scheme->digest || scheme->kind == FORM_EDDSA));
  free(s);
  return 0;
}
