/* proxy.c - see proxy.h */

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "in/proxy.h"
#include "lib/io/io.h"
#include "lib/io/pack.h"

static char const word[] = "PROXY ";
static char const signature[] = "\r\n\r\n\0\r\nQUIT\n";

#define WORD (sizeof word - 1)
#define SIGNATURE (sizeof signature - 1)
#define LINE_MIN 15             /* "PROXY UNKNOWN" and its CRLF */
#define HEAD 16                 /* of version 2: signature, version and command, family and protocol, length */
#define CRC32C 3                /* the type of its field that has a checksum */

static char const no_header[] = "it is none";
static char const malformed[] = "it is malformed";
static char const too_long[] = "it is too long";
static char const bad_checksum[] = "its checksum is wrong";

/* what there is of it */
static int begins(char const *s, size_t len, char const *with, size_t with_len)
{
  return !memcmp(s, with, len < with_len ? len : with_len);
}

/* --- version 1 */

static size_t line_wants(char const *s, size_t len)
{
  if (memchr(s, '\n', len) || len >= PROXY_LINE_MAX) return 0;
  return len < LINE_MIN ? LINE_MIN - len : 1;
}

/* one word of a line, and the blank or the NUL that ends it: its length, or 0 */
static size_t take_word(char *to, size_t room, char const **s, char end)
{
  size_t len = strcspn(*s, " ");

  if (!len || len >= room || (*s)[len] != end) return 0;
  memcpy(to, *s, len);
  to[len] = 0;
  *s += len + (end != 0);
  return len;
}

static int take_address(char *ip, int family, char const **s)
{
  char text[PEER_IP_MAX + 1];
  struct net_address a;
  size_t len = take_word(text, sizeof text, s, ' ');

  if (!len || !net_parse(&a, text, len) || a.family != family) return 0;
  peer_text(ip, &a);
  return 1;
}

static int take_port(unsigned int *port, char const **s, char end)
{
  char text[6];
  size_t len = take_word(text, sizeof text, s, end), i;

  *port = 0;
  for (i = 0; i < len; i++) {
    if (text[i] < '0' || text[i] > '9') return 0;
    *port = *port * 10 + (unsigned int)(text[i] - '0');
  }
  return len && *port <= 65535 && (len == 1 || *text != '0');
}

static char const *parse_line(struct proxy *p, char const *s, size_t len)
{
  char line[PROXY_LINE_MAX + 1], protocol[8];
  char const *at = line;
  int family;

  if (s[len - 1] != '\n') return len < PROXY_LINE_MAX ? malformed : too_long;
  if (s[len - 2] != '\r') return malformed;
  memcpy(line, s + WORD, len - WORD - 2);
  line[len - WORD - 2] = 0;
  if (!strncmp(line, "UNKNOWN", 7) && (!line[7] || line[7] == ' ')) return 0;     /* the rest does not count */
  if (strlen(line) != len - WORD - 2 || !take_word(protocol, sizeof protocol, &at, ' ')) return malformed;
  if (!strcmp(protocol, "TCP4")) family = AF_INET;
  else if (!strcmp(protocol, "TCP6")) family = AF_INET6;
  else return malformed;
  if (!take_address(p->ip, family, &at) || !take_address(p->local_ip, family, &at)) return malformed;
  if (!take_port(&p->port, &at, ' ') || !take_port(&p->local_port, &at, 0)) return malformed;
  p->told = 1;
  return 0;
}

/* --- version 2 */

static size_t u16(char const *s)
{
  return (size_t)(unsigned char)s[0] << 8 | (unsigned char)s[1];
}

static size_t block_wants(char const *s, size_t len)
{
  size_t whole;

  if (len < HEAD) return HEAD - len;
  whole = HEAD + u16(s + 14);
  return whole > PROXY_MAX || whole < len ? 0 : whole - len;
}

static uint32_t crc32c(uint32_t crc, char const *s, size_t len)
{
  int bit;

  for (; len; s++, len--) {
    crc ^= (unsigned char)*s;
    for (bit = 0; bit < 8; bit++) crc = crc & 1 ? 0x82f63b78U ^ crc >> 1 : crc >> 1;
  }
  return crc;
}

