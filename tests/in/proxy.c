/* proxy.c - the PROXY header of both versions: what is good, what is not, each cut, each truncation, each byte flipped */

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "in/proxy.h"
#include "lib/io/io.h"
#include "unit.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define TAIL "EHLO c\r\n"       /* the client's own bytes */

static struct proxy p;
static char block[PROXY_MAX + 100];

/* "IP LOCAL-IP PORT LOCAL-PORT", "own" for a connection without a client, or what is wrong */
static char const *parsed(char const *s, size_t len)
{
  static char said[200];
  char const *wrong = proxy_parse(&p, s, len);

  if (wrong) return wrong;
  if (!p.told) return "own";
  snprintf(said, sizeof said, "%s %s %u %u", p.ip, p.local_ip, p.port, p.local_port);
  return said;
}

static int says(char const *s, size_t len, char const *what)
{
  if (!strcmp(parsed(s, len), what)) return 1;
  printf("it says %s\n", parsed(s, len));
  return 0;
}

#define line_says(s, what) says(s, sizeof s - 1, what)
#define line_bad(s) line_says(s, "it is malformed")

static void lines(void)
{
  char longest[] = "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
  char filler[200] = "PROXY UNKNOWN ";

  check("TCP4", line_says("PROXY TCP4 192.0.2.7 198.51.100.1 35646 25\r\n", "192.0.2.7 198.51.100.1 35646 25"));
  check("TCP6", line_says("PROXY TCP6 2001:DB8::0:1 ::1 0 65535\r\n", "2001:db8::1 ::1 0 65535"));
  check("IPv4 in IPv6", line_says("PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n", "192.0.2.7 ::1 1 2"));
  check("the longest", says(longest, sizeof longest - 1, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"));
  check("UNKNOWN", line_says("PROXY UNKNOWN\r\n", "own"));
  check("UNKNOWN with more", line_says("PROXY UNKNOWN ffff::1 x 65535 \001\r\n", "own"));
  memset(filler + 14, 'x', sizeof filler - 14);
  memcpy(filler + PROXY_LINE_MAX - 2, "\r\n", 2);
  check("UNKNOWN of 107 bytes", says(filler, PROXY_LINE_MAX, "own"));
  memcpy(filler + PROXY_LINE_MAX - 2, "xx\r\n", 4);
  check("and longer", says(filler, PROXY_LINE_MAX, "it is too long") && !proxy_wants(filler, PROXY_LINE_MAX));

  check("UNKNOWNS", line_bad("PROXY UNKNOWNS\r\n"));
  check("other protocols", line_bad("PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n") && line_bad("PROXY TCP 1.2.3.4 1.2.3.4 1 2\r\n")
        && line_bad("PROXY tcp4 192.0.2.7 198.51.100.1 1 2\r\n") && line_bad("PROXY TCP4TCP4TCP4 1.2.3.4 1.2.3.4 1 2\r\n"));
  check("blanks", line_bad("PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n") && line_bad("PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n")
        && line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n") && line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 1  2\r\n")
        && line_bad("PROXY TCP4\t1.2.3.4 1.2.3.4 1 2\r\n"));
  check("missing and more words", line_bad("PROXY \r\n") && line_bad("PROXY TCP4\r\n") && line_bad("PROXY TCP4 1.2.3.4\r\n")
        && line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n") && line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n"));
  check("addresses", line_bad("PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n") && line_bad("PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n")
        && line_bad("PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n") && line_bad("PROXY TCP4 ::1 ::1 1 2\r\n")
        && line_bad("PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n") && line_bad("PROXY TCP6 fe80::1%lo ::1 1 2\r\n")
        && line_bad("PROXY TCP4 host.example 1.2.3.4 1 2\r\n"));
  check("ports", line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n") && line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 1 99999999999\r\n")
        && line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n") && line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n")
        && line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n") && line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 1x 2\r\n"));
  check("line ends", line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n") && line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\r\n")
        && line_bad("PROXY \n") && line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r"));
  check("NUL", line_bad("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\0\r\n") && line_bad("PROXY TCP4\0 1.2.3.4 1.2.3.4 1 2\r\n"));
  check("no header", line_says("EHLO c\r\n", "it is none") && line_says("PROXY\r\n", "it is none")
        && line_says("proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "it is none") && says("", 0, "it is none"));
}

/* a header of version 2: its length */
static size_t make(unsigned int command, unsigned int kind, char const *rest, size_t len)
{
  memcpy(block, SIGNATURE, 12);
  block[12] = (char)command;
  block[13] = (char)kind;
  block[14] = (char)(len >> 8);
  block[15] = (char)len;
  memcpy(block + 16, rest, len);
  return 16 + len;
}

#define FOUR "\xc0\0\2\7" "\xc6\x33\x64\1" "\x8b\x3e" "\0\x19"
#define FOUR_SAYS "192.0.2.7 198.51.100.1 35646 25"
#define SIX "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1" "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x33\x64\1" "\0\1" "\xff\xff"
#define block_says(command, kind, rest, what) says(block, make(command, kind, rest, sizeof rest - 1), what)
#define block_bad(command, kind, rest) block_says(command, kind, rest, "it is malformed")

static void blocks(void)
{
  static char big[PROXY_MAX + 1];

  check("2: IPv4", block_says(0x21, 0x11, FOUR, FOUR_SAYS));
  check("2: IPv6", block_says(0x21, 0x21, SIX, "2001:db8::1 198.51.100.1 1 65535"));
  check("2: LOCAL", block_says(0x20, 0, "", "own") && block_says(0x20, 0x11, FOUR, "own") && block_says(0x20, 0xff, "x", "own"));
  check("2: it does not say", block_says(0x21, 0, "", "own") && block_says(0x21, 0, "whatever", "own"));
  check("2: Unix", says(block, make(0x21, 0x31, big, 216), "own"));
  check("2: other versions and commands", block_bad(0x11, 0x11, FOUR) && block_bad(0x22, 0x11, FOUR) && block_bad(0x31, 0x11, FOUR)
        && block_bad(0x10, 0x11, FOUR) && block_bad(0, 0, ""));
  check("2: other kinds", block_bad(0x21, 0x12, FOUR) && block_bad(0x21, 0x10, FOUR) && block_bad(0x21, 0x13, FOUR)
        && block_bad(0x21, 0x22, SIX) && block_bad(0x21, 0x41, FOUR) && block_bad(0x21, 1, FOUR));
  check("2: too short", block_bad(0x21, 0x11, "\xc0\0\2\7" "\xc6\x33\x64\1" "\x8b\x3e" "\0") && block_bad(0x21, 0x11, "")
        && block_bad(0x21, 0x21, FOUR) && block_bad(0x21, 0x31, SIX));
  check("2: fields", block_says(0x21, 0x11, FOUR "\1\0\0" "\xe0\0\2ab" "\4\0\3\0\0\0", FOUR_SAYS));
  check("2: fields that leave it", block_bad(0x21, 0x11, FOUR "\1") && block_bad(0x21, 0x11, FOUR "\1\0")
        && block_bad(0x21, 0x11, FOUR "\1\0\1") && block_bad(0x21, 0x11, FOUR "\1\xff\xff" "ab"));
  memcpy(big, FOUR, 12);
  memcpy(big + 12, "\4\x0f\xe1", 3);
  check("2: the longest", says(block, make(0x21, 0x11, big, PROXY_MAX - 16), FOUR_SAYS));
  check("2: and longer", says(block, make(0x20, 0, big, PROXY_MAX - 15), "it is too long")
        && !proxy_wants(block, 16));
}

/* a second reckoning of the checksum, by the book: polynomial 1edc6f41, bits reflected */
static uint32_t crc32c(char const *s, size_t len)
{
  uint32_t crc = 0xffffffff, reflected = 0;
  int i;

  for (; len--; s++)
    for (i = 0; i < 8; i++) {
      uint32_t bit = (uint32_t)((unsigned char)*s >> i & 1) ^ crc >> 31;
      crc = crc << 1 ^ (bit ? 0x1edc6f41 : 0);
    }
  for (i = 0; i < 32; i++) reflected |= (crc >> i & 1) << (31 - i);
  return ~reflected;
}

static void checksum(void)
{
  size_t len = make(0x21, 0x11, FOUR "\4\0\1z" "\3\0\4\0\0\0\0" "\1\0\1z", 12 + 4 + 7 + 4), i;
  uint32_t sum = htonl(crc32c(block, len));
  int found = 1;

  check("the reckoning is right", crc32c("123456789", 9) == 0xe3069283);
  memcpy(block + 16 + 12 + 4 + 3, &sum, 4);
  check("2: a checksum", says(block, len, FOUR_SAYS));
  for (i = 0; i < len * 8; i++) {
    block[i / 8] = (char)(block[i / 8] ^ 1 << i % 8);
    /* but in the command, which may become LOCAL, and in a type that makes it no checksum */
    if (i / 8 != 12 && i / 8 != 16 + 12 + 4 && strstr(parsed(block, len), FOUR_SAYS)) found = 0;
    if (i / 8 > 15 && i / 8 < 28 && !says(block, len, "its checksum is wrong")) found = 0;
    block[i / 8] = (char)(block[i / 8] ^ 1 << i % 8);
  }
  check("2: no bit of what it covers can be another", found);
  check("2: a checksum of another size", block_bad(0x21, 0x11, FOUR "\3\0\3abc"));
}

/* --- from a connection */

/* What proxy_read says of bytes that come in pieces, and whether the rest is still there. */
static char const *read_cut(char const *s, size_t len, size_t cut, int *exact)
{
  int pair[2], status;
  char rest[sizeof TAIL + 100];
  char const *wrong;
  pid_t pid;

  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1 || (pid = fork()) == -1) return "no socket";
  if (!pid) {
    close(pair[0]);
    if (cut) io_write(pair[1], s, cut);
    if (cut) usleep(300);
    io_write(pair[1], s + cut, len - cut);
    io_write(pair[1], TAIL, sizeof TAIL - 1);
    _exit(0);
  }
  close(pair[1]);
  wrong = proxy_read(&p, pair[0], io_clock() + 30000);
  *exact = io_read(pair[0], rest, sizeof rest) == sizeof TAIL - 1 && !memcmp(rest, TAIL, sizeof TAIL - 1);
  close(pair[0]);
  waitpid(pid, &status, 0);
  return wrong;
}

