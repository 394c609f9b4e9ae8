/* auth.c - the door to mail-authd: round trips, truncations, flipped bytes, the client's steps, senders */

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/auth.h"
#include "lib/io/packet.h"
#include "records.h"
#include "unit.h"

static struct auth_request q, q2;
static struct auth_answer a, a2;
static char buf[AUTH_RECORD_MAX];

static int read_request(char const *s, size_t len)
{
  return auth_request_unpack(&q2, s, len);
}

static int read_answer(char const *s, size_t len)
{
  return auth_answer_unpack(&a2, s, len);
}

static void requests(void)
{
  size_t len;

  q = (struct auth_request){ .kind = AUTH_START, .start = { .mechanism = "PLAIN", .ip = "2001:db8::1",
    .flags = AUTH_SECURE | AUTH_INITIAL, .endpoint_len = AUTH_ENDPOINT_MAX, .exporter_len = 3,
    .exporter = { 0, 1, 2 } } };
  memset(q.start.endpoint, 7, AUTH_ENDPOINT_MAX);
  memset(q.start.initial, 'A', 8);
  len = auth_request_pack(&q, buf);
  check("a start comes through", len && auth_request_unpack(&q2, buf, len) && q2.kind == AUTH_START
        && !memcmp(&q2.start, &q.start, sizeof q.start));
  records_hold("no beginning of a start is one", buf, len, read_request);
  memset(q.start.initial, 'A', AUTH_LINE_MAX);
  memset(q.start.mechanism, 'M', AUTH_MECHANISM_MAX);
  memset(q.start.ip, '1', AUTH_IP_MAX);
  q.start.exporter_len = AUTH_EXPORTER_MAX;
  len = auth_request_pack(&q, buf);
  check("the longest fits", len && auth_request_unpack(&q2, buf, len) && !strcmp(q2.start.initial, q.start.initial));
  check("a longer record is refused", !auth_request_unpack(&q2, buf, len + 1));
  q.start.flags = 16;
  len = auth_request_pack(&q, buf);
  check("an unknown flag is refused", !auth_request_unpack(&q2, buf, len));
  q = (struct auth_request){ .kind = AUTH_RESPONSE, .line = "*" };
  len = auth_request_pack(&q, buf);
  check("a response comes through", len && auth_request_unpack(&q2, buf, len) && !strcmp(q2.line, "*"));
  records_hold("no beginning of a response is one", buf, len, read_request);
  memcpy(q.line, "a\nb", 4);
  len = auth_request_pack(&q, buf);
  check("a response of two lines is refused", !auth_request_unpack(&q2, buf, len));
  q = (struct auth_request){ .kind = AUTH_COUNT, .rcpts = 0x80000001U };
  len = auth_request_pack(&q, buf);
  check("a count comes through", len && auth_request_unpack(&q2, buf, len) && q2.rcpts == 0x80000001U);
  records_hold("no beginning of a count is one", buf, len, read_request);
  q.kind = (enum auth_request_kind)'X';
  check("an unknown request is not packed", !auth_request_pack(&q, buf));
}

static int refused(enum auth_status status, char const *reply, char const *login, char const *senders)
{
  memset(&a, 0, sizeof a);
  a.kind = AUTH_END;
  a.status = status;
  snprintf(a.reply, sizeof a.reply, "%s", reply);
  snprintf(a.login, sizeof a.login, "%s", login);
  snprintf(a.senders, sizeof a.senders, "%s", senders);
  return !auth_answer_unpack(&a2, buf, auth_answer_pack(&a, buf));
}

static void answers(void)
{
  size_t len;

  memset(&a, 0, sizeof a);
  a.kind = AUTH_CHALLENGE;
  memset(a.challenge, 'A', AUTH_LINE_MAX);
  len = auth_answer_pack(&a, buf);
  check("the longest challenge fits", len && auth_answer_unpack(&a2, buf, len) && !strcmp(a.challenge, a2.challenge));
  a.challenge[0] = 0;
  len = auth_answer_pack(&a, buf);
  check("the empty one comes through", len && auth_answer_unpack(&a2, buf, len) && !a2.challenge[0]);
  records_hold("no beginning of a challenge is one", buf, len, read_answer);
  check("an end comes through", !refused(AUTH_YES, "235 2.7.0 ok", "joe", "joe@d\n*") && a2.status == AUTH_YES
        && !strcmp(a2.reply, "235 2.7.0 ok") && !strcmp(a2.login, "joe") && !strcmp(a2.senders, "joe@d\n*"));
  records_hold("no beginning of an end is one", buf, auth_answer_pack(&a, buf), read_answer);
  check("a reply of another kind is refused", refused(AUTH_NO, "235 2.7.0 ok", "", "")
        && refused(AUTH_YES, "535 5.7.8 no", "joe", "") && refused(AUTH_LATER, "535 5.7.8 no", "", ""));
  check("a reply that is none is refused", refused(AUTH_YES, "2x5 ok", "joe", "") && refused(AUTH_YES, "", "joe", "")
        && refused(AUTH_YES, "235-ok", "joe", ""));
  check("a second line is refused", refused(AUTH_YES, "235 ok\r\n250 ok", "joe", ""));
  check("a login with a blank is refused", refused(AUTH_YES, "235 ok", "joe x", ""));
  check("senders with a blank are refused", refused(AUTH_YES, "235 ok", "joe", "a b@c"));
  check("an unknown status is not packed", refused((enum auth_status)'?', "235 ok", "joe", ""));
}

