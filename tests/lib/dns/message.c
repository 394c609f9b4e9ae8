/* message.c - DNS answers: sound ones, and every kind of unsound one; under AddressSanitizer nothing reads outside */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/dns/message.h"
#include "unit.h"

static unsigned int found;

static int count(struct dns_question *q, unsigned char const *m, size_t mlen, size_t at, size_t len)
{
  unsigned char wire[DNS_WIRE_MAX];

  if (q->type == DNS_MX) {
    if (len < 3 || dns_name_expand(wire, m, mlen, at + 2) != at + len) return 0;
  }
  else if (len != 4) return 0;
  found++;
  return 1;
}

static struct dns_question ask(char const *name, enum dns_type type)
{
  struct dns_question q = { .type = type, .found = count };

  if (!dns_name_encode(q.name, name)) abort();
  return q;
}

/* reads a copy that is exactly as long as the message */
static enum dns_status read_copy(unsigned char const *m, size_t len, struct dns_question q)
{
  unsigned char *copy = malloc(len ? len : 1);
  enum dns_status status = DNS_LATER;

  memcpy(copy, m, len);
  found = 0;
  if (dns_answer_fits(copy, len, &q, 0x1234)) status = dns_answer_read(copy, len, &q);
  free(copy);
  return status;
}

/* "x.test A", answered by a CNAME to "y.test" and two addresses of that */
static unsigned char const good[] =
  "\x12\x34\x81\x80\0\1\0\3\0\0\0\0" "\1x\4test\0\0\1\0\1"
  "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\4\1y\xc0\x0e"
  "\xc0\x24\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"
  "\xc0\x24\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\2";
#define GOOD_LEN (sizeof good - 1)

static unsigned char const mx[] =
  "\x12\x34\x81\x80\0\1\0\1\0\0\0\0" "\1x\4test\0\0\xf\0\1"
  "\xc0\x0c\0\xf\0\1\0\0\0\x3c\0\x09\0\x0a\4mail\xc0\x0c";
#define MX_LEN (sizeof mx - 1)

/* "x.test MX", answered by who knows only that the servers of "test" may know: "ns.test" */
static unsigned char const referral[] =
  "\x12\x34\x81\0\0\1\0\0\0\1\0\0" "\1x\4test\0\0\xf\0\1"
  "\xc0\x0e\0\2\0\1\0\0\0\x3c\0\5\2ns\xc0\x0e";
#define REFERRAL_LEN (sizeof referral - 1)

static void referred(void)
{
  struct dns_question q = ask("x.test", DNS_MX);
  unsigned char m[REFERRAL_LEN];

  check("a referral says nothing of the name", read_copy(referral, REFERRAL_LEN, q) == DNS_LATER);
  memcpy(m, referral, REFERRAL_LEN);
  m[3] = 0x80;
  check("who has asked others says that there is nothing", read_copy(m, REFERRAL_LEN, q) == DNS_NOTHING);
  m[3] = 0;
  m[2] = 0x85;
  check("so does who has the zone", read_copy(m, REFERRAL_LEN, q) == DNS_NOTHING);
  m[2] = 0x81;
  m[27] = 6;
  check("another record there is no referral", read_copy(m, REFERRAL_LEN, q) == DNS_NOTHING);
}

