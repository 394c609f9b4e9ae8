/* sign.c - the door to mail-keyd: round trip, every truncation, every flipped byte, names, and sign_ask */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/sign.h"
#include "lib/io/packet.h"
#include "records.h"
#include "unit.h"

static struct sign_request r, r2;
static struct sign_answer a, a2;
static char buf[SIGN_RECORD_MAX], copy[SIGN_RECORD_MAX];

static int read_request(char const *s, size_t len)
{
  return sign_request_unpack(&r2, s, len);
}

static int read_answer(char const *s, size_t len)
{
  return sign_answer_unpack(&a2, s, len);
}

static int same_request(void)
{
  return !strcmp(r.name, r2.name) && !memcmp(r.key, r2.key, sizeof r.key) && r.scheme == r2.scheme && r.len == r2.len
         && !memcmp(r.text, r2.text, r.len);
}

static int same_answer(void)
{
  return a.status == a2.status && !strcmp(a.text, a2.text) && a.len == a2.len
         && !memcmp(a.signature, a2.signature, a.len);
}

static unsigned int unseen(size_t len, int (*read)(char const *, size_t), int (*same)(void))
{
  unsigned int n = 0;
  size_t i;

  for (i = 0; i < len * 8; i++) {
    memcpy(copy, buf, len);
    copy[i / 8] = (char)(copy[i / 8] ^ 1 << i % 8);
    n += read(copy, len) && same();
  }
  return n;
}

static void requests(void)
{
  size_t len;

  r = (struct sign_request){ .scheme = 0x0804, .len = SIGN_TEXT_MAX };
  memset(r.name, 'n', SIGN_NAME_MAX);
  memset(r.key, 'k', sizeof r.key);
  memset(r.text, 't', SIGN_TEXT_MAX);
  len = sign_request_pack(&r, buf);
  check("the longest request fits", len && read_request(buf, len) && same_request());
  check("a longer request is refused", !read_request(buf, len + 1));
  records_hold("every shorter request is refused", buf, len, read_request);
  r.len = SIGN_TEXT_MAX + 1;
  check("a text that is too long is not packed", !sign_request_pack(&r, buf));
  r = (struct sign_request){ .name = "a.example", .scheme = 0x0403, .len = 3, .text = "abc" };
  len = sign_request_pack(&r, buf);
  check("every flipped bit of a request is refused or seen", !unseen(len, read_request, same_request));
}

static void answers(void)
{
  size_t len;

  a = (struct sign_answer){ .status = SIGN_DONE, .len = SIGN_BYTES_MAX };
  memset(a.text, 't', TEXT_MAX);
  memset(a.signature, 's', SIGN_BYTES_MAX);
  len = sign_answer_pack(&a, buf);
  check("the longest answer fits", len && read_answer(buf, len) && same_answer());
  check("a longer answer is refused", !read_answer(buf, len + 1));
  records_hold("every shorter answer is refused", buf, len, read_answer);
  a = (struct sign_answer){ .status = SIGN_LATER, .text = "no such key" };
  len = sign_answer_pack(&a, buf);
  check("every flipped bit of an answer is refused or seen", !unseen(len, read_answer, same_answer));
  a.status = (enum sign_status)'?';
  check("an unknown status is not packed", !sign_answer_pack(&a, buf));
  a.status = SIGN_DONE;
  check("nor done without a signature", !sign_answer_pack(&a, buf));
  a = (struct sign_answer){ .status = SIGN_REFUSED, .len = 1 };
  check("nor a signature with a refusal", !sign_answer_pack(&a, buf));
}

static void names(void)
{
  static char const *const good[] = { "default", "mail.example.org", "_.example.org", "a", "xn--bcher-kva.example",
                                      "1" };
  static char const *const bad[] = { "", ".", "..", "../x", "a/b", "/", "a..b", ".a", "a.", "A.example", "*.example",
                                     "a b", "a\n", "\303\244.example" };
  char longest[SIGN_NAME_MAX + 2];
  size_t i;

  for (i = 0; i < sizeof good / sizeof good[0]; i++) check(good[i], sign_name(good[i]));
  for (i = 0; i < sizeof bad / sizeof bad[0]; i++) check("a name that is none", !sign_name(bad[i]));
  memset(longest, 'a', sizeof longest);
  longest[SIGN_NAME_MAX] = 0;
  check("the longest name", sign_name(longest));
  longest[SIGN_NAME_MAX] = 'a';
  longest[SIGN_NAME_MAX + 1] = 0;
  check("a longer name", !sign_name(longest));
}

/* asks where the answer waits already */
static enum sign_status asked(char const *answer, size_t len)
{
  int pair[2];

  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == -1) return SIGN_REFUSED;
  if (len) packet_send(pair[1], answer, len, -1);
  r = (struct sign_request){ .name = "a.example", .scheme = 0x0403, .len = 1 };
  a2 = (struct sign_answer){ .status = SIGN_DONE };
  sign_ask(pair[0], &r, &a2, 1);
  close(pair[0]);
  close(pair[1]);
  return a2.status;
}

static void asking(void)
{
  int pair[2];

  a = (struct sign_answer){ .status = SIGN_DONE, .len = 2, .signature = "ab" };
  check("the answer comes", asked(buf, sign_answer_pack(&a, buf)) == SIGN_DONE && same_answer());
  check("garbage is for later", asked("garbage", 7) == SIGN_LATER && *a2.text);
  check("no answer in time is for later", asked("", 0) == SIGN_LATER && *a2.text);
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == -1) return;
  close(pair[1]);
  sign_ask(pair[0], &r, &a2, 1);
  check("a closed socket is for later", a2.status == SIGN_LATER);
  close(pair[0]);
}

int main(void)
{
  requests();
  answers();
  names();
  asking();
  return unit_end();
}
