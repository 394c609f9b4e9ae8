/* tls.c - the door to mail-tlsd: round trip, truncations, flipped bytes, and both ends of a connection */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "door/tls.h"
#include "lib/io/io.h"
#include "lib/io/record.h"
#include "records.h"

static struct tls_request q, q2;
static struct tls_result r, r2;
static char buf[TLS_RECORD_MAX];

static int same_request(void)
{
  return q.seconds == q2.seconds && q.check == q2.check && !strcmp(q.name, q2.name) && !strcmp(q.names, q2.names)
         && !strcmp(q.ca, q2.ca);
}

static int same_result(void)
{
  return r.status == r2.status && r.verified == r2.verified && !strcmp(r.text, r2.text)
         && !strcmp(r.version, r2.version) && !strcmp(r.cipher, r2.cipher) && !strcmp(r.group, r2.group)
         && !strcmp(r.sni, r2.sni) && !strcmp(r.fingerprint, r2.fingerprint) && r.endpoint_len == r2.endpoint_len
         && r.exporter_len == r2.exporter_len && !memcmp(r.endpoint, r2.endpoint, r.endpoint_len)
         && !memcmp(r.exporter, r2.exporter, r.exporter_len);
}

static int read_request(char const *s, size_t len)
{
  struct tls_request x;

  return tls_request_unpack(&x, s, len);
}

static int read_result(char const *s, size_t len)
{
  struct tls_result x;

  return tls_result_unpack(&x, s, len);
}

static void requests(void)
{
  size_t len;

  q = (struct tls_request){ .seconds = 0xfffffff0U, .check = TLS_FINGERPRINT };
  memset(q.name, 'n', TLS_NAME_MAX);
  memset(q.names, 'a', TLS_NAMES_MAX);
  memset(q.ca, '/', TLS_NAME_MAX);
  len = tls_request_pack(&q, buf);
  check("the longest request fits", len && tls_request_unpack(&q2, buf, len) && same_request());
  check("a longer one is refused", !tls_request_unpack(&q2, buf, len + 1));
  q = (struct tls_request){ .seconds = 30, .check = TLS_NAMED, .name = "mx.example", .names = "mx.example .b.example",
                            .ca = "/ca.pem" };
  len = tls_request_pack(&q, buf);
  check("a request comes as it went", len && tls_request_unpack(&q2, buf, len) && same_request());
  records_hold("a request cut short is refused", buf, len, read_request);
  buf[len - 1] = '\n';
  check("a line end in a name is refused", !tls_request_unpack(&q2, buf, len));
  q.check = (enum tls_check)'?';
  check("an unknown check is not packed", !tls_request_pack(&q, buf));
}

static void results(void)
{
  size_t len;

  r = (struct tls_result){ .status = TLS_DONE, .verified = 1, .endpoint_len = TLS_ENDPOINT_MAX,
                           .exporter_len = TLS_EXPORTER_MAX };
  memset(r.text, 't', TEXT_MAX);
  memset(r.version, 'v', TLS_VERSION_MAX);
  memset(r.cipher, 'c', TLS_CIPHER_MAX);
  memset(r.group, 'g', TLS_GROUP_MAX);
  memset(r.sni, 's', TLS_NAME_MAX);
  memset(r.fingerprint, 'f', TLS_FINGERPRINT_LEN);
  memset(r.endpoint, 1, TLS_ENDPOINT_MAX);
  len = tls_result_pack(&r, buf);
  check("the longest result fits", len && tls_result_unpack(&r2, buf, len) && same_result());
  check("a longer one is refused", !tls_result_unpack(&r2, buf, len + 1));
  r = (struct tls_result){ .status = TLS_FAILED, .text = "certificate expired", .version = "TLSv1.2",
                           .sni = "a.example" };
  len = tls_result_pack(&r, buf);
  check("a result comes as it went", len && tls_result_unpack(&r2, buf, len) && same_result());
  records_hold("a result cut short is refused", buf, len, read_result);
  r.text[3] = '\r';
  len = tls_result_pack(&r, buf);
  check("what would end a reply's line is refused", !tls_result_unpack(&r2, buf, len));
  r.text[3] = 't';
  r.fingerprint[0] = 'A';
  len = tls_result_pack(&r, buf);
  check("what is no fingerprint is refused", !tls_result_unpack(&r2, buf, len));
  r.endpoint_len = TLS_ENDPOINT_MAX + 1;
  check("a binding that is too long is not packed", !tls_result_pack(&r, buf));
  r = (struct tls_result){ .status = (enum tls_status)'?' };
  check("an unknown status is not packed", !tls_result_pack(&r, buf));
}