static void names(void)
{
  static char const *const none[] = { "", ".", "a..b", ".a", "a b", "a@b", "[1.2.3.4]", "a\xc3\xa4.test", "a/b", "*" };
  unsigned char wire[DNS_WIRE_MAX];
  char label[70], text[DNS_NAME_MAX + 1], longest[300];
  size_t i, bad = 0;

  for (i = 0; i < sizeof none / sizeof *none; i++) bad += dns_name_encode(wire, none[i]);
  check("what is no host name is none", !bad);
  check("there and back, in lower case", dns_name_encode(wire, "Mx-1._x.Example.TEST.") && dns_name_decode(text, wire)
        && !strcmp(text, "mx-1._x.example.test"));
  check("the root is empty", dns_name_decode(text, (unsigned char const *)"\0") && !*text);
  memset(label, 'a', sizeof label);
  label[63] = 0;
  check("a label of 63", dns_name_encode(wire, label));
  label[63] = 'a';
  label[64] = 0;
  check("a label of 64", !dns_name_encode(wire, label));
  for (i = 0; i < 253; i++) longest[i] = i % 2 ? '.' : 'a';
  longest[253] = 0;
  check("a name of 253", dns_name_encode(wire, longest) && dns_name_decode(text, wire) && !strcmp(text, longest));
  memcpy(longest + 252, "aa", 3);
  check("a name of 254", !dns_name_encode(wire, longest));
  check("a dot inside a label", !dns_name_decode(text, (unsigned char const *)"\3a.b\0"));
  check("a line end inside a label", !dns_name_decode(text, (unsigned char const *)"\3a\nb\0"));
}

/* an answer section given as bytes, for x.test A */
static enum dns_status section(unsigned int n, char const *s, size_t len)
{
  unsigned char m[1024];

  memcpy(m, good, 24);
  m[6] = (unsigned char)(n >> 8);
  m[7] = (unsigned char)n;
  memcpy(m + 24, s, len);
  return read_copy(m, 24 + len, ask("x.test", DNS_A));
}
#define SECTION(n, s) section(n, s, sizeof s - 1)
#define REST_A "\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"

static void hostile(void)
{
  check("no records", SECTION(0, "") == DNS_NOTHING);
  check("one record", SECTION(1, "\xc0\x0c" REST_A) == DNS_FOUND && found == 1);
  check("fewer records than it says", SECTION(2, "\xc0\x0c" REST_A) == DNS_LATER);
  check("65535 records that are not there", SECTION(65535, "\xc0\x0c" REST_A) == DNS_LATER);
  check("more than it says are not read", SECTION(1, "\xc0\x0c" REST_A "\xc0\x0c" REST_A) == DNS_FOUND && found == 1);
  check("a pointer to itself", SECTION(1, "\xc0\x18" REST_A) == DNS_LATER);
  check("a pointer forwards", SECTION(1, "\xc0\x20" REST_A) == DNS_LATER);
  check("a pointer into the record's own name", SECTION(1, "\1x\xc0\x18" REST_A) == DNS_LATER);
  check("a pointer outside", SECTION(1, "\xff\xff" REST_A) == DNS_LATER);
  check("a pointer's first half", SECTION(1, "\xc0") == DNS_LATER);
  check("an unknown kind of label", SECTION(1, "\x81z" REST_A) == DNS_LATER);
  check("another's record", SECTION(1, "\1z\xc0\x0e" REST_A) == DNS_NOTHING);
  check("another class", SECTION(1, "\xc0\x0c\0\1\0\3\0\0\0\x3c\0\4\xc0\0\2\1") == DNS_NOTHING);
  check("an address of 3 bytes", SECTION(1, "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\3\xc0\0\2") == DNS_LATER);
  check("a short one beside a good one", SECTION(2, "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\3\xc0\0\2\xc0\x0c" REST_A) == DNS_FOUND
        && found == 1);
  check("data longer than the message", SECTION(1, "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\5\xc0\0\2\1") == DNS_LATER);
  check("a CNAME to itself", SECTION(1, "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\2\xc0\x0c") == DNS_LATER);
  check("a CNAME with bytes after its name", SECTION(1, "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\3\xc0\x0cz") == DNS_NOTHING);
}

