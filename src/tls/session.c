/* session.c - see session.h */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>

#include "door/tls.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/net.h"
#include "lib/io/record.h"
#include "tls/certs.h"
#include "tls/demand.h"
#include "tls/exchange.h"
#include "tls/keyprovider.h"
#include "tls/known.h"
#include "tls/pump.h"
#include "tls/session.h"

#define ASK_SECONDS 60          /* for the request; mail-smtpd writes its 220 before */
#define SHAKE_SECONDS_MAX 600   /* of a handshake, whatever a request says */
#define SIGN_SECONDS 10         /* for mail-keyd */

static struct net_address peer;         /* of no family: it has none */

static void log_peer(char const *what, char const *text)
{
  char ip[NET_TEXT_MAX] = "";

  if (peer.family) net_format(ip, &peer);
  log_start();
  log_text(what);
  log_field("ip", ip);
  if (text) {
    log_text(": ");
    log_string(text);
  }
  log_end();
}

void session_refuse(int sock, char const *text)
{
  struct tls_result r = { .status = TLS_LATER };

  known_text(r.text, sizeof r.text, text);
  tls_answer(sock, &r);         /* who has gone needs none */
}

/* the end of one that has no plain side */
static _Noreturn void give_up(int sock, enum tls_status status, char const *text)
{
  struct tls_result r = { .status = status };

  known_text(r.text, sizeof r.text, text);
  log_peer("failed", r.text);
  tls_answer(sock, &r);
  _exit(0);
}

/* 1 when it is the connection of a stream; its peer's address is known then, where it has one. */
static int is_connection(int fd)
{
  struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
  socklen_t len = sizeof from, type_len = sizeof(int);
  int type;

  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) == -1 || type != SOCK_STREAM
      || getpeername(fd, (struct sockaddr *)&from, &len) == -1) return 0;
  if (!net_from(&peer, &from)) peer.family = 0;
  return 1;
}

static int choose(SSL *ssl, void *unused)
{
  (void)unused;
  return certs_choose(ssl, SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
}

static SSL *make(struct session const *s, int net, int sock, struct tls_request const *q)
{
  SSL *ssl = SSL_new(s->context);
  char const *why;

  if (!ssl || !SSL_set_fd(ssl, net)) give_up(sock, TLS_LATER, "no memory for TLS");
  if (s->server) {
    SSL_set_cert_cb(ssl, choose, 0);
    SSL_set_accept_state(ssl);
    return ssl;
  }
  SSL_set_connect_state(ssl);
  why = demand_set(ssl, q);
  if (why) give_up(sock, TLS_LATER, why);
  return ssl;
}

/* What OpenSSL waits for; who asked may give up, and then nobody is to be told. 0 when the time is over. */
static int wait(int net, short events, int sock, long long until)
{
  struct pollfd f[2] = { { .fd = net, .events = events }, { .fd = sock } };

  for (;;) {
    int r = poll(f, 2, io_left(until));
    if (r == -1 && io_poll_failed() == -1) return 0;
    if (r == -1) continue;
    if (f[1].revents & (POLLHUP | POLLERR)) {
      log_peer("given up in the handshake", 0);
      _exit(0);
    }
    return r;
  }
}

/* Why it failed, and whose fault it was. */
static _Noreturn void failed(struct session const *s, SSL *ssl, int sock, int r)
{
  int kind = SSL_get_error(ssl, r), e = errno;
  char const *error = known_error(), *broken = demand_broken(ssl), *key = s->server ? keyprovider_refusal() : "";
  char text[TEXT_MAX + 1];

  if (s->server && *key) {
    snprintf(text, sizeof text, "the handshake was not signed: %s", key);
    give_up(sock, TLS_LATER, text);
  }
  if (s->server && kind == SSL_ERROR_SSL && ERR_GET_REASON(ERR_peek_error()) == SSL_R_CERT_CB_ERROR)
    give_up(sock, TLS_LATER, "there is no certificate for the name that the client wants");
  if (broken) snprintf(text, sizeof text, "the certificate does not hold: %s", broken);
  else if (error && ERR_GET_REASON(ERR_peek_error()) != SSL_R_UNEXPECTED_EOF_WHILE_READING)
    snprintf(text, sizeof text, "handshake failed: %s", error);
  else if (kind == SSL_ERROR_SYSCALL && e) snprintf(text, sizeof text, "handshake failed: %s", strerror(e));
  else snprintf(text, sizeof text, "the other side ended the connection in the handshake");
  give_up(sock, TLS_FAILED, text);
}

static void shake(struct session const *s, SSL *ssl, int net, int sock, unsigned int seconds)
{
  long long until = io_clock() + seconds * 1000LL;
  char text[TEXT_MAX + 1];

  for (;;) {
    int r, e;
    ERR_clear_error();
    errno = 0;
    r = SSL_do_handshake(ssl);
    if (r == 1) return;
    e = SSL_get_error(ssl, r);
    if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE) failed(s, ssl, sock, r);
    if (io_left(until) && wait(net, e == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, sock, until)) continue;
    snprintf(text, sizeof text, "the handshake took more than %u seconds", seconds);
    give_up(sock, TLS_FAILED, text);
  }
}