static struct tls_request const asked = { .seconds = 60, .check = TLS_ANYONE, .name = "mx.example" };

/* mail-tlsd's end, in a process of its own: takes a request, answers, and says a byte on the network connection and one on
   the plain side, where there is one. */
static _Noreturn void serve(int sock, enum tls_status first, enum tls_status status)
{
  int connection;
  ssize_t len;
  struct tls_result a = { .status = first };

  if (first == TLS_READY) tls_answer(sock, &a);
  len = record_recv(sock, buf, sizeof buf, &connection, io_clock() + 60000);
  if (len == -1 || connection == -1 || !tls_request_unpack(&q2, buf, (size_t)len)) _exit(1);
  a = (struct tls_result){ .status = status, .version = "TLSv1.3" };
  if (strcmp(q2.name, asked.name) || tls_answer(sock, &a) == -1) _exit(2);
  if (write(connection, "n", 1) != 1 || (status == TLS_DONE && write(sock, "p", 1) != 1)) _exit(3);
  _exit(0);
}

/* the plain side of a dialogue with it, or -1; *came: what came by the network */
static int dialogue(enum tls_status first, enum tls_status status, int flags, char *came)
{
  int door[2], net[2], plain, is;
  pid_t pid;

  *came = 0;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, door) == -1 || socketpair(AF_UNIX, SOCK_STREAM, 0, net) == -1) return -1;
  fcntl(net[1], F_SETFL, flags);
  pid = fork();
  if (!pid) {
    close(door[0]);
    serve(door[1], first, status);
  }
  close(door[1]);
  plain = tls_shake(door[0], net[1], &asked, &r);
  if (read(net[0], came, 1) != 1) *came = 0;
  waitpid(pid, &is, 0);
  close(net[0]);
  close(net[1]);
  check("mail-tlsd's end was well", !is);
  return plain;
}

static void dialogues(void)
{
  char came, byte = 0;
  int plain = dialogue(TLS_DONE, TLS_DONE, 0, &came);

  check("the plain side is there", plain != -1 && r.status == TLS_DONE && !strcmp(r.version, "TLSv1.3"));
  check("it blocks as the connection did", !(fcntl(plain, F_GETFL) & O_NONBLOCK));
  check("nothing behind the result is lost", read(plain, &byte, 1) == 1 && byte == 'p');
  check("the connection went along", came == 'n');
  close(plain);
  plain = dialogue(TLS_READY, TLS_DONE, O_NONBLOCK, &came);
  check("a word that it is ready is passed over", plain != -1 && came == 'n');
  check("the plain side does not block where the connection did not", fcntl(plain, F_GETFL) & O_NONBLOCK);
  close(plain);
  check("a failure is told", dialogue(TLS_DONE, TLS_FAILED, 0, &came) == -1 && r.status == TLS_FAILED);
}

/* what a neighbour that is none says, and then it ends */
static enum tls_status answered(char const *s, size_t len)
{
  int door[2];

  if (socketpair(AF_UNIX, SOCK_STREAM, 0, door) == -1) return TLS_DONE;
  if (write(door[1], s, len) != (ssize_t)len) return TLS_DONE;
  shutdown(door[1], SHUT_WR);
  check("no plain side", tls_shake(door[0], 0, &asked, &r) == -1);
  close(door[1]);
  return r.status;
}

static void neighbours_that_are_none(void)
{
  static struct tls_request const now = { .seconds = 0, .check = TLS_ANYONE };
  int door[2];

  check("the end is temporary", answered("", 0) == TLS_LATER);
  check("half a length is temporary", answered("\0\0", 2) == TLS_LATER);
  check("a record that is too long is temporary", answered("\1\0\0\0garbage", 11) == TLS_LATER);
  check("garbage is temporary", answered("\0\0\0\7garbage", 11) == TLS_LATER);
  check("nobody there is temporary", tls_begin(TLS_IN, 0, &now, &r) == -1 && r.status == TLS_LATER && *r.text);
  check("and is not ready", tls_reach(TLS_IN, 0, &r) == -1 && r.status == TLS_LATER && *r.text);

  if (socketpair(AF_UNIX, SOCK_STREAM, 0, door) == -1) return;
  r = (struct tls_result){ .status = TLS_READY };
  close(door[0]);
  check("an answer to who has gone", tls_answer(door[1], &r) == -1 && errno == EPIPE);
  close(door[1]);
}

int main(void)
{
  requests();
  results();
  dialogues();
  neighbours_that_are_none();
  return unit_end();
}
