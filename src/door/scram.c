/* scram.c - see scram.h */

#include <errno.h>
#include <string.h>

#include "door/scram.h"
#include "lib/io/io.h"
#include "lib/io/pack.h"
#include "lib/io/record.h"

#define VERSION 0x81            /* none of door/tls.h's, which are small */

static int printable(char const *s)
{
  while (*s >= ' ' && *s <= '~') s++;
  return !*s;
}

size_t scram_request_pack(struct scram_request const *q, char buf[SCRAM_RECORD_MAX])
{
  struct pack p = { .s = buf, .size = SCRAM_RECORD_MAX };

  pack_u8(&p, VERSION);
  pack_u8(&p, q->question);
  if (q->question == SCRAM_BEGIN) {
    pack_bytes(&p, q->login, strlen(q->login), SCRAM_LOGIN_MAX);
    pack_bytes(&p, q->password, strlen(q->password), SCRAM_PASSWORD_MAX);
  }
  else if (q->question == SCRAM_SAID) pack_bytes(&p, q->said, strlen(q->said), SCRAM_LINE_MAX);
  else return 0;
  return p.bad ? 0 : p.len;
}

int scram_request_unpack(struct scram_request *q, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };

  if (unpack_u8(&u) != VERSION) return 0;
  q->question = (enum scram_question)unpack_u8(&u);
  q->login[0] = q->password[0] = q->said[0] = 0;
  if (q->question == SCRAM_BEGIN) {
    unpack_string(&u, q->login, SCRAM_LOGIN_MAX);
    unpack_string(&u, q->password, SCRAM_PASSWORD_MAX);
  }
  else if (q->question == SCRAM_SAID) unpack_string(&u, q->said, SCRAM_LINE_MAX);
  else return 0;
  return unpack_done(&u);
}

static int answer_ok(struct scram_answer const *a)
{
  size_t len = strlen(a->text);

  if (!printable(a->text)) return 0;
  switch (a->status) {
    case SCRAM_SAY: return len != 0;
    case SCRAM_PROVEN: return !len;
    case SCRAM_REFUSED: case SCRAM_UNSOUND: case SCRAM_LATER: return len && len <= TEXT_MAX;
  }
  return 0;
}

size_t scram_answer_pack(struct scram_answer const *a, char buf[SCRAM_RECORD_MAX])
{
  struct pack p = { .s = buf, .size = SCRAM_RECORD_MAX };

  pack_u8(&p, VERSION);
  pack_u8(&p, a->status);
  pack_bytes(&p, a->text, strlen(a->text), SCRAM_LINE_MAX);
  return p.bad || !answer_ok(a) ? 0 : p.len;
}

int scram_answer_unpack(struct scram_answer *a, char const *buf, size_t len)
{
  struct unpack u = { .s = buf, .len = len };

  if (unpack_u8(&u) != VERSION) return 0;
  a->status = (enum scram_status)unpack_u8(&u);
  unpack_string(&u, a->text, SCRAM_LINE_MAX);
  return unpack_done(&u) && answer_ok(a);
}

static void set(struct scram_answer *a, enum scram_status status, char const *text)
{
  a->status = status;
  memcpy(a->text, text, strlen(text) + 1);
}

static void set_later(struct scram_answer *a, char const *text)
{
  set(a, SCRAM_LATER, text);
}

static void ask(int sock, struct scram_request const *q, unsigned int seconds, struct scram_answer *a)
{
  char buf[SCRAM_RECORD_MAX];
  size_t len = scram_request_pack(q, buf);
  long long until = io_clock() + seconds * 1000LL;
  ssize_t r;

  /* what it has said before it closed can still be read */
  if (!len || (record_send(sock, buf, len, -1, until) == -1 && errno != EPIPE && errno != ECONNRESET))
    set_later(a, "the TLS service cannot be asked");
  else if ((r = record_recv(sock, buf, sizeof buf, 0, until)) == -1)
    set_later(a, errno == ETIMEDOUT ? "the TLS service did not answer in time" : "the TLS service broke off");
  else if (!scram_answer_unpack(a, buf, (size_t)r)) set_later(a, "the TLS service gave an answer that is none");
  explicit_bzero(buf, sizeof buf);
}

void scram_begin(int sock, char const *login, char const *password, unsigned int seconds, struct scram_answer *a)
{
  struct scram_request q = { .question = SCRAM_BEGIN };

  if (strlen(login) > SCRAM_LOGIN_MAX || strlen(password) > SCRAM_PASSWORD_MAX) {
    set_later(a, "login or password are longer than the TLS service takes");
    return;
  }
  memcpy(q.login, login, strlen(login) + 1);
  memcpy(q.password, password, strlen(password) + 1);
  ask(sock, &q, seconds, a);
  explicit_bzero(&q, sizeof q);
}

void scram_go_on(int sock, char const *said, unsigned int seconds, struct scram_answer *a)
{
  struct scram_request q = { .question = SCRAM_SAID };

  if (strlen(said) > SCRAM_LINE_MAX) {
    set(a, SCRAM_UNSOUND, "a line that is too long");
    return;
  }
  memcpy(q.said, said, strlen(said) + 1);
  ask(sock, &q, seconds, a);
}
