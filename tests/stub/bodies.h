/*
 * bodies.h - the bodies of 0 to 8 bytes over {CR, LF, ., NUL, a, 0x85}, and what becomes of each by RFC 5321
 *
 * The reference reader here shares nothing with src/in/body.c: it looks for whole lines, not at bytes one by one.
 */

#ifndef BODIES_H
#define BODIES_H

#include <stdio.h>
#include <string.h>

#define BODY_LONGEST 8
#define BODY_STREAM 16          /* room for a body and the end mark */
#define BODY_END_MARK "\r\n.\r\n"

static char const body_alphabet[6] = { '\r', '\n', '.', 0, 'a', (char)0x85 };

/* how many bodies of 0 to longest bytes there are */
static inline unsigned long body_count(unsigned int longest)
{
  unsigned long n = 1, power = 1;

  while (longest--) n += power *= 6;
  return n;
}

/* body number n, the short ones first; its length */
static inline size_t body_make(char s[BODY_LONGEST], unsigned long n)
{
  unsigned long power = 1;
  size_t len = 0, i;

  for (; n >= power; power *= 6, len++) n -= power;
  for (i = 0; i < len; i++, n /= 6) s[i] = body_alphabet[n % 6];
  return len;
}

struct body_reference {
  int bad;              /* a CR, LF or NUL out of place before the end */
  size_t used;          /* bytes up to the end; what follows is no part of the message */
  size_t len;
  char text[BODY_STREAM];       /* when it is not bad: the message with LF line ends */
};

/* where the line at s ends: at its CRLF */
static inline char const *body_line(char const *s, char const *end)
{
  return memmem(s, (size_t)(end - s), "\r\n", 2);
}

static inline void body_take(struct body_reference *r, char const *s, size_t n)
{
  if (memchr(s, '\r', n) || memchr(s, '\n', n) || memchr(s, 0, n)) r->bad = 1;
  memcpy(r->text + r->len, s, n);
  r->len += n;
}

/* Reads a stream that holds an end; without dots, one whose length is its end. */
static inline struct body_reference body_refer(char const *s, size_t len, int dots)
{
  struct body_reference r = { 0, 0, 0, "" };
  char const *at = s, *eol;

  while ((eol = body_line(at, s + len))) {
    if (dots && eol == at + 1 && *at == '.') break;
    if (dots && eol > at && *at == '.') at++;
    body_take(&r, at, (size_t)(eol - at));
    r.text[r.len++] = '\n';
    at = eol + 2;
  }
  if (!dots) body_take(&r, at, (size_t)(s + len - at));
  r.used = eol ? (size_t)(eol + 2 - s) : len;
  return r;
}

/* "WHO HEX": what a strict receiver must get from sender WHO for a text with LF line ends */
static inline void body_expect(FILE *f, char const *kind, unsigned long n, char const *s, size_t len)
{
  size_t i;

  fprintf(f, "%s%lu ", kind, n);
  for (i = 0; i < len; i++) fprintf(f, s[i] == '\n' ? "0d0a" : "%02x", (unsigned char)s[i]);
  if (len && s[len - 1] != '\n') fputs("0d0a", f);
  fputc('\n', f);
}

#endif