static void cuts(char const *name, char const *s, size_t len)
{
  size_t cut;
  int good = 1, exact;

  for (cut = 0; cut < len; cut++)
    if (read_cut(s, len, cut, &exact) || !exact) good = 0;
  check(name, good);
}

static void byte_by_byte(char const *name, char const *s, size_t len)
{
  size_t have = 0, n;

  while ((n = proxy_wants(s, have)) && have + n <= len) have++;         /* never more than one of those wanted comes */
  check(name, !n && have == len);
}

/* what is no longer the start of a header is seen at once, and every start of one wants more, but not too much */
static void prefixes(char const *name, char const *s, size_t len)
{
  size_t i;
  int good = 1;
  char copy[600];

  for (i = 1; i < len; i++) {
    memcpy(copy, s, len);
    if (!proxy_wants(s, i) || i + proxy_wants(s, i) > len) good = 0;
    if (!proxy_parse(&p, s, i)) good = 0;
    copy[i - 1] = (char)(copy[i - 1] ^ 0x40);
    if (i <= 6 && proxy_wants(copy, i)) good = 0;
  }
  check(name, good && !proxy_wants(s, len));
}

static void short_connection(void)
{
  int pair[2];

  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1) return;
  io_write(pair[1], "PROXY TCP4 1.2.", 15);
  check("what does not come", !strcmp(proxy_read(&p, pair[0], io_clock() + 50), "it did not come in time"));
  close(pair[1]);
  check("what ends", !strcmp(proxy_read(&p, pair[0], io_clock() + 30000), "the connection ended before it"));
  close(pair[0]);
  check("what is closed", !strcmp(proxy_read(&p, pair[0], io_clock() + 30000), "the connection broke"));
}

int main(void)
{
  static char const line[] = "PROXY TCP4 192.0.2.7 198.51.100.1 35646 25\r\n";
  static char rest[36 + 3 + 256];
  size_t len;

  lines();
  blocks();
  checksum();
  cuts("every cut of a line", line, sizeof line - 1);
  byte_by_byte("a line byte by byte", line, sizeof line - 1);
  prefixes("starts of a line", line, sizeof line - 1);
  cuts("every cut of the shortest", "PROXY UNKNOWN\r\n", 15);
  memcpy(rest, SIX "\4\1\0", 36 + 3);
  len = make(0x21, 0x21, rest, sizeof rest);
  cuts("every cut of a block", block, len);
  byte_by_byte("a block byte by byte", block, len);
  prefixes("starts of a block", block, len);
  len = make(0x20, 0, "", 0);
  cuts("every cut of the shortest block", block, len);
  short_connection();
  return unit_end();
}