/* The checksum is over the whole header, with zeros where it stands itself. */
static int checksum_good(char const *s, size_t len, size_t at)
{
  struct unpack u = { .s = s + at, .len = 4 };
  uint32_t crc = crc32c(0xffffffffU, s, at);

  crc = crc32c(crc, "\0\0\0", 4);
  return ~crc32c(crc, s + at + 4, len - at - 4) == unpack_u32(&u);
}

/* the fields behind the addresses: type, length, value each */
static char const *check_fields(char const *s, size_t len, size_t at)
{
  while (at < len) {
    size_t n;
    if (len - at < 3) return malformed;
    n = u16(s + at + 1);
    if (n > len - at - 3) return malformed;
    if (s[at] == CRC32C && n != 4) return malformed;
    if (s[at] == CRC32C && !checksum_good(s, len, at + 3)) return bad_checksum;
    at += 3 + n;
  }
  return 0;
}

/* two addresses of size bytes and two ports */
static void take_addresses(struct proxy *p, char const *s, int family, size_t size)
{
  struct net_address a = { .family = family };

  memcpy(a.ip, s, size);
  peer_text(p->ip, &a);
  memcpy(a.ip, s + size, size);
  peer_text(p->local_ip, &a);
  p->told = 1;
  p->port = (unsigned int)u16(s + 2 * size);
  p->local_port = (unsigned int)u16(s + 2 * size + 2);
}

static char const *parse_block(struct proxy *p, char const *s, size_t len)
{
  static struct { unsigned char kind; unsigned char size; int family; } const kinds[] = {
    { 0x00, 0, 0 },             /* it does not say */
    { 0x11, 12, AF_INET },      /* TCP; what was no TCP was no SMTP */
    { 0x21, 36, AF_INET6 },
    { 0x31, 216, 0 },           /* a Unix socket */
  };
  size_t i;

  if (len < HEAD) return malformed;
  if (HEAD + u16(s + 14) > PROXY_MAX) return too_long;
  if (len != HEAD + u16(s + 14)) return malformed;
  if (s[12] == 0x20) return 0;  /* LOCAL, such as a check whether we live: nothing behind it counts */
  if (s[12] != 0x21) return malformed;
  for (i = 0; i < sizeof kinds / sizeof *kinds && kinds[i].kind != (unsigned char)s[13]; i++);
  if (i == sizeof kinds / sizeof *kinds || len - HEAD < kinds[i].size) return malformed;
  if (kinds[i].family) take_addresses(p, s + HEAD, kinds[i].family, (kinds[i].size - 4u) / 2);
  return kinds[i].size ? check_fields(s, len, HEAD + kinds[i].size) : 0;
}

/* --- both */

size_t proxy_wants(char const *s, size_t len)
{
  if (!len) return LINE_MIN;
  if (begins(s, len, word, WORD)) return line_wants(s, len);
  return begins(s, len, signature, SIGNATURE) ? block_wants(s, len) : 0;
}

char const *proxy_parse(struct proxy *p, char const *s, size_t len)
{
  memset(p, 0, sizeof *p);
  if (len > WORD && len <= PROXY_LINE_MAX && begins(s, len, word, WORD)) return parse_line(p, s, len);
  if (len >= SIGNATURE && begins(s, len, signature, SIGNATURE)) return parse_block(p, s, len);
  return no_header;
}

char const *proxy_read(struct proxy *p, int fd, long long until)
{
  char s[PROXY_MAX];
  size_t len = 0, wants;

  while ((wants = proxy_wants(s, len)) != 0) {
    long long left = until - io_clock();
    int ready = left > 0 ? io_wait(fd, POLLIN, (int)left) : 0;
    ssize_t r;
    if (!ready) return "it did not come in time";
    r = ready == -1 ? -1 : read(fd, s + len, wants);
    if (!r) return "the connection ended before it";
    if (r > 0) len += (size_t)r;
    else if (errno != EINTR && errno != EAGAIN) return "the connection broke";
  }
  return proxy_parse(p, s, len);
}
