/* envelope.c - the door envelope: round trip, every truncation, every changed bit, bounds */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "door/envelope.h"
#include "door/limits.h"
#include "lib/io/io.h"
#include "lib/msg/crc32.h"
#include "unit.h"

#define ID "0660bdf441a5b7000cce641f3d"
#define RECORDS "Fjoe@test\0dmail\0Tann@test\0nnever\0obla\0T\0Tbob@test\0"

/* reads bytes as if they were a file */
static int from_bytes(struct envelope *e, char const *s, size_t len, char const *id)
{
  int fd = memfd_create("envelope", MFD_CLOEXEC), r;

  if (fd == -1 || io_write(fd, s, len) == -1 || lseek(fd, 0, SEEK_SET) == -1) abort();
  r = envelope_read(e, fd, id);
  close(fd);
  return r;
}

static int readable(char const *s, size_t len)
{
  struct envelope e;
  int r = from_bytes(&e, s, len, ID);

  if (r == 1) envelope_free(&e);
  return r;
}

/* the same records with a first line of one's own and a sound end record */
static int reads_with(char const *first, char const *body, size_t body_len)
{
  char s[4096];
  size_t n = strlen(first);

  memcpy(s, first, n);
  memcpy(s + n, body, body_len);
  n += body_len;
  n += (size_t)snprintf(s + n, 64, "Z%zu %08lx", n, (unsigned long)crc32_add(0, s, n)) + 1;
  return readable(s, n);
}

static void round_trip(char const *s, size_t len)
{
  struct envelope e;

  check("is read", from_bytes(&e, s, len, ID) == 1);
  check("numbers", e.bytes == 123456789012ULL && e.crc == 0xdeadbeef && e.uid == 61001 && !strcmp(e.id, ID));
  check("sender", !strcmp(e.sender, "joe@test"));
  check("recipients", e.rcpts == 3 && !strcmp(envelope_rcpt(&e, 0), "ann@test") && !*envelope_rcpt(&e, 1)
        && !strcmp(envelope_rcpt(&e, 2), "bob@test"));
  envelope_free(&e);
  check("not under another ID", from_bytes(&e, s, len, ID "-1") == 0);
}

static void damage(char *s, size_t len)
{
  size_t cut, bit, good = 0;

  for (cut = 0; cut < len; cut++) good += readable(s, cut) == 1;
  check("every truncation is damage", !good);
  for (bit = 0; bit < len * 8; bit++) {
    s[bit / 8] = (char)(s[bit / 8] ^ 1 << bit % 8);
    good += readable(s, len) == 1;
    s[bit / 8] = (char)(s[bit / 8] ^ 1 << bit % 8);
  }
  check("every changed bit is damage", !good);
  s = memcpy(malloc(len + 1), s, len);
  s[len] = 0;
  check("a byte too many is damage", readable(s, len + 1) == 0);
  free(s);
}

#define LINE "bulkhead envelope 1\n"
#define HEAD "I" ID "\0L1\0K00000000\0U1\0"
#define reads(first, body) reads_with((first), (body), sizeof(body) - 1)

static void orders(void)
{
  check("what is good here", reads(LINE, HEAD "Fa\0Tb\0") == 1);
  check("another version", reads("bulkhead envelope 2\n", HEAD "Fa\0Tb\0") == 0);
  check("no sender", reads(LINE, HEAD "Tb\0") == 0 && reads(LINE, HEAD) == 0);
  check("two senders", reads(LINE, HEAD "Fa\0Fb\0Tb\0") == 0);
  check("a parameter before the sender", reads(LINE, HEAD "pa\0Fb\0Tb\0") == 0);
  check("an unknown record", reads(LINE, HEAD "Fa\0Tb\0Xc\0") == 0);
  check("an empty record", reads(LINE, HEAD "Fa\0\0Tb\0") == 0);
  check("no length", reads(LINE, "I" ID "\0K00000000\0U1\0Fa\0") == 0);
  check("numbers that are none", reads(LINE, "I" ID "\0L\0K00000000\0U1\0Fa\0") == 0
        && reads(LINE, "I" ID "\0L-1\0K00000000\0U1\0Fa\0") == 0
        && reads(LINE, "I" ID "\0L1 \0K00000000\0U1\0Fa\0") == 0
        && reads(LINE, "I" ID "\0L1\0Kxyz\0U1\0Fa\0") == 0);
  check("numbers that are too large", reads(LINE, "I" ID "\0L9223372036854775808\0K00000000\0U1\0Fa\0") == 0
        && reads(LINE, "I" ID "\0L1\0K100000000\0U1\0Fa\0") == 0
        && reads(LINE, "I" ID "\0L1\0K0\0U4294967296\0Fa\0") == 0);
  check("the largest numbers", reads(LINE, "I" ID "\0L9223372036854775807\0Kffffffff\0U4294967295\0Fa\0") == 1);
}

