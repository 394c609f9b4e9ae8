/* tls.c - see tls.h */

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "tls.h"
#include "tool.h"

#ifdef WITH_TLS

#include <openssl/err.h>
#include <openssl/ssl.h>

static SSL_CTX *context;

void tls_client(void)
{
  context = SSL_CTX_new(TLS_client_method());
  if (!context) die("unable to start OpenSSL");
  signal(SIGPIPE, SIG_IGN);
}

void tls_server(char const *pem)
{
  context = SSL_CTX_new(TLS_server_method());
  if (!context || SSL_CTX_use_certificate_chain_file(context, pem) != 1
      || SSL_CTX_use_PrivateKey_file(context, pem, SSL_FILETYPE_PEM) != 1)
    die("no certificate and key in %s", pem);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  signal(SIGPIPE, SIG_IGN);
}

SSL *tls_new(int fd)
{
  SSL *ssl = SSL_new(context);

  if (!ssl || !SSL_set_fd(ssl, fd)) die("no memory");
  if (SSL_CTX_get_ssl_method(context) == TLS_server_method()) SSL_set_accept_state(ssl);
  else SSL_set_connect_state(ssl);
  return ssl;
}

/* What a call that did not succeed waits for; -1: for nothing. */
static int wants(SSL *ssl, int r)
{
  int e = SSL_get_error(ssl, r);

  return e == SSL_ERROR_WANT_READ ? POLLIN : e == SSL_ERROR_WANT_WRITE ? POLLOUT : -1;
}

int tls_shake(SSL *ssl)
{
  int r;

  ERR_clear_error();
  r = SSL_do_handshake(ssl);
  return r == 1 ? 0 : wants(ssl, r);
}

static ssize_t result(SSL *ssl, int r)
{
  if (r > 0) return r;
  if (SSL_get_error(ssl, r) == SSL_ERROR_ZERO_RETURN) return 0;
  errno = wants(ssl, r) == -1 ? EPROTO : EAGAIN;
  return -1;
}

ssize_t tls_read(SSL *ssl, void *s, size_t len)
{
  ERR_clear_error();
  return result(ssl, SSL_read(ssl, s, (int)len));
}

ssize_t tls_write(SSL *ssl, void const *s, size_t len)
{
  ERR_clear_error();
  return result(ssl, SSL_write(ssl, s, (int)len));
}

int tls_pending(SSL *ssl)
{
  return SSL_pending(ssl) > 0;
}

void tls_end(SSL *ssl)
{
  if (!ssl) return;
  if (SSL_is_init_finished(ssl)) SSL_shutdown(ssl);
  SSL_free(ssl);
}

#else

static void none(void)
{
  die("this was built without OpenSSL: there is no TLS");
}

void tls_client(void)
{
  none();
}

void tls_server(char const *pem)
{
  (void)pem;
  none();
}

struct ssl_st *tls_new(int fd)
{
  (void)fd;
  return 0;
}

int tls_shake(struct ssl_st *ssl)
{
  (void)ssl;
  return -1;
}

ssize_t tls_read(struct ssl_st *ssl, void *s, size_t len)
{
  (void)ssl, (void)s, (void)len;
  return -1;
}

ssize_t tls_write(struct ssl_st *ssl, void const *s, size_t len)
{
  (void)ssl, (void)s, (void)len;
  return -1;
}

int tls_pending(struct ssl_st *ssl)
{
  (void)ssl;
  return 0;
}

void tls_end(struct ssl_st *ssl)
{
  (void)ssl;
}

#endif
