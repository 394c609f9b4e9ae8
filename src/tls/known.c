/* known.c - see known.h */

#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "tls/demand.h"
#include "tls/known.h"

#define EXPORTER "EXPORTER-Channel-Binding"     /* RFC 9266 */

void known_text(char *to, size_t size, char const *text)
{
  size_t i;

  for (i = 0; text && text[i] && i + 1 < size; i++) to[i] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
  to[i] = 0;
}

/* RFC 5929 4.1: the hash of the certificate's own signature, or SHA-256 in the place of MD5 and SHA-1; an algorithm
   without a hash has none. */
static void tell_endpoint(struct tls_result *r, X509 *x)
{
  int nid = NID_undef;
  unsigned int len = 0;
  unsigned char s[EVP_MAX_MD_SIZE];
  EVP_MD const *md;

  if (!x || !X509_get_signature_info(x, &nid, 0, 0, 0) || nid == NID_undef) return;
  md = nid == NID_md5 || nid == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(nid);
  if (!md || !X509_digest(x, md, s, &len) || len > sizeof r->endpoint) return;
  memcpy(r->endpoint, s, len);
  r->endpoint_len = len;
}

static void tell_exporter(struct tls_result *r, SSL *ssl)
{
  if (SSL_version(ssl) < TLS1_3_VERSION && SSL_get_extms_support(ssl) != 1) return;
  if (SSL_export_keying_material(ssl, r->exporter, sizeof r->exporter, EXPORTER, strlen(EXPORTER),
                                 (unsigned char const *)"", 0, 1) == 1) r->exporter_len = sizeof r->exporter;
}

void known_tell(struct tls_result *r, SSL *ssl, X509 *own)
{
  X509 *peer = SSL_get0_peer_certificate(ssl);
  int group = (int)SSL_get_negotiated_group(ssl);

  known_text(r->version, sizeof r->version, SSL_get_version(ssl));
  known_text(r->cipher, sizeof r->cipher, SSL_get_cipher_name(ssl));
  known_text(r->group, sizeof r->group, group ? SSL_group_to_name(ssl, group) : "");
  known_text(r->sni, sizeof r->sni, SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
  demand_fingerprint(peer, r->fingerprint);
  tell_endpoint(r, own ? own : peer);
  tell_exporter(r, ssl);
}

char const *known_error(void)
{
  unsigned long e = ERR_peek_error();

  return e ? ERR_reason_error_string(e) : 0;
}
