/* form.c - what mail-keyd takes for a server's handshake: both forms, each of their bytes, and what is near them */

#include <stdlib.h>
#include <string.h>

#include "key/form.h"
#include "unit.h"

#define CONTEXT "TLS 1.3, server CertificateVerify"

static unsigned char text[512];

/* The text of TLS 1.3 with that context and so long a hash: its length. */
static size_t tls13(char const *context, size_t hash)
{
  size_t len = strlen(context) + 1;

  memset(text, 'h', sizeof text);
  memset(text, ' ', 64);
  memcpy(text + 64, context, len);
  return 64 + len + hash;
}

/* The text of TLS 1.2 with that group and so long a point, which starts with that byte. */
static size_t tls12(unsigned int group, size_t point, int first)
{
  memset(text, 'r', sizeof text);
  text[64] = 3;
  text[65] = (unsigned char)(group >> 8);
  text[66] = (unsigned char)group;
  text[67] = (unsigned char)point;
  text[68] = (unsigned char)first;
  return 68 + point;
}

/* form_of of a copy that is exactly as long */
static enum form form(size_t len)
{
  unsigned char *s = malloc(len ? len : 1);
  enum form f;

  memcpy(s, text, len);
  f = form_of(s, len);
  free(s);
  return f;
}

static void versions(void)
{
  size_t len, i;
  unsigned int good = 0;

  check("TLS 1.3, SHA-256", form(tls13(CONTEXT, 32)) == FORM_TLS13);
  check("TLS 1.3, SHA-384", form(tls13(CONTEXT, 48)) == FORM_TLS13);
  for (i = 0; i < 300; i++) good += form(tls13(CONTEXT, i)) != FORM_NONE;
  check("no hash of another length", good == 2);
  check("not a client's", form(tls13("TLS 1.3, client CertificateVerify", 32)) == FORM_NONE);
  check("nor of another version", form(tls13("TLS 1.4, server CertificateVerify", 32)) == FORM_NONE);
  len = tls13(CONTEXT, 32);
  for (good = 0, i = 0; i < 64 + sizeof CONTEXT; i++) {
    text[i] ^= 1;
    good += form(len) != FORM_NONE;
    text[i] ^= 1;
  }
  check("each byte before the hash counts", !good);
  memmove(text, text + 1, len);
  check("63 blanks", form(len - 1) == FORM_NONE);
  for (good = 0, i = 0; i < 300; i++) {
    memset(text, 'd', sizeof text);
    good += form(i) != FORM_NONE;
  }
  check("a digest or a short text", !good);
}

static void groups(void)
{
  static struct { unsigned int group; size_t point; int first; } const known[] = {
    { 23, 65, 4 }, { 24, 97, 4 }, { 25, 133, 4 }, { 26, 65, 4 }, { 27, 97, 4 }, { 28, 129, 4 },
    { 29, 32, 9 }, { 30, 56, 9 }
  };
  size_t i, len;
  unsigned int good = 0, group;

  for (i = 0; i < sizeof known / sizeof known[0]; i++) {
    len = tls12(known[i].group, known[i].point, known[i].first);
    check("TLS 1.2", form(len) == FORM_TLS12);
    good += form(len - 1) != FORM_NONE;
    good += form(len + 1) != FORM_NONE;
    text[67]++;
    good += form(len) != FORM_NONE;
    good += form(len + 1) != FORM_NONE;
    if (known[i].first == 4) good += form(tls12(known[i].group, known[i].point, 2)) != FORM_NONE;
  }
  check("no other length, and no compressed point", !good);
  for (group = 0; group < 65536; group++) good += (group < 23 || group > 30) && form(tls12(group, 32, 4)) != FORM_NONE;
  check("no other group", !good);
  for (i = 0; i < 256; i++) {
    len = tls12(29, 32, 9);
    text[64] = (unsigned char)i;
    good += form(len) != FORM_NONE;
  }
  check("no curve of one's own", good == 1);
}

static void schemes(void)
{
  unsigned int i, twelve = 0, thirteen = 0;

  for (i = 0; i < 65536; i++) {
    twelve += form_scheme(i, FORM_TLS12) != 0;
    thirteen += form_scheme(i, FORM_TLS13) != 0;
  }
  check("ways to sign", twelve == 13 && thirteen == 10);
  check("PKCS1 is none of TLS 1.3's", !form_scheme(0x0401, FORM_TLS13) && form_scheme(0x0401, FORM_TLS12));
  check("SHA-1 and MD5 are none", !form_scheme(0x0201, FORM_TLS12) && !form_scheme(0x0101, FORM_TLS12));
  check("nor is anything without a form", !form_scheme(0x0804, FORM_NONE));
}

int main(void)
{
  versions();
  groups();
  schemes();
  return unit_end();
}
