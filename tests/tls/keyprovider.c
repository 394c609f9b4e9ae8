/* keyprovider.c - whole handshakes with keys of which only the public half is here, and what such a key cannot do */

#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "door/sign.h"
#include "lib/io/packet.h"
#include "tls/keyprovider.h"
#include "unit.h"

#define YEAR 31536000

static X509 *certificate(EVP_PKEY *key)
{
  static unsigned char const name[] = "a.example";
  X509 *x = X509_new();

  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -1);
  X509_gmtime_adj(X509_getm_notAfter(x), YEAR);
  X509_set_pubkey(x, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, name, -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(x));
  X509_sign(x, key, EVP_PKEY_is_a(key, "ED25519") ? 0 : EVP_sha256());
  return x;
}

/* Is the request for this name, with this key's digest? */
static int names_it(struct sign_request const *r, EVP_PKEY *key)
{
  unsigned char *der = 0, digest[SIGN_KEY_BYTES];
  int len = i2d_PUBKEY(key, &der);

  SHA256(der, (size_t)len, digest);
  OPENSSL_free(der);
  return !strcmp(r->name, "a.example") && !memcmp(r->key, digest, sizeof digest);
}

/* Plays mail-keyd for one request: signs with the key, if the scheme is the one that is expected. */
static void keyd(int sock, EVP_PKEY *key, unsigned int scheme)
{
  static struct sign_request r;
  static struct sign_answer a;
  char const *digest = scheme == 0x0503 ? "SHA384" : scheme == 0x0807 ? 0 : "SHA256";
  char buf[SIGN_RECORD_MAX];
  ssize_t len = packet_recv(sock, buf, sizeof buf, 0);
  EVP_MD_CTX *m = EVP_MD_CTX_new();
  EVP_PKEY_CTX *c;

  if (len <= 0 || !sign_request_unpack(&r, buf, (size_t)len)) _exit(1);
  a.status = SIGN_REFUSED;
  if (r.scheme == scheme && names_it(&r, key) && EVP_DigestSignInit_ex(m, &c, digest, 0, 0, key, 0) > 0) {
    if (r.scheme >> 8 == 8 && digest) {
      EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST);
    }
    a.len = sizeof a.signature;
    if (EVP_DigestSign(m, a.signature, &a.len, r.text, r.len) > 0) a.status = SIGN_DONE;
  }
  if (a.status != SIGN_DONE) a.len = 0;
  memcpy(a.text, "no", 3);
  packet_send(sock, buf, sign_answer_pack(&a, buf), -1);
  _exit(0);
}

/* Moves a handshake on until both are through or one fails: 1 when both are. */
static int shake(SSL *server, SSL *client)
{
  int turns, s = 0, c = 0;

  for (turns = 0; turns < 20 && (s != 1 || c != 1); turns++) {
    if (c != 1) c = SSL_do_handshake(client);
    if (c != 1 && SSL_get_error(client, c) != SSL_ERROR_WANT_READ) return 0;
    if (s != 1) s = SSL_do_handshake(server);
    if (s != 1 && SSL_get_error(server, s) != SSL_ERROR_WANT_READ) return 0;
  }
  return s == 1 && c == 1;
}

/* A handshake of a server that has the far key, under a version, with that way to sign (null: any). */
static int handshake(EVP_PKEY *key, EVP_PKEY *far, int version, char const *sigalgs)
{
  SSL_CTX *sc = SSL_CTX_new(TLS_server_method()), *cc = SSL_CTX_new(TLS_client_method());
  X509 *x = certificate(key);
  SSL *s, *c;
  BIO *a, *b;
  int good;

  good = SSL_CTX_use_certificate(sc, x) == 1 && SSL_CTX_use_PrivateKey(sc, far) == 1
         && SSL_CTX_check_private_key(sc) == 1;
  SSL_CTX_set_max_proto_version(cc, version);
  SSL_CTX_set_min_proto_version(cc, version);
  if (sigalgs) SSL_CTX_set1_sigalgs_list(cc, sigalgs);
  s = SSL_new(sc);
  c = SSL_new(cc);
  BIO_new_bio_pair(&a, 0, &b, 0);
  SSL_set_bio(s, a, a);
  SSL_set_bio(c, b, b);
  SSL_set_accept_state(s);
  SSL_set_connect_state(c);
  good = good && shake(s, c);
  SSL_free(s);
  SSL_free(c);
  X509_free(x);
  SSL_CTX_free(sc);
  SSL_CTX_free(cc);
  return good;
}