static void addresses(void)
{
  char s[2 * ADDRESS_MAX + 8];
  size_t len;

  s[0] = 'F';
  memset(s + 1, 'a', ADDRESS_MAX);
  s[ADDRESS_MAX + 1] = 0;
  check("the longest address", envelope_records_ok(s, ADDRESS_MAX + 2) == 0);
  s[ADDRESS_MAX + 1] = 'a';
  s[ADDRESS_MAX + 2] = 0;
  check("one byte more", envelope_records_ok(s, ADDRESS_MAX + 3) == 11);
  memcpy(s, "F\0T", 3);
  memset(s + 3, 'a', ADDRESS_MAX + 1);
  len = 3 + ADDRESS_MAX + 1;
  s[len++] = 0;
  check("the same for a recipient", envelope_records_ok(s, len) == 11);
}

#define ok(s) envelope_records_ok((s), sizeof(s) - 1)

static void records(void)
{
  size_t cut, good = 0;

  check("good records", ok(RECORDS) == 0 && ok("F\0") == 0 && ok("F\0px\0") == 0 && ok("F\0T\0T\0") == 0);
  check("bad records", ok("") == 91 && ok("F") == 91 && ok("T\0") == 91 && ok("F\0F\0") == 91 && ok("\0") == 91
        && ok("F\0\0") == 91 && ok("pa\0F\0") == 91 && ok("F\0Z0 00000000\0") == 91 && ok("F\0Tb") == 91
        && ok("F\0I" ID "\0") == 91);
  check("the Message-ID is mail-queued's to say", ok("F\0m<a@b>\0T\0") == 91 && ok("F\0Ta\0mx\0") == 91);
  for (cut = 0; cut < sizeof RECORDS - 1; cut++) good += !envelope_records_ok(RECORDS, cut) && RECORDS[cut - 1];
  check("no truncation within a record is good", !good);
  check("too many bytes", envelope_records_ok("F", ENVELOPE_BYTES_MAX + 1) == 11);
}

static void large(void)
{
  char *r = malloc(ENVELOPE_BYTES_MAX);
  stralloc text = STRALLOC_ZERO;
  size_t at = 2;
  struct envelope e;

  memcpy(r, "F", 2);
  while (at + 64 <= ENVELOPE_BYTES_MAX) {
    memset(r + at, 'a', 64);
    r[at] = 'T';
    r[at + 63] = 0;
    at += 64;
  }
  check("the largest is good", envelope_records_ok(r, at) == 0);
  check("and made", envelope_make(&text, ID, 1, 2, 3, r, at) == 0);
  check("and read", from_bytes(&e, text.s, text.len, ID) == 1 && e.rcpts == 262143 && strlen(envelope_rcpt(&e, 262142)) == 62);
  envelope_free(&e);
  check("a larger one is not made",
        envelope_make(&text, ID, 1, 2, 3, r, ENVELOPE_BYTES_MAX + 1) == -1 && errno == EFBIG);
  stralloc_free(&text);
  free(r);
}

static void no_files(void)
{
  struct envelope e;
  int fds[2];

  check("a closed descriptor is an error", envelope_read(&e, -1, ID) == -1 && errno == EBADF);
  check("a pipe", pipe(fds) == 0);
  check("is no envelope", envelope_read(&e, fds[0], ID) == 0);
}

/* Of the recipients only some stay in memory, with all that belongs to them. */
static void cut(char const *s, size_t len)
{
  static uint32_t const ends[] = { 0, 2 };
  struct envelope e;
  char const *n;

  check("cut", from_bytes(&e, s, len, ID) == 1 && envelope_cut(&e, ends, 2) == 0 && e.rcpts == 3);
  n = envelope_param(&e, 0, 'n');
  check("those that stay", !strcmp(envelope_rcpt(&e, 0), "ann@test") && !strcmp(envelope_rcpt(&e, 1), "bob@test"));
  check("their parameters", n && !strcmp(n, "never") && !envelope_params(&e, 1).len);
  check("the head", !strcmp(e.id, ID) && !strcmp(e.sender, "joe@test") && envelope_param(&e, ENVELOPE_SENDER, 'd'));
  envelope_free(&e);
  check("none stays", from_bytes(&e, s, len, ID) == 1 && envelope_cut(&e, ends, 0) == 0 && !strcmp(e.sender, "joe@test")
        && envelope_params(&e, ENVELOPE_SENDER).len == 6);
  envelope_free(&e);
}

int main(void)
{
  stralloc text = STRALLOC_ZERO;

  check("made", !envelope_make(&text, ID, 123456789012ULL, 0xdeadbeef, 61001, RECORDS, sizeof RECORDS - 1));
  round_trip(text.s, text.len);
  cut(text.s, text.len);
  damage(text.s, text.len);
  stralloc_free(&text);
  orders();
  addresses();
  records();
  large();
  no_files();
  return unit_end();
}