static int pair[2];

static void open_pair(void)
{
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == -1) _exit(111);
}

static void answer(enum auth_kind kind, enum auth_status status, char const *text)
{
  struct auth_answer r = { .kind = kind, .status = status };

  snprintf(kind == AUTH_END ? r.reply : r.challenge, sizeof r.reply, "%s", text);
  packet_send(pair[1], buf, auth_answer_pack(&r, buf), -1);
}

static int is_end(enum auth_status status, char const *code)
{
  return a.kind == AUTH_END && a.status == status && !strncmp(a.reply, code, strlen(code));
}

static void steps(void)
{
  static char line[AUTH_LINE_MAX + 2];
  struct auth_start s = { .mechanism = "LOGIN", .ip = "192.0.2.1" };
  ssize_t r;

  open_pair();
  answer(AUTH_CHALLENGE, AUTH_YES, "VXNlcm5hbWU6");
  check("a challenge goes on", auth_start(pair[0], &s, &a) && !strcmp(a.challenge, "VXNlcm5hbWU6"));
  r = packet_recv(pair[1], buf, sizeof buf, 0);
  check("the start was sent", r > 0 && auth_request_unpack(&q2, buf, (size_t)r) && !strcmp(q2.start.mechanism, "LOGIN"));
  memset(line, 'A', AUTH_LINE_MAX + 1);
  check("a line that is too long is refused", !auth_respond(pair[0], line, &a) && is_end(AUTH_NO, "500 5.5.6"));
  check("a control byte is refused", !auth_respond(pair[0], "a\rb", &a) && is_end(AUTH_NO, "501 5.5.2"));
  strcpy(s.initial, "a\177");
  check("in the first line, too", !auth_start(pair[0], &s, &a) && is_end(AUTH_NO, "501 5.5.2"));
  s.initial[0] = line[AUTH_LINE_MAX] = 0;
  answer(AUTH_END, AUTH_NO, "535 5.7.8 no");
  check("the longest line is sent", !auth_respond(pair[0], line, &a) && is_end(AUTH_NO, "535 5.7.8"));
  packet_recv(pair[1], buf, sizeof buf, 0);
  packet_send(pair[1], "garbage", 7, -1);
  check("garbage is temporary", !auth_respond(pair[0], "*", &a) && is_end(AUTH_LATER, "454 4.7.0"));
  packet_recv(pair[1], buf, sizeof buf, 0);
  answer(AUTH_END, AUTH_YES, "235 2.7.0 counted");
  check("a message may go", auth_count(pair[0], 3, &a));
  packet_recv(pair[1], buf, sizeof buf, 0);
  answer(AUTH_END, AUTH_LATER, "450 4.7.1 more than 1 messages an hour");
  check("or it may not", !auth_count(pair[0], 3, &a) && is_end(AUTH_LATER, "450 4.7.1"));
  packet_recv(pair[1], buf, sizeof buf, 0);
  answer(AUTH_CHALLENGE, AUTH_YES, "eA==");
  check("a challenge there is trouble", !auth_count(pair[0], 3, &a) && is_end(AUTH_LATER, "450 4.7.0"));
  close(pair[1]);
  check("a closed socket is temporary", !auth_respond(pair[0], "eA==", &a) && is_end(AUTH_LATER, "454 4.7.0"));
  close(pair[0]);
  open_pair();
  packet_send(pair[0], "x", 1, -1);
  answer(AUTH_END, AUTH_LATER, "454 4.7.0 too many logins at once");
  close(pair[1]);
  check("who has no place says so, and reads nothing", !auth_start(pair[0], &s, &a) && is_end(AUTH_LATER, "454 4.7.0 too"));
  close(pair[0]);
  check("so is none", !auth_start(-1, &s, &a) && is_end(AUTH_LATER, "454 4.7.0"));
}

static int may(char const *senders, char const *sender)
{
  snprintf(a.senders, sizeof a.senders, "%s", senders);
  return auth_may_send(&a, sender);
}

static void senders(void)
{
  check("its address", may("joe@example.org\njoe-*@example.org", "Joe@Example.ORG"));
  check("an extension", may("joe@example.org\njoe-*@example.org", "joe-list@example.org"));
  check("an empty extension", may("joe-*@example.org", "joe-@example.org"));
  check("nobody else", !may("joe@example.org\njoe-*@example.org", "joel@example.org")
        && !may("joe@example.org", "joe@example.org.evil") && !may("joe@example.org", "joe@xexample.org"));
  check("neither a sender without a domain", !may("joe@example.org\n@example.org", "joe"));
  check("a domain", may("@example.org", "x@example.org") && !may("@example.org", "x@sub.example.org"));
  check("an @ within", may("@example.org", "a@b@example.org") && !may("a@b", "a@b@example.org"));
  check("all", may("*", "x@y") && may("*", "x"));
  check("no pattern", !may("", "x@y") && !may("x", "x"));
  check("no sender", may("", "") && may("joe@example.org", ""));
}

int main(void)
{
  requests();
  answers();
  steps();
  senders();
  return unit_end();
}
