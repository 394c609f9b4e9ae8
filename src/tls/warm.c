/* warm.c - see warm.h */

#include <openssl/err.h>
#include <openssl/x509.h>

#include "door/tls.h"
#include "tls/certs.h"
#include "tls/keyprovider.h"
#include "tls/known.h"
#include "tls/warm.h"

#define FLIGHTS 6               /* of a handshake, more than there are */
#define DAY 86400L

struct pair {
  SSL *server, *client;
};

/* One of its own for a day: mail-keyd's are not to be had here. */
static X509 *make_certificate(EVP_PKEY *key)
{
  X509 *x = X509_new();

  if (x && X509_gmtime_adj(X509_getm_notBefore(x), -DAY) && X509_gmtime_adj(X509_getm_notAfter(x), DAY)
      && X509_set_pubkey(x, key) && X509_sign(x, key, EVP_sha256())) return x;
  X509_free(x);
  return 0;
}

/* What one says the other hears. */
static int join(struct pair *p)
{
  BIO *up = BIO_new(BIO_s_mem()), *down = BIO_new(BIO_s_mem());

  if (!p->server || !p->client || !up || !down || !BIO_up_ref(up) || !BIO_up_ref(down)) return 0;
  SSL_set_bio(p->client, down, up);
  SSL_set_bio(p->server, up, down);
  SSL_set_connect_state(p->client);
  SSL_set_accept_state(p->server);
  return 1;
}

static void pass(SSL *from, SSL *to)
{
  char c = 0;

  (void)!SSL_write(from, &c, 1);
  (void)!SSL_read(to, &c, 1);
}

static void shake(struct pair const *p)
{
  static struct tls_result r;
  int i;

  for (i = 0; i < FLIGHTS; i++) {
    SSL_do_handshake(p->client);
    SSL_do_handshake(p->server);
  }
  if (!SSL_is_init_finished(p->client) || !SSL_is_init_finished(p->server)) return;
  pass(p->client, p->server);
  pass(p->server, p->client);
  known_tell(&r, p->client, 0);
  known_tell(&r, p->server, SSL_get_certificate(p->server));
  SSL_shutdown(p->client);
  SSL_shutdown(p->server);
}

static int choose(SSL *ssl, void *unused)
{
  (void)unused;
  return certs_choose(ssl, 0);
}

/* With a certificate of the moment; or, where it is null, with one of ours, up to the signature that nobody makes. */
static void once(SSL_CTX *server, SSL_CTX *client, int version, X509 *x, EVP_PKEY *key)
{
  struct pair p = { SSL_new(server), SSL_new(client) };

  if (join(&p) && SSL_set_max_proto_version(p.client, version)) {
    if (!x) SSL_set_cert_cb(p.server, choose, 0);
    if (!x || (SSL_use_certificate(p.server, x) && SSL_use_PrivateKey(p.server, key))) shake(&p);
  }
  SSL_free(p.server);
  SSL_free(p.client);
}

void warm(SSL_CTX *c, int server)
{
  static int const versions[] = { TLS1_3_VERSION, TLS1_2_VERSION };
  SSL_CTX *other = SSL_CTX_new(server ? TLS_client_method() : TLS_server_method());
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *x = key ? make_certificate(key) : 0;
  size_t i;

  keyprovider_use(-1, 0);
  for (i = 0; other && x && i < sizeof versions / sizeof *versions; i++) {
    once(server ? c : other, server ? other : c, versions[i], x, key);
    if (server && certs_count()) once(c, other, versions[i], 0, 0);
  }
  X509_free(x);
  EVP_PKEY_free(key);
  SSL_CTX_free(other);
  ERR_clear_error();
}