/* every byte of a message changed to every value, every length: only the bounds matter here, and the sanitizer */
static void mutate(unsigned char const *m, size_t len, struct dns_question q)
{
  unsigned char bytes[256];
  size_t i, k, n = 0;

  for (i = 0; i < len; i++) {
    unsigned int v;
    memcpy(bytes, m, len);
    for (v = 0; v < 256; v++) {
      bytes[i] = (unsigned char)v;
      read_copy(bytes, len, q);
      n++;
    }
    if (read_copy(m, i, q) != DNS_LATER) n = 0;
  }
  check("every byte changed, every truncation", n == len * 256);
  for (i = 0; i < 50000; i++) {
    memcpy(bytes, m, len);
    for (k = (size_t)rand() % 6 + 1; k; k--) bytes[12 + (size_t)rand() % (len - 12)] = (unsigned char)(rand() % 4 ? rand() : 0xc0);
    read_copy(bytes, len, q);
  }
  check("random changes", 1);
}

static void many(void)
{
  static unsigned char m[DNS_MESSAGE_MAX];
  size_t len = 24;
  unsigned int n = 0;

  memcpy(m, good, 24);
  for (; len + 16 <= sizeof m; len += 16, n++) memcpy(m + len, "\xc0\x0c" REST_A, 16);
  m[6] = (unsigned char)(n >> 8);
  m[7] = (unsigned char)n;
  check("a message full of records", read_copy(m, len, ask("x.test", DNS_A)) == DNS_FOUND && found == n && n > 4000);
}

static void fits(void)
{
  struct dns_question q = ask("X.test", DNS_A), other = ask("x.test", DNS_AAAA);
  unsigned char query[DNS_QUERY_MAX], m[GOOD_LEN];
  size_t len = dns_query_make(query, &q, 0x1234, 0);

  check("the query asks the question", len == 24 && !memcmp(query + 12, good + 12, 12) && query[2] == 1);
  check("with EDNS it is longer", dns_query_make(query, &q, 0x1234, 1) == 35 && query[11] == 1);
  check("a query is no answer", !dns_answer_fits(query, len, &q, 0x1234));
  check("the answer fits", dns_answer_fits(good, GOOD_LEN, &q, 0x1234));
  check("another id does not", !dns_answer_fits(good, GOOD_LEN, &q, 0x1235));
  check("another type does not", !dns_answer_fits(good, GOOD_LEN, &other, 0x1234));
  memcpy(m, good, GOOD_LEN);
  m[13] = 'z';
  check("another name does not", !dns_answer_fits(m, GOOD_LEN, &q, 0x1234));
  m[13] = 'X';
  check("upper case does", dns_answer_fits(m, GOOD_LEN, &q, 0x1234));
  m[3] = 0x81;
  check("a bare header only as an error", dns_answer_fits((unsigned char const *)"\x12\x34\x81\x81\0\0\0\0\0\0\0\0", 12, &q, 0x1234)
        && !dns_answer_fits((unsigned char const *)"\x12\x34\x81\x80\0\0\0\0\0\0\0\0", 12, &q, 0x1234));
  check("a format error is not for ever", read_copy(m, GOOD_LEN, q) == DNS_LATER);
  check("a bare header is not read", read_copy((unsigned char const *)"\x12\x34\x81\x83\0\0\0\0\0\0\0\0", 12, q) == DNS_LATER);
  m[3] = 0x83;
  check("no such name", read_copy(m, GOOD_LEN, q) == DNS_NO_NAME);
}

int main(void)
{
  alarm(60);                    /* a pointer that loops would keep us for ever */
  srand(1);
  names();
  fits();
  check("a chain inside an answer is followed", read_copy(good, GOOD_LEN, ask("x.test", DNS_A)) == DNS_FOUND && found == 2);
  check("MX", read_copy(mx, MX_LEN, ask("x.test", DNS_MX)) == DNS_FOUND && found == 1);
  referred();
  hostile();
  many();
  mutate(good, GOOD_LEN, ask("x.test", DNS_A));
  mutate(mx, MX_LEN, ask("x.test", DNS_MX));
  mutate(referral, REFERRAL_LEN, ask("x.test", DNS_MX));
  return unit_end();
}
