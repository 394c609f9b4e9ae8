/*
 * mail-keyd.c - keep the private keys, and sign TLS handshakes with them
 *
 * Runs as    mailk, started by mail-start tls
 * Reads      fd 3: connections of mail-tlsd -s to run/key/key, one request each (door/sign.h); tls/NAME/key
 * Writes     a signature, or why there is none, to where the request came from
 * Trusts     the kernel for who a caller is (SO_PEERCRED): mailt alone is served; nobody for what is to be signed
 * If broken  the private keys are lost, and nothing else: no network, no queue, no other file
 * Exits      0 at TERM, or when mail-start is gone; 111 when it cannot go on; 100 wrong usage
 *
 * It signs the whole text of a handshake after a look at its form (key/form.h), never a digest, and decrypts nothing.
 * Keys are looked at for each request: an exchanged one counts at once, and HUP has nothing to do.
 */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/crypto.h>

#include "door/fds.h"
#include "door/sign.h"
#include "key/form.h"
#include "key/keyring.h"
#include "key/signature.h"
#include "lib/conf/conf.h"
#include "lib/io/accept.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"

#define CLIENTS 900             /* connections; beyond, the oldest one is closed: each is a handshake under way */
#define FILES_MAX 1000
#define MEMORY 536870912        /* bytes: the library, and KEYRING_MAX keys, twice */
#define SILENT_MS 600000        /* a connection without a request is closed then; a handshake takes less */

struct client {
  int fd;
  long long since;
};

static struct client clients[CLIENTS];  /* the oldest first */
static size_t n;
static long long accept_again;  /* not before: the kernel has no room for another descriptor */

static void drop(size_t i)
{
  close(clients[i].fd);
  n--;
  memmove(clients + i, clients + i + 1, (n - i) * sizeof clients[0]);
}

static void refuse(struct sign_answer *a, enum sign_status status, char const *name, char const *why)
{
  *a = (struct sign_answer){ .status = status };
  snprintf(a->text, sizeof a->text, "%s", why);
  log_start();
  log_text(status == SIGN_REFUSED ? "refused" : "not signed");
  log_field("name", name);
  log_text(": ");
  log_text(why);
  log_end();
}

static void sign(struct sign_request const *r, struct sign_answer *a)
{
  enum form form = form_of(r->text, r->len);
  struct form_scheme const *scheme = form_scheme(r->scheme, form);
  char const *why;
  EVP_PKEY *key;

  if (!sign_name(r->name)) refuse(a, SIGN_REFUSED, r->name, "this is no name of a certificate");
  else if (form == FORM_NONE) refuse(a, SIGN_REFUSED, r->name, "this is no text of a server's handshake");
  else if (!scheme) refuse(a, SIGN_REFUSED, r->name, "no handshake is signed this way");
  else if (!(key = keyring_find(r->name, r->key, &why))) refuse(a, SIGN_LATER, r->name, why);
  else if (!signature_fits(key, scheme, form)) refuse(a, SIGN_REFUSED, r->name, "this key does not sign this way");
  else if (signature_make(key, scheme, r, a) == -1) refuse(a, SIGN_LATER, r->name, "the key has failed to sign");
}

/* Takes the one request of a connection and closes it; 0 when it has not come yet. */
static int serve(int fd)
{
  static struct sign_request r;
  static struct sign_answer a;
  char buf[SIGN_RECORD_MAX];
  ssize_t len = packet_recv(fd, buf, sizeof buf, 0);

  if (len == -1 && errno == EAGAIN) return 0;
  if (!len || (len == -1 && errno != EPROTO)) return 1;         /* a handshake that needed none, or failed */
  if (len > 0 && sign_request_unpack(&r, buf, (size_t)len)) sign(&r, &a);
  else refuse(&a, SIGN_REFUSED, "", "a request was not understood");
  packet_send(fd, buf, sign_answer_pack(&a, buf), -1);          /* the first in an empty socket; who is gone is gone */
  return 1;
}

static int is_mailt(int fd)
{
  struct ucred cred;
  socklen_t len = sizeof cred;

  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1 || len != sizeof cred) return 0;
  if (cred.uid == conf_users[CONF_TLS].uid) return 1;
  log_start();
  log_count("error: refused a connection of uid ", cred.uid);
  log_text(": only mailt is served");
  log_end();
  return 0;
}

static void accept_one(void)
{
  int fd = accept_next(KEYD_LISTEN, SOCK_NONBLOCK, &accept_again);

  if (fd == -1) return;
  if (!is_mailt(fd)) {
    close(fd);
    return;
  }
  if (n == CLIENTS) drop(0);
  clients[n++] = (struct client){ fd, io_clock() };
}

/* One round: 0 when it is time to go. */
static int turn(void)
{
  static struct pollfd p[2 + CLIENTS + WAKE_OWN];
  struct pollfd *mine = p + 2;
  int full = accept_again > io_clock();
  long long until = full ? accept_again : WAKE_NEVER;
  size_t i;

  p[0] = (struct pollfd){ .fd = FD_LIFE, .events = POLLIN };
  p[1] = (struct pollfd){ .fd = full ? -1 : KEYD_LISTEN, .events = POLLIN };
  for (i = 0; i < n; i++) mine[i] = (struct pollfd){ .fd = clients[i].fd, .events = POLLIN };
  if (n && clients[0].since + SILENT_MS < until) until = clients[0].since + SILENT_MS;
  wake_poll(p, 2 + n, until);
  if (wake_heard(SIGTERM) || p[0].revents) return 0;
  for (i = n; i-- > 0; )
    if (mine[i].revents && serve(clients[i].fd)) drop(i);
  while (n && clients[0].since + SILENT_MS <= io_clock()) drop(0);
  if (p[1].revents) accept_one();
  return 1;
}

static void prepare(void)
{
  char tls[CONF_PATH_MAX];
  struct priv_path const paths[] = { { conf_path(tls, "tls"), PRIV_FILES } };

  io_close_from(KEYD_LISTEN + 1);
  wake_signals((int const []){ SIGTERM, SIGHUP, SIGALRM, 0 });
  if (io_nonblock(KEYD_LISTEN) == -1) log_diex(111, "fatal: it is mail-start that runs this");
  if (!OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, 0)) log_diex(111, "fatal: unable to start OpenSSL");
  if (priv_limits(FILES_MAX, MEMORY) == -1 || priv_lock(PRIV_OPEN | PRIV_ACCEPT, paths, 1) == -1)
    log_die(111, "fatal: unable to lock in");
}

int main(int argc, char **argv)
{
  (void)argv;
  log_name("mail-keyd");
  if (argc != 1) log_diex(100, "usage: mail-keyd");
  prepare();
  while (turn()) ;
  return 0;
}
