/* context.c - see context.h */

#include <string.h>
#include <skalibs/stralloc.h>

#include "lib/conf/control.h"
#include "lib/io/log.h"
#include "tls/context.h"

/* TLS 1.2 with other key exchanges would need a private key that decrypts, or signs other texts (keyprovider.h). */
#define SERVER_CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES"
#define SERVER_NEVER ":!kRSA:!kDHE:!kPSK:!kSRP:!aNULL:!eNULL"

/* 0, or -1 when it cannot be read; a value that set does not take is told to the log. */
static int apply(SSL_CTX *c, char const *name, char const *behind, int (*set)(SSL_CTX *, char const *))
{
  stralloc value = STRALLOC_ZERO;
  int r = control_value(name, &value) == -1 || (value.len && (!stralloc_cats(&value, behind) || !stralloc_0(&value)));

  if (!r && value.len && !set(c, value.s))
    log_line("error: OpenSSL does not know what control/", name, " says, its own choice counts: ", value.s);
  stralloc_free(&value);
  return r ? -1 : 0;
}

static int set_groups(SSL_CTX *c, char const *s)
{
  return (int)SSL_CTX_set1_groups_list(c, s);
}

static int set_version(SSL_CTX *c, char const *s)
{
  return SSL_CTX_set_min_proto_version(c, strcmp(s, "1.3") ? TLS1_2_VERSION : TLS1_3_VERSION);
}

SSL_CTX *context_make(int server)
{
  SSL_CTX *c = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());

  if (!c || (server && !SSL_CTX_set_cipher_list(c, SERVER_CIPHERS))) {
    log_line("error: unable to start OpenSSL");
    SSL_CTX_free(c);
    return 0;
  }
  SSL_CTX_set_options(c, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_num_tickets(c, 0);
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  if (apply(c, "tlsversion", "", set_version) == 0 && apply(c, "tlsciphers", server ? SERVER_NEVER : "",
      SSL_CTX_set_cipher_list) == 0 && apply(c, "tlsciphersuites", "", SSL_CTX_set_ciphersuites) == 0
      && apply(c, "tlsgroups", "", set_groups) == 0) return c;
  SSL_CTX_free(c);
  return 0;
}
