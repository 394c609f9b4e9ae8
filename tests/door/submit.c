/* submit.c - the caller's half of the door submit, against a service that this test plays */

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "door/limits.h"
#include "door/submit.h"
#include "lib/io/io.h"
#include "unit.h"

#define ID "0660bdf441a5b7000cce641f3d"

static struct submit s;
static int server;              /* the service's end */
static char big[200000], got[400000];

static void connect_both(void)
{
  int pair[2];

  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1) abort();
  server = pair[1];
  if (submit_start(&s, pair[0])) abort();
}

static void end(void)
{
  submit_close(&s);
  close(server);
}

/* An answer is there already, since this test is one process. */
static void will_answer(char const *answer, size_t len)
{
  if (io_write(server, answer, len) == -1) abort();
}

static int came(char const *want, size_t len)
{
  return io_read(server, got, len) == (ssize_t)len && !memcmp(got, want, len);
}

static void small(void)
{
  static char const want[] = "\1M\0\0\0\0\5hello\0\0\0\0\0\0\0\5F\0Ta\0M\1x\0\0\0\0\0\0\0\2F";

  connect_both();
  check("nothing is sent before there is a lot", recv(server, got, 1, MSG_DONTWAIT) == -1);
  submit_begin(&s, "");
  submit_data(&s, "hel", 3);
  submit_data(&s, "lo", 2);
  check("nor for a small message", recv(server, got, 1, MSG_DONTWAIT) == -1);
  will_answer("\0\32" ID, 28);
  check("queued", submit_end(&s, "F\0Ta", 5) == SUBMIT_OK && !strcmp(s.text, ID));
  submit_begin(&s, "x");
  will_answer("\37\5no it", 7);
  check("refused", submit_end(&s, "F", 2) == SUBMIT_REFUSED && !strcmp(s.text, "no it"));
  check("the bytes are those of the door", came(want, sizeof want));
  check("the connection stays", s.fd != -1);
  end();
}

/* Reads a message as mail-queued does, without trust in its parts. */
static size_t read_message(char *to)
{
  unsigned char len[4];
  size_t at = 0, n, largest = 0;

  for (;;) {
    if (io_read(server, (char *)len, 4) != 4) return 0;
    n = (size_t)len[0] << 24 | (size_t)len[1] << 16 | (size_t)len[2] << 8 | len[3];
    if (!n) return largest <= SUBMIT_CHUNK_MAX ? at : 0;
    if (n > largest) largest = n;
    if (io_read(server, to + at, n) != (ssize_t)n) return 0;
    at += n;
  }
}

static void large(size_t len, size_t step)
{
  size_t i;
  pid_t pid;
  int status;

  for (i = 0; i < sizeof big; i++) big[i] = (char)(i * 7 >> 3);
  connect_both();
  pid = fork();
  if (!pid) {
    int good = io_read(server, got, 3) == 3 && read_message(got) == len && !memcmp(got, big, len);
    will_answer("\0\32" ID, 28);
    _exit(!good);
  }
  submit_begin(&s, "");
  for (i = 0; i < len; i += step) submit_data(&s, big + i, len - i < step ? len - i : step);
  if (submit_end(&s, "F", 2)) pid = -1;
  check("a message of several chunks", waitpid(pid, &status, 0) == pid && !status);
  end();
}

static void aborted(void)
{
  static char const want[] = "\1M\0\0\0\0\1x\377\377\377\377";

  connect_both();
  submit_begin(&s, "");
  submit_data(&s, "x", 1);
  submit_abort(&s);
  check("dropped", came(want, sizeof want - 1));
  submit_begin(&s, "");
  check("an envelope that is too long", submit_end(&s, "F", ENVELOPE_BYTES_MAX + 1) == SUBMIT_LONG);
  check("is told, and the connection stays", s.text[0] == '5' && s.fd != -1);
  check("drops the message", came("M\0\377\377\377\377", 6));
  end();
}

/* The service sends this and closes; then a message. */
static int after(char const *answer, size_t len, size_t bytes)
{
  int code;

  connect_both();
  will_answer(answer, len);
  close(server);
  submit_begin(&s, "");
  submit_data(&s, big, bytes);
  code = submit_end(&s, "F", 2);
  submit_close(&s);
  return code;
}

static void early(void)
{
  size_t n;

  for (n = 1; n <= 150000; n += 149999) {
    check("an early refusal is found", after("\107\0054.3.2", 7, n) == SUBMIT_BUSY && !strcmp(s.text, "4.3.2"));
    check("no word is lost connection", after("", 0, n) == SUBMIT_BROKEN && !strncmp(s.text, "4.", 2));
    check("so is half a refusal", after("\107\0054.3", 5, n) == SUBMIT_BROKEN && !strncmp(s.text, "4.3.0 lost", 10));
    check("consent that came early is none", after("\0\32" ID, 28, n) == SUBMIT_BROKEN);
  }
  submit_begin(&s, "");
  submit_data(&s, big, sizeof big);
  check("afterwards nobody is there", submit_end(&s, "F", 2) == SUBMIT_AWAY && !strncmp(s.text, "4.", 2));
}

static void answers(void)
{
  static char long_text[2 + 255];

  long_text[0] = SUBMIT_WRITE;
  long_text[1] = (char)255;
  memset(long_text + 2, 'w', 255);
  connect_both();
  submit_begin(&s, "");
  will_answer(long_text, sizeof long_text);
  check("the longest text", submit_end(&s, "F", 2) == SUBMIT_WRITE && strlen(s.text) == 255);
  submit_begin(&s, "");
  will_answer("\65\0", 2);
  check("the shortest", submit_end(&s, "F", 2) == SUBMIT_WRITE && !*s.text);
  submit_begin(&s, "");
  will_answer("\0\2no", 4);
  check("consent without an ID is none", submit_end(&s, "F", 2) == SUBMIT_BROKEN && s.fd == -1);
  end();
}

static void permanent(void)
{
  int i, n = 0;

  for (i = 0; i < 256; i++) n += submit_permanent(i);
  check("permanent codes", n == 31 && submit_permanent(11) && submit_permanent(40) && submit_permanent(115)
        && !submit_permanent(10) && !submit_permanent(41) && !submit_permanent(SUBMIT_FORMAT));
}

/* a service that is never there to read, and one that has read all and takes its time */
static void patience(void)
{
  connect_both();
  s.idle = 1;
  submit_begin(&s, "");
  check("nobody takes the message", submit_end(&s, "F\0Ta", 5) == SUBMIT_TIMEOUT && s.fd == -1);
  close(server);
  connect_both();
  s.idle = 1;
  if (!fork()) {
    if (io_read(server, got, 16) != 16) _exit(1);
    sleep(2);
    _exit(io_write(server, "\0\32" ID, 28) == -1);
  }
  submit_begin(&s, "");
  check("somebody has taken it: the answer is waited for", submit_end(&s, "F\0Ta", 5) == SUBMIT_OK);
  wait(0);
  end();
}

int main(void)
{
  alarm(60);
  small();
  large(200000, 200000);
  large(200000, 999);
  large(SUBMIT_CHUNK_MAX, 1);
  large(SUBMIT_CHUNK_MAX - 7, SUBMIT_CHUNK_MAX);
  large(SUBMIT_CHUNK_MAX - 3, SUBMIT_CHUNK_MAX);
  aborted();
  early();
  answers();
  permanent();
  patience();
  check("nobody at the socket", submit_open(&s, 0) == SUBMIT_AWAY && s.fd == -1 && !strncmp(s.text, "4.", 2));
  return unit_end();
}
