/* scram.c - the second door to mail-tlsd: round trip, truncations, flipped bytes, and both ends of a connection */

#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "door/scram.h"
#include "door/tls.h"
#include "lib/io/io.h"
#include "lib/io/record.h"
#include "records.h"

static struct scram_request q, q2;
static struct scram_answer a, a2;
static char buf[SCRAM_RECORD_MAX];

static int read_request(char const *s, size_t len)
{
  struct scram_request x;

  return scram_request_unpack(&x, s, len);
}

static int read_answer(char const *s, size_t len)
{
  struct scram_answer x;

  return scram_answer_unpack(&x, s, len);
}

static size_t pack(enum scram_question question, char const *login, char const *password, char const *said)
{
  q = (struct scram_request){ .question = question };
  memcpy(q.login, login, strlen(login) + 1);
  memcpy(q.password, password, strlen(password) + 1);
  memcpy(q.said, said, strlen(said) + 1);
  return scram_request_pack(&q, buf);
}

static int comes(size_t len)
{
  memset(&q2, 1, sizeof q2);
  return len && scram_request_unpack(&q2, buf, len) && q2.question == q.question && !strcmp(q2.login, q.login)
         && !strcmp(q2.password, q.password) && !strcmp(q2.said, q.said);
}

static void requests(void)
{
  static char login[SCRAM_LOGIN_MAX + 1], password[SCRAM_PASSWORD_MAX + 1], said[SCRAM_LINE_MAX + 1];
  struct tls_request t = { .check = TLS_ANYONE };
  char other[TLS_RECORD_MAX];
  size_t len;

  memset(login, 'l', SCRAM_LOGIN_MAX);
  memset(password, '\xff', SCRAM_PASSWORD_MAX);
  memset(said, '=', SCRAM_LINE_MAX);
  len = pack(SCRAM_BEGIN, login, password, "");
  check("the longest login comes as it went", comes(len));
  check("with a byte more it does not", !scram_request_unpack(&q2, buf, len + 1));
  len = pack(SCRAM_SAID, "", "", said);
  check("the longest line comes as it went", comes(len));
  check("an empty line", comes(pack(SCRAM_SAID, "", "", "")));
  check("an unknown question is not packed", !pack((enum scram_question)'?', "", "", ""));
  len = pack(SCRAM_BEGIN, "me", "pass", "");
  records_hold("a login cut short is refused", buf, len, read_request);
  check("it is none of the other door's", !tls_request_unpack(&t, buf, len));
  len = tls_request_pack(&t, other);
  check("nor the other way round", len && !scram_request_unpack(&q2, other, len));
  len = pack(SCRAM_SAID, "", "", "cj14");
  records_hold("a line cut short is refused", buf, len, read_request);
}

static size_t answer(enum scram_status status, char const *text)
{
  a.status = status;
  memcpy(a.text, text, strlen(text) + 1);
  return scram_answer_pack(&a, buf);
}

static int returns(size_t len)
{
  return len && scram_answer_unpack(&a2, buf, len) && a2.status == a.status && !strcmp(a2.text, a.text);
}

static void answers(void)
{
  static char text[SCRAM_LINE_MAX + 1];
  size_t len;

  memset(text, '/', SCRAM_LINE_MAX);
  check("the longest line", returns(answer(SCRAM_SAY, text)));
  check("words are shorter", !answer(SCRAM_UNSOUND, text));
  text[TEXT_MAX] = 0;
  check("the longest words", returns(answer(SCRAM_UNSOUND, text)));
  check("a word of the host", returns(answer(SCRAM_REFUSED, "invalid-proof")));
  check("a proof", returns(answer(SCRAM_PROVEN, "")));
  check("a proof with words is none", !answer(SCRAM_PROVEN, "x"));
  check("nothing to say is no line", !answer(SCRAM_SAY, "") && !answer(SCRAM_LATER, ""));
  check("an unknown status", !answer((enum scram_status)'?', "x"));
  check("what would end a line of SMTP", !answer(SCRAM_SAY, "eA==\r\n"));
  len = answer(SCRAM_SAY, "bixs");
  records_hold("an answer cut short is refused", buf, len, read_answer);
  buf[len - 1] = '\n';
  check("nor is that read", !scram_answer_unpack(&a2, buf, len));
}

/* mail-tlsd's end: answers one question, and ends */
static _Noreturn void serve(int sock, char const *record, size_t len)
{
  static char asked[SCRAM_RECORD_MAX];
  ssize_t r = record_recv(sock, asked, sizeof asked, 0, io_clock() + 60000);

  if (r == -1 || !scram_request_unpack(&q2, asked, (size_t)r)) _exit(1);
  if (q2.question == SCRAM_BEGIN && (strcmp(q2.login, "me") || strcmp(q2.password, "pass"))) _exit(2);
  if (q2.question == SCRAM_SAID && strcmp(q2.said, "cj14")) _exit(3);
  if (len && record_send(sock, record, len, -1, io_clock() + 60000) == -1) _exit(4);
  _exit(0);
}

/* what comes of an answer of so many bytes, 0: of none */
static enum scram_status asked(enum scram_question question, size_t len)
{
  int door[2], is;
  pid_t pid;

  if (socketpair(AF_UNIX, SOCK_STREAM, 0, door) == -1) return SCRAM_PROVEN;
  pid = fork();
  if (!pid) {
    close(door[0]);
    serve(door[1], buf, len);
  }
  close(door[1]);
  memset(&a2, 0, sizeof a2);
  if (question == SCRAM_BEGIN) scram_begin(door[0], "me", "pass", 60, &a2);
  else scram_go_on(door[0], "cj14", 60, &a2);
  close(door[0]);
  waitpid(pid, &is, 0);
  check("it was asked that", !is);
  return a2.status;
}

static void dialogues(void)
{
  char line[SCRAM_LINE_MAX + 2], login[SCRAM_LOGIN_MAX + 2];
  int door[2];

  check("an answer", asked(SCRAM_BEGIN, answer(SCRAM_SAY, "bixs")) == SCRAM_SAY && !strcmp(a2.text, "bixs"));
  check("another", asked(SCRAM_SAID, answer(SCRAM_PROVEN, "")) == SCRAM_PROVEN);
  check("none", asked(SCRAM_SAID, 0) == SCRAM_LATER && *a2.text);
  memset(buf, 'x', 100);
  check("garbage", asked(SCRAM_BEGIN, 100) == SCRAM_LATER && *a2.text);
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, door) == -1) return;
  scram_begin(door[0], "me", "pass", 0, &a2);
  check("no answer in time", a2.status == SCRAM_LATER && strstr(a2.text, "in time"));
  memset(login, 'x', sizeof login);
  login[sizeof login - 1] = 0;
  scram_begin(door[0], login, "pass", 60, &a2);
  check("a login that is too long", a2.status == SCRAM_LATER);
  memset(line, 'x', sizeof line);
  line[sizeof line - 1] = 0;
  scram_go_on(door[0], line, 60, &a2);
  check("a line that is too long is the host's fault", a2.status == SCRAM_UNSOUND);
  close(door[1]);
  scram_begin(door[0], "me", "pass", 60, &a2);
  check("nobody there", a2.status == SCRAM_LATER);
  close(door[0]);
}

int main(void)
{
  requests();
  answers();
  dialogues();
  return unit_end();
}