/* The same with mail-keyd played beside it. */
static int served(EVP_PKEY *key, EVP_PKEY *far, int version, char const *sigalgs, unsigned int scheme)
{
  int pair[2], good;
  pid_t pid;

  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == -1) return -1;
  pid = fork();
  if (!pid) {
    close(pair[0]);
    keyd(pair[1], key, scheme);
  }
  close(pair[1]);
  keyprovider_use(pair[0], 60);
  good = handshake(key, far, version, sigalgs);
  keyprovider_use(-1, 0);
  close(pair[0]);
  waitpid(pid, 0, 0);
  return good;
}

/* The public half alone, made anew of its DER, as from a certificate. */
static EVP_PKEY *half(EVP_PKEY *key)
{
  unsigned char *der = 0;
  unsigned char const *at;
  int len = i2d_PUBKEY(key, &der);
  EVP_PKEY *public;

  at = der;
  public = d2i_PUBKEY(0, &at, len);
  OPENSSL_free(der);
  return public;
}

/* What a far key must never do, whoever asks. */
static void cannot(EVP_PKEY *far)
{
  EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(far, 0);
  unsigned char digest[32] = { 1 }, out[1024];
  size_t len = sizeof out;

  check("it signs no digest", EVP_PKEY_sign_init(c) <= 0 || EVP_PKEY_sign(c, out, &len, digest, sizeof digest) <= 0);
  len = sizeof out;
  check("it decrypts nothing", EVP_PKEY_decrypt_init(c) <= 0
        || EVP_PKEY_decrypt(c, out, &len, digest, sizeof digest) <= 0);
  check("it has no private part to give", i2d_PrivateKey(far, 0) <= 0);
  EVP_PKEY_CTX_free(c);
}

static void one(char const *name, EVP_PKEY *key, unsigned int tls13, char const *sigalgs, unsigned int tls12)
{
  EVP_PKEY *public = half(key), *far = keyprovider_key(public, "a.example");

  EVP_PKEY_free(public);
  check(name, far != 0);
  check("TLS 1.3", served(key, far, TLS1_3_VERSION, 0, tls13) == 1);
  check("TLS 1.2", served(key, far, TLS1_2_VERSION, sigalgs, tls12) == 1);
  check("a refusal fails the handshake", served(key, far, TLS1_3_VERSION, 0, 0xffff) == 0);
  check("without mail-keyd none succeeds", !handshake(key, far, TLS1_3_VERSION, 0) && *keyprovider_refusal());
  cannot(far);
  EVP_PKEY_free(far);
  EVP_PKEY_free(key);
}

static EVP_PKEY *pss_key(void)
{
  EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(0, "RSA-PSS", 0);
  EVP_PKEY *key = 0;

  if (EVP_PKEY_keygen_init(c) > 0 && EVP_PKEY_CTX_set_rsa_keygen_bits(c, 2048) > 0) EVP_PKEY_generate(c, &key);
  EVP_PKEY_CTX_free(c);
  return key;
}

/* What is none of our keys' is done as before. */
static void others(void)
{
  EVP_PKEY *key = EVP_EC_gen("P-256"), *public = half(key), *far = keyprovider_key(public, "a.example"), *other;
  X509 *x = certificate(key);

  check("a certificate is verified", X509_verify(x, key) == 1 && X509_verify(x, public) == 1);
  check("and made with a near key", handshake(key, key, TLS1_3_VERSION, 0));
  check("it is equal to its public half", EVP_PKEY_eq(public, far) == 1 && EVP_PKEY_eq(far, public) == 1);
  other = EVP_EC_gen("P-256");
  check("and to no other", EVP_PKEY_eq(other, far) != 1 && EVP_PKEY_eq(far, other) != 1);
  X509_free(x);
  EVP_PKEY_free(other);
  EVP_PKEY_free(far);
  EVP_PKEY_free(public);
  EVP_PKEY_free(key);
}

int main(void)
{
  check("it starts", keyprovider_start() == 0);
  one("EC, P-256", EVP_EC_gen("P-256"), 0x0403, "ECDSA+SHA256", 0x0403);
  one("EC, P-384", EVP_EC_gen("P-384"), 0x0503, "ECDSA+SHA256", 0x0403);
  one("RSA", EVP_RSA_gen(2048), 0x0804, "RSA+SHA256", 0x0401);
  one("RSA-PSS", pss_key(), 0x0809, "rsa_pss_pss_sha256", 0x0809);
  one("Ed25519", EVP_PKEY_Q_keygen(0, 0, "ED25519"), 0x0807, "ed25519", 0x0807);
  others();
  return unit_end();
}