static void tell(struct session const *s, SSL *ssl, int sock, struct tls_request const *q)
{
  static struct tls_result r;

  if (!s->server && !demand_holds(ssl, q)) {
    char hex[TLS_FINGERPRINT_LEN + 1], text[TEXT_MAX + 1];
    demand_fingerprint(SSL_get0_peer_certificate(ssl), hex);
    if (*hex) snprintf(text, sizeof text, "the certificate has another fingerprint than was demanded: %s", hex);
    else snprintf(text, sizeof text, "the other side has shown no certificate");
    SSL_shutdown(ssl);
    give_up(sock, TLS_FAILED, text);
  }
  r.status = TLS_DONE;
  r.verified = !s->server && q->check != TLS_ANYONE;
  known_tell(&r, ssl, s->server ? certs_chosen() : 0);
  if (tls_answer(sock, &r) == 0) return;
  log_peer("given up after the handshake", 0);
  _exit(0);
}

static void carry(SSL *ssl, int net, int sock, unsigned int idle)
{
  char const *error;

  switch (pump(ssl, net, sock, idle)) {
    case PUMP_CUT: log_peer("ended without close_notify", 0); break;
    case PUMP_IDLE: log_peer("idle for too long", 0); break;
    case PUMP_BROKEN:
      error = known_error();
      log_peer("broken", error ? error : strerror(errno));
      break;
    default: break;
  }
}

/* The request; its connection. Who wants a login computed is served elsewhere. */
static int receive(struct session const *s, int sock, struct tls_request *q)
{
  static struct scram_request login;
  char buf[TLS_RECORD_MAX];
  int net;
  ssize_t len = record_recv(sock, buf, sizeof buf, &net, io_clock() + ASK_SECONDS * 1000);

  if (len == -1) _exit(0);      /* most who do not ask have found no need to */
  if (net != -1 && tls_request_unpack(q, buf, (size_t)len)) return net;
  if (!s->server && net == -1 && scram_request_unpack(&login, buf, (size_t)len)) exchange_live(sock, &login);
  _exit(0);
}

void session_live(struct session const *s, int sock)
{
  static struct tls_request q;
  struct tls_result ready = { .status = TLS_READY };
  int net;
  SSL *ssl;

  if (s->server && tls_answer(sock, &ready) == -1) _exit(0);
  net = receive(s, sock, &q);
  if (!is_connection(net)) give_up(sock, TLS_LATER, "what was handed over is no connection");
  if (io_nonblock(net) == -1 || io_nonblock(sock) == -1) give_up(sock, TLS_LATER, "unable to use the connection");
  setsockopt(net, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));  /* whoever speaks here waits for answers */
  ssl = make(s, net, sock, &q);
  if (s->server) keyprovider_use(s->key, SIGN_SECONDS);
  shake(s, ssl, net, sock, q.seconds < SHAKE_SECONDS_MAX ? q.seconds : SHAKE_SECONDS_MAX);
  tell(s, ssl, sock, &q);
  io_close_keep(s->key);
  carry(ssl, net, sock, s->idle);
  _exit(0);
}
