/* demand.c - see demand.h */

#include <ctype.h>
#include <string.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "lib/io/net.h"
#include "tls/demand.h"
#include "tls/trust.h"

#define DIGEST 32               /* bytes of SHA-256 */

/* RFC 9525: of a certificate its names of hosts count alone, a star only as a whole label; ".example.org" is our own
   "any one label below". */
#define FLAGS (X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS \
  | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)

/* The next word of a list; its length, 0 at the end. */
static size_t word(char const **s)
{
  *s += strspn(*s, " ");
  return strcspn(*s, " ");
}

static int add_name(X509_VERIFY_PARAM *p, char const *s, size_t len)
{
  char text[TLS_NAMES_MAX + 1];
  struct net_address a;

  memcpy(text, s, len);
  text[len] = 0;
  return net_parse(&a, s, len) ? X509_VERIFY_PARAM_set1_ip_asc(p, text) : X509_VERIFY_PARAM_add1_host(p, text, len);
}

static char const *set_names(SSL *ssl, char const *names)
{
  X509_VERIFY_PARAM *p = SSL_get0_param(ssl);
  size_t len, n = 0;

  X509_VERIFY_PARAM_set_hostflags(p, FLAGS);
  for (; (len = word(&names)); names += len, n++)
    if (!add_name(p, names, len)) return "a name that the certificate is to have makes no sense";
  return n ? 0 : "there is no name that the certificate is to have";
}

char const *demand_set(SSL *ssl, struct tls_request const *q)
{
  X509_STORE *store;

  if (*q->name && !SSL_set_tlsext_host_name(ssl, q->name)) return "the server's name makes no sense";
  if (q->check != TLS_NAMED) return 0;
  store = trust_find(q->ca);
  if (!store) return *q->ca ? "the CA file of control/tlspolicy is not loaded: the log of the service tls says why"
                            : "the CA file of control/tlscafile is not loaded: the log of the service tls says why";
  if (!SSL_set1_verify_cert_store(ssl, store)) return "no memory";
  SSL_set_verify(ssl, SSL_VERIFY_PEER, 0);
  return set_names(ssl, q->names);
}

static void to_hex(char *hex, unsigned char const *s)
{
  static char const digits[] = "0123456789abcdef";
  size_t i;

  for (i = 0; i < DIGEST; i++) {
    *hex++ = digits[s[i] >> 4];
    *hex++ = digits[s[i] & 15];
  }
  *hex = 0;
}

void demand_fingerprint(X509 *x, char hex[TLS_FINGERPRINT_LEN + 1])
{
  unsigned char s[EVP_MAX_MD_SIZE];

  *hex = 0;
  if (x && X509_digest(x, EVP_sha256(), s, 0)) to_hex(hex, s);
}

static void public_fingerprint(X509 *x, char hex[TLS_FINGERPRINT_LEN + 1])
{
  unsigned char s[EVP_MAX_MD_SIZE], *der = 0;
  int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);

  *hex = 0;
  if (len > 0 && EVP_Digest(der, (size_t)len, s, 0, EVP_sha256(), 0)) to_hex(hex, s);
  OPENSSL_free(der);
}

/* one as somebody wrote it, colons and capitals included */
static int is_fingerprint(char const *s, size_t len, char const *hex)
{
  for (; len && *hex; s++, len--) {
    if (*s == ':') continue;
    if (tolower((unsigned char)*s) != *hex++) return 0;
  }
  return !len && !*hex;
}

int demand_holds(SSL *ssl, struct tls_request const *q)
{
  X509 *x = SSL_get0_peer_certificate(ssl);
  char const *s = q->names;
  char whole[TLS_FINGERPRINT_LEN + 1], public[TLS_FINGERPRINT_LEN + 1];
  size_t len;

  if (q->check == TLS_ANYONE) return 1;
  if (!x) return 0;     /* OpenSSL demands none where control/tlsciphers has anonymous ones */
  if (q->check == TLS_NAMED) return SSL_get_verify_result(ssl) == X509_V_OK;
  demand_fingerprint(x, whole);
  public_fingerprint(x, public);
  for (; (len = word(&s)); s += len)
    if ((*whole && is_fingerprint(s, len, whole)) || (*public && is_fingerprint(s, len, public))) return 1;
  return 0;
}

char const *demand_broken(SSL *ssl)
{
  long e = SSL_get_verify_result(ssl);

  return SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE || e == X509_V_OK ? 0 : X509_verify_cert_error_string(e);
}
