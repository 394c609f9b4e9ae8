/* form.c - see form.h */

#include <string.h>

#include "key/form.h"

#define BLANKS 64
#define CONTEXT "TLS 1.3, server CertificateVerify"
#define START (BLANKS + sizeof CONTEXT)         /* with the NUL of the string, which is signed, too */
#define SHA256_BYTES 32                         /* the hashes of its cipher suites */
#define SHA384_BYTES 48
#define RANDOMS 64
#define NAMED_CURVE 3                           /* RFC 8422 5.4 */
#define PARAMETERS (RANDOMS + 4)                /* kind, group, length */
#define UNCOMPRESSED 4                          /* the first byte of such a point (RFC 8422 5.4.1) */

/* Groups of TLS 1.2: the curves of RFC 8422, and those of RFC 7027, with the bytes of a point. */
static struct {
  unsigned int number;
  size_t point;
  int uncompressed;
} const groups[] = {
  { 23, 65, 1 }, { 24, 97, 1 }, { 25, 133, 1 },         /* secp256r1, secp384r1, secp521r1 */
  { 26, 65, 1 }, { 27, 97, 1 }, { 28, 129, 1 },         /* brainpoolP256r1, P384r1, P512r1 */
  { 29, 32, 0 }, { 30, 56, 0 }                          /* x25519, x448 */
};

static int is_tls13(unsigned char const *s, size_t len)
{
  size_t i;

  if (len != START + SHA256_BYTES && len != START + SHA384_BYTES) return 0;
  for (i = 0; i < BLANKS; i++)
    if (s[i] != ' ') return 0;
  return !memcmp(s + BLANKS, CONTEXT, sizeof CONTEXT);
}

static int is_tls12(unsigned char const *s, size_t len)
{
  size_t i, point;
  unsigned int group;

  if (len <= PARAMETERS || s[RANDOMS] != NAMED_CURVE) return 0;
  group = (unsigned int)s[RANDOMS + 1] << 8 | s[RANDOMS + 2];
  point = s[RANDOMS + 3];
  for (i = 0; i < sizeof groups / sizeof groups[0]; i++)
    if (groups[i].number == group)
      return point == groups[i].point && len == PARAMETERS + point
             && (!groups[i].uncompressed || s[PARAMETERS] == UNCOMPRESSED);
  return 0;
}

enum form form_of(unsigned char const *text, size_t len)
{
  if (is_tls13(text, len)) return FORM_TLS13;
  return is_tls12(text, len) ? FORM_TLS12 : FORM_NONE;
}

static struct form_scheme const schemes[] = {
  { 0x0401, FORM_PKCS1, "RSA", "SHA256", 0 },
  { 0x0501, FORM_PKCS1, "RSA", "SHA384", 0 },
  { 0x0601, FORM_PKCS1, "RSA", "SHA512", 0 },
  { 0x0403, FORM_ECDSA, "EC", "SHA256", "prime256v1" },
  { 0x0503, FORM_ECDSA, "EC", "SHA384", "secp384r1" },
  { 0x0603, FORM_ECDSA, "EC", "SHA512", "secp521r1" },
  { 0x0804, FORM_PSS, "RSA", "SHA256", 0 },
  { 0x0805, FORM_PSS, "RSA", "SHA384", 0 },
  { 0x0806, FORM_PSS, "RSA", "SHA512", 0 },
  { 0x0807, FORM_EDDSA, "ED25519", 0, 0 },
  { 0x0809, FORM_PSS, "RSA-PSS", "SHA256", 0 },
  { 0x080a, FORM_PSS, "RSA-PSS", "SHA384", 0 },
  { 0x080b, FORM_PSS, "RSA-PSS", "SHA512", 0 }
};

struct form_scheme const *form_scheme(unsigned int number, enum form form)
{
  size_t i;

  for (i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
    if (schemes[i].number == number)
      return form == FORM_NONE || (form == FORM_TLS13 && schemes[i].kind == FORM_PKCS1) ? 0 : schemes + i;
  return 0;
}
