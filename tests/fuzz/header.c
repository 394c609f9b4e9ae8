/*
 * header.c - the header of a message: cleaned and cut into fields as mail-inject does, and as a bounce shows it
 *
 * The clean lines hold no CR and no NUL and are the same however the bytes came; fields with addresses are written
 * anew; what a bounce quotes is whole lines, within its bound.
 */

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bounce/original.h"
#include "fuzz.h"
#include "lib/addr/list.h"
#include "user/field.h"
#include "user/input.h"

static stralloc out = STRALLOC_ZERO;

static int complete(stralloc *domain, void *data)
{
  (void)data;
  return domain->len || stralloc_cats(domain, "here.example");
}

static char const *take(char const *address, size_t len, void *data)
{
  (void)data;
  demand(!memchr(address, 0, len) && !memchr(address, '\n', len));
  return 0;
}

static void one_field(char const *s, size_t len)
{
  size_t name = field_name_len(s, len);
  unsigned int flags = field_flags(s, name);
  char const *colon = memchr(s, ':', len);
  struct list l = { .complete = complete, .take = take };
  size_t at;

  demand(name && name < len && colon);
  if (!(flags & (FIELD_RCPT | FIELD_STRICT))) return;
  at = (size_t)(colon - s) + 1;
  out.len = 0;
  demand(list_rewrite(&l, &out, name + 1, s + at, len - at) != -1);
  demand(!out.len || (!memchr(out.s, 0, out.len) && !memmem(out.s, out.len, "\n\n", 2)));
}

/* Lines and fields of the message in fd; a number that another reading must give as well. */
static size_t read_header(int fd, int dot)
{
  static struct input in;
  static stralloc line = STRALLOC_ZERO;
  enum field_line kind = FIELD_LINE;
  size_t sum = 0, i;

  memset(&in, 0, sizeof in);
  in.fd = fd;
  in.dot = dot;
  for (line.len = 0; kind != FIELD_BODY && input_line(&in, &line, 100000) == 1; line.len = 0) {
    demand(line.len && !memchr(line.s, 0, line.len) && !memchr(line.s, '\r', line.len));
    kind = field_line(line.s, line.len);
    if (kind == FIELD_LINE) one_field(line.s, line.len);
    for (i = 0; i < line.len; i++) sum = sum * 31 + (unsigned char)line.s[i];
  }
  return sum;
}

/* The same from a socket whose packets are the two pieces. */
static size_t in_pieces(char const *s, size_t len, size_t cut, int dot)
{
  int p[2];
  size_t sum;

  demand(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, p));
  if (cut) demand(write(p[1], s, cut) == (ssize_t)cut);
  if (cut < len) demand(write(p[1], s + cut, len - cut) == (ssize_t)(len - cut));
  close(p[1]);
  sum = read_header(p[0], dot);
  close(p[0]);
  return sum;
}

static void quote(int fd, size_t len)
{
  static struct original o;

  demand(!original_read(&o, fd, 0, len) && o.text.len <= ORIGINAL_MAX + 1);
  demand(!o.text.len || o.text.s[o.text.len - 1] == '\n');
  demand(!memchr(o.text.s, 0, o.text.len) && !memchr(o.text.s, '\r', o.text.len));
  demand(!original_read(&o, fd, 1, len) && o.text.len == len);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  static int fd = -1;
  char const *s = (char const *)data + 1;

  if (len < 1 || len > 60000) return 0;
  if (fd == -1) fd = memfd_create("message", 0);
  len--;
  demand(fd != -1 && !ftruncate(fd, 0) && pwrite(fd, s, len, 0) == (ssize_t)len && !lseek(fd, 0, SEEK_SET));
  demand(read_header(fd, data[0] & 1) == in_pieces(s, len, len * (data[0] >> 1) / 128, data[0] & 1));
  quote(fd, len);
  return 0;
}
